"""Keeping a lease alive beside the work that it protects."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeline.records import Seconds

log = logging.getLogger(__name__)

PARTS = 3  # a lease is renewed this often before it would end


@contextmanager
def kept_alive(renew: Callable[[], object], *, every: Seconds) -> Iterator[None]:
    """Calls ``renew`` every so often until the block ends. A failing renewal is logged: the fence decides in the end."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(every):
            try:
                renew()
            except Exception:  # the database may be away for a moment; the next beat tries again
                log.exception("a lease could not be renewed")

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
