"""Live kernels of the notebook page: one process of ours between learners' browsers and the kernel host.

It runs where :mod:`config.asgi` runs. What comes from a kernel is hostile: learners' code holds the key
that signs it. It is parsed defensively, bounded, passed on to its own learner and to nobody else.
"""
