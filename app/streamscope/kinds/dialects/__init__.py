"""What payloads mean.

`base` and `table` are what a dialect is, `recognition` finds which one the first payloads are of, `assembly` is what
their deltas add up to, and each other file is a family of dialects.
"""
