"""Compliance reports as numbers: periods, counts, rates with their interval, trends. No files, no database, no clock."""
