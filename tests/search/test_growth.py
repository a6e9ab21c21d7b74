"""How much work the embedded index does, counted in steps of SQLite's machine: no clock, so no luck."""

import pytest

from pipeline.search.backends.sqlite import SqliteIndex
from pipeline.search.records import Sort
from tests.search.makers import call, find

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


def test_the_places_of_a_page_cost_the_same_however_many_calls_there_are(small_and_large):
    def cost(index):
        with_places, without = (
            steps(index, "order NEAR/3 refund", sort=Sort("score"), limit=20, passages=most) for most in (3, 0)
        )
        return with_places - without

    small, large = map(cost, small_and_large)
    assert large < 2 * small + 20
