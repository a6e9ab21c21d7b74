"""The sentences a stage is trained on, and the ones that never may be.

Texts are one sentence a line: lower case letters, apostrophes, spaces. Sentences of five words or more that occur in
sample_calls/ are left out wherever they come from, so that the figures on the sample calls say something.
"""

import gzip
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from pipeline.training.recipe import RecipeError, Stage

TEXTS = Path(__file__).parent / "texts"
HELD_OUT = TEXTS / "held_out.txt"
SAMPLES = Path(__file__).parents[2] / "sample_calls"
SHORTEST_KEPT_APART = 5  # words: shorter ones ("thank you very much") are everybody's


def sources(stage: Stage) -> list[list[str]]:
    """What is spoken for a stage: the written texts, the made phrases, the word rows; none twice, none that measures.

    They are kept apart so that stages which share a source share its speech.
    """
    from pipeline.training.phrases import phrases, word_rows  # large tables

    rng = np.random.default_rng(stage.seed)
    written = [text for name in stage.texts for text in read_texts(name)]
    made = [
        written,
        list(phrases(stage.phrases, rng)),
        list(word_rows(stage.words, rng)),
        list(phrases(stage.talk, rng, "talk")),
    ]
    apart = frozenset(held_out_sentences()) | sample_sentences()
    return [rows for source in made if (rows := [text for text in dict.fromkeys(source) if text not in apart])]


def held_out_sentences() -> list[str]:
    """Sentences that only measure."""
    return HELD_OUT.read_text().splitlines()


def read_texts(name: str) -> list[str]:
    """The lines of one text file of the repository."""
    file = TEXTS / f"{name}.txt.gz"
    if not file.exists():
        known = sorted(path.name.removesuffix(".txt.gz") for path in TEXTS.glob("*.txt.gz"))
        raise RecipeError(f"There are no texts {name!r} in {TEXTS}; there are {', '.join(known)}")
    return gzip.decompress(file.read_bytes()).decode().split("\n")[:-1]


@cache
def sample_sentences(folder: Path = SAMPLES) -> frozenset[str]:
    """Every sentence of five words or more in the sample calls' scenarios and truth, normalised."""
    files = [
        path
        for path in folder.rglob("*")
        if path.suffix in {".yaml", ".yml", ".json", ".jsonl", ".toml", ".txt", ".md", ".py"}
    ]
    return frozenset(text for file in sorted(files) for text in _long_sentences(file.read_text(errors="replace")))


def _long_sentences(text: str) -> Iterator[str]:
    for line in re.split(r"[.?!;:|\n\"{}\[\]]+", text):
        words = re.sub(r"[^a-z' ]+", " ", line.lower()).split()
        if len(words) >= SHORTEST_KEPT_APART:
            yield " ".join(words)
