"""What keeps a transcript from being used."""

from __future__ import annotations

from pipeline.errors import BadRecording


class TranscriptError(BadRecording):
    """A transcript that cannot be read or written.

    ``place`` is the path inside the JSON (``results.items[3].start_time``) or the line; it stands in the message too.
    Texts of the file never do: what is wrong with a card number must not repeat it.
    """

    def __init__(self, message: str, *, place: str = "", reason: str = "bad_transcript") -> None:
        super().__init__(reason, f"{place}: {message}" if place else message)
        self.place = place
