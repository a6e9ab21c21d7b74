"""Many pieces of sound through a model in batches of like length; a batch that does not fit is halved.

Results do not depend on the batch a piece was in: a model whose padding changes results asks for equal lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Result = TypeVar("Result")

TOO_MUCH = ("out of memory", "can't allocate memory", "not enough memory", "alloc_cpu")


def in_batches(
    lengths: Sequence[int],
    run: Callable[[Sequence[int]], Sequence[Result]],
    *,
    budget: int,
    padding: float = 0.08,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> list[Result]:
    """``run`` over all pieces, given their numbers; its results in the order of ``lengths``.

    :param budget: largest sum of padded lengths in one batch; a longer piece goes alone.
    :param padding: largest part of a batch that may be padding; 0 puts only equal lengths together.
    """
    results: list[Result | None] = [None] * len(lengths)
    done = 0
    for batch in plan(lengths, budget, padding):
        for number, result in zip(batch, _halving(run, batch), strict=True):
            results[number] = result
        done += len(batch)
        progress(done, len(lengths))
    return results  # type: ignore[return-value]  # every place was filled


def plan(lengths: Sequence[int], budget: int, padding: float) -> Iterator[list[int]]:
    """Numbers of the pieces of each batch, longest first."""
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        longest = lengths[batch[0]] if batch else 0
        full = (len(batch) + 1) * longest > budget
        if batch and (full or lengths[number] < (1 - padding) * longest):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _halving(run: Callable[[Sequence[int]], Sequence[Result]], batch: Sequence[int]) -> list[Result]:
    try:
        return list(run(batch))
    except RuntimeError as error:
        if len(batch) == 1 or not any(sign in str(error).lower() for sign in TOO_MUCH):
            raise
    _free()
    middle = len(batch) // 2
    return _halving(run, batch[:middle]) + _halving(run, batch[middle:])


def _free() -> None:
    """Hand back what the failed batch left in torch's cache."""
    import torch  # heavy, and loaded already by whoever ran out of memory

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
