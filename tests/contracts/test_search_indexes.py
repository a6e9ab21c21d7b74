"""What every search index promises: the same calls for the same query, whatever it is built on."""

import random
from dataclasses import replace

import pytest

from pipeline.search.cursors import Counted, as_cursor, read_cursor
from pipeline.search.errors import IndexUnavailable, QueryError
from pipeline.search.query import parse
from pipeline.search.records import Grant, Reach, Sort
from pipeline.search.resolving import resolve
from tests.search.makers import EVERYTHING, ORG, call, find, names, random_calls, unit
from tests.search.servers import KINDS, absent, elasticsearch_url, index, new_index

__all__ = ["absent", "elasticsearch_url", "index"]

CALLS = (
    call("a", ("agent", 0.0, "This call is recorded."), ("customer", 5.0, "I want my money refunded, it's a gift-card"),
         queue="Billing", agent="ag-1", score=0.9, labels={"fail": ("D-1",), "topic": ("refund",), "mark": ("asr_unsure",)},
         measures={"silence_share": 0.5, "sentiment.customer": -0.6}),
    call("b", ("agent", 0.0, "hello how can I help"), ("customer", 29.5, "refund"), ("customer", 30.0, "cancel the order"),
         ("agent", 100.5, "we send the money back on the card"), ("agent", 111.0, "thanks goodbye"),
         queue="Fraud line", agent="ag-2", score=0.803, labels={"pass": ("D-1", "REC-2")}, measures={"silence_share": 0.1}),
    call("c", ("ivr", 0.0, "press one for refunds"), ("agent", 4.0, "the card of your gift and the money of the refund"),
         team="t2", queue="billing", agent="ag-1", duration=600.0, score=0.2, labels={"redacted": ("CARD_NUMBER",)},
         direction="outbound"),
    call("d", ("customer", 3.0, "my code is [CARD_CODE] don't tell"), team="t2", agent="ag-2", queue="Sales"),
    call("h", ("customer", 3.0, "a refund nobody may find"), held=True),
    call("z", ("customer", 3.0, "a refund elsewhere"), org="p" * 32),
)  # fmt: skip

QUERIES = {
    "": "abcd",
    "refund": "abc",
    "REFUNDS": "abc",
    "refund money": "abc",
    "refund AND NOT cancel": "ac",
    "refund -cancel": "ac",
    "recorded OR goodbye": "ab",
    "(recorded OR goodbye) -refund": "",
    '"gift card"': "a",
    '"card gift"': "",
    '"refunded"': "a",
    '"money of the refund"': "c",
    "gift-card": "a",
    "card NEAR/3 gift": "ac",
    "card NEAR/1 gift": "a",
    "card NEAR/2 gift": "ac",
    'money NEAR/0 "of the refund"': "c",
    "refund speaker:customer": "ab",
    "refund speaker:customer,ivr": "abc",
    "refund speaker:agent card": "c",
    "(refund speaker:customer) (card speaker:agent)": "b",
    "speaker:ivr": "c",
    "refund first:30": "abc",
    "refund first:29": "ac",
    "refund speaker:customer first:30": "ab",
    '"send the money" last:20': "b",
    '"send the money" last:19': "",
    "goodbye last:9": "b",
    "goodbye last:8": "",
    "refnud": "abc",
    "rcorded": "a",
    '"refnud"': "",
    "hullo": "b",
    "recorde~": "a",
    "refun*": "abc",
    "refun* speaker:agent": "c",
    "dont": "d",
    "Don't": "d",
    "[CARD_CODE]": "d",
    "code": "d",
    "fail:D-1": "a",
    "fail:d-1": "a",
    "pass:REC-*": "b",
    "pass:*": "b",
    "fail:(D-1 OR X)": "a",
    "topic:refund OR mark:asr_unsure": "a",
    "redacted:card_number": "c",
    "queue:billing": "ac",
    'queue:"Fraud line"': "b",
    "queue:Billing,Sales": "acd",
    "-queue:Billing": "bd",
    "agent:ag-1 direction:outbound": "c",
    "name:a": "a",
    "score:>=80": "ab",
    "score:80": "b",
    "score:20..80": "bcd",
    "silence:>0.1": "a",
    "silence:>=0.1": "ab",
    "-silence:>=0.1": "cd",
    "sentiment:negative": "a",
    "measure.silence_share:0.5": "a",
    "duration:>2m": "c",
    "duration:2:00": "abd",
    "date:2026-03-02": "abcd",
    "date:<2026-03-02": "",
    "nothing like this": "",
}


