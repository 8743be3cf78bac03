"""Speed, side by side with a bare application and with what a user would pick instead.

Run `python -m benchmarks`; every figure that can be is a ratio taken in one run."""
