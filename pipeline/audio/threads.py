"""Torch work on several cores without torch's own threads.

torch splits one operation over its threads and waits for the slowest at every step; on a busy machine, or in an LSTM with
its thousands of small steps, that is many times slower than one thread. Here each core works alone on its own share.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def in_threads(work: Callable[[Item], Answer], items: Sequence[Item], *, threads: int = 0) -> list[Answer]:
    """``work`` of each item, in order, ``threads`` at a time (0: as many as there are cores), torch single-threaded."""
    import torch  # heavy

    count = min(len(items), threads or os.cpu_count() or 1)
    with single_threaded():
        if count <= 1:
            return [work(item) for item in items]
        with ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            return list(pool.map(work, items))


@contextmanager
def single_threaded() -> Iterator[None]:
    """Torch with one thread; afterwards what was set before."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
