"""What bin/setup, bin/run, bin/test and bin/lock do.

Runs on the machine's own Python 3.11 with the standard library only, since it makes the environments
that everything else needs. Never imported by the product.
"""
