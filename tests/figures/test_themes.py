"""Themes of each team: found in its own calls alone, kept with them, and gone with them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import delete, func, select

from pipeline.records import Turn, Word
from tests.store.makers import make_intake, make_result
from webapp.figures.themes import FEWEST, _teams, find_themes
from webapp.tables import Call, Team, ThemeCall, ThemeRow

LAST = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OLD, NEW = "my bill is wrong this month", "the new router drops the line every evening"


class SameWords:
    """Alike in meaning is whoever says the same."""

    name = "same words"

    def similar(self, texts, others):
        return np.array([[float(one == other) for other in others] for one in texts], np.float32)


def hear(store, name, text, *, days_ago, team="north"):
    started = NOON - timedelta(days=days_ago)
    store.add(make_intake(store, name, call_id=name, started_at=started, team=team))
    [job] = store.claim("w", limit=1, lease=60)
    made = make_result(job)
    words = tuple(Word(word, n * 0.5, n * 0.5 + 0.4, 0.9, "s2") for n, word in enumerate(text.split()))
    call = replace(made.call, marks=(), turns=(Turn("s2", 0.0, words[-1].end, words),))
    assert store.commit(job, replace(made, call=call))


def key_of(store, name):
    with store.database.read() as session:
        return session.scalars(select(Team.id).where(Team.name == name)).one()


def kept(store):
    with store.database.read() as session:
        return {tuple(row.terms): (row.before, row.now) for row in session.scalars(select(ThemeRow))}


@pytest.fixture
def heard(store):
    """North complains of its bills as ever and newly of a router; south of bills alone, all in the last week."""
    for n in range(6):
        hear(store, f"old-{n}", OLD, days_ago=10 + n)
        hear(store, f"bill-{n}", OLD, days_ago=n)
        hear(store, f"router-{n}", NEW, days_ago=n)
        hear(store, f"south-{n}", NEW, days_ago=n, team="south")
    return store


def test_a_theme_of_a_team_counts_its_own_calls(heard):
    assert find_themes(heard, "UTC", key_of(heard, "north"), LAST, SameWords()) == 2
    assert sorted(kept(heard).values()) == [(0, 6), (6, 6)]
    with heard.database.read() as session:
        teams = session.scalars(select(Call.team_id).join(ThemeCall, ThemeCall.call_id == Call.id).distinct()).all()
    assert teams == [key_of(heard, "north")]


def test_looking_again_on_the_same_day_replaces_what_was_found(heard):
    for _ in range(2):
        find_themes(heard, "UTC", key_of(heard, "north"), LAST, SameWords())
    assert len(kept(heard)) == 2


def test_erased_calls_leave_their_themes(heard):
    find_themes(heard, "UTC", key_of(heard, "north"), LAST, SameWords())
    with heard.database.write() as session:
        session.execute(delete(Call))
    with heard.database.read() as session:
        assert session.scalar(select(func.count(ThemeCall.id))) == 0


def test_a_team_with_few_calls_is_not_looked_at(heard):
    assert FEWEST == 8
    assert _teams(heard, "UTC", LAST) == [key_of(heard, "north")]  # south had six
