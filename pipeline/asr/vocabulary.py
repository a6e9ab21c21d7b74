"""What the outputs of a CTC model mean: letters or pieces of words, where words begin, which output is the blank.

Read from the small JSON files beside the weights (letters.json of models trained here, vocab.json of wav2vec2 and its
kin, tokenizer.json of Parakeet), so that no tokenizer class has to be imported for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.errors import ModelError

SPACE = "▁"  # SentencePiece's sign for the start of a word


class Files(Protocol):
    """A model's folder, as pipeline.models.folder.ModelFolder reads it."""

    def has(self, name: str) -> bool: ...

    def json(self, name: str) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Vocabulary:
    """``pieces[id]`` is the text an output adds: a space where words part, "" for outputs that write nothing."""

    pieces: tuple[str, ...]
    blank: int

    @cached_property
    def begins(self) -> npt.NDArray[np.bool_]:
        """True for outputs that end the word before them: separators, and pieces that begin a word."""
        return np.array([piece.startswith(" ") for piece in self.pieces])

    @cached_property
    def silent(self) -> npt.NDArray[np.bool_]:
        """True for outputs without letters: separators, blank, special ones."""
        return np.array([not piece.strip() for piece in self.pieces])

    @cached_property
    def letters(self) -> dict[str, int]:
        """Output of each single lower-case letter and of the space, for models that spell; others lack most of them."""
        found: dict[str, int] = {}
        for number, piece in enumerate(self.pieces):
            if len(piece) == 1:
                found.setdefault(piece.lower(), number)
        return found

    @property
    def spells(self) -> bool:
        """True when words are written letter by letter with a separator: what the decoder with a word list needs."""
        return all(letter in self.letters for letter in " abcdefghijklmnopqrstuvwxyz")

    def spell(self, phrase: str) -> list[int] | None:
        """Outputs that write a phrase, longest piece first; None when some letter has no output."""
        wanted = " ".join(phrase.lower().split())
        wanted = wanted if self.spells else f" {wanted}"
        longest = max(map(len, self._by_text), default=0)
        found, at = [], 0
        while at < len(wanted):
            size = next((n for n in range(longest, 0, -1) if wanted[at : at + n] in self._by_text), 0)
            if not size:
                return None
            found.append(self._by_text[wanted[at : at + size]])
            at += size
        return found

    @cached_property
    def _by_text(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for number, piece in enumerate(self.pieces):
            if piece and number != self.blank:
                found.setdefault(piece.lower(), number)
        return found


def read_vocabulary(files: Files, config: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary of a model folder; raises ModelError when it has none of the files known here."""
    size = int(config.get("vocab_size", 0))
    if files.has("letters.json"):
        table = files.json("letters.json")
        pieces = {n: " " if letter == table["word_delimiter"] else letter for n, letter in enumerate(table["letters"])}
        return _vocabulary(pieces, int(table["blank"]), size)
    blank = int(config.get("pad_token_id") or 0)
    if files.has("vocab.json"):
        return _vocabulary(_from_words(files), blank, size)
    if files.has("tokenizer.json"):
        return _vocabulary(_from_pieces(files.json("tokenizer.json")), blank, size)
    raise ModelError(
        "The model's folder has none of letters.json, vocab.json and tokenizer.json: its outputs cannot be read."
    )


def _vocabulary(pieces: Mapping[int, str], blank: int, size: int) -> Vocabulary:
    size = max(size, blank + 1, max(pieces, default=-1) + 1)
    return Vocabulary(tuple("" if n == blank else pieces.get(n, "") for n in range(size)), blank)


def _from_words(files: Files) -> dict[int, str]:
    """vocab.json of a Wav2Vec2CTCTokenizer: text to number, with one sign between words."""
    options = files.json("tokenizer_config.json") if files.has("tokenizer_config.json") else {}
    delimiter = options.get("word_delimiter_token", "|")
    table = files.json("vocab.json")
    table = next((part for part in table.values() if isinstance(part, dict)), table)  # one table a language: the first
    return {number: " " if text == delimiter else _plain(text) for text, number in table.items()}


def _from_pieces(tokenizer: Mapping[str, Any]) -> dict[int, str]:
    """tokenizer.json of the tokenizers library: pieces with SentencePiece's sign for spaces."""
    table = tokenizer.get("model", {}).get("vocab", {})
    pairs = enumerate(row[0] for row in table) if isinstance(table, list) else ((n, text) for text, n in table.items())
    found = {number: _plain(text.replace(SPACE, " ")) for number, text in pairs}
    special = {int(row["id"]) for row in tokenizer.get("added_tokens", []) if row.get("special")}
    return {number: "" if number in special else text for number, text in found.items()}


def _plain(text: str) -> str:
    """Special outputs (<s>, [UNK]) write nothing."""
    return "" if len(text) > 2 and text[0] + text[-1] in ("<>", "[]") else text
