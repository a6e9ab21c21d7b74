"""Evaluations: one file each with a function `evaluate`, run by `callsift eval NAME`."""
