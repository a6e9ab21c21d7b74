"""The word list and the n-gram model that go with a trained recogniser, from the same texts.

The written dialogues weigh more than the made phrases: they are how people talk, the phrases fill in what they lack
(numbers, names, spellings). Sentences of sample_calls/ and held-out ones are left out here as they are in training.
"""

import gzip
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pipeline.training.corpus import TEXTS, held_out_sentences, read_texts, sample_sentences
from pipeline.training.ngrams import estimate, write_arpa
from pipeline.training.phrases import phrases
from pipeline.training.sounds import ALSO, spellings
from pipeline.training.vocabulary import words

WRITTEN = 2.0  # weight of a sentence of a dialogue; a made one weighs one
RUN_ON = 0.7  # how often the next sentence follows without an end: nobody hears where a sentence ends in talk
LONGEST_RUN = 24  # words

Weighted = list[tuple[str, float]]


def write_language(out: Path, made: int = 30_000, seed: int = 5) -> None:
    """Write words.txt.gz (word, count, sounds) and ngrams.txt.gz (ARPA, up to three words) into a model's folder."""
    weighted = weighted_sentences(made, seed)
    rows = word_rows(weighted)
    (out / "words.txt.gz").write_bytes(gzip.compress("".join(rows).encode(), mtime=0))
    talk = running_on(weighted, np.random.default_rng(seed))
    write_arpa(estimate(talk, {row.split("\t")[0] for row in rows}, least=2.0), out / "ngrams.txt.gz")


def running_on(weighted: Weighted, rng: np.random.Generator) -> Weighted:
    """The sentences in another order, most of them run on into the next of the same weight.

    On the held-out sentences and on turns of calls this takes a quarter off the perplexity: a turn holds several
    sentences, and the model may not be surprised by "no" after the last word of the one before.
    """
    rows: Weighted = []
    for number in rng.permutation(len(weighted)):
        text, weight = weighted[number]
        fits = bool(rows) and rows[-1][1] == weight and len(rows[-1][0].split()) < LONGEST_RUN
        if fits and rng.random() < RUN_ON:
            rows[-1] = (f"{rows[-1][0]} {text}", weight)
        else:
            rows.append((text, weight))
    return rows


def weighted_sentences(made: int, seed: int) -> Weighted:
    """All texts and that many made sentences with their weights, without those that measure."""
    kept_apart = sample_sentences() | frozenset(held_out_sentences())
    names = sorted(path.name.removesuffix(".txt.gz") for path in TEXTS.glob("*.txt.gz"))
    written = [(text, WRITTEN) for name in names for text in read_texts(name)]
    rng = np.random.default_rng(seed)
    spoken = [(text, 1.0) for kind in ("phrases", "talk") for text in phrases(made, rng, kind)]
    return [(text, weight) for text, weight in written + spoken if text not in kept_apart]


def word_rows(weighted: Iterable[tuple[str, float]]) -> list[str]:
    """Rows of words.txt.gz, frequent words first; a word that is said in two ways has two."""
    counts: Counter[str] = Counter(dict.fromkeys(words(), 0))
    for text, weight in weighted:
        for word in text.split():
            counts[word] += int(weight)
    order = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    said = [(word, count, spellings().get(word)) for word, count in order]
    said += [(word, counts[word], sounds) for word, sounds in ALSO.items()]
    return [f"{word}\t{count}\t{sounds}\n" for word, count, sounds in said if sounds and not word.startswith("'")]
