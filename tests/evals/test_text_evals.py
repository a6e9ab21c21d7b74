"""Evaluations on manifests of text: the printed object, and figures that can be counted by hand."""

import json
from dataclasses import dataclass, replace

import pytest

from pipeline import evals
from pipeline.errors import BadDataset, PipelineError
from pipeline.evals import topics
from pipeline.measuring.evaluation import EvalOptions
from pipeline.records import Finding
from rules.discovery import load_module

TURNS = [
    {"speaker": "zoe", "text": "thank you for calling harbor bank my name is zoe how can i help you today"},
    {"speaker": "adam", "text": "my card was declined again and i am furious this is the worst service ever"},
    {"speaker": "zoe", "text": "wonderful i am happy to help you with that great"},
]
MANIFESTS = {
    "sentiment": ([{"id": "1", "text": "this is great thank you so much", "label": "positive"}], {"accuracy", "macro_f1", "coverage"}),
    "roles": ([{"id": "1", "turns": TURNS, "roles": {"zoe": "agent", "adam": "customer"}}], {"role_accuracy"}),
    "rules": ([{"id": "1", "label": "legit", "turns": TURNS}], {"precision", "recall", "f1", "by_source"}),
    "redaction": ([{"id": "1", "text": "the security code is one two three", "spans": [{"start": 21, "end": 34, "type": "CARD_CODE"}]}],
                  {"precision", "recall", "f1", "by_source"}),
}  # fmt: skip


def manifest(folder, rows):
    file = folder / "data.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.mark.parametrize("name", MANIFESTS)
def test_each_prints_one_object_with_the_agreed_keys(name, tmp_path):
    rows, keys = MANIFESTS[name]
    report = load_module(evals, name).evaluate(manifest(tmp_path, rows), EvalOptions())
    printed = json.loads(report.as_json())
    assert set(printed) == {"name", "data", "n", "figure", "interval", "worst", "settings"}
    assert (printed["name"], printed["n"]) == (name, 1)
    assert keys <= set(printed["figure"])


def sentiment(folder, rows):
    return load_module(evals, "sentiment").evaluate(manifest(folder, rows), EvalOptions())


def test_sentiment_is_that_of_the_customer_not_of_the_polite_agent(tmp_path):
    report = sentiment(tmp_path, [{"id": "1", "turns": TURNS, "label": "negative"}])
    assert report.figure["accuracy"] == 1.0


def test_a_text_without_mood_is_neutral_only_where_the_data_knows_neutral(tmp_path):
    plain = {"id": "plain", "text": "the card ends in twelve", "label": "positive"}
    bad = {"id": "bad", "text": "this is awful", "label": "negative"}
    two = sentiment(tmp_path, [plain, bad])
    assert (two.figure["coverage"], two.figure["accuracy"]) == (0.5, 0.5)
    assert two.worst[0]["got"] == "none"
    three = sentiment(tmp_path, [{**plain, "label": "neutral"}, bad])
    assert (three.figure["coverage"], three.figure["accuracy"], three.figure["macro_f1"]) == (1.0, 1.0, 1.0)


def test_a_label_that_is_no_mood_is_named(tmp_path):
    with pytest.raises(BadDataset, match="joyful"):
        sentiment(tmp_path, [{"id": "1", "text": "x", "label": "joyful"}])


@dataclass(frozen=True)
class Keywords:
    """Topics by one word each, those that it was taught."""

    name = "topics"
    version = "1"
    known: tuple[str, ...] = ()

    def taught(self, rows):
        return replace(self, known=tuple(label for row in rows for label in row["labels"]))

    def analyze(self, call):
        said = [word.text for turn in call.turns for word in turn.words]
        return [Finding(f"topic.{w}", said.count(w) / len(said), 0.0, 1.0, "said") for w in self.known if w in said]


def test_topics_are_the_strongest_finding_against_any_of_the_labels(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.analysis.load_analyzers", lambda: [Keywords()])
    rows = [
        {"id": "a", "text": "x", "labels": ["card", "loan"], "split": "train"},
        {"id": "b", "text": "card card loan", "labels": ["loan", "card"], "split": "test"},
        {"id": "c", "text": "loan", "labels": ["card"], "split": "test"},
        {"id": "d", "text": "weather", "labels": ["card"], "split": "test"},
    ]
    report = topics.evaluate(manifest(tmp_path, rows), EvalOptions())
    assert report.n == 3
    assert report.figure["accuracy"] == pytest.approx(1 / 3)
    assert report.figure["coverage"] == pytest.approx(2 / 3)
    assert report.figure["macro_f1"] == pytest.approx(0.5)  # card: 1 right, 2 missed; nothing else is true
    assert [row["id"] for row in report.worst] == ["c", "d"]


def test_without_an_analyzer_topics_say_that_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.analysis.load_analyzers", list)
    rows = [{"id": "b", "text": "card", "labels": ["card"], "split": "test"}]
    with pytest.raises(PipelineError, match="no analyzer called topics"):
        topics.evaluate(manifest(tmp_path, rows), EvalOptions())
