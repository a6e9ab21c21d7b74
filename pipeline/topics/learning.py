"""Topics learned from few labelled calls: many candidate terms, most of them dropped again, and boosted trees on the rest.

The candidates are phrases of one to four words that several customers said, never the words of one alone. With a model of
meaning each is present where the reason of a call is alike; without one, where it was said, by its stems. (Both together did
worse on few labels than meaning alone.) The ones that tell most of the labels (mutual information) and do not repeat each
other are kept, then boosted trees of one split each are grown on draws of the calls and terms (Friedman 2002: what a tree may not
use it cannot lean on) and the least used terms left out, again and again (recursive feature elimination, Guyon et al. 2002),
until at most thirty remain. The trees are written down as points.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import PipelineError
from pipeline.topics.rulefile import Learned, Term, key, stems_in
from pipeline.topics.saying import GREETINGS, grams, letters, reason

if TYPE_CHECKING:
    from pipeline.protocols import Meaning

TERMS = 30
CANDIDATES = 150  # that the trees choose from
LONGEST = 4  # words of a candidate phrase
LEAST = 0.35  # similarity from which a reason is like a phrase
FEWEST_CALLS = 2  # that a phrase of a term was said in
ALIKE = 0.9  # two candidates present in the same calls are one
TREES, RATE = 60, 0.2
DRAWN, SEEN = 0.6, 0.3  # of the calls and of the terms, for each tree
FORESTS = 4  # grown at each elimination, so that chance draws out none
DROPPED = 0.4  # of the terms, at each elimination
DIGITS = 6
SMALL = GREETINGS | frozenset(
    "a an the i you he she it we they is am are was were be been do does did to of in on at for from with and or but my your "
    "me his her our their this that these those please can could would will i'm it's its not just so some like any all what how".split()
)

Present = npt.NDArray[np.bool_]


class TooFewLabels(PipelineError, ValueError):
    """Labels that nothing can be learned from."""


@dataclass(frozen=True, slots=True)
class Example:
    """What the customer of one call said, one text a turn, and the topics a person gave it."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Terms and in which calls they are present, ``[calls, terms]``."""

    terms: tuple[Term, ...]
    present: Present

    def only(self, chosen: Sequence[int]) -> Candidates:
        return Candidates(tuple(self.terms[n] for n in chosen), self.present[:, list(chosen)])


@dataclass(frozen=True, slots=True)
class Model:
    """The trees and the same as points. ``terms`` are those the trees know, in the order of their columns."""

    trees: Any
    terms: tuple[Term, ...]
    learned: Learned


