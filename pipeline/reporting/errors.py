"""What can be wrong with a report that a person asked for."""

from __future__ import annotations

from pipeline.errors import PipelineError


class ReportError(PipelineError, ValueError):
    """A report that cannot be made, verified or made again: what is wrong and what to do."""
