"""Metadata out of file names, by a pattern of the user (``(?P<agent_id>a-\\d+)_(?P<started_at>\\d{14})``).

The pattern runs by RE2: no pattern, however odd, can make it slow. A telephone number in a name is metadata like any
other; callsift's own files have random names.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from pipeline.errors import BadMetadata
from pipeline.ingest.fields import READERS
from pipeline.ingest.tables import Row


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A compiled pattern whose groups are names of metadata fields."""

    compiled: Any

    def row(self, name: str) -> Row | None:
        """What the last part of a name tells; None where the pattern does not fit."""
        found = self.compiled.search(PurePath(name).name)
        if found is None:
            return None
        values = {group: value for group, value in found.groupdict().items() if value}
        return Row(values, "the file's name, read by the setting file_pattern")


def read_pattern(text: str) -> NamePattern:
    """Compile the setting ``file_pattern``; raises BadMetadata saying what is wrong with it."""
    import re2  # only where there is a pattern

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(text, options=options)
    except re2.error as error:
        raise BadMetadata(f"file_pattern {text!r} is not a regular expression of RE2: {error}.") from error
    if not compiled.groupindex:
        raise BadMetadata(f"file_pattern {text!r} has no named group, like (?P<agent_id>...), so it tells nothing.")
    for group in compiled.groupindex:
        if group not in READERS:
            close = difflib.get_close_matches(group, READERS, n=1)
            hint = f' Did you mean "{close[0]}"?' if close else ""
            raise BadMetadata(f"file_pattern {text!r}: {group} is no metadata field.{hint}")
    return NamePattern(compiled)
