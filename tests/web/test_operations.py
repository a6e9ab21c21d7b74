"""The page Operations: what it says of speed, waiting, failures and copies, to whom, and of whose calls."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from dashboards.operations import STAGES, stage_of
from dashboards.pages.operations import TABLES
from tests.store.makers import make_intake, make_result
from tests.web.dash_calls import ask, outputs
from tests.web.seed import PASSWORD
from tests.web.test_figures import counted
from webapp.accounts import COMMAND_LINE
from webapp.desk.operations import SqlOperationsDesk, _speed
from webapp.house import desks_of
from webapp.stages import Stages
from webapp.store import outbox
from webapp.tables import Call, JobRow, Refusal
from webapp.web.ports import User

__all__ = ["counted"]


def page(client, search=""):
    client.get("/queue")
    name = next(name for name in outputs(client.application) if name.startswith("overview-operations-figures."))
    return ask(client, name, [("page-url", "search", search)])


def table(client, what):
    answer = client.get(f"/figures/operations/{what}.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    ("login", "status"),
    [("admin", 200), ("lead", 404), ("compliance", 404), ("reviewer", 404), ("other", 404), ("agent", 404)],
)
def test_operations_are_for_administrators(browser, login, status):
    here = browser(login)
    assert page(here).status_code in ({200} if status == 200 else {400, 404})
    assert here.get("/overview/operations").status_code == status
    assert {
        here.get(f"/figures/operations/{what}.{form}").status_code for what in TABLES for form in ("csv", "json")
    } == {status}


def test_nobody_sees_operations_without_signing_in(client):
    assert client.get("/overview/operations").status_code in (302, 401)
    assert client.get("/figures/operations/runs.csv").status_code == 401
    name = next(name for name in outputs(client.application) if name.startswith("overview-operations-figures."))
    assert ask(client, name, [("page-url", "search", "")]).status_code in (400, 401)


@pytest.fixture
def south_admin(settings, store, accounts):
    """The desk of an administrator of the team south alone."""
    accounts.add(
        COMMAND_LINE, "soot", "So Ot", {accounts.team_id("south"): "admin"}, password=PASSWORD, must_change=False
    )
    found = accounts.find("soot")
    return SqlOperationsDesk(desks_of(settings, store).desk(User(found.id, "soot", "So Ot")), settings)


def wait(store, name, team="north"):
    store.add(make_intake(store, name, call_id=name, team=team))


def test_a_call_that_waits_has_its_place_and_a_running_one_its_stage(browser, store):
    for name in ("W-1", "W-2", "W-3"):
        wait(store, name)
    [job] = store.claim("w", limit=1, lease=60)
    Stages(store, [job])("hear words", 1, 1, 60.0)
    first, *others = table(browser("admin"), "queue")
    assert (first["state"], first["stage"], first["place"]) == ("running", "hear words 1/1", "0")
    assert [(row["call"], row["place"]) for row in others] == [("W-2", "1"), ("W-3", "2")]
    assert "stage 4 of 6, hear words, call 1 of 1" in page(browser("admin")).text
    assert store.commit(job, make_result(job))
    assert [row["place"] for row in table(browser("admin"), "queue")] == ["1", "2"]


def test_the_stages_are_those_of_the_pipeline():
    """What `pipeline.process` and its stages tell is what the page counts in."""
    import ast
    from pathlib import Path

    import pipeline.process
    import pipeline.stages

    files = [Path(pipeline.process.__file__), *Path(pipeline.stages.__path__[0]).glob("*.py")]
    called = [node for file in files for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    told = {node.args[0].value for node in called if getattr(node.func, "id", "") == "tell"}
    assert told == set(STAGES)
    assert stage_of("judge 2/8") == "stage 6 of 6, judge, call 2 of 8"


def test_time_in_which_several_batches_were_worked_on_counts_once(store):
    at = store.clock()

    def after(minutes):
        return at + timedelta(minutes=minutes)

    batches = [(after(0), after(10), 3, 600.0), (after(5), after(12), 2, 400.0), (after(20), after(21), 1, 100.0)]
    speed = _speed(at.date(), batches)
    assert (speed.calls, speed.audio, speed.busy) == (6, 1100.0, 13 * 60.0)
    assert speed.rate == pytest.approx(1100 / 780)
    assert _speed(at.date(), []).rate is None


def test_how_long_it_takes_goes_by_the_calls_heard_of_late(browser, store):
    with store.database.write() as session:
        session.execute(update(JobRow).values(begun_at=None))  # as though the house had been heard by an older version
    wait(store, "W-1")
    assert table(browser("admin"), "queue")[0]["seconds_left"] == ""
    [job] = store.claim("w", limit=1, lease=60)
    assert store.commit(job, make_result(job))
    with store.database.write() as session:
        begun = store.clock() - timedelta(seconds=30)
        session.execute(
            update(JobRow).where(JobRow.id == job.id).values(begun_at=begun, changed_at=begun + timedelta(seconds=20))
        )
    wait(store, "W-2")
    wait(store, "W-3")
    left = [float(row["seconds_left"]) for row in table(browser("admin"), "queue")]
    assert left[1] == pytest.approx(2 * left[0]) != 0


def test_a_parked_call_tells_how_long_its_copy_lasts(browser, store):
    wait(store, "P-1")
    [job] = store.claim("w", limit=1, lease=60)
    store.fail(job, "no_model", "There is no model.", park=True)
    [row] = table(browser("admin"), "parked")
    with store.database.read() as session:
        added = session.scalars(select(Call.added_at).where(Call.public_id == job.call_id)).one()
    assert row["copy_until_utc"] == f"{added + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}"
    assert (row["team"], row["reason"]) == ("north", "no_model")
    assert "lasts 168 h" in page(browser("admin")).text or "lasts 167 h" in page(browser("admin")).text
    store.sweep()
    with store.database.write() as session:
        session.execute(update(Call).where(Call.public_id == job.call_id).values(quarantine=None))
    assert table(browser("admin"), "parked")[0]["copy_until_utc"] == ""


def test_failures_are_counted_by_reason(browser, store):
    for name in ("P-1", "P-2"):
        wait(store, name)
    for job in store.claim("w", limit=2, lease=60):
        store.fail(job, "no_model", "There is no model.", park=True)
    found = {(row["what"], row["reason"]): row["count"] for row in table(browser("admin"), "failures")}
    assert found["parked", "no_model"] == "2"
    assert found["refused", "not_audio"] == "1"  # of the house
    with store.database.write() as session:
        session.execute(update(Refusal).values(state="retry"))
    assert ("to be tried again", "not_audio") in {
        (row["what"], row["reason"]) for row in table(browser("admin"), "failures")
    }


def test_an_administrator_of_one_team_sees_its_calls_and_nothing_of_the_house(south_admin, store):
    for name, team in (("N-1", "north"), ("S-1", "south")):
        wait(store, name, team)
    assert [one.name for one in south_admin.on_their_way()] == ["S-1"]
    assert not south_admin.everything()
    for job in store.claim("w", limit=2, lease=60):
        store.fail(job, "no_model", "There is no model.", park=True)
    assert [one.team for one in south_admin.parked()] == ["south"]
    wanted = None
    assert (south_admin.runs(wanted), south_admin.undone(), south_admin.mails(wanted), south_admin.disk()) == (
        None,
    ) * 4


def test_what_the_index_lacks_is_told_with_its_age(browser, store):
    told = {row["what"]: row for row in table(browser("admin"), "outbox")}
    assert int(told["index"]["waiting"]) > 0
    assert "Search index behind" in page(browser("admin")).text
    while deeds := store.deeds(outbox.INDEX):
        store.done(deeds)
    assert "index" not in {row["what"] for row in table(browser("admin"), "outbox")}
    assert "it holds every call" in page(browser("admin")).text
