"""A kept result as the rules saw its call."""

from __future__ import annotations

from dataclasses import replace

from pipeline.records import Call, CallResult

OF_RULES = ("rule:", "signal:", "case:")


def as_judged(result: CallResult) -> Call:
    """The call of ``result`` with the facts that were known before the rules ran."""
    findings = tuple(finding for finding in result.findings if not finding.kind.startswith(OF_RULES))
    marks = tuple(mark for mark in result.call.marks if not mark.startswith("failed:"))
    return replace(result.call, findings=findings, marks=marks)
