"""What `callsift demo` tells of what was planted is what `callsift eval planted` counts: a voice of several customers included."""

import pytest
from sqlalchemy import update

from pipeline.evals import planted
from pipeline.measuring.planted import count
from pipeline.measuring.voices import with_same_voice
from tests.alerts.makers import add_voice, hear, settings_of, signal
from webapp.alerts.routes import routes_of
from webapp.alerts.step import update_cases
from webapp.cli.commands.demo import count_planted
from webapp.tables import SuspectRow


@pytest.fixture
def stored(lite, tmp_path, monkeypatch):
    """Two customers with one voice and a third with another, all with signs; their calls have a truth that planted J8 in two."""
    truths = {}
    for name, x, consent in (("a", 1.0, True), ("b", 0.999, True), ("c", 0.1, True)):
        id = hear(lite, name, signal("J5"), customer_id=name, consent_voiceprint=consent)
        truths[name] = [{"id": "J5", "kind": "signal", "expect": "found"}]
        truths[name] += [{"id": "J8", "kind": "cross_call", "expect": "found"}] if name != "c" else []
        settings = settings_of(tmp_path, voiceprints=True)
        update_cases(settings, lite, routes_of(settings))
        add_voice(lite, id, x)
    monkeypatch.setattr(
        "pipeline.measuring.planted.truth_of",
        lambda recording: {"call": recording.stem, "planted": truths[recording.stem]},
    )
    return lite


def test_the_voice_of_several_customers_counts_where_it_was_planted(stored):
    signs = count_planted(stored).signs
    assert sorted(signs.found) == [("a", "J5"), ("a", "J8"), ("b", "J5"), ("b", "J8"), ("c", "J5")]
    assert signs.missed == signs.false == ()


def test_without_consent_no_voice_is_counted(lite, stored):
    with lite.database.write() as session:
        session.execute(update(SuspectRow).values(consented=False))
    assert {id for _, id in count_planted(stored).signs.missed} == {"J8"}


def test_the_evaluation_and_the_demo_count_by_one_function():
    assert planted.count is count
    assert planted.with_same_voice is with_same_voice
