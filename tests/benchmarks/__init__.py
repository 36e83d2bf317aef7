"""Benchmarks: medians, each beside a floor measured in the same run. They print a table and assert nothing."""