def learn(examples: Sequence[Example], meaning: Meaning | None, *, terms: int = TERMS) -> Model:
    """Topics from ``examples``; without ``meaning`` from words and phrases alone.

    :param terms: at most so many, and never more than TERMS.
    :raises TooFewLabels: fewer than two topics, or fewer than two calls a topic on the average.
    """
    terms = min(terms, TERMS)
    rows = [
        (example, label) for example in examples for label in example.labels
    ]  # a call of two topics counts for both
    labels = np.array([label for _, label in rows])
    if len(set(labels)) < 2 or len(rows) < 2 * len(set(labels)):
        raise TooFewLabels(
            f"{len(rows)} labelled calls of {len(set(labels))} topics: at least two topics and two calls of each are needed."
        )
    said = [example.texts for example, _ in rows]
    found = _telling(_candidates(said, meaning), labels)
    while True:
        last = len(found.terms) <= terms
        if last:
            trees = _grown(found.present, labels, TREES)
            return Model(trees, found.terms, _as_points(trees, found.terms, len(examples)))
        kept = max(terms, int(len(found.terms) * (1 - DROPPED)))
        used = sum(_grown(found.present, labels, TREES // 2, seed).feature_importances_ for seed in range(FORESTS))
        found = found.only(sorted(np.argsort(-used, kind="stable")[:kept].tolist()))


def _candidates(said: Sequence[Sequence[str]], meaning: Meaning | None) -> Candidates:
    return _phrases_said(said) if meaning is None else _phrases_meant(said, meaning)


def _phrases_meant(said: Sequence[Sequence[str]], meaning: Meaning) -> Candidates:
    """Phrases of the customers' reasons, each present in the calls whose reason is like it."""
    why = [reason(texts) for texts in said]
    often = _often([[text] for text in why])
    alike = meaning.similar([text or "-" for text in why], often)
    alike[[not text for text in why]] = 0.0
    return Candidates(tuple(Term(phrase, {}, LEAST) for phrase in often), alike >= LEAST)


def _phrases_said(said: Sequence[Sequence[str]]) -> Candidates:
    stems = [stems_in(texts) for texts in said]
    often = _often(said)
    present = np.array([[key(phrase) in row for phrase in often] for row in stems], bool).reshape(len(said), len(often))
    return Candidates(tuple(Term(phrase, {}) for phrase in often), present)


def _often(said: Sequence[Sequence[str]]) -> list[str]:
    """Phrases that were said in several calls, each once in the form that is said most often."""
    calls: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = {}
    for texts in said:
        there = _phrases(texts)
        calls.update({key(phrase) for phrase in there})
        for phrase in there:
            forms.setdefault(key(phrase), Counter())[phrase] += 1
    return [
        min(forms[stems], key=lambda phrase: (-forms[stems][phrase], phrase))
        for stems in sorted(calls)
        if calls[stems] >= FEWEST_CALLS
    ]


def _phrases(texts: Sequence[str]) -> set[str]:
    """Phrases of a call that neither begin nor end with a small word."""
    found = set()
    for text in texts:
        for gram in grams(letters(text), LONGEST):
            if gram[0] not in SMALL and gram[-1] not in SMALL and len(gram[0]) > 1:
                found.add(" ".join(gram))
    return found


def _telling(found: Candidates, labels: npt.NDArray[np.str_]) -> Candidates:
    """The candidates that tell most of the labels; of those present in nearly the same calls the best one."""
    worth = _information(found.present, labels)
    order = sorted(range(len(found.terms)), key=lambda n: (-round(float(worth[n]), 9), len(found.terms[n].text), n))
    chosen: list[int] = []
    sizes = found.present.sum(0)
    for number in order:
        if len(chosen) == CANDIDATES or worth[number] <= 0:
            break
        both = found.present[:, chosen].T.astype(np.int32) @ found.present[:, number].astype(np.int32)
        either = sizes[chosen] + sizes[number] - both
        if (both >= ALIKE * np.maximum(1, either)).any():
            continue
        chosen.append(number)
    return found.only(chosen)


def _information(present: Present, labels: npt.NDArray[np.str_]) -> npt.NDArray[np.float64]:
    """Mutual information of each column with the labels, in nats."""
    share = present.mean(0)
    total = np.zeros(present.shape[1])
    for label in sorted(set(labels)):
        of_label = labels == label
        among = of_label.mean()
        for joint, alone in ((present[of_label].sum(0), share), ((~present[of_label]).sum(0), 1 - share)):
            together = joint / len(labels)
            ratio = np.divide(together, alone * among, out=np.ones_like(together), where=together > 0)
            total += together * np.log(ratio)
    return total


def _grown(present: Present, labels: npt.NDArray[np.str_], trees: int, seed: int = 0) -> Any:
    from sklearn.ensemble import GradientBoostingClassifier  # 3 s: only where something is learned

    grown = GradientBoostingClassifier(
        n_estimators=trees, learning_rate=RATE, max_depth=1, subsample=DRAWN, max_features=SEEN, random_state=seed
    )
    return grown.fit(present, labels)


def _as_points(trees: Any, terms: Sequence[Term], calls: int) -> Learned:
    """The sum of the trees: what each topic has when no term is there, and what each term adds."""
    topics = [str(topic) for topic in trees.classes_]
    added = np.zeros((len(terms), len(topics)))
    for step in trees.estimators_:
        for column, tree in enumerate(step):
            _add(added, tree.tree_, column if len(step) > 1 else 1)
    none = np.zeros((1, len(terms)), bool)
    raw = trees.decision_function(none)[0]
    start = np.array([0.0, raw]) if len(topics) == 2 else raw
    used = [n for n in range(len(terms)) if np.abs(added[n]).max() > 0]
    used.sort(key=lambda n: (topics[int(added[n].argmax())], -added[n].max()))
    return Learned(
        dict(zip(topics, np.round(start, DIGITS).tolist(), strict=True)),
        tuple(Term(terms[n].text, _points(topics, added[n]), terms[n].least) for n in used),
        f"{calls} labelled calls",
    )


def _add(added: npt.NDArray[np.float64], tree: Any, topic: int) -> None:
    """One tree: a leaf alone adds nothing that `decision_function` of no terms has not; a split adds where it is present."""
    if tree.node_count == 3:
        absent, present = tree.value[tree.children_left[0], 0, 0], tree.value[tree.children_right[0], 0, 0]
        added[tree.feature[0], topic] += RATE * (present - absent)


def _points(topics: Sequence[str], added: npt.NDArray[np.float64]) -> Mapping[str, float]:
    return {
        topic: round(float(value), DIGITS)
        for topic, value in zip(topics, added, strict=True)
        if abs(value) > 10**-DIGITS
    }