def put(index, calls):
    index.put(calls)
    index.settle()


@pytest.fixture(scope="module", params=KINDS)
def filled(request, tmp_path_factory):
    with new_index(request.param, tmp_path_factory.mktemp("search"), request) as index:
        with index.rebuilding() as new:
            new.put(CALLS)
            new.take_over()
        yield index


@pytest.fixture(scope="module")
def both(request, tmp_path_factory):
    """The same 300 random calls in each."""
    calls = random_calls(300)
    with new_index("sqlite", tmp_path_factory.mktemp("search"), request) as one, \
            new_index("elasticsearch", tmp_path_factory.mktemp("search"), request) as other:  # fmt: skip
        for made in (one, other):
            with made.rebuilding() as new:
                new.put(calls)
                new.take_over()
        yield one, other


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_finds_its_calls(filled, query):
    found = find(filled, query)
    assert set(names(found)) == set(QUERIES[query])
    assert found.total == len(QUERIES[query])


@pytest.mark.parametrize(("reach", "expected"), [
    (Reach(ORG, (Grant("t1"),)), "ab"), (Reach(ORG, (Grant("t2"),)), "cd"), (Reach(ORG, (Grant("t1"), Grant("t2"))), "abcd"),
    (Reach(ORG, (Grant("t1", "ag-1"),)), "a"), (Reach(ORG, (Grant(None, "ag-1"),)), "ac"), (Reach(ORG), ""),
    (Reach("q" * 32, (Grant(),)), ""), (Reach(ORG, (Grant("t1", "ag-1"), Grant("t2"))), "acd"), (Reach("p" * 32, (Grant(),)), "z"),
])  # fmt: skip
def test_only_calls_in_reach_are_found_counted_and_shown(filled, reach, expected):
    found = find(filled, "", reach, facets=("agent", "queue"), sort=Sort("score"))
    assert (set(names(found)), found.total) == (set(expected), len(expected))
    assert sum(count for _value, count in found.facets["agent"]) == len(expected) - expected.count("z")
    assert {one.call_id[0] for one in CALLS if filled.read(one.call_id, reach)} == set(expected)


def test_a_word_said_out_of_reach_is_not_known(filled):
    mine = Reach(ORG, (Grant("t2"),))
    assert filled.known({"record", "refund", "elsewher"}, mine) == {"refund"}
    assert filled.counts({"refund", "record"}, mine) == {"refund": 1, "record": 0}
    assert resolve(parse("rcorded"), filled, mine).instead == {}
    assert resolve(parse("rcorded refund"), filled, EVERYTHING).instead == {"rcorded": ("recorded",)}


def test_facets_count_what_was_found(filled):
    found = find(filled, "refund", facets=("queue", "agent", "topic", "fail", "team"))
    assert found.facets["queue"] == (("Billing", 2), ("Fraud line", 1))
    assert found.facets["agent"] == (("ag-1", 2), ("ag-2", 1))
    assert (found.facets["topic"], found.facets["fail"], found.facets["team"]) == ((("refund", 1),), (("D-1", 1),), ())


@pytest.mark.parametrize(("query", "name", "second", "marked"), [
    ("refund", "a", 6.5 + 0.5, ["refunded,"]), ('"send the money"', "b", 101.0, ["send the money"]),
    ("gift NEAR/3 card", "c", 4.5, ["card", "gift"]), ("refnud speaker:agent", "c", 9.0, ["refund"]),
    ("refund first:30 speaker:customer", "b", 29.5, ["refund"]),
])  # fmt: skip
def test_a_hit_shows_its_words_and_their_second(filled, query, name, second, marked):
    [hit] = [hit for hit in find(filled, query, passages=3).hits if hit.call_id[0] == name]
    place = hit.passages[0]
    assert place.start == second
    assert [piece.text for piece in place.pieces if piece.marked] == marked


def test_passages_come_in_the_order_of_the_call_and_no_more_than_asked(filled):
    [hit] = find(filled, "name:b (refund OR money OR goodbye)", passages=2).hits
    assert [place.start for place in hit.passages] == [29.5, 102.0]


def test_calls_come_back_as_they_were_put(filled):
    read = filled.read(CALLS[0].call_id, EVERYTHING)
    assert replace(read, at=CALLS[0].at) == CALLS[0]
    assert read.at.timestamp() == CALLS[0].at.timestamp()


def test_versions_list_every_call_of_a_house(filled):
    assert list(filled.versions("p" * 32)) == [(CALLS[5].call_id, 1)]
    assert [name[0] for name, _ in filled.versions(ORG)] == list("abcdh")


