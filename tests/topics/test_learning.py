"""Topics learned from labelled calls: few terms, written down as points that answer as the trees do."""

import numpy as np
import pytest

from pipeline.meaning import open_meaning
from pipeline.topics.learning import TERMS, Example, TooFewLabels, learn
from pipeline.topics.rulefile import BadTopics, Learned, Term, as_text, read
from pipeline.topics.saying import stem

FRUIT, TOOLS, BOOKS = (
    "apples pears plums cherries grapes".split(),
    "hammer saw pliers drill spanner".split(),
    "novel poem atlas diary almanac".split(),
)


def calls_about(label, words, many=10):
    """Calls that name two of ``words`` in a sentence of their own."""
    rng = np.random.default_rng(len(label))
    texts = (" and ".join(rng.permutation(words)[:2]) for _ in range(many))
    return [Example(("hello", f"i would like some {text} please", "thank you"), (label,)) for text in texts]


EXAMPLES = [*calls_about("fruit", FRUIT), *calls_about("tools", TOOLS), *calls_about("books", BOOKS)]


def columns(model, example, meaning):
    there = model.learned.present(example.texts, meaning)
    known = {(term.text, term.least) for term in there}
    return [(term.text, term.least) in known for term in model.terms]


@pytest.mark.parametrize("labels", [2, 3])
@pytest.mark.parametrize("by_meaning", [False, True])
def test_the_file_answers_as_the_trees_do(tmp_path, labels, by_meaning):
    meaning = open_meaning() if by_meaning else None
    examples = EXAMPLES[: 10 * labels]
    model = learn(examples, meaning)
    file = tmp_path / "topics.yaml"
    file.write_text(as_text(model.learned), encoding="utf-8")
    kept = read(file)
    rows = np.array([columns(model, example, meaning) for example in examples])
    raw = model.trees.predict_proba(rows)
    for example, chances, answer in zip(examples, raw, model.trees.predict(rows), strict=True):
        ours = kept.chances(kept.present(example.texts, meaning))
        assert max(ours, key=ours.get) == answer
        assert [ours[topic] for topic in model.trees.classes_] == pytest.approx(chances, abs=1e-4)


def test_calls_never_seen_are_put_under_their_topic():
    learned = learn(EXAMPLES, None).learned
    for label, texts in (("fruit", ["two kilos of ripe cherries"]), ("tools", ["my drill is broken"])):
        chances = learned.chances(learned.present(texts, None))
        assert max(chances, key=chances.get) == label


def test_no_more_terms_are_kept_than_asked_for():
    assert 2 <= len(learn(EXAMPLES, None, terms=4).learned.terms) <= 4
    assert len(learn(EXAMPLES, None).learned.terms) <= TERMS


def test_a_term_that_nobody_would_name_is_left_out():
    said = {word for term in learn(EXAMPLES, None).learned.terms for word in term.text.split()}
    assert {stem(word) for word in said} <= {stem(word) for word in (*FRUIT, *TOOLS, *BOOKS)}


@pytest.mark.parametrize("by_meaning", [False, True])
def test_terms_are_short_and_never_the_words_of_one_customer(by_meaning):
    own = [
        Example((f"my name is qw{chr(97 + n % 26)}{chr(97 + n // 26)}rt and i want some apples", *e.texts), e.labels)
        for n, e in enumerate(EXAMPLES)
    ]
    terms = [term.text for term in learn(own, open_meaning() if by_meaning else None).learned.terms]
    assert terms
    assert all(1 <= len(text.split()) <= 4 for text in terms)
    assert not [text for text in terms if "qw" in text]


def test_a_call_of_greetings_is_about_nothing():
    learned = learn(EXAMPLES, None).learned
    assert learned.best(["hello", "one moment", "yes"], None) == ""
    assert learned.best(["hello", "a hammer please"], None) == "tools"


def test_a_call_about_two_things_has_two_topics():
    learned = learn(EXAMPLES, None).learned
    told = learned.told(learned.present(["a hammer and a drill and then some pears and plums"], None))
    assert set(told) == {"fruit", "tools"}
    assert all(0.5 < chance <= 1 for chance in told.values())


def test_labels_of_one_topic_teach_nothing():
    with pytest.raises(TooFewLabels, match="at least two topics"):
        learn(calls_about("fruit", FRUIT), None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("start: {a: 1}", "must begin with format"),
        ('format: "callsift topics 1"\nstart: {a: 1}\nterms: [{said: x, points: {b: 2}}]', "which start does not name"),
        ('format: "callsift topics 1"\nstart: {a: 1}\nterms: [{said: x}]', "points"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_broken_file_is_refused_with_what_to_change(tmp_path, text, told):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(BadTopics, match=told):
        read(file)


def test_a_hand_written_file_counts_its_points():
    learned = Learned({"a": 0.0, "b": 0.5}, (Term("broken", {"a": 1.0}), Term("my card", {"b": 2.0})))
    there = learned.present(["It BROKE, the cards in my wallet", "my card is broken"], None)
    assert learned.points(there) == {"a": 1.0, "b": 2.5}
