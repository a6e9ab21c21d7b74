"""`callsift bench dashboard`, `scale` and `rank`: each runs, checks its arms before it measures, and tells every figure."""

import json

import pytest

from pipeline.benches import scale
from pipeline.measuring.bench import BenchOptions, NotEqual
from webapp.benches import _many_calls, dashboard

SMALL = BenchOptions(small=True)


@pytest.fixture
def little(tmp_path, monkeypatch):
    """Houses of 200 and 1,000 calls, kept in this test's folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(dashboard, "FEW", 200)
    monkeypatch.setattr(dashboard, "MANY_SMALL", 1_000)
    monkeypatch.setattr(dashboard, "ROUNDS_SMALL", 2)


def test_the_dashboard_bench_measures_every_callback_and_beats_a_table(little):
    found = dashboard.bench.measure(SMALL)
    assert {one.name for one in found.callbacks} >= {"queue, first page", "form above the queue", "overview of 30 days"}
    assert all(one.few[1] > 0 and one.many[1] > 0 for one in found.callbacks)
    assert found.facts["many"] == 1_000
    assert json.loads(found.as_json())["name"] == "dashboard"
    assert "form above the overview" in found.line()


def test_a_table_that_shows_other_calls_is_found(little, monkeypatch):
    monkeypatch.setattr(dashboard, "reader", lambda _: (lambda: ["none of them"], "a wrong peer"))
    with _many_calls.house(200) as database, pytest.raises(NotEqual, match="other calls"):
        dashboard.against_a_table(dashboard.Pages(database))


def test_the_choices_are_those_that_were_written(little):
    with _many_calls.house(200) as database:
        pages = dashboard.Pages(database)
        with pages.opened():
            assert pages.bar()["choices"] == {
                "queues": ["Billing", "Fraud line", "Sales"], "agents": sorted(f"ag-{n}" for n in range(20)),
            }  # fmt: skip


def test_the_scale_bench_finds_what_was_planted_and_draws_each_curve(monkeypatch):
    monkeypatch.setattr(scale, "SIZES_SMALL", (100, 1_000))
    monkeypatch.setattr(scale, "ROUNDS_SMALL", 2)
    found = scale.bench.measure(SMALL)
    assert [curve.name for curve in found.curves] == ["index, a call", *scale.QUESTIONS]
    by_name = {curve.name: curve for curve in found.curves}
    assert by_name["phrase, as many found"].found == (10, 10)
    assert by_name["all calls, best first"].found == (100, 1_000)
    assert by_name["index, a call"].slope < 2 * 1.02
    assert "steepest" in found.line()


def test_an_axis_that_is_not_measured_is_named():
    with pytest.raises(scale.NoAxis, match="Choose one of calls"):
        scale.bench.measure(BenchOptions(axis="rules"))


def test_an_index_that_lost_calls_is_found(monkeypatch):
    with scale.filled(100) as (index, _took):
        index.drop([f"{1:032x}"])
        with pytest.raises(NotEqual, match="not"):
            scale.check([index], [100])
