"""Compliance reports as files that a regulator can check: made from SQL, signed, verified, made again with equal bytes."""
