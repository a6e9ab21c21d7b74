"""The frames that evaluations and benchmarks stand in: manifests, figures with intervals, two arms in one run."""
