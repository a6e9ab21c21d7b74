"""Korean words without their particles: "통장을", "통장이" and "통장" are one word to a rule.

Cut are particles, the copula, and what makes a noun a verb ("do", "become", "suffer") with all its endings; two syllables
always stay. A phrase goes through the same cut, so a wrong one does no harm as long as both sides are wrong alike.
"""

from __future__ import annotations

_FIRST, _LAST = "가", "힣"
# Longest first; what stands behind a noun.
PARTICLES = tuple(
    sorted(
        (
            "에게도 한테도 이라고요 이라고 라고요 라고 이라는 라는 에서는 에서도 에서 에게서 에게 한테 께서는 께서 으로는 "
            "으로도 으로 로는 까지 부터 이나 이랑 이며 하고 입니다 입니까 이십니다 이신지 이시고 이고요 이고 이에요 예요 "
            "이었 은 는 이 가 을 를 에 의 로 도 만 와 과 랑 요 인데 이신 인지 이라 들이 들은 들을 들"
        ).split(),
        key=len,
        reverse=True,
    )
)
VERBS = frozenset("하해했한할함합되돼됐된될됨됩당")  # first syllables of the forms of do, become, suffer
LEAST = 2


def is_hangul(word: str) -> bool:
    return bool(word) and all(_FIRST <= letter <= _LAST for letter in word)


def stem(word: str) -> str:
    """``word`` without verb and particle at its end, where at least two syllables are left."""
    verb = next((at for at in range(LEAST, len(word)) if word[at] in VERBS), None)
    if verb is not None:
        return word[:verb]
    for particle in PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= LEAST:
            return word[: -len(particle)]
    return word
