"""Recordings, what is said about them and contact logs, on their way into the store."""

from pipeline.ingest.fetching import Fetcher
from pipeline.ingest.intake import Ingest, Taken, ingest
from pipeline.ingest.taking import Outcome
from pipeline.ingest.watched import ingest_watched

__all__ = ["Fetcher", "Ingest", "Outcome", "Taken", "ingest", "ingest_watched"]
