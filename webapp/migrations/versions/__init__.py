"""Migration scripts, applied in the order of their revisions."""
