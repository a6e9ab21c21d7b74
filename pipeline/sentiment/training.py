"""Training a head: logistic regression on sentence vectors, and whether it beats the lexicon on texts it has not seen.

The strength of the penalty and the border of "says nothing" are chosen by cross-validation on the training texts alone; texts
that are alike (one of them a near copy) stay in one fold, so that no text is judged by a model that was shown its twin.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.measuring.evaluation import bootstrap
from pipeline.measuring.labels import accuracy, macro_f1
from pipeline.sentiment.examples import Example
from pipeline.sentiment.head import VALUES, BadHead, Head
from pipeline.sentiment.lexicon import BORDER, vader

if TYPE_CHECKING:
    from pipeline.meaning.minilm import MiniLM

PENALTIES = (1.0, 2.0, 4.0, 8.0, 16.0)  # scikit-learn's C: the smaller, the stronger
BORDERS = tuple(n / 100 for n in range(10, 41, 5))
FOLDS = 5
LEAST, LEAST_OF_EACH = 40, 10  # texts, below which nothing can be learnt or measured
TWINS = 0.9  # cosine from which two texts count as copies
DIGITS = 4

Score = Callable[[Sequence[str]], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Compared:
    """Head and lexicon on the same texts: accuracy and macro-F1 of negative, neutral and positive.

    ``gain``: how much more of them the head gets right, with its 95 % interval over resampled texts.
    """

    texts: int
    head: tuple[float, float]
    lexicon: tuple[float, float]
    gain: float
    interval: tuple[float, float]

    @property
    def beats(self) -> bool:
        """Better on both figures."""
        return self.head[0] > self.lexicon[0] and self.head[1] > self.lexicon[1]

    def as_data(self) -> dict[str, Any]:
        named = {"accuracy": round(self.head[0], 3), "macro_f1": round(self.head[1], 3)}
        theirs = {"accuracy": round(self.lexicon[0], 3), "macro_f1": round(self.lexicon[1], 3)}
        return {"texts": self.texts, "head": named, "vader": theirs, "gain": round(self.gain, 3),
                "gain_interval": [round(end, 3) for end in self.interval], "beats_vader": self.beats}  # fmt: skip


def train(examples: Sequence[Example], model: MiniLM, name: str, source: str) -> tuple[Head, Compared]:
    """A head, and how heads trained on the other folds compare with the lexicon on each text. Raises BadHead.

    :param source: what the texts are and under which licence, for the card.
    """
    _refuse_too_few(examples)
    texts, labels = [one.text for one in examples], np.array([one.label for one in examples])
    vectors = model.vectors(texts)
    folds = _folds(vectors, labels)
    penalty, unseen, classes = _chosen(vectors, labels, folds)
    scores = unseen @ np.array([VALUES[label] for label in classes])
    wanted = [mood_of(one.label) for one in examples]
    border = max(BORDERS, key=lambda b: (macro_f1(list(zip(wanted, _called(scores, b), strict=True))), -b))
    compared = compare(wanted, texts, _called(scores, border))
    fitted = _model(penalty).fit(vectors, labels)
    weights, intercept = _as_rows(fitted)
    card = {
        "name": name, "source": source, "texts": len(texts), "labels": {label: int((labels == label).sum()) for label in classes},
        "texts_sha256": digest(examples), "sentence_model": model.name, "penalty": penalty, "cross_validated": compared.as_data(),
        "misses": "sarcasm, polite anger, anger told in plain facts; English only",
    }  # fmt: skip
    return Head(tuple(map(str, classes)), weights, intercept, border, model.name, card), compared


def compare(wanted: Sequence[str], texts: Sequence[str], got: Sequence[str]) -> Compared:
    """What was ``got`` for ``texts`` against what the lexicon says of them."""
    lexicon = _called(vader()(texts), BORDER)
    mine, theirs = list(zip(wanted, got, strict=True)), list(zip(wanted, lexicon, strict=True))
    both = list(zip(wanted, got, lexicon, strict=True))

    def gain(items: Sequence[tuple[str, str, str]]) -> float:
        return sum((mine == true) - (other == true) for true, mine, other in items) / len(items)

    return Compared(len(texts), (accuracy(mine), macro_f1(mine)), (accuracy(theirs), macro_f1(theirs)), gain(both),
                    bootstrap(both, gain))  # fmt: skip


def digest(examples: Sequence[Example]) -> str:
    """Names the texts and labels a head was trained on."""
    return hashlib.sha256("\n".join(f"{one.label} {one.text}" for one in examples).encode()).hexdigest()


def held_out(head: Head, score: Score, examples: Sequence[Example]) -> Compared:
    """Head and lexicon on texts that no training saw."""
    texts = [one.text for one in examples]
    return compare([mood_of(one.label) for one in examples], texts, _called(score(texts), head.border))


def with_card(head: Head, **more: Any) -> Head:
    return replace(head, card={**head.card, **more})


def mood_of(label: str) -> str:
    """``angry`` -> ``negative``: the three that every data set knows."""
    return "negative" if VALUES[label] < 0 else "positive" if VALUES[label] > 0 else "neutral"


def _called(scores: Sequence[float], border: float) -> list[str]:
    return ["neutral" if abs(score) < border else "positive" if score > 0 else "negative" for score in scores]


def _refuse_too_few(examples: Sequence[Example]) -> None:
    counts: dict[str, int] = {}
    for one in examples:
        counts[one.label] = counts.get(one.label, 0) + 1
    scarce = [f"{count} of {label}" for label, count in sorted(counts.items()) if count < LEAST_OF_EACH]
    if len(examples) < LEAST or len(counts) < 2 or scarce:
        why = f"; {', '.join(scarce)}" if scarce else ""
        raise BadHead(f"{len(examples)} labelled texts of {len(counts)} labels{why}: at least {LEAST} of two labels are needed, "
                      f"{LEAST_OF_EACH} of each.")  # fmt: skip


def _folds(vectors: Any, labels: Any) -> list[tuple[Any, Any]]:
    from sklearn.model_selection import StratifiedGroupKFold  # 2 s: only where something is learned

    groups = np.arange(len(labels))
    for row, column in np.argwhere(np.triu(vectors @ vectors.T >= TWINS, 1)):
        groups[groups == groups[column]] = groups[row]
    return list(StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0).split(vectors, labels, groups))


def _model(penalty: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=penalty, max_iter=3000)


def _chosen(vectors: Any, labels: Any, folds: Sequence[tuple[Any, Any]]) -> tuple[float, Any, Sequence[str]]:
    """The penalty with the least log-loss, and the chances of each text from a model that did not see it."""
    classes = sorted(set(labels))
    columns = {label: n for n, label in enumerate(classes)}
    tried: Mapping[float, Any] = {penalty: np.full((len(labels), len(classes)), 1e-9) for penalty in PENALTIES}
    for penalty, chances in tried.items():
        for known, others in folds:
            model = _model(penalty).fit(vectors[known], labels[known])
            chances[np.ix_(others, [columns[label] for label in model.classes_])] = model.predict_proba(vectors[others])
    right = np.array([columns[label] for label in labels])
    loss = {penalty: -np.log(chances[np.arange(len(right)), right]).mean() for penalty, chances in tried.items()}
    best = min(loss, key=lambda penalty: (loss[penalty], penalty))
    return best, tried[best], classes


def _as_rows(fitted: Any) -> tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]:
    """One row a label; a model of two labels has a single one, which is the second's lead over the first."""
    weights, intercept = fitted.coef_, fitted.intercept_
    if len(weights) == 1:
        weights, intercept = np.vstack([np.zeros_like(weights), weights]), np.array([0.0, intercept[0]])
    rows = tuple(tuple(np.round(row.astype(float), DIGITS).tolist()) for row in weights)
    return rows, tuple(np.round(intercept.astype(float), DIGITS).tolist())