def test_an_older_version_changes_nothing_and_a_newer_one_everything(index):
    put(index, [replace(CALLS[0], version=5)])
    put(index, [replace(CALLS[1], call_id=CALLS[0].call_id, version=4)])
    assert names(find(index, "recorded")) == ["a"]
    put(index, [replace(CALLS[1], call_id=CALLS[0].call_id, version=6)])
    assert names(find(index, "recorded")) == []
    assert find(index, "goodbye", facets=("queue",)).facets["queue"] == (("Fraud line", 1),)


def test_a_beginning_of_a_word_finds_every_ending_however_many_there_are(index):
    endings = [one + other for one in "abcdefgh" for other in "abcdefgh"]
    with index.rebuilding() as new:
        new.put([call(f"e{ending}x", ("customer", 1.0, f"pre{ending}")) for ending in endings])
        new.take_over()
    assert find(index, "pre*", limit=1).total == len(endings)


def test_a_dropped_call_leaves_no_word_behind(index):
    put(index, CALLS[:2])
    index.drop([CALLS[0].call_id, "never there"])
    index.settle()
    index.purge()
    assert names(find(index, "")) == ["b"]
    assert index.alike({"recorded", "goodbye"}) == {"goodbye"}
    assert index.known({"record"}, EVERYTHING) == set()
    put(index, CALLS[:1])
    assert names(find(index, "rcorded")) == ["a"]


def test_without_an_index_everything_says_so_and_nothing_makes_one(absent):
    assert not absent.state().ready
    for ask in (lambda: find(absent, ""), lambda: absent.put(CALLS), lambda: absent.known({"x"}, EVERYTHING)):
        with pytest.raises(IndexUnavailable):
            ask()
    assert not absent.state().ready


def test_a_rebuilt_index_takes_over_at_once_and_an_abandoned_one_never(index):
    put(index, CALLS[:1])
    with index.rebuilding() as new:
        new.put(CALLS[1:3])
        new.drop([CALLS[2].call_id])
        put(index, CALLS[3:4])
        assert set(names(find(index, ""))) == set("ad")
        new.take_over()
        assert names(find(index, "")) == ["b"]
    with index.rebuilding() as abandoned:
        abandoned.put(CALLS[:1])
    assert names(find(index, "")) == ["b"]
    assert index.state().calls == 1


@pytest.mark.parametrize(
    "by", ["relevance", "score", "started", "duration", "measure.silence_share", "measure.hold_seconds"]
)
@pytest.mark.parametrize("descending", [True, False])
def test_pages_hold_each_call_once_and_in_order(both, by, descending):
    orders = []
    for one in both:
        seen, after, sort = [], None, Sort(by, descending)
        while seen == [] or after is not None:
            page = find(one, "refund OR card", sort=sort, limit=17, after=after)
            seen += page.hits
            after = page.after
        assert len({hit.call_id for hit in seen}) == len(seen) == page.total > 100
        keys = [((-hit.score if descending else hit.score), hit.call_id) for hit in seen]
        assert keys == sorted(keys)
        orders.append([hit.call_id for hit in seen])
    assert set(orders[0]) == set(orders[1])
    assert by == "relevance" or orders[0] == orders[1]


@pytest.fixture
def bounds(monkeypatch):
    """Calls are counted to 20, and facets in 12 of them."""
    for reading in ("pipeline.search.fts.reading", "pipeline.search.elastic.reading"):
        monkeypatch.setattr(f"{reading}.MOST_COUNTED", 20)
        monkeypatch.setattr(f"{reading}.MOST_SORTED_OUT", 12)


@pytest.mark.usefixtures("bounds")
@pytest.mark.parametrize("query", ["refund", "", "NOT fraud", "queue:Sales", "score:>20"])
def test_very_many_calls_are_counted_to_a_bound_and_paged_to_the_end(both, query):
    for one in both:
        first = find(one, query, sort=Sort("started"), limit=50, facets=("language",))
        assert (first.total, first.many) == (20, True)
        assert first.facets["language"] == (("en", 12),)
        seen, page = [*first.hits], first
        while page.after is not None:
            page = find(one, query, sort=Sort("started"), limit=50, after=page.after)
            assert (page.total, page.many) == (20, True)
            seen += page.hits
        assert len({hit.call_id for hit in seen}) == len(seen) > 50


@pytest.mark.usefixtures("bounds")
def test_as_many_calls_as_the_bound_are_all_there_are(index):
    for more in (False, True):
        put(index, [call(f"n{n}x", ("customer", 1.0, "refund"), queue="Billing") for n in range(20 + more)])
        found = find(index, "refund", facets=("queue",), limit=5)
        assert (found.total, found.many) == (20, more)
        assert found.facets["queue"] == (("Billing", 12),)


