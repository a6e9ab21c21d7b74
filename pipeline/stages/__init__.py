"""Stages of the way of a call; `pipeline.process` puts them in order."""
