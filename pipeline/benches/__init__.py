"""Benchmarks: one file each with an object `bench`, run by `callsift bench NAME`."""
