"""The walls around learner code: the policy as data, what enforces it, and who is forked behind it.

Runs under a kernel environment's interpreter; imports the standard library and ``grader.wire`` only.
"""
