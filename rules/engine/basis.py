"""What a verdict rests on, named so that it can be computed again and compared byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache

from rules.facts import CallFacts, History
from rules.records import Fact, Word

ENGINE = "3"  # raised whenever the same facts may give another verdict


def transcript_digest(call: CallFacts) -> str:
    """SHA-256 over parties, turns and words: text, times (in ms), confidence, kind and facts."""
    lines = [f"{party.id}|{party.role}|{party.role_confidence:.4f}\n" for party in call.parties]
    for turn in call.turns:
        lines.append(f"{turn.party}|{turn.start:.3f}|{turn.end:.3f}\n")
        lines += [
            f"{word.text}|{word.start:.3f}|{word.end:.3f}|{'' if word.confidence is None else f'{word.confidence:.4f}'}"
            f"|{word.kind}|{_facts(word) if word.facts else ''}\n"
            for word in turn.words
        ]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _facts(word: Word) -> str:
    return ",".join(f"{key}={word.facts[key]}" for key in sorted(word.facts))


@cache
def tzdata_version() -> str:
    """The version of the time-zone data that local times were computed with."""
    try:
        from importlib.metadata import version  # only verdicts ask for it

        return version("tzdata")
    except ImportError:  # PackageNotFoundError: the system's own database is used
        return "system"


@cache
def settings_digest() -> str:
    """A hash of the limits that decide what counts as heard, as silence, as said by somebody."""
    from rules.engine import absence, certainty, streams  # they know views; a view knows no basis

    limits = [
        f"{module.__name__}.{name}={value}"
        for module in (absence, certainty, streams)
        for name, value in sorted(vars(module).items())
        if name.isupper() and isinstance(value, int | float)
    ]
    return hashlib.sha256("\n".join(limits).encode()).hexdigest()


def call_basis(call: CallFacts, history: History | None, models: Mapping[str, str]) -> dict[str, Fact]:
    """What all verdicts of one call share: engine, transcript, metadata, ledger, zones, and what the call brought along."""
    metadata = ",".join(f"{key}={call.metadata[key]}" for key in sorted(call.metadata))
    return {
        "engine": ENGINE,
        "settings": settings_digest(),
        "transcript": transcript_digest(call),
        "metadata": hashlib.sha256(metadata.encode()).hexdigest(),
        "ledger": None if history is None else history.digest,
        "tzdata": tzdata_version(),
        "trusted": call.trusted,
        "marks": ",".join(sorted(call.marks)),
        **models,
        **call.basis,
    }
