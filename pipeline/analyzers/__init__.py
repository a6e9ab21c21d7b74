"""Analyzers: one file each with an object `analyzer` (see pipeline.protocols.Analyzer), found by being here."""
