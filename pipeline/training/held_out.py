"""Speech that is never trained on, for measuring: unseen sentences of known voices, and of a voice kept apart.

The sentences lie in texts/held_out.txt, which the recipe bars from every training text. Voices, lines and their order
follow from the seed, so a figure can be repeated anywhere Debian's voices are installed.
"""

from functools import lru_cache
from typing import Literal

import numpy as np

from pipeline.training.corpus import held_out_sentences
from pipeline.training.line import Samples, draw_line, telephone
from pipeline.training.speech import SHARES, pronounced
from pipeline.training.voices import HELD_OUT, speak

Kind = Literal["known", "new_voice"]
KINDS: tuple[Kind, ...] = ("known", "new_voice")
LINE_STRENGTH = 0.5


@lru_cache(maxsize=8)
def held_out(kind: Kind, n: int, seed: int) -> list[tuple[Samples, str]]:
    """n sentences as telephone speech: (float32 mono at 16 kHz, text), of one kind of voice.

    :param kind: "known" voices take turns by how often they were trained on; "new_voice" is the one never trained on.
    """
    texts = held_out_sentences()
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    chosen = [
        texts[i % len(texts)]
        for i in np.concatenate([rng.permutation(len(texts)) for _ in range(-(-n // len(texts)))])[:n]
    ]
    return [(_called(text, kind, rng), text) for text in chosen]


def _called(text: str, kind: Kind, rng: np.random.Generator) -> Samples:
    odds = np.array(list(SHARES.values()), dtype=float)
    voice = str(rng.choice(list(SHARES), p=odds / odds.sum())) if kind == "known" else next(iter(HELD_OUT))
    spoken = speak(pronounced(text), voice, pitch=rng.uniform(-1.5, 1.5), tempo=rng.uniform(0.95, 1.15))
    return telephone(spoken, rng, line=draw_line(rng, LINE_STRENGTH))
