"""What a report says of all calls is told from those drawn at random, as of its moment, and never from picked ones."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from pipeline.reporting.period import Period
from pipeline.reporting.records import Filter
from webapp.reports.heading import drawn_words
from webapp.reports.prevalence import prevalence
from webapp.reports.selecting import Selection
from webapp.tables import DrawnRow, DrawRow, Ranked, Standing, StratumRow

MARCH = Filter(Period(date(2026, 3, 1), date(2026, 3, 31), "UTC"))
DRAWN = {"C-0": 0.5, "C-1": 0.5, "C-4": 0.25}  # calls with the probability they were drawn with


@pytest.fixture
def drawn(house):
    """Eight calls in the frame of one draw, three of them drawn; all reviewed, C-1 and the picked ones flagged."""
    calls = {f"C-{n}": house.call(f"C-{n}") for n in range(8)}
    moment = house.store.clock()
    with house.store.database.write() as session:
        keys = dict(session.execute(select(Ranked.name, Ranked.call_id)).all())
        org, team = session.execute(select(Ranked.org_id, Ranked.team_id).limit(1)).one()
        here = {"org_id": org, "team_id": team}
        row = DrawRow(**here, slot="2026-03-02", made_at=moment, seed="s", share=0.4, size=8, drawn=3, sha256="x")
        session.add(row)
        session.flush()
        stratum = StratumRow(**here, draw_id=row.id, name="ag-1", size=8, drawn=3)
        session.add(stratum)
        session.flush()
        for turn, (name, probability) in enumerate(DRAWN.items()):
            session.add(DrawnRow(**here, draw_id=row.id, stratum_id=stratum.id, call_id=keys[name], turn=turn / 10,
                                 probability=probability))  # fmt: skip
        session.execute(update(Standing).values(draw_id=row.id))
    for name, call in calls.items():
        flagged = name not in ("C-0", "C-4")
        house.reviewed("rita", call, identity="no" if flagged else "yes", recording_told="yes", promises="clean")
    return calls


def selection(house, as_of, wanted=MARCH):
    return Selection(house.store.database, house.store.org, wanted, as_of, ())


def test_the_rate_weighs_each_drawn_call_and_leaves_picked_ones_out(house, drawn):
    rate = prevalence(selection(house, house.store.clock() + timedelta(seconds=1)))
    assert (rate.frame, rate.drawn, rate.heard) == (8, 3, 3)
    assert rate.rate == pytest.approx(2 / (2 + 2 + 4))  # 1 / 0.5 of 1 / 0.5 + 1 / 0.5 + 1 / 0.25; picked: 5 of 8
    assert rate.low < rate.rate < rate.high
    assert drawn_words(rate).startswith("25.0 % of calls (95 % interval")
    assert drawn_words(rate).endswith("weighted, from 3 heard of 3 drawn at random out of 8")


def test_a_report_tells_what_was_known_at_its_moment_and_inside_its_filter(house, drawn):
    before = house.store.clock() - timedelta(days=1)
    assert prevalence(selection(house, before)) is None
    after = house.store.clock() + timedelta(seconds=1)
    april = replace(MARCH, period=Period(date(2026, 4, 1), date(2026, 4, 30), "UTC"))
    assert prevalence(selection(house, after, april)) is None
    assert prevalence(selection(house, after, replace(MARCH, agents=("ag-9",)))) is None
    assert prevalence(selection(house, after, replace(MARCH, agents=("ag-1",)))).frame == 8
    assert "fewer than two" in drawn_words(None)
