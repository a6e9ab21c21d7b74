"""The meaning of a whole call as one vector, by the sentence model, for "more like this call"."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.records import CallResult
from pipeline.search.records import VECTOR_SIZE

if TYPE_CHECKING:
    from pipeline.meaning.minilm import MiniLM

log = logging.getLogger(__name__)

PASSAGE = 60  # words that are read together: about what the model reads at once
MOST = 16  # passages of one call, spread evenly over it
LEAST = 4  # words; shorter turns ("yes", "okay thanks") mean the same in every call


@dataclass(frozen=True)
class CallMeaning:
    """Makes vectors ``[384]`` of length one: the mean of the vectors of a call's passages, scaled."""

    model: MiniLM

    @property
    def name(self) -> str:
        return f"{self.model.name}/calls1"

    def vectors(self, results: Sequence[CallResult]) -> list[tuple[float, ...]]:
        """One a call; a call without words gets the vector of an empty text."""
        import numpy as np  # only where vectors are made

        passages = [_passages(result) for result in results]
        found = []
        for some in passages:
            mean = self.model.vectors(some).mean(axis=0)
            found.append(tuple((mean / max(float(np.linalg.norm(mean)), 1e-9)).tolist()))
        return found


def open_call_meaning() -> CallMeaning | None:
    """The sentence model over calls; None where the [pipeline] extra is not installed, or its vectors do not fit the index."""
    from pipeline.meaning import open_meaning

    model = open_meaning()
    if model is not None and model.width != VECTOR_SIZE:
        log.warning(
            "no calls like others: %s gives %d numbers, the index takes %d", model.name, model.width, VECTOR_SIZE
        )
        return None
    return None if model is None else CallMeaning(model)


def _passages(result: CallResult) -> list[str]:
    """What was said, a passage after the other, without what redaction took out."""
    words: list[str] = []
    for turn in result.call.turns:
        spoken = [word.text for word in turn.words if not word.redacted]
        words += spoken if len(spoken) >= LEAST else []
    found = [" ".join(words[at : at + PASSAGE]) for at in range(0, len(words), PASSAGE)] or [""]
    if len(found) <= MOST:
        return found
    return [found[at * len(found) // MOST] for at in range(MOST)]
