"""Rule J8 as an installation finds it: one voice in calls of several customers, among calls with signs and with consent.

Voices are compared when cases are made, after the rules; so no verdict of a single call carries J8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.cases import Sign, SignedCall, chains
from pipeline.records import CallResult, Finding

RULE = "J8"
SIGNAL = "signal:"


def with_same_voice(results: Sequence[CallResult], copies: Mapping[str, bytes]) -> list[CallResult]:
    """``results`` with a signal J8 wherever the call's voice is also heard for another customer or account.

    :param copies: listening copies (WAV) by call id.
    """
    from pipeline.cases.voices import voices_of  # torch

    signed = []
    for result in results:
        call, known = result.call, result.call.metadata
        signs = tuple(
            Sign(f.kind.removeprefix(SIGNAL), "", f.score, f.start, f.end, f.why)
            for f in result.findings
            if f.kind.startswith(SIGNAL)
        )
        if known.started_at is None or not known.consent_voiceprint or not signs or call.id not in copies:
            continue
        voices = tuple(voices_of(call, copies[call.id]))
        signed.append(
            SignedCall(call.id, known.started_at, 0.0, signs, known.customer_id, known.account_id, None, voices)
        )
    heard = _for_several(signed)
    return [_with(result, heard[result.call.id]) if result.call.id in heard else result for result in results]


def _for_several(calls: Sequence[SignedCall]) -> dict[str, float]:
    """Calls whose voice also speaks for somebody else, with how close the closest two are."""
    whose = {call.id: (call.customer, call.account) for call in calls}
    found: dict[str, float] = {}
    for _, links in chains([replace(call, customer=None, account=None) for call in calls]):
        for link in links:
            if link.kind == "voice" and len({whose[call] for call in link.calls}) > 1:
                found |= {call: max(link.closeness, found.get(call, 0.0)) for call in link.calls}
    return found


def _with(result: CallResult, closeness: float) -> CallResult:
    sign = Finding(f"{SIGNAL}{RULE}", closeness, 0.0, 0.0, "this voice also speaks for another customer")
    return replace(result, findings=(*result.findings, sign))
