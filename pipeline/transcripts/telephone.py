"""Telephone numbers as transcripts carry them: ``tel:+15550100000;ext=1``."""

from __future__ import annotations

import re
from typing import Any

E164 = re.compile(r"\+[1-9]\d{6,14}")


def e164(value: Any) -> str | None:
    """The number with its country code; None for anything else."""
    if not isinstance(value, str):
        return None
    plain = re.sub(r"[\s().\-]", "", value.removeprefix("tel:").split(";")[0])
    return plain if E164.fullmatch(plain) else None
