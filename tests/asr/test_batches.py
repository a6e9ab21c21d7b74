"""Batches of like length, and halving when one does not fit."""

import pytest

from pipeline.asr.batches import in_batches, plan


def test_batches_keep_the_budget_and_the_padding():
    lengths = [10, 95, 100, 50, 98, 9, 51]
    batches = list(plan(lengths, 200, 0.1))
    assert sorted(n for batch in batches for n in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[n] for n in batch)
        assert len(batch) * longest <= 200
        assert all(lengths[n] >= 0.9 * longest for n in batch)


def test_without_padding_only_equal_lengths_go_together():
    assert [sorted(batch) for batch in plan([5, 6, 5, 6, 5], 100, 0.0)] == [[1, 3], [0, 2, 4]]


def test_a_piece_beyond_the_budget_goes_alone():
    assert list(plan([500, 10], 100, 1.0)) == [[0], [1]]


def test_results_come_in_the_order_of_the_pieces():
    assert in_batches([3, 1, 2], lambda batch: [f"piece {n}" for n in batch], budget=100) == [
        "piece 0",
        "piece 1",
        "piece 2",
    ]


@pytest.mark.parametrize("fits", [1, 2, 3])
def test_a_batch_that_does_not_fit_is_halved_with_the_same_results(fits):
    asked = []

    def run(batch):
        asked.append(len(batch))
        if len(batch) > fits:
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")
        return [n * n for n in batch]

    assert in_batches([7] * 8, run, budget=1000) == [n * n for n in range(8)]
    assert max(n for n in asked if n <= fits) <= fits < asked[0]


def test_another_error_is_not_swallowed():
    def run(batch):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="mat1"):
        in_batches([1, 2], run, budget=100)


def test_one_piece_that_does_not_fit_is_an_error():
    def run(batch):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    with pytest.raises(RuntimeError, match="allocate"):
        in_batches([1], run, budget=100)
