"""A transcript as a vCon 0.4.0, unsigned.

Parties carry no names and numbers, only what they are (the contact centre extension's ``role``). The recording is named
by its start and length, without a file, because the copy one may hear does not leave the house. Without a known start
there is no dialog, which the draft demands one for.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pipeline.transcripts.formats import callsift
from pipeline.transcripts.records import Imported

VERSION = "0.4.0"


def write(transcript: Imported) -> str:
    body = json.dumps(callsift.as_document(transcript), ensure_ascii=False, allow_nan=False)
    dialog = _dialog(transcript)
    analysis: dict[str, Any] = {
        "type": "transcript", "vendor": "callsift", "product": transcript.model or "callsift",
        "schema": f"{callsift.NAME}-{callsift.VERSION}", "mediatype": "application/json", "encoding": "json", "body": body,
        **({"dialog": 0} if dialog else {}),
    }  # fmt: skip
    document = {
        "vcon": VERSION, "uuid": _uuid(body), "extensions": ["CC"], "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "parties": [{"name": party.id, "role": party.role} for party in transcript.parties],
        "dialog": dialog, "analysis": [analysis], "attachments": [],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _dialog(transcript: Imported) -> list[dict[str, Any]]:
    started = transcript.metadata.started_at
    if started is None:
        return []
    length = (
        transcript.duration
        if transcript.duration is not None
        else max((turn.end for turn in transcript.turns), default=0.0)
    )
    return [
        {
            "type": "recording",
            "start": started.isoformat(),
            "duration": round(length, 3),
            "parties": list(range(len(transcript.parties))),
        }
    ]


def _uuid(body: str) -> str:
    """A version 8 UUID of the content: the same transcript always has the same one."""
    digest = bytearray(hashlib.sha256(body.encode()).digest()[:16])
    digest[6], digest[8] = digest[6] & 0x0F | 0x80, digest[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(digest)))
