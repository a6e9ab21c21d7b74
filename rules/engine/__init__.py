"""The engine: rules compiled once, a call judged in one pass over its words."""
