"""Products by the names people give them, from a list of the user's own (setting `products`).

A text file has one product a line, with its other names behind a colon (``Silver Saver: silver account, the saver``; a line
that begins with # is a remark); a .yaml file maps each product to a list of other names. A name is met in any case, in the
plural, with numbers in words ("iphone fifteen"), and wherever a recogniser parts or joins its words ("wi fi", "super phone").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import PipelineError
from rules.spoken import normal_form

MOST = 1_000_000  # bytes of a list
SHORTEST = 2  # letters and digits of a name
# Words that make no name by standing side by side: "is a" is not the ISA of a bank.
SMALL = frozenset(
    "a am an and as at be but by can do for go had has he her him his how i if in is it its me my no not of off oh on one or our out "
    "she so that the their them they this to too up us was we what who will with yes you your".split()
)
FIGURES = {
    name: str(n) for n, name in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
Token = tuple[str, int, int]  # letters and digits, first and last word


class BadProducts(PipelineError, ValueError):
    """A list of products that cannot be used, and the line or product to look at."""


@dataclass(frozen=True, slots=True)
class Met:
    """A product was named by words ``first`` to ``last``."""

    product: str
    first: int
    last: int  # inclusive


@dataclass(frozen=True)
class Products:
    """The names of a list: ``keys`` are names without spaces, each with its product and with how its words are parted."""

    keys: Mapping[str, tuple[str, frozenset[tuple[str, ...]]]]
    beginnings: frozenset[str]
    names: tuple[str, ...]
    said: int = 0  # names in all, the other ones included

    def find(self, words: Sequence[str]) -> list[Met]:
        """Every place where a product is named, the longest name first; an empty word is met by no name."""
        met: dict[int, Met] = {}
        for tokens in (_plain(words), _figures(words)):
            for place in range(len(tokens)):
                one = self._at(tokens, place)
                if one is not None and (one.first not in met or one.last > met[one.first].last):
                    met[one.first] = one
        found: list[Met] = []
        for first in sorted(met):
            if not found or first > found[-1].last:
                found.append(met[first])
        return found

    def _at(self, tokens: Sequence[Token], place: int) -> Met | None:
        """The longest name that begins with the token at ``place``."""
        best, joined, single = None, "", ""
        for end in range(place, len(tokens)):
            text, _, last = tokens[end]
            if not text:
                break
            joined, single = joined + text, single + singular(text)
            if joined not in self.beginnings and single not in self.beginnings and singular(joined) not in self.keys:
                break
            pieces = tuple(token[0] for token in tokens[place : end + 1])
            for key in (joined, singular(joined), single):
                if key in self.keys and self._said(key, pieces):
                    best = Met(self.keys[key][0], tokens[place][1], last)
        return best

    def _said(self, key: str, pieces: tuple[str, ...]) -> bool:
        return not SMALL.issuperset(pieces) or pieces in self.keys[key][1]


@cache
def open_products(file: Path) -> Products:
    """The list in ``file``; raises BadProducts."""
    try:
        if file.stat().st_size > MOST:
            raise BadProducts(f"{file}: a list of products has at most {MOST // 1_000_000} MB")
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadProducts(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    rows = _of_yaml(text, file) if file.suffix.lower() in (".yaml", ".yml") else _of_lines(text, file)
    return make_products(rows)


def make_products(rows: Iterator[tuple[str, str, Sequence[str]]]) -> Products:
    """Products of (where it is written, name, other names); raises BadProducts where two share a name."""
    keys: dict[str, tuple[str, frozenset[tuple[str, ...]]]] = {}
    names: list[str] = []
    said = 0
    for where, name, others in rows:
        every = dict.fromkeys((name, *others))
        said += len(every)
        for one in every:
            for key, pieces in _keys(where, one):
                known = keys.get(key, (name, frozenset()))
                if known[0] != name:
                    raise BadProducts(f'{where}: "{one}" is said of {known[0]} already: a name stands for one product')
                keys[key] = (name, known[1] | {pieces})
        names.append(name)
    beginnings = frozenset(key[:size] for key in keys for size in range(1, len(key) + 1))
    return Products(keys, beginnings, tuple(names), said)


def singular(word: str) -> str:
    """A word without the ending of a plural, by its letters alone."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and re.search(r"(?:s|x|z|ch|sh)es$", word):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "siu" else word


def _keys(where: str, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    words = name.split()
    for tokens in (_plain(words), _figures(words)):
        pieces = tuple(token[0] for token in tokens if token[0])
        joined = "".join(pieces)
        if len(joined) < SHORTEST:
            raise BadProducts(f'{where}: the name "{name}" needs {SHORTEST} letters or digits')
        yield from {joined: pieces, singular(joined): pieces, "".join(map(singular, pieces)): pieces}.items()


def _plain(words: Sequence[str]) -> list[Token]:
    return [(_letters(word), place, place) for place, word in enumerate(words)]


def _figures(words: Sequence[str]) -> list[Token]:
    """The same with numbers in figures, small ones included, which stay words elsewhere."""
    normals = normal_form([_letters(word) or "|" for word in words])
    texts = [_letters(normal.text) for normal in normals]
    return [(FIGURES.get(text, text), one.first, one.last) for text, one in zip(texts, normals, strict=True)]


def _letters(word: str) -> str:
    plain = word.casefold().replace("’", "'").strip(".,?!;:\"'()").removesuffix("'s")
    return re.sub(r"[\W_]+", "", plain.replace("&", "and"))


def _of_lines(text: str, file: Path) -> Iterator[tuple[str, str, Sequence[str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, others = line.partition(":")
        if not name.strip():
            raise BadProducts(f"{file}:{number}: there is no name before the colon")
        yield f"{file}:{number}", name.strip(), [one.strip() for one in others.split(",") if one.strip()]


def _of_yaml(text: str, file: Path) -> Iterator[tuple[str, str, Sequence[str]]]:
    from ruamel.yaml import YAML  # 0.1 s: only where there is such a list
    from ruamel.yaml.error import YAMLError

    try:
        found: Any = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise BadProducts(f"{file}: cannot be read as YAML: {error}") from error
    if not isinstance(found, dict):
        raise BadProducts(f"{file}: write one product a line, as in `Silver Saver: [silver account, the saver]`")
    for name, others in found.items():
        if not isinstance(others, list | None) or not all(isinstance(one, str | int) for one in others or ()):
            raise BadProducts(f"{file}: {name}: its other names must be a list of texts")
        yield f"{file}: {name}", str(name), [str(one) for one in others or ()]
