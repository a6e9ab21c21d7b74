"""The files of a report: each module here is one of them, found by being here, with ``format``."""
