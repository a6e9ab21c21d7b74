"""Google Cloud Speech-to-Text, versions 1 and 2: results with alternatives, the first of which is taken.

Sources: the REST reference of v1 (speech:recognize, operations) and v2 (batch results in Cloud Storage). Times are
{seconds, nanos} or "1.300s", and missing ones are 0, as protocol buffers leave out what is 0; a confidence of 0 means
that none was given. With speaker labels, v1 repeats all words once more, with their speakers, in the last result.
"""

from __future__ import annotations

from pipeline.transcripts.building import Told, build, words_of
from pipeline.transcripts.document import Document
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Said
from pipeline.transcripts.registry import Format

START, END = (
    ("startTime", "start_time", "startOffset", "start_offset"),
    ("endTime", "end_time", "endOffset", "end_offset"),
)
WHO = ("speakerLabel", "speaker_label", "speakerTag", "speaker_tag")
SIDE = ("channelTag", "channel_tag")
UNTIL = ("resultEndTime", "result_end_time", "resultEndOffset", "result_end_offset")
LANGUAGE = ("languageCode", "language_code")
WRAPPERS = ("response", "transcript", "inlineResult", "inline_result")


def matches(document: Document) -> bool:
    results = _results(document.root) if document.root is not None else None
    return bool(results) and any(
        one.is_object and ("alternatives" in one.value) and "type" not in one.value for one in results or ()
    )


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    results = _results(root) or []
    phrases = _phrases(results)
    language = next((found for one in results if (found := one.find(*LANGUAGE)) is not None), None)
    told = Told(
        language.text() if language is not None else None,
        model="Google Speech-to-Text",
        meta=root.left() if root.is_object else None,
    )
    return [build(format.name, phrases, told)]


def _results(root: Node, depth: int = 0) -> list[Node] | None:
    """The results, wherever an operation or a batch wraps them."""
    if root.is_list:
        return root.items()
    if not root.is_object or depth > 5:
        return None
    inside = root.find("results")
    if inside is not None and inside.is_list:
        return inside.items()
    around = [found for key in WRAPPERS if (found := root.find(key)) is not None]
    wrapped: list[Node] = [inside] if inside is not None else around
    if len(wrapped) == 1 and inside is not None and inside.is_object and not inside.has("results"):
        files = [one for _, one in inside.pairs() if one.is_object]  # a batch: results by the file they are of
        if len(files) > 1:
            raise TranscriptError(
                f"the results of {len(files)} recordings lie in one file; give each its own.",
                place=inside.place,
                reason="several_recordings",
            )
        wrapped = files
    return next((more for one in wrapped if (more := _results(one, depth + 1)) is not None), None)


def _phrases(results: list[Node]) -> list[Phrase]:
    repeated = _diarized(results)
    if repeated is not None:
        for one in results:
            if one is not repeated:
                one.drop("alternatives")
        return _stretches(repeated, None)
    channels = {channel for one in results if (channel := _channel(one)) is not None}
    found: list[Phrase] = []
    ends: dict[int | None, float] = {}  # a result without words begins where the one before on its side ended
    for one in results:
        side = _channel(one)
        made = _result(one, split=len(channels) > 1, before=ends.get(side, 0.0))
        ends[side] = max([ends.get(side, 0.0), *(phrase.end or 0.0 for phrase in made)])
        found += made
    return found


def _diarized(results: list[Node]) -> Node | None:
    """The last result, where it alone names the speakers of all words."""
    if len(results) < 2:
        return None
    named = [_names_speakers(one) for one in results]
    counts = [len(_words(one)) for one in results]
    if not named[-1] or any(named[:-1]) or not sum(counts[:-1]):
        return None
    said = [text for one in results[-1].items("alternatives")[:1] if (text := one.find("transcript")) is not None]
    untold = not any(text.value for text in said)
    return results[-1] if untold or counts[-1] == sum(counts[:-1]) else None


def _names_speakers(result: Node) -> bool:
    return any(
        word.value.get(key) not in (None, 0, "", "0") for word in _words(result)[:3] for key in WHO if word.is_object
    )


def _words(result: Node) -> list[Node]:
    first = next(iter(result.items("alternatives")), None)
    return first.items("words") if first is not None else []


def _result(result: Node, *, split: bool, before: float) -> list[Phrase]:
    alternatives = result.items("alternatives")
    if not alternatives:
        return []
    for other in alternatives[1:]:
        other.use()
    first, until, side = alternatives[0], result.find(*UNTIL), _channel(result)
    channel = side if split else None
    if first.items("words"):
        return _stretches(result, channel)
    text, sure = first.find("transcript"), first.find("confidence")
    words = words_of(text.text() if text is not None else "", _sure(sure))
    end = until.seconds() if until is not None else None
    return [Phrase(words, "", channel, before if end is not None else None, end)] if words else []


def _stretches(result: Node, channel: int | None) -> list[Phrase]:
    """The words of a result, one stretch a speaker; their speakers decide the turns, the service's cuts do not."""
    first = result.items("alternatives")[0]
    sure = _sure(first.find("confidence"))
    groups: list[tuple[str, list[Said]]] = []
    for word in first.items("words"):
        who = word.find(*WHO)
        label = who.label() if who is not None and who.value not in (0, "0") else ""
        if not groups or groups[-1][0] != label:
            groups.append((label, []))
        groups[-1][1].append(_word(word, sure))
    first.drop("transcript")
    return [Phrase(tuple(said), label, channel, whole=False) for label, said in groups]


def _word(word: Node, sure: float | None) -> Said:
    text, start, end, own = word.need("word"), word.find(*START), word.find(*END), word.find("confidence")
    timed = start is not None or end is not None
    begin = start.seconds() if start is not None else 0.0 if timed else None
    confidence = _sure(own)
    return Said(
        text.text().strip(),
        begin,
        end.seconds() if end is not None else None,
        sure if confidence is None else confidence,
    )


def _sure(found: Node | None) -> float | None:
    confidence = found.confidence() if found is not None else None
    return confidence or None


def _channel(result: Node) -> int | None:
    """Channels count from 1; 0 is not said."""
    found = result.find(*SIDE)
    number = found.whole() if found is not None else 0
    return number - 1 if number > 0 else None


format = Format("google", "Google Speech-to-Text", "times, speakers or channels, confidence of results", matches, read)
