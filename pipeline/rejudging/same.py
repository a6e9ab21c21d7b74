"""Whether a call judged again came out as before.

The moment as of which the ledger was read and the hash of what it answered are new each time somebody else of the same
person called; they alone are no reason for a new version. The kept verdicts can be made again from their own moment.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.records import CallResult, Verdict

OF_THE_LEDGER = ("as_of", "ledger")


def says_the_same(before: CallResult, after: CallResult) -> bool:
    """Equal in everything that is shown or kept, but for when and from what past the verdicts were made."""
    return _without_past(before) == _without_past(after)


def _without_past(result: CallResult) -> CallResult:
    """``result`` with verdicts whose basis does not speak of the ledger, and findings in one place only."""
    verdicts = tuple(_timeless(verdict) for verdict in result.verdicts)
    return replace(result, call=replace(result.call, findings=()), verdicts=verdicts)


def _timeless(verdict: Verdict) -> Verdict:
    return replace(verdict, basis={name: fact for name, fact in verdict.basis.items() if name not in OF_THE_LEDGER})
