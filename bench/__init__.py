"""Benchmarks that compare side by side in one run: ``python -m bench.grading``, ``python -m bench.kernels``."""
