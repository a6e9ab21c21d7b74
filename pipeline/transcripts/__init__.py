"""Transcripts from elsewhere: read whatever somebody already pays for, written as what others read."""

from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.reading import read, read_all
from pipeline.transcripts.records import Imported
from pipeline.transcripts.registry import all_formats, writers

__all__ = ["Imported", "TranscriptError", "all_formats", "read", "read_all", "writers"]
