"""How phrases are written in a recogniser's outputs: letters, pieces of words, or sounds from its word list."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pipeline.asr.vocabulary import Vocabulary, read_vocabulary
from pipeline.models.catalogue import default_models, require
from pipeline.models.folder import ModelFolder


@dataclass(frozen=True)
class Speller:
    """Phrases to outputs. ``sounds`` maps listed words to their spelling where outputs are not letters."""

    vocabulary: Vocabulary
    sounds: Mapping[str, str] = field(default_factory=dict)

    @property
    def separator(self) -> int:
        """The output between words, or -1 where pieces carry their own."""
        return self.vocabulary.letters.get(" ", -1)

    def spell(self, phrase: str) -> list[int] | None:
        """Outputs that write the phrase; None when a word of it is not known how to be written."""
        words = phrase.lower().split()
        if not words:
            return None
        if not self.sounds:
            return self.vocabulary.spell(" ".join(words))
        found: list[int] = []
        for word in words:
            outputs = self._word(word)
            if not outputs:
                return None
            found += [self.separator, *outputs] if found else outputs
        return found

    def _word(self, word: str) -> list[int] | None:
        spelling = self.sounds.get(word) or self.sounds.get(word.strip(".,!?'\""))
        letters = self.vocabulary.letters
        if spelling is None:
            return None
        return [letters[sign] for sign in spelling] if all(sign in letters for sign in spelling) else None


def speller_of(folder: ModelFolder) -> Speller:
    """The speller of a model's folder; raises ModelError when its vocabulary cannot be read."""
    vocabulary = read_vocabulary(folder, folder.json("config.json"))
    rows = gzip.decompress(folder.bytes("words.txt.gz")).decode().splitlines() if folder.has("words.txt.gz") else []
    parts = (row.split("\t") for row in rows)
    return Speller(vocabulary, {row[0]: row[2] for row in parts if len(row) > 2})


@lru_cache(maxsize=4)
def open_speller(model: str, models: Path | None = None) -> Speller:
    """The speller of a model by name, without loading the model."""
    return speller_of(require(model, models or default_models()))
