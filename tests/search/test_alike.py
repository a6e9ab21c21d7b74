"""More like this call: by meaning where vectors are, else by words; only calls in reach, with the words that made it so."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from pipeline.records import Call, CallResult, Turn, Word
from pipeline.search.alike import more_like
from pipeline.search.meaning import PASSAGE, CallMeaning, open_call_meaning
from pipeline.search.records import Grant, Reach
from tests.search.makers import EVERYTHING, ORG, call, turn
from tests.search.test_filing import everything, take_in
from tests.store.makers import make_intake, process
from webapp.search.building import build
from webapp.search.draining import drain
from webapp.search.vectors import add_missing, vector_of
from webapp.tables import Call as CallRow
from webapp.tables import CallVector, Result

TOLD = {
    "a": "i would like my money back for the broken kettle please send the refund",
    "b": "the kettle arrived broken so i want a refund of the money i paid",
    "c": "i forgot the password and cannot sign in to my online account",
    "d": "please reset my password the sign in page says it is locked",
    "e": "this toaster came damaged can you reimburse what it cost me",
}


@pytest.fixture
def filled(index):
    told = [call(name, ("customer", 1.0, text), team="t2" if name == "b" else "t1") for name, text in TOLD.items()]
    with index.rebuilding() as new:
        new.put(told)
        new.take_over()
    return {one.name: one.call_id for one in told}


def test_without_vectors_calls_are_alike_by_the_words_few_others_say(index, filled):
    first, *_ = found = more_like(index, filled["a"], None, EVERYTHING)
    assert (first.call_id, first.likeness) == (filled["b"], None)
    assert {"kettle", "broken"} <= set(first.words)
    assert filled["a"] not in {one.call_id for one in found}


def test_only_calls_in_reach_are_alike_and_counted(index, filled):
    mine = Reach(ORG, (Grant("t1"),))
    assert filled["b"] not in {one.call_id for one in more_like(index, filled["a"], None, mine)}
    assert more_like(index, filled["b"], None, mine) == []


@pytest.fixture(scope="module")
def meaning():
    found = open_call_meaning()
    assert found is not None, "the sentence model is missing: install the extra [pipeline]"
    return found


def result_of(text):
    """A result in which only ``text`` is said."""
    said = turn("customer", 0.0, text)
    words = tuple(Word(word, at, at + 0.3, 0.9, "s1") for word, at in zip(said.words, said.times, strict=True))
    return CallResult(Call("x", turns=(Turn("s1", 0.0, said.end, words),)))


def test_with_vectors_calls_are_alike_that_share_no_word(index, filled, meaning):
    vectors = dict(zip(TOLD, meaning.vectors([result_of(text) for text in TOLD.values()]), strict=True))
    told = [call(name, ("customer", 1.0, text), version=2, vector=vectors[name]) for name, text in TOLD.items()]
    index.put(told)
    found = more_like(index, filled["e"], vectors["e"], EVERYTHING, limit=2)
    assert {one.call_id for one in found} == {filled["a"], filled["b"]}
    assert 1 > found[0].likeness > found[1].likeness > 0.3
    assert {one.call_id for one in more_like(index, filled["c"], vectors["c"], EVERYTHING, limit=1)} == {filled["d"]}


def test_a_vector_has_length_one_and_hears_no_redacted_word(meaning):
    result = result_of("my code is one two three four " * PASSAGE)
    [vector] = meaning.vectors([result])
    assert sum(value * value for value in vector) == pytest.approx(1, abs=1e-4)
    words = result.call.turns[0].words
    hidden = (*words, replace(words[0], text="[CARD_CODE]", kind="CARD_CODE"))
    same = replace(result, call=replace(result.call, turns=(replace(result.call.turns[0], words=hidden),)))
    assert meaning.vectors([same]) == [vector]


class Counting(CallMeaning):
    """The real thing, counting what it is given."""

    asked = 0

    def vectors(self, results):
        type(self).asked += len(results)
        return super().vectors(results)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_vectors_are_made_once_and_again_for_new_words_only(store, index, meaning, clock):
    counting = Counting(meaning.model)
    ids = [take_in(store, name) for name in "abc"]
    process(store, said="refund")
    build(store, index)
    assert (add_missing(store, counting), add_missing(store, counting)) == (3, 0)
    drain(store, index)
    clock.move(minutes=1)
    store.redo("rules")
    process(store, said="refund")
    assert add_missing(store, counting) == 0
    clock.move(minutes=1)
    store.redo("asr")
    process(store, said="goodbye")
    assert add_missing(store, counting) == counting.asked - 3 == 3
    drain(store, index)
    with store.database.read() as session:
        assert len(session.scalars(select(CallVector)).all()) == 3
        mine = vector_of(session, store.org, ids[0])
    near = more_like(index, ids[0], mine, everything(store))
    assert {one.call_id for one in near} == {*ids[1:]}
    assert near[0].likeness == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("skew", [-60, 60])
def test_a_clock_that_goes_wrong_makes_no_vector_twice_and_misses_no_new_words(store, meaning, clock, skew):
    """The machine that makes the vectors is an hour ahead of, or behind, the one that hears the calls."""
    counting, before = Counting(meaning.model), Counting.asked

    def made():
        clock.move(minutes=skew)
        found = add_missing(store, counting), add_missing(store, counting)
        clock.move(minutes=-skew)
        return found

    for name in "ab":
        take_in(store, name)
    process(store, said="refund")
    assert made() == (2, 0)
    clock.move(minutes=1)
    store.redo("asr")
    process(store, said="goodbye")
    assert made() == (2, 0)
    assert Counting.asked - before == 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_call_whose_file_is_damaged_keeps_no_vector_back(store, meaning):
    ids = [take_in(store, name) for name in "abc"]
    process(store, said="refund")
    with store.database.write() as session:
        blob = store.vault.seal([b"not a result"], make_intake(store, "x").sealed_key, "result:x").name
        call = session.scalars(select(CallRow.id).where(CallRow.public_id == ids[1])).one()
        session.execute(update(Result).where(Result.call_id == call).values(blob=blob))
    assert (add_missing(store, meaning), add_missing(store, meaning)) == (2, 0)
