"""A small word n-gram model from sentences, as ARPA text: what the batched decoder scores its words with.

Interpolated Kneser-Ney with one discount an order, then pruned by count; the back-off weights are computed after
pruning, so that the words after every history still sum to one. Words of the list that the sentences lack get the
weight of half an occurrence, as does `<unk>` for everything else.
"""

import gzip
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START, END, UNKNOWN = "<s>", "</s>", "<unk>"
DISCOUNT = 0.9
RARE = 0.5  # occurrences that a word of the list is given at least
LEAST_LOG10 = -99.0

Gram = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NgramModel:
    """log10 probability of each n-gram and log10 back-off weight of each history, by order (1 first)."""

    probabilities: tuple[dict[Gram, float], ...]
    backoffs: dict[Gram, float]

    def log10(self, word: str, history: Sequence[str]) -> float:
        """log10 probability of a word after a history (the last words of which count); unknown words as `<unk>`."""
        gram = (*tuple(history)[-(len(self.probabilities) - 1) :], word)
        backoff = 0.0
        while len(gram) > 1 and gram not in self.probabilities[len(gram) - 1]:
            backoff += self.backoffs.get(gram[:-1], 0.0)
            gram = gram[1:]
        return backoff + self.probabilities[len(gram) - 1].get(gram, self.probabilities[0][(UNKNOWN,)])


def estimate(
    weighted: Iterable[tuple[str, float]], words: Iterable[str], *, order: int = 3, least: float = 2.0
) -> NgramModel:
    """The model of sentences with weights; n-grams of two words and more that weigh less than `least` are left out."""
    counts = _counts(weighted, order)
    continued = [_continuations(counts[n + 1]) if n + 1 < order else counts[n] for n in range(order)]
    unigrams = _unigrams(continued[0], words)
    tables = [unigrams]
    backoffs: dict[Any, Any] = {}
    for n in range(1, order):
        table, weights = _higher(continued[n], counts[n], tables, backoffs, least)
        tables.append(table)
        backoffs.update(weights)
    logs = tuple({gram: math.log10(p) if p else LEAST_LOG10 for gram, p in table.items()} for table in tables)
    return NgramModel(logs, {history: math.log10(max(weight, 1e-9)) for history, weight in backoffs.items()})


def write_arpa(model: NgramModel, file: Path) -> None:
    """ARPA text, gzipped where the name ends in .gz; the same model gives the same bytes."""
    lines = ["\\data\\", *(f"ngram {n}={len(table)}" for n, table in enumerate(model.probabilities, 1))]
    for n, table in enumerate(model.probabilities, 1):
        lines += ["", f"\\{n}-grams:"]
        for gram in sorted(table):
            weight = f"\t{model.backoffs[gram]:.3f}" if gram in model.backoffs else ""
            lines.append(f"{table[gram]:.3f}\t{' '.join(gram)}{weight}")
    data = "\n".join([*lines, "", "\\end\\", ""]).encode()
    file.write_bytes(gzip.compress(data, mtime=0) if file.suffix == ".gz" else data)


def _counts(weighted: Iterable[tuple[str, float]], order: int) -> list[Counter[Gram]]:
    counts: list[Counter[Gram]] = [Counter() for _ in range(order)]
    for text, weight in weighted:
        words = (START, *text.split(), END)
        for n in range(order):
            for end in range(n + 1, len(words) + 1):
                counts[n][words[end - n - 1 : end]] += weight  # type: ignore[assignment]
    return counts


def _continuations(longer: Counter[Gram]) -> Counter[Gram]:
    """How many words were seen before each n-gram; what a sentence starts with counts as after the start alone."""
    seen: Counter[Gram] = Counter()
    for gram, count in longer.items():
        seen[gram[1:]] += 1
        if gram[0] == START:
            seen[gram[:-1]] += 0 if len(gram) == 2 else count
    return seen


def _unigrams(seen: Counter[Gram], words: Iterable[str]) -> dict[Gram, float]:
    weights = {(word,): RARE for word in words} | {
        gram: max(RARE, count) for gram, count in seen.items() if gram != (START,)
    }
    weights |= {(UNKNOWN,): RARE}
    total = sum(weights.values())
    return {gram: weight / total for gram, weight in weights.items()} | {(START,): 0.0}


def _higher(
    seen: Counter[Gram],
    counts: Counter[Gram],
    lower: Sequence[dict[Gram, float]],
    backoffs: dict[Gram, float],
    least: float,
) -> tuple[dict[Gram, float], dict[Gram, float]]:
    """Probabilities of one order and the back-off weights of its histories."""
    after: dict[Gram, list[tuple[Gram, float]]] = defaultdict(list)
    for gram, count in seen.items():
        after[gram[:-1]].append((gram, count))
    table, weights = {}, {}
    for history, grams in after.items():
        total = sum(count for _, count in grams)
        spread = sum(min(DISCOUNT, count) for _, count in grams) / total
        below = {gram: _probability(gram[1:], lower, backoffs) for gram, _ in grams}
        kept = {
            gram: max(0.0, count - DISCOUNT) / total + spread * below[gram]
            for gram, count in grams
            if counts[gram] >= least
        }
        if kept:
            table.update(kept)
            weights[history] = (1 - sum(kept.values())) / max(1e-9, 1 - sum(below[gram] for gram in kept))
    return table, weights


def _probability(gram: Gram, tables: Sequence[dict[Gram, float]], backoffs: dict[Gram, float]) -> float:
    weight = 1.0
    while gram not in tables[len(gram) - 1]:
        weight *= backoffs.get(gram[:-1], 1.0)
        gram = gram[1:]
    return weight * tables[len(gram) - 1][gram]
