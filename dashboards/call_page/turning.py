"""The way from call to call inside a queue: what the head of the call page needs for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.queues import SHIPPED, SKIPS, BadQueue, address_of, read_key


@dataclass(frozen=True, slots=True)
class QueueBar:
    """The queue a call was opened from. ``back`` is its page; ``skips`` are the reasons to skip a call, by their code."""

    key: str
    name: str
    back: str
    skips: Mapping[str, str]


def queue_bar(text: str) -> QueueBar | None:
    """The bar for the queue an address names; None for none, or one that cannot be read."""
    try:
        key = read_key(text)
    except BadQueue:
        return None
    name = SHIPPED[key.base][0] if key.base in SHIPPED else "Saved queue"
    return QueueBar(str(key), name, address_of(key), SKIPS)
