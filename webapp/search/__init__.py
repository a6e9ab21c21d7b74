"""Search over SQL: marks of the outbox become entries of the index, and the index is made again from SQL when it is gone."""
