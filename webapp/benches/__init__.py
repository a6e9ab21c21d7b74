"""Benchmarks that need the tables; found by `callsift bench` like those in pipeline/benches/."""
