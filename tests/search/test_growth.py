"""How much work the embedded index does, counted in steps of SQLite's machine: no clock, so no luck."""

import pytest

from pipeline.search.backends.sqlite import SqliteIndex
from pipeline.search.fts import paging, sources
from pipeline.search.records import Grant, Reach, Sort
from tests.search.makers import EVERYTHING, ORG, call, find, random_calls

STEPS = 100  # of the machine between two counts


def steps(index, query, **how):
    """Steps of one search, in hundreds."""
    counted = [0]
    find(index, query, **how)  # opened and prepared

    def count():
        counted[0] += 1

    with index._asking() as connection:
        connection.set_progress_handler(count, STEPS)
        find(index, query, **how)
        connection.set_progress_handler(None, 0)
    return counted[0]


def filled(folder, count):
    told = [
        call(f"n{number}x", ("agent", 1.0, f"refund of order {number}"), ("customer", 9.0, "refund now"), score=number / count,
             labels={"fail": (f"R-{number % 7}",)}, queue=("Billing", "Sales")[number % 2])
        for number in range(count)
    ]  # fmt: skip
    index = SqliteIndex(folder)
    with index.rebuilding() as new:
        new.put(told)
        new.take_over()
    return index


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """300 random calls."""
    index = SqliteIndex(tmp_path_factory.mktemp("search"))
    with index.rebuilding() as new:
        new.put(random_calls(300))
        new.take_over()
    yield index
    index.close()


@pytest.fixture(scope="module")
def small_and_large(tmp_path_factory):
    """The same kind of calls, 200 and 2000 of them."""
    both = [filled(tmp_path_factory.mktemp("search"), count) for count in (200, 2000)]
    yield both
    for index in both:
        index.close()


@pytest.mark.parametrize(
    "query", ["refund", "refund OR -order", '"refund of" score:>20', "refund NEAR/2 order", "fail:R-*"]
)
@pytest.mark.parametrize("by", ["relevance", "score", "measure.silence_share"])
def test_ten_times_the_calls_cost_ten_times_the_work_and_not_a_hundred(small_and_large, query, by):
    how = {"sort": Sort(by), "limit": 20, "facets": ("queue", "fail"), "passages": 3}
    small, large = (steps(index, query, **how) for index in small_and_large)
    assert large < 20 * max(small, 5)


PAGES = [
    ("refund", "score"), ('"refund of"', "relevance"), ("refund -late", "duration"), ("score:>=0", "score"), ("", "started"),
    ("fail:R-* OR refund", "score"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "by", "further"), [
    *((*page, further) for page in PAGES for further in (False, True)), ("refund order", "started", True),
])  # fmt: skip
def test_a_page_of_what_very_many_calls_have_costs_the_same_however_many_there_are(
    small_and_large, monkeypatch, query, by, further
):
    """With bounds as far below the number of calls as they are below that of a large house."""
    monkeypatch.setattr(sources, "BROAD", 40)
    monkeypatch.setattr(paging, "LATEST", 40)
    monkeypatch.setattr("pipeline.search.fts.reading.MOST_COUNTED", 40)
    costs = []
    for index in small_and_large:
        after = find(index, query, sort=Sort(by), limit=20).after if further else None
        facets = () if further else ("queue", "fail")
        costs.append(steps(index, query, sort=Sort(by), limit=20, after=after, facets=facets))
    assert costs[1] < 1.5 * costs[0] + 20


@pytest.mark.parametrize("looked_at", [10_000, 3])
@pytest.mark.parametrize("reach", [EVERYTHING, Reach(ORG, (Grant("t1"), Grant(None, "ag-3"))), Reach(ORG)])
def test_a_walk_meets_the_calls_that_are_gathered_otherwise(told, monkeypatch, reach, looked_at):
    queries = ("refund", "refund card", "refund OR cancel", "-refund", "queue:Sales", "fail:D-1 (card first:30)", "score:>50",
               "(refund speaker:customer) -fail:*", "hold:>10 refund", "nobodysaysthis OR card", "")  # fmt: skip
    for query in queries:
        for sort in (Sort("score"), Sort("started", descending=False), Sort("duration"), Sort("measure.hold_seconds")):
            gathered = find(told, query, reach, sort=sort, limit=400)
            with monkeypatch.context() as narrow:
                for module, name, bound in (
                    (sources, "BROAD", 5),
                    (paging, "LOOKED_AT", looked_at),
                    (paging, "FEW", 2),
                ):
                    narrow.setattr(module, name, bound)
                walked, after = [], None
                while not walked or after:
                    page = find(told, query, reach, sort=sort, limit=30, after=after)
                    walked, after = walked + list(page.hits), page.after
                    if not page.hits:
                        break
            assert [hit.call_id for hit in walked] == [hit.call_id for hit in gathered.hits], (query, sort)


@pytest.mark.parametrize("looked_at", [10_000, 3])
def test_the_best_of_very_many_come_first_and_each_once(told, monkeypatch, looked_at):
    wanted = {
        query: {hit.call_id for hit in find(told, query, limit=400).hits}
        for query in ("refund", "refund OR cancel", "card -fraud", "")
    }
    for module, name, bound in ((sources, "BROAD", 5), (paging, "LATEST", 50), (paging, "LOOKED_AT", looked_at)):
        monkeypatch.setattr(module, name, bound)
    for query, calls in wanted.items():
        seen, after = [], None
        while not seen or after:
            page = find(told, query, limit=20, after=after)
            seen, after = seen + list(page.hits), page.after
        assert len(seen) == len(calls)
        assert {hit.call_id for hit in seen} == calls
        assert seen == sorted(seen, key=lambda hit: (-hit.score, hit.call_id))
        assert (seen[0].score > 0) == bool(query)


def test_the_places_of_a_page_cost_the_same_however_many_calls_there_are(small_and_large):
    def cost(index):
        with_places, without = (
            steps(index, "order NEAR/3 refund", sort=Sort("score"), limit=20, passages=most) for most in (3, 0)
        )
        return with_places - without

    small, large = map(cost, small_and_large)
    assert large < 2 * small + 20
