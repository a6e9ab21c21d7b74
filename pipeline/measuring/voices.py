"""Rule J8 as an installation finds it: one voice in calls of several customers, among calls with signs and with consent.

Voices are compared when cases are made, after the rules, so no verdict of a single call carries J8. Whoever counts what was found
adds it here, `callsift eval planted` with the voices of the recordings, `callsift demo` with those that were kept: both count alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.cases import Sign, SignedCall, Voice, chains
from pipeline.records import CallResult, Finding

RULE = "J8"
SIGNAL = "signal:"


def comparable(result: CallResult) -> bool:
    """Whether the voices of a call may be compared and are: it has signs, a time, and the caller's consent."""
    known = result.call.metadata
    return known.started_at is not None and bool(known.consent_voiceprint) and bool(_signs(result))


def with_same_voice(results: Sequence[CallResult], voices: Mapping[str, Sequence[Voice]]) -> list[CallResult]:
    """``results`` with a signal J8 wherever the call's voice is also heard for another customer or account.

    :param voices: of the parties of each call, by the id its result has.
    """
    signed = []
    for result in results:
        call, known = result.call, result.call.metadata
        if known.started_at is not None and comparable(result) and voices.get(call.id):
            signed.append(SignedCall(call.id, known.started_at, 0.0, _signs(result), known.customer_id, known.account_id, None,
                                     tuple(voices[call.id])))  # fmt: skip
    heard = _for_several(signed)
    return [_with(result, heard[result.call.id]) if result.call.id in heard else result for result in results]


def _signs(result: CallResult) -> tuple[Sign, ...]:
    return tuple(
        Sign(f.kind.removeprefix(SIGNAL), "", f.score, f.start, f.end, f.why)
        for f in result.findings
        if f.kind.startswith(SIGNAL)
    )


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
