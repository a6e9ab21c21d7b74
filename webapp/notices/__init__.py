"""Telling people what concerns them: in the app, and by mail once a day or at once."""
