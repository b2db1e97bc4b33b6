"""What crosses every socket of the grader: frames, and plain values inside them.

Runs on both sides, also under the kernels' interpreters. Whatever the other side sends is bounded and
checked before it is parsed; nothing is ever unpickled or evaluated.
"""
