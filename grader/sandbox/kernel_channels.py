"""The channels of a learner's kernel, in the order in which their sockets are handed in.

The number of a channel, counted from 1, is the last part of its socket's name. The heartbeat is missing
on purpose: whether a kernel lives is the host's to know, from the process itself.
"""

CHANNELS = ("shell", "iopub", "stdin", "control")
