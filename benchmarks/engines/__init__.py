"""Compares our embedded engine with others: the same articles, the same queries, the same machine, in turns.

`python -m benchmarks.engines --help` tells how. What it leaves to others: how good the order of the hits is
(`relevance`), and pages (`served`).
"""