def test_a_place_further_on_is_not_counted_again(filled):
    first = find(filled, "", sort=Sort("score"), limit=1)
    place = read_cursor(Sort("score"), first.after)
    told = as_cursor(Sort("score"), place.value, place.call_id, Counted(7, many=True))
    further = find(filled, "", sort=Sort("score"), limit=1, after=told)
    assert (further.total, further.many) == (7, True)
    untold = as_cursor(Sort("score"), place.value, place.call_id)
    assert find(filled, "", sort=Sort("score"), limit=1, after=untold).total == first.total == 4


def test_a_page_of_another_sorting_or_nonsense_is_refused(filled):
    after = find(filled, "", sort=Sort("score"), limit=1).after
    for sort, place in ((Sort("started"), after), (Sort("score"), "nonsense"), (Sort("relevance; drop"), None)):
        with pytest.raises(QueryError):
            find(filled, "", sort=sort, after=place)


SPOKEN = ("refund", "card", "code", "pay", "stop", "refnud", "year", "paymnt", "cancel")
SHAPES = (
    "{w}", '"{w} {w}"', "refund NEAR/{n} card", "refund NEAR/{n} cadr", "cancel NEAR/{n} refnud", 'code NEAR/{n} "refund card"',
    "{p}*", "{w}~", "({w} speaker:agent first:{s})", "({w} speaker:agent,ivr last:{s})", '("{w} {w}" last:{s})', "-{w}",
    "queue:Bill*", "score:>{s}", "hold:<{s}", "fail:D-1", "fail:D-*", "fail:*", "({w} OR {w})", "({w} AND {w})",
    "NOT ({w} {w})", "date:2026-03-01..2026-03-05",
)  # fmt: skip


def random_query(rng):
    """Any shapes of the query language over the words of the random calls, joined anyhow."""

    def one():
        pieces = rng.choice(SHAPES).split("{w}")
        text = "".join(piece + rng.choice(SPOKEN) for piece in pieces[:-1]) + pieces[-1]
        return text.format(n=rng.randint(0, 6), s=rng.randint(1, 90), p=rng.choice(SPOKEN)[:4])

    return f" {rng.choice(('AND', 'OR', ''))} ".join(one() for _ in range(rng.randint(1, 3)))


@pytest.mark.parametrize("seed", range(6))
def test_both_find_the_same_calls_for_any_query(both, seed):
    rng = random.Random(seed)
    met = 0
    for _ in range(40):
        query = random_query(rng)
        reach = rng.choice((EVERYTHING, Reach(ORG, (Grant("t1"), Grant(None, "ag-3")))))
        one, other = (
            find(index, query, reach, sort=Sort("started"), limit=400, facets=("queue", "fail")) for index in both
        )
        assert names(one) == names(other), query
        assert (one.total, one.facets) == (other.total, other.facets), query
        met += bool(one.hits)
    assert met > 20


@pytest.mark.parametrize("query", ["refund", "gift", "fraud transfer", '"refund card"', "verify NEAR/3 card", "late OR overdue", "overdu*",
                                   "refund speaker:customer", "fee -refund"])  # fmt: skip
def test_the_ten_most_relevant_are_nearly_the_same(both, query):
    one, other = (names(find(index, query, limit=10)) for index in both)
    assert len(set(one) & set(other)) >= 0.8 * min(len(one), 10), (one, other)
    assert one


def test_both_show_the_same_places(both):
    for query in ("refund", '"account balance" OR refund', "card NEAR/4 code", "refund speaker:customer first:40"):
        one, other = (find(index, query, sort=Sort("started"), passages=3) for index in both)
        assert [hit.passages for hit in one.hits] == [hit.passages for hit in other.hits]
        assert all(hit.passages for hit in one.hits)


def test_both_find_the_same_neighbours_in_meaning(both):
    vector = unit(random.Random(1))
    one, other = (index.similar(vector, Reach(ORG, (Grant("t1"),)), without="none", limit=10) for index in both)
    assert [hit.call_id for hit in one] == [hit.call_id for hit in other]
    assert [hit.score for hit in one] == pytest.approx([hit.score for hit in other], abs=1e-4)
    without = both[0].similar(vector, Reach(ORG, (Grant("t1"),)), without=one[0].call_id, limit=9)
    assert [hit.call_id for hit in without] == [hit.call_id for hit in one[1:]]
