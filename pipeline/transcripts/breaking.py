"""Where in a JSON text that breaks off its reader stood: the path of the value that was not finished."""

from __future__ import annotations

import json
import re

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
LONGEST_KEY, DEEPEST = 60, 12


def path_at(text: str, end: int) -> str:
    """The path (``results.segments[12].alternatives``) of what is open at ``end``; "" in the document itself.

    Keys only, and no more than the outer dozen steps: texts of the file are never repeated.
    """
    open_values: list[str | int | None] = []  # of each open object the key at hand, of each open list the place
    before = ""
    for found in TOKEN.finditer(text, 0, end):
        piece = found[0]
        if piece in "{[":
            open_values.append(None if piece == "{" else 0)
        elif piece in "}]":
            del open_values[-1:]
        elif piece == ":" and open_values and not isinstance(open_values[-1], int):
            open_values[-1] = _key(before)
        elif piece == "," and open_values:
            last = open_values[-1]
            open_values[-1] = last + 1 if isinstance(last, int) else None
        before = piece
    return _written(open_values[:DEEPEST])


def _key(piece: str) -> str:
    try:
        return str(json.loads(piece))[:LONGEST_KEY]
    except ValueError:
        return "?"


def _written(steps: list[str | int | None]) -> str:
    path = ""
    for step in steps:
        if step is None:
            break
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path
