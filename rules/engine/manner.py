"""In what way something was said: denied, asked, supposed, or told of somebody else.

All four look only at the words around the hit, inside its sentence where the transcript has sentences. They are kept
simple enough to be explained to a reviewer: "not counted because it was denied: will NEVER ask for your code".
"""

from __future__ import annotations

from rules.engine.streams import Stream

NEGATORS = frozenset("not never no nobody neither nor without none hardly refuse refuses refused avoid stop".split())
# Words that a denial reaches through: "never [be asking you for] your code".
THROUGH = frozenset(
    "i you he she it we they me him her us them my your his our their to of for with in on at from by and or any "
    "ever be been being is am are was were do does did have has had will would shall should can could may might "
    "must going go need needs want wants ask asks asking asked ask require requires required request requesting "
    "make making give giving take taking get getting tell telling say saying have having able allowed supposed "
    "trying try let anyone anybody one 1 someone that this these those there here about even ever again still yet "
    "directly over phone using use used accept accepts offer offers offering provide by threaten threatening "
    "promise promising guarantee send sending call calling bank company office team staff department circumstances "
    "circumstance reason way case".split()
)
REACH = 7  # tokens a denial can be away
ASKING = frozenset("what when where who why how which whose".split())
AUXILIARY = frozenset(
    "can could would will do does did is are am was were have has may might shall should must".split()
)
SUBJECT = frozenset("i you he she it we they there this that your my not anyone somebody someone".split())
SUPPOSING = frozenset("if suppose supposing imagine whether unless".split())
TELLING = frozenset("told tells telling said says saying asked asks asking claims claimed wants wanted".split())
HEARING = frozenset("read heard saw seen learned".split())
TOLD = frozenset("told asked instructed advised ordered".split())
TELLERS = frozenset(
    "they he she somebody someone caller man woman lady guy people person gentleman colleague bank".split()
)
ANYONE = frozenset("anyone anybody someone somebody you they he she".split())
QUESTION_REACH = 8
TELLING_REACH = 10


def denied(stream: Stream, first: int, end: int) -> bool:
    """Whether a denial governs the tokens from ``first`` to ``end`` (exclusive)."""
    return _denied_before(stream, first) or _denied_after(stream, end)


def _denied_before(stream: Stream, first: int) -> bool:
    at = first - 1
    while at >= 0 and first - at <= REACH and not stream.stops[at]:
        word = stream.places[at].text
        if word in NEGATORS:
            return not _only_polite(stream, at) and not (at == first - 1 and _threatens(stream, at))
        # "i do not have it, tell me": what stands before the hit was denied, the hit begins anew.
        if word not in THROUGH or (word == "it" and at == first - 1):
            return False
        at -= 1
    return False


def _threatens(stream: Stream, at: int) -> bool:
    """ "if you do not [tell me the code]" presses for it; "if you do not want to" does not."""
    return any(word in ("if", "unless") for word in _before(stream, at, 4))


def _only_polite(stream: Stream, at: int) -> bool:
    """ "why don't you give me the code", "can't you read it", "no, read it": a push or an answer, not a denial."""
    word = stream.places[at].text
    before = stream.places[at - 1].text if at > 0 and not stream.stops[at - 1] else ""
    after = stream.places[at + 1].text if at + 1 < len(stream.places) else ""
    if word == "not":
        opens = at < 2 or bool(stream.stops[at - 2]) or stream.places[at - 2].text in (*ASKING, "so", "and", "but")
        return after in ("only", "you", "we") and (before in AUXILIARY and opens)
    if word == "no":
        return after in SUBJECT or after in AUXILIARY or (not before and after not in ("need", "1"))
    if word == "stop":
        return False
    return False


def _denied_after(stream: Stream, end: int) -> bool:
    """ "... is not needed"."""
    following = [place.text for place in stream.places[end : end + 3]]
    if any(stream.stops[end - 1 : end]) or len(following) < 2:
        return False
    return following[0] in ("is", "are", "will", "was") and following[1] == "not"


def is_question(stream: Stream, first: int, end: int) -> bool:
    """Whether the sentence around the tokens asks: by its mark, or by how it begins."""
    at = end - 1
    while at < len(stream.places):
        if stream.stops[at]:
            if stream.stops[at] == "?":
                return True
            break
        at += 1
    start = first
    while start > 0 and first - start < QUESTION_REACH and not stream.stops[start - 1]:
        start -= 1
    return any(_inverts(stream, i) for i in range(start, max(first + 1, min(end - 1, first + 3))))


def _inverts(stream: Stream, at: int) -> bool:
    """A question word, or "can you", "is it", "do they"; "what i need is" is no question."""
    word = stream.places[at].text
    following = stream.places[at + 1].text if at + 1 < len(stream.places) else ""
    before = stream.places[at - 1].text if at > 0 and not stream.stops[at - 1] else ""
    if word in AUXILIARY and following in SUBJECT:
        return before not in SUBJECT
    return word in ASKING and following in AUXILIARY


def supposed(stream: Stream, first: int) -> bool:
    """Whether "if", "suppose", "should anyone" or the like opens the sentence before ``first``."""
    words = _before(stream, first, QUESTION_REACH)
    return any(
        word in SUPPOSING or (word == "should" and words[i + 1 : i + 2] and words[i + 1] in ANYONE)
        for i, word in enumerate(words)
    )


def told(stream: Stream, first: int) -> bool:
    """Whether it is told of somebody else: "they told me to", "a man on the phone asked for", "i was told", "i read that"."""
    words = _before(stream, first, TELLING_REACH)
    return any(_tells(word, words[i + 1 : i + 5]) for i, word in enumerate(words[:-1]))


def _tells(word: str, following: list[str]) -> bool:
    if word in ("was", "were", "been", "got"):
        return following[0] in TOLD
    if word == "i":
        return following[0] in HEARING
    until = next((i for i, other in enumerate(following) if other in ("i", "you", "we")), len(following))
    return word in TELLERS and any(other in TELLING for other in following[:until])


def _before(stream: Stream, first: int, reach: int) -> list[str]:
    """The words of the same sentence before ``first``, at most ``reach`` of them, in order."""
    at = first
    while at > 0 and first - at < reach and not stream.stops[at - 1]:
        at -= 1
    return [place.text for place in stream.places[at:first]]
