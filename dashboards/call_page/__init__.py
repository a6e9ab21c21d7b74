"""The page of one call: what was said, what was found, and the sound of both."""
