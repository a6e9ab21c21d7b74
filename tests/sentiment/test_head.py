"""The head that scores the mood of words: trained, compared with the lexicon, kept as a file, used by default."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from pipeline.analyzers.sentiment import analyzer
from pipeline.meaning import open_meaning
from pipeline.records import Call, Finding, Measure, Mood, Party, Turn, Word
from pipeline.sentiment.examples import SHIPPED as SENTENCES
from pipeline.sentiment.examples import read_examples
from pipeline.sentiment.head import SHIPPED, BadHead, Reader, open_reader, read_head
from pipeline.sentiment.lexicon import vader
from pipeline.sentiment.training import compare, digest, train
from webapp.cli import make_app

PARTIES = (Party("s1", "agent", 0.9), Party("s2", "customer", 0.9))
FELL = [
    "hello good morning", "this is martin speaking how are you", "yes it's about the bill from june", "the account is on the letter",
    "i paid that one on monday", "no that's not what the letter says", "you charged me twice and nobody called me back",
    "i've told you people that three times already", "that is outrageous i want your manager now",
    "you are not listening you never listen to me", "i'm furious about this", "this is the worst company ever i'm leaving",
]  # fmt: skip


def call_of(texts, role_party="s2") -> Call:
    turns, at = [], 0.0
    for text in texts:
        words = tuple(
            Word(word, at + 0.3 * n, at + 0.3 * (n + 1), 0.9, role_party) for n, word in enumerate(text.split())
        )
        turns.append(Turn(role_party, at, words[-1].end, words))
        at = words[-1].end + 1.0
    return Call("c", parties=PARTIES, turns=tuple(turns))


def said(call: Call, kind):
    return [fact for fact in analyzer.analyze(call) if isinstance(fact, kind)]


@pytest.fixture
def labels(tmp_path):
    """Sixty of the shipped sentences, as somebody's own labels."""
    every = read_examples(SENTENCES)
    rows = [one for label in ("angry", "neutral", "pleased") for one in [e for e in every if e.label == label][:20]]
    file = tmp_path / "mine.jsonl"
    file.write_text("".join(json.dumps({"label": one.label, "text": one.text}) + "\n" for one in rows))
    return file


def test_the_shipped_head_was_trained_on_the_shipped_sentences():
    """Whoever changes a sentence trains again: callsift sentiment train --out pipeline/sentiment/head.json --held-out ..."""
    head, every = read_head(SHIPPED), read_examples(SENTENCES)
    assert head.card["texts_sha256"] == digest(every)
    some = every[::13]
    felt = Reader(head, open_meaning()).felt([one.text for one in some])
    assert sum(label == one.label for (_, label), one in zip(felt, some, strict=True)) > 0.85 * len(some)


def test_the_shipped_head_says_on_what_it_beat_the_lexicon():
    card = read_head(SHIPPED).card
    assert card["cross_validated"]["gain_interval"][0] > 0  # no chance
    assert card["held_out"]["beats_vader"] is True
    assert card["held_out"]["head"]["accuracy"] > card["held_out"]["vader"]["accuracy"]
    assert "sarcasm" in card["misses"]


