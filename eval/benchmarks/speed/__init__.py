"""How fast an inspection is beside what a user would otherwise run, measured on the same recordings in one go.

`python -m eval.benchmarks speed` makes the recordings, sets up each peer in an environment of its own, runs ours and
theirs in turns, each in a process of its own, and writes docs/performance.md. Nothing heavy is imported here: the
peers' scripts are modules of this package too.
"""
