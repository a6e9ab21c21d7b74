"""How calls stand in the queues of people, who has which call, and which calls were drawn at random.

``standings`` has one row a call, kept beside ``ranked``: what queues sort by follows from the call's result, who holds the
call and whether it was reviewed does not. A call is claimed by one UPDATE that raises its fence.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key, new_public_id

OPEN = text("reviewed_at IS NULL AND aside_at IS NULL")
COUNTED = ("team_id", "reviewed_at", "aside_at")  # in an index, so that it answers how many calls there are by itself


class Standing(Base):
    """One call in the queues. The first columns are replaced with each result, those from ``holder_id`` on never are."""

    __tablename__ = "standings"
    __table_args__ = (
        Index("ix_standings_chance", "org_id", "chance", "public_id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_standings_fraud", "org_id", "fraud", "public_id", *COUNTED, sqlite_where=text("fraud > 0"),
              postgresql_where=text("fraud > 0")),
        Index("ix_standings_breach", "org_id", "breach", "public_id", *COUNTED, sqlite_where=text("breach > 0"),
              postgresql_where=text("breach > 0")),
        Index("ix_standings_worth", "org_id", "worth", "public_id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_standings_open", "org_id", *COUNTED, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_standings_unframed", "org_id", "call_id", sqlite_where=text("draw_id IS NULL"),
              postgresql_where=text("draw_id IS NULL")),
        Index("ix_standings_held", "org_id", "holder_id", sqlite_where=text("holder_id IS NOT NULL"),
              postgresql_where=text("holder_id IS NOT NULL")),
        Index("ix_standings_reviewed", "org_id", "reviewed_at", "flagged", sqlite_where=text("reviewed_at IS NOT NULL"),
              postgresql_where=text("reviewed_at IS NOT NULL")),
        Index("ix_standings_ranker", "org_id", "ranker"),
    )  # fmt: skip

    call_id: Mapped[Key] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"), index=True)
    public_id: Mapped[str]
    result_id: Mapped[Key]  # the result all this follows from
    ranker: Mapped[int]  # version of the ranker that gave ``chance``; 0: the weights of scoring
    chance: Mapped[float]  # of a reviewer flagging the call; with ranker 0 the interest score
    fraud: Mapped[float]  # the strongest sign of fraud, 0 to 1
    breach: Mapped[float]  # the strongest breach of a duty, 0 to 1
    gain: Mapped[float]  # findings expected in the clips
    seconds: Mapped[float]  # it takes to hear the clips and decide
    worth: Mapped[float]  # gain a minute
    clips: Mapped[Json]  # [[start, end], ...]
    holder_id: Mapped[Key | None] = mapped_column(ForeignKey("users.id"))
    leased_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    reviewed_at: Mapped[datetime | None]  # when a review was last submitted
    flagged: Mapped[bool | None]  # what that review decided
    aside_at: Mapped[datetime | None]  # when somebody set it aside for everyone
    draw_id: Mapped[Key | None] = mapped_column(ForeignKey("draws.id"))  # the draw in whose frame the call is


class SavedQueue(Base):
    """A saved queue: private (no team) or of a team; ``plan`` is a list of calls that fits some minutes."""

    __tablename__ = "queues"
    __table_args__ = (
        UniqueConstraint("org_id", "public_id"),
        CheckConstraint("kind IN ('filter', 'plan')", name="kind"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    owner_id: Mapped[Key] = mapped_column(ForeignKey("users.id"), index=True)
    team_id: Mapped[Key | None] = mapped_column(ForeignKey("teams.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    base: Mapped[str]  # the queue it narrows: interest, fraud, compliance, sample
    wanted: Mapped[Json]  # filter: dates, queues, agents; plan: minutes and calls
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PlaceRow(Base):
    """One place of a queue given to one person: held -> reviewed, skipped or released; what was, stays."""

    __tablename__ = "places"
    __table_args__ = (
        CheckConstraint("state IN ('held', 'reviewed', 'skipped', 'released')", name="state"),
        Index("ix_places_of_person", "org_id", "user_id", "queue", "id"),
        Index("ix_places_had", "org_id", "user_id", "call_id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"))
    queue: Mapped[str]
    number: Mapped[int]  # counts this person's places in this queue, from 0
    at: Mapped[datetime]
    fence: Mapped[int]
    probability: Mapped[float | None]  # of having been drawn, where this place was a random one
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]


class DrawRow(Base):
    """One random draw in one team: its frame (calls not framed before), seed and share."""

    __tablename__ = "draws"
    __table_args__ = (UniqueConstraint("org_id", "team_id", "slot"), UniqueConstraint("org_id", "public_id"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    slot: Mapped[str]  # local date in the setting `zone`, and the how many-th draw of that day
    made_at: Mapped[datetime]
    seed: Mapped[str]
    share: Mapped[float]
    size: Mapped[int]  # calls in the frame
    drawn: Mapped[int]
    sha256: Mapped[str]  # of the sorted public ids of the frame, one a line


class StratumRow(Base):
    """One stratum of a draw: how many calls it had and how many of them were drawn."""

    __tablename__ = "draw_strata"
    __table_args__ = (UniqueConstraint("draw_id", "name"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    draw_id: Mapped[Key] = mapped_column(ForeignKey("draws.id"))
    name: Mapped[str]
    size: Mapped[int]
    drawn: Mapped[int]


class DrawnRow(Base):
    """A call that was drawn, with its probability and its turn (0 to 1, random: the smallest is heard first)."""

    __tablename__ = "drawn"
    __table_args__ = (UniqueConstraint("org_id", "call_id"), Index("ix_drawn_turn", "org_id", "turn", "call_id"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    draw_id: Mapped[Key] = mapped_column(ForeignKey("draws.id"), index=True)
    stratum_id: Mapped[Key] = mapped_column(ForeignKey("draw_strata.id"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    turn: Mapped[float]
    probability: Mapped[float]


class BulkRow(Base):
    """What somebody did to many calls at once, so that it can be undone for a while."""

    __tablename__ = "bulk_actions"
    __table_args__ = (UniqueConstraint("org_id", "public_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"))
    what: Mapped[str]
    queue: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    calls: Mapped[Json]  # keys of the calls it changed
    undone_at: Mapped[datetime | None]


class RankerRow(Base):
    """A trained ranker, as readable JSON. The newest without ``retired_at`` ranks."""

    __tablename__ = "rankers"
    __table_args__ = (UniqueConstraint("org_id", "version"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    version: Mapped[int]
    made_at: Mapped[datetime]
    model: Mapped[Json]
    in_force_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
