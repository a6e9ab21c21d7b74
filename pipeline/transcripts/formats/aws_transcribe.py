"""Amazon Transcribe, batch jobs: items with times as text, speakers by label or by channel.

Source: the developer guide's "Data input and output" and "Partitioning speakers". Punctuation is an item without
times. A job may tell the items of each channel, all items together, or both; with both, the channels are read.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.records import Metadata
from pipeline.transcripts.building import Told, attached, build
from pipeline.transcripts.document import Document
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Said, Speaker
from pipeline.transcripts.registry import Format


def matches(document: Document) -> bool:
    root = document.root
    if root is None or not root.is_object:
        return False
    if _unfinished(root) is not None and (root.has("jobName") or root.has("TranscriptionJob")):
        return True
    if not root.has("results"):
        return False
    results = root.need("results")
    return results.is_object and (results.has("items") or results.has("transcripts")) and not results.has("channels")


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    _check_status(root)
    root.drop("status")
    results = root.need("results")
    channels = results.find("channel_labels")
    sides = channels.items("channels") if channels is not None else []
    phrases = _by_channel(sides) if sides else _by_speaker(results)
    if not phrases:
        phrases = _whole_text(results)
    results.drop("transcripts", "speaker_labels", "items" if sides else "audio_segments", "audio_segments")
    language = results.find("language_code") or root.find("language_code")
    told = Told(
        language.text() if language else None,
        speakers=[Speaker(phrase.speaker, channel=phrase.channel) for phrase in phrases if phrase.channel is not None],
        metadata=Metadata(), model="Amazon Transcribe", meta=root.left(),
    )  # fmt: skip
    return [build(format.name, phrases, told)]


def _check_status(root: Node) -> None:
    status = _unfinished(root)
    if status is not None:
        raise TranscriptError(
            "expected a job that is COMPLETED; this one did not come to an end, there is no transcript in it.",
            place=status.place,
        )


def _unfinished(root: Node) -> Node | None:
    """The status of a job without a transcript, in its result or as the service tells of it."""
    job = root.find("TranscriptionJob")
    holder, key = (job, "TranscriptionJobStatus") if job is not None and job.is_object else (root, "status")
    status = holder.find(key)
    if status is None or not isinstance(status.value, str):
        return None
    return status if status.value.upper() in ("FAILED", "IN_PROGRESS", "QUEUED") else None


def _by_channel(sides: list[Node]) -> list[Phrase]:
    phrases = []
    for number, side in enumerate(sides):
        label = side.find("channel_label")
        name = label.label() if label else f"ch_{number}"
        channel = int(name[3:]) if name.startswith("ch_") and name[3:].isdigit() and len(name) < 6 else number
        phrases += _phrases(side.items("items"), None, channel=channel, name=name)
    return phrases


def _by_speaker(results: Node) -> list[Phrase]:
    return _phrases(results.items("items"), _Speakers.told(results))


@dataclass(frozen=True)
class _Speakers:
    """Who speaks when, from the segments beside the items (newer jobs name the speaker in the item itself)."""

    by_start: Mapping[float, str]
    segments: Sequence[tuple[float, float, str]]

    @classmethod
    def told(cls, results: Node) -> _Speakers:
        labels = results.find("speaker_labels")
        by_start: dict[float, str] = {}
        spans: list[tuple[float, float, str]] = []
        for segment in labels.items("segments") if labels is not None else []:
            whole = segment.find("speaker_label")
            if whole is not None and whole.value and segment.has("start_time", "end_time"):
                spans.append((segment.need("start_time").seconds(), segment.need("end_time").seconds(), whole.label()))
            for item in segment.items("items"):
                who = item.find("speaker_label") or whole
                if who is not None:
                    by_start[item.need("start_time").seconds()] = who.label()
        return cls(by_start, sorted(spans))

    def at(self, start: float | None) -> str:
        """The speaker of the word that begins there; "" where nobody is told."""
        if start is None or start in self.by_start:
            return self.by_start.get(start, "") if start is not None else ""
        place = bisect(self.segments, (start, float("inf"), "")) - 1
        return self.segments[place][2] if place >= 0 and self.segments[place][1] > start else ""


def _phrases(
    items: list[Node], speakers: _Speakers | None, *, channel: int | None = None, name: str = ""
) -> list[Phrase]:
    """Items as stretches of one speaker each."""
    stretches: list[tuple[str, list[Said]]] = []
    for item in items:
        said, punctuation = _item(item)
        label = item.find("speaker_label")
        item.drop("channel_label")
        if punctuation:
            if label is not None:
                label.use()
            if stretches:
                attached(stretches[-1][1], said.text)
            continue
        who = name or (label.label() if label is not None else speakers.at(said.start) if speakers is not None else "")
        if not stretches or stretches[-1][0] != who:
            stretches.append((who, []))
        stretches[-1][1].append(said)
    return [Phrase(tuple(words), who, channel, whole=False) for who, words in stretches]


def _item(item: Node) -> tuple[Said, bool]:
    kind = item.find("type")
    first = next(iter(item.items("alternatives")), None)
    if first is None:
        raise TranscriptError("no alternative tells the word.", place=item.place)
    text, sure = first.need("content").text().strip(), first.find("confidence")
    text = _typed(text, first)
    start, end = item.find("start_time"), item.find("end_time")
    if kind is not None and kind.label() == "punctuation":
        if sure is not None:
            sure.use()
        return Said(text), True
    confidence = sure.confidence() if sure is not None else None
    # A redacted or filtered item may hold several words; its times are those of all of them.
    return Said(text, start.seconds() if start else None, end.seconds() if end else None, confidence), False


def _typed(text: str, alternative: Node) -> str:
    """``[PII]`` by the type that the alternative tells of it, ``[CREDIT_DEBIT_NUMBER]``."""
    told = [
        kind for item in alternative.items("redactions") if item.is_object and (kind := item.find("type")) is not None
    ]
    names = dict.fromkeys(kind.label().strip("[]").upper() for kind in told)
    return f"[{next(iter(names))}]" if len(names) == 1 and text == "[PII]" else text


def _whole_text(results: Node) -> list[Phrase]:
    """Jobs cut down to their text."""
    texts = [item.find("transcript") for item in results.items("transcripts")]
    return [
        Phrase(tuple(Said(word) for word in text.text().split())) for text in texts if text is not None and text.value
    ]


format = Format(
    "aws_transcribe", "Amazon Transcribe", "times, confidence, speakers or channels", matches, read,
)  # fmt: skip
