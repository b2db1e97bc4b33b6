"""The kernel host, what speaks with it, and what tells whether its walls stand.

The host makes sandboxes and ends them. It knows no password, no database and no course answer, and it
never reads what a learner's kernel or an examiner says beyond a short list of requests.
"""
