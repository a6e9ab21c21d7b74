"""A call and a contact as the rules know them.

The rules import nothing of the pipeline, so its records are copied into theirs here and nowhere else. Columns nobody
mapped keep their names: a rule may ask for them.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Any

from pipeline.records import Call, Contact, Fact, Metadata, Span
from rules.facts import CallFacts, ContactFacts, Found, Poor, Stretch


def call_facts(call: Call) -> CallFacts:
    """What the rules may know of ``call``. Missing metadata stays missing."""
    return CallFacts(
        call.id,
        call.turns,
        call.parties,
        _metadata(call.metadata),
        call.duration,
        call.marks,
        call.trusted,
        tuple(Found(f.kind, f.start, f.end, f.score, f.why) for f in call.findings),
        _basis(call),
        tuple(Poor(p.kind, p.start, p.end, p.channel) for p in call.quality.poor) if call.quality else (),
    )


def contact_facts(contact: Contact) -> ContactFacts:
    """A row of the contact log as the rules know it."""
    return ContactFacts(
        contact.person,
        contact.started_at,
        contact.direction,
        contact.debt,
        contact.account,
        contact.number,
        contact.outcome,
        contact.recording,
    )


def as_span(stretch: Stretch) -> Span:
    return Span(stretch.start, stretch.end)


def _metadata(metadata: Metadata) -> dict[str, Any]:
    values: dict[str, Any] = dict(metadata.extra)
    for field in fields(metadata):
        value = getattr(metadata, field.name)
        if field.name == "extra" or value is None or value == ():
            continue
        values[field.name] = tuple(Stretch(s.start, s.end) for s in value) if isinstance(value, tuple) else value
    return values


def _basis(call: Call) -> dict[str, Fact]:
    basis: dict[str, Fact] = {}
    if call.audio is not None:
        basis["audio"] = call.audio.sha256
    if call.posteriors is not None:
        basis["posteriors"] = call.posteriors.sha256
        basis["recognizer"] = call.posteriors.model
    basis.update({f"model.{step}": name for step, name in call.models.items()})
    if call.redactions:
        basis["redactions"] = ",".join(f"{kind}:{count}" for kind, count in sorted(call.redactions.items()))
    if call.quality is not None and call.quality.poor:
        basis["poor_sound"] = hashlib.sha256(repr(call.quality.poor).encode()).hexdigest()
    return basis
