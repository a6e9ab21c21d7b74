"""Formats of transcripts: each module here is one of them, found by being here, with ``format``."""
