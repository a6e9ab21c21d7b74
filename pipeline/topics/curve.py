"""How well topics are told by the number of labelled calls: repeated stratified draws, all other calls being the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.measuring.labels import macro_f1
from pipeline.topics.learning import Example, learn

if TYPE_CHECKING:
    from pipeline.protocols import Meaning
    from pipeline.topics.rulefile import Learned

SIZES = (25, 50, 100)
ROUNDS = 10
TESTED = 0.2  # of the calls at least, where all of them would be learned from


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw: how many calls were learned from, and of each other call its place and the topic it got."""

    size: int
    answers: tuple[tuple[int, str], ...]
    score: float  # macro-F1 over all topics, a call without a topic being wrong
    answered: float  # share of the calls that got one


def sizes_for(examples: Sequence[Example], sizes: Sequence[int] = SIZES) -> list[int]:
    """Sizes that leave calls of each topic to test on; where the greatest does not, the share that does."""
    topics = len({example.labels[0] for example in examples})
    most = len(examples) - max(topics, int(TESTED * len(examples)))
    fitting = [size for size in sizes if 2 * topics <= size <= len(examples) - topics]
    if most >= 2 * topics and any(size > most for size in sizes) and most > max(fitting, default=0):
        fitting.append(most)
    return fitting


def draws(
    examples: Sequence[Example],
    meaning: Meaning | None,
    size: int,
    rounds: int = ROUNDS,
    learning: Callable[[Sequence[Example], Meaning | None], Learned] | None = None,
) -> Iterator[Draw]:
    """``rounds`` draws of ``size`` calls with the topics in the shares of the whole."""
    import numpy as np
    from sklearn.model_selection import StratifiedShuffleSplit  # 2 s: only where something is learned

    labels = np.array([example.labels[0] for example in examples])
    for known, others in StratifiedShuffleSplit(rounds, train_size=size, random_state=0).split(labels, labels):
        chosen = [examples[n] for n in known]
        learned = learning(chosen, meaning) if learning else learn(chosen, meaning).learned
        answers = tuple((int(n), learned.best(examples[n].texts, meaning)) for n in others)
        pairs = [(got if got in examples[n].labels else examples[n].labels[0], got) for n, got in answers]
        yield Draw(size, answers, macro_f1(pairs), sum(bool(got) for _, got in answers) / len(answers))
