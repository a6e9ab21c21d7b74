"""`callsift topics` as a person meets it: learning from a CSV, listing, and what customers newly call about."""

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from pipeline.evals import topics as evaluation
from pipeline.measuring.evaluation import EvalOptions
from pipeline.records import Call, CallResult, Party, Turn, Word
from pipeline.topics.rulefile import read
from tests.store.makers import make_intake
from tests.topics.test_learning import EXAMPLES
from webapp.cli import make_app
from webapp.installing import install
from webapp.settings import load
from webapp.store import open_store

NOW = datetime.now(UTC).replace(hour=12)
PARTIES = (Party("s1", "agent", 1.0, 0), Party("s2", "customer", 1.0, 1))
STORM = ["the storm took down our power line", "no power since the storm", "the storm cut our electricity",
         "power is out after storm", "we have no electricity because of the storm"]  # fmt: skip
BILLS = ["my bill is too high this month", "the bill i got is far too high", "why is my bill so high",
         "this bill is much higher", "the amount on my bill is too high"]  # fmt: skip


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("CALLSIFT_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        done = CliRunner().invoke(make_app(), ["topics", *map(str, arguments)])
        return done.exit_code, done.output + (str(done.exception) if done.exception else "")

    return call


@pytest.fixture
def store(run):
    settings = load()
    install(settings)
    opened = open_store(settings)
    yield opened
    opened.close()


def keep(store, name, said, when):
    """A stored call in which a customer said this."""
    store.add(make_intake(store, name, started_at=when))
    (job,) = store.claim("test", limit=1, lease=60)
    words = tuple(Word(word, float(n), n + 0.5, 1.0, "s2") for n, word in enumerate(said.split()))
    call = Call(
        job.call_id, metadata=job.intake.metadata, parties=PARTIES, turns=(Turn("s2", 0.0, words[-1].end, words),)
    )
    assert store.commit(job, CallResult(call))
    return job.call_id


def labels(folder, rows):
    file = folder / "labels.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows(rows)
    return file


def test_topics_are_learned_from_texts_and_then_in_force(run, tmp_path, monkeypatch):
    rows = [["text", "label"], *(["\n".join(e.texts), e.labels[0]] for e in EXAMPLES), ["not judged yet", ""]]
    code, said = run("train", labels(tmp_path, rows), "--out", "mine.yaml", "--words")
    assert code == 0, said
    assert "30 labelled calls, 3 topics" in said
    assert set(read(tmp_path / "mine.yaml").start) == {"fruit", "tools", "books"}
    monkeypatch.setenv("CALLSIFT_TOPICS", "mine.yaml")
    assert {row["name"] for row in json.loads(run("list", "--json")[1])["topics"]} == {"fruit", "tools", "books"}


def test_a_file_of_more_terms_than_can_be_read_is_refused(run, tmp_path):
    rows = [["text", "label"], *(["\n".join(e.texts), e.labels[0]] for e in EXAMPLES)]
    code, said = run("train", labels(tmp_path, rows), "--terms", "200", "--words")
    assert code != 0
    assert "30" in said


def test_what_customers_tell_of_themselves_is_not_in_the_file(run, tmp_path):
    told = "my e-mail is ann dot lee at web dot com and my account number is 99887766"
    rows = [["text", "label"], *(["\n".join([told, *e.texts]), e.labels[0]] for e in EXAMPLES)]
    code, said = run("train", labels(tmp_path, rows), "--out", "mine.yaml", "--words", "--rounds", "1")
    assert code == 0, said
    assert "Learning curve" in said
    text = (tmp_path / "mine.yaml").read_text()
    assert not [word for word in ("lee", "web", "99887766") if word in text]


def test_topics_are_learned_from_stored_calls(run, store, tmp_path):
    rows = [["call", "label"]]
    for n, example in enumerate([*EXAMPLES[:6], *EXAMPLES[10:16]]):
        rows.append([keep(store, f"call-{n}", " ".join(example.texts), NOW), example.labels[0]])
    code, said = run("train", labels(tmp_path, rows), "--words")
    assert code == 0, said
    assert "12 labelled calls, 2 topics" in said


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["words", "label"], ["x", "y"]], "needs the columns label"),
        ([["text", "label"], ["x", "y"]], "at least two topics"),
        ([["call", "label"], ["0" * 32, "y"]], "There is no result of a call"),
    ],
)
def test_labels_that_teach_nothing_are_refused_with_the_reason(run, store, tmp_path, rows, told):
    code, said = run("train", labels(tmp_path, rows))
    assert code != 0
    assert told in said


def test_what_customers_newly_call_about_is_told_with_calls_to_open(run, store):
    for n, text in enumerate(BILLS):
        keep(store, f"old-{n}", text, NOW - timedelta(days=9, minutes=n))
        keep(store, f"now-{n}", text, NOW - timedelta(days=1, minutes=n))
    storm = [keep(store, f"storm-{n}", text, NOW - timedelta(days=1, minutes=n)) for n, text in enumerate(STORM)]
    since = (NOW - timedelta(days=3)).date()
    code, said = run("new", "--since", since, "--json")
    assert code == 0, said
    found = json.loads(said[said.index("{") :])
    assert (found["calls"], found["calls_before"]) == (10, 5)
    [theme] = found["themes"]
    assert theme["new"]
    assert set(theme["calls"]) <= set(storm)
    assert "as before" in run("new", "--since", since, "--all")[1]


def test_a_day_that_is_none_is_refused(run, store):
    code, said = run("new", "--since", "yesterday")
    assert code != 0
    assert "not a day" in said


def test_a_learning_curve_is_measured_where_nothing_says_what_is_for_learning(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluation, "ROUNDS", 2)
    monkeypatch.setattr(evaluation, "SIZES", (12, 24, 100))
    file = tmp_path / "calls.jsonl"
    rows = [{"id": str(n), "labels": list(e.labels), "turns": [{"speaker": "c", "text": text} for text in e.texts]}
            for n, e in enumerate(EXAMPLES)]  # fmt: skip
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = evaluation.evaluate(file, EvalOptions())
    assert set(report.figure) == {
        "macro_f1_12",
        "macro_f1_24",
        "answered_12",
        "answered_24",
    }  # for 100 there are not enough calls
    assert 0.5 < report.figure["macro_f1_24"] <= 1.0