def test_the_command_trains_compares_and_writes_a_file_that_is_then_in_force(labels, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(make_app(), ["sentiment", "train", str(labels), "--held-out", str(labels)])
    assert done.exit_code == 0, done.output
    assert "cross-validated, 60 texts: head accuracy" in done.output
    assert "held out" in done.output
    mine = analyzer.configured({"sentiment_model": "sentiment.json"})
    assert mine.scorer().head == read_head(tmp_path / "sentiment.json")
    assert mine.version != analyzer.version
    shown = CliRunner().invoke(make_app(), ["sentiment", "show", "sentiment.json"])
    assert json.loads(shown.output)["source"] == "mine.jsonl"


def test_better_is_counted_on_the_same_texts():
    texts = ["this is awful", "this is great", "the card is blue", "i am not amused"]
    compared = compare(
        ["negative", "positive", "neutral", "negative"], texts, ["negative", "positive", "neutral", "negative"]
    )
    assert compared.head == (1.0, 1.0)
    assert compared.lexicon[0] == 1 - compared.gain
    worse = compare(["positive"] * 4, texts, ["negative"] * 4)
    assert not worse.beats


@pytest.mark.parametrize(
    ("spoiled", "message"),
    [
        ("{", "no head that can be read"),
        ('{"format": 9, "kind": "sentiment_head"}', "format 9"),
        ('{"format": 1, "kind": "sentiment_head", "labels": ["angry"]}', "not a head"),
    ],
)
def test_a_file_that_is_no_head_is_named(tmp_path, spoiled, message):
    file = tmp_path / "x.json"
    file.write_text(spoiled)
    with pytest.raises(BadHead, match=message):
        read_head(file)


def test_a_head_for_another_sentence_model_is_refused(tmp_path):
    file = tmp_path / "other.json"
    file.write_text(replace(read_head(SHIPPED), meaning="another@1").as_text())
    with pytest.raises(BadHead, match="another@1"):
        open_reader(file)


@pytest.mark.parametrize(
    ("text", "message"),
    [("text,mood\nx,1\n", "columns label and text"), ("label,text\njoyful,x\n", ":2: label 'joyful'"), ("label,text\n,x\n", "no labelled")],
)  # fmt: skip
def test_labels_that_cannot_be_used_are_named(tmp_path, text, message):
    file = tmp_path / "x.csv"
    file.write_text(text)
    with pytest.raises(BadHead, match=message):
        read_examples(file)


def test_too_few_texts_teach_nothing(labels):
    with pytest.raises(BadHead, match="at least 40"):
        train(read_examples(labels)[:30], open_meaning(), "few", "")


def test_texts_together_score_as_each_alone():
    reader = open_reader()
    assert isinstance(reader, Reader)
    model = type(reader.model)(reader.model.name, reader.model.tokenizer, reader.model.model)
    alone = [Reader(reader.head, model)([text])[0] for text in FELL]
    assert reader(FELL) == pytest.approx(alone, abs=1e-3)
    assert reader([]) == []


def test_the_words_of_all_calls_go_through_the_model_in_one_batch(monkeypatch):
    reader = open_reader()
    sizes = []
    model = type(reader.model)(reader.model.name, reader.model.tokenizer, reader.model.model)
    monkeypatch.setattr(type(model), "_embedded", counting(type(model)._embedded, sizes))
    judge = replace(analyzer, scorer=lambda: Reader(reader.head, model))
    calls = [call_of(FELL[:6]), call_of(FELL[6:]), replace(call_of(["never read"]), marks=("asr_unsure",))]
    judge.prepare(calls)
    assert sizes == [12]
    assert [judge.analyze(call) for call in calls] == [
        replace(judge, scorer=open_reader).analyze(call) for call in calls
    ]
    assert sum(sizes) == 12  # nothing was embedded again


def counting(embedded, sizes):
    def count(self, texts):
        sizes.append(len(texts))
        return embedded(self, texts)

    return count


def test_a_call_that_goes_bad_is_told_with_its_worst_moment():
    found = {fact.kind: fact for fact in said(call_of(FELL), Finding)}
    assert set(found) == {"negative_moment", "sentiment_fall"}
    assert found["negative_moment"].why.startswith("the customer sounds angry here")
    assert "sarcasm and polite anger are often missed" in found["sentiment_fall"].why
    measures = {fact.name: fact.value for fact in said(call_of(FELL), Measure)}
    assert measures["sentiment_start.customer"] > -0.2 > -0.5 > measures["sentiment_end.customer"]
    assert len(said(call_of(FELL), Mood)) == len(FELL)


@pytest.mark.parametrize(
    "texts", [FELL[::-1], FELL[:4] * 3, FELL[1:]], ids=["gets better", "stays calm", "eleven turns"]
)
def test_no_fall_is_told_where_none_is_or_too_little_was_said(texts):
    assert "sentiment_fall" not in {fact.kind for fact in said(call_of(texts), Finding)}


def test_a_mood_that_came_back_is_no_fall():
    sorry = [
        "oh that's good to hear thank you",
        "great thanks a lot",
        "you've been very helpful",
        "lovely have a nice day",
    ]
    call = call_of([*FELL, *sorry])
    assert "sentiment_fall" not in {fact.kind for fact in said(call, Finding)}
    measures = {fact.name: fact.value for fact in said(call, Measure)}
    assert measures["sentiment_recovery.customer"] > 1.0


def test_the_agent_is_read_by_the_lexicon_and_vader_can_be_set_for_all():
    text = "that is terrible awful news"
    [mood] = said(call_of([text], "s1"), Mood)
    assert mood.words == vader()([text])[0]
    [other] = [
        f for f in analyzer.configured({"sentiment_model": "vader"}).analyze(call_of([text])) if isinstance(f, Mood)
    ]
    assert other.words == mood.words
