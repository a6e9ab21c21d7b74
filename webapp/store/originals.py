"""How long the sealed original of a redacted call is kept for unmasking: as its redaction policy says, else as the setting says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboards.unmasking import may_be_kept
from pipeline.records import Call as HeardCall
from pipeline.records import Metadata
from pipeline.redaction import Choice, Policies, Policy, load_policies
from webapp.store.codec import decode_metadata
from webapp.store.outbox import unlink_later
from webapp.tables import Call, MetadataVersion, Result


@dataclass(frozen=True)
class Originals:
    """``policy``: name or path of the policy or choice; ``kept``: the setting for policies that leave it open."""

    policy: str = "default"
    kept: bool = False
    longest: timedelta = timedelta(days=7)

    @cached_property
    def choice(self) -> Choice:
        return load_policies(self.policy)

    def kept_for(self, metadata: Metadata) -> timedelta:
        """From when the call came in; zero: the original goes when redaction has succeeded."""
        days = self.choice.of(metadata).keep_original_days
        if days is None:
            return self.longest if self.kept else timedelta(0)
        return min(self.longest, timedelta(days=days))

    def keeps(self, call: HeardCall) -> bool:
        """Whether the original of a redacted call stays; never where a number as long as a card's was removed."""
        words = (word for turn in call.turns for word in turn.words)
        return self.kept_for(call.metadata) > timedelta(0) and may_be_kept(call.redactions, words)

    @cached_property
    def shortened(self) -> bool:
        """Whether any policy asks for less than all days."""
        choice = self.choice
        policies = (
            [choice.default, *choice.queues.values(), *choice.teams.values(), *choice.people.values()]
            if isinstance(choice, Policies)
            else [choice]
        )
        return any(isinstance(p, Policy) and p.keep_original_days is not None for p in policies)


def expire_by_policy(session: Session, org: int, originals: Originals, moment: datetime) -> int:
    """Originals of redacted calls that their policy keeps no longer go; how many."""
    if not originals.shortened:
        return 0
    valid = MetadataVersion.superseded_at.is_(None), MetadataVersion.call_id == Call.id
    redacted = select(Result.id).where(Result.call_id == Call.id).exists()
    rows = session.execute(
        select(Call, MetadataVersion.known)
        .join(MetadataVersion, valid[0] & valid[1])
        .where(Call.org_id == org, Call.quarantine.is_not(None), redacted)
        .order_by(Call.id)
        .with_for_update(of=Call, key_share=True)
    ).all()
    old = [call for call, known in rows if call.added_at + originals.kept_for(decode_metadata(known)) < moment]
    for call in old:
        assert call.quarantine is not None
        unlink_later(session, org, call.quarantine, moment)
        call.quarantine = None
    session.flush()
    return len(old)
