"""A rough idea of when each sound is said, to start from.

CTC from random weights stays for hours where it only tells speech from silence. Made speech is even: sounds laid along the
spoken stretch in proportion to their usual lengths are right for half of the frames, and a few hundred steps of
cross-entropy on them break the standstill. After that the alignment is CTC's own.
"""

from __future__ import annotations

import torch

from pipeline.training.sounds import SYMBOL

IGNORED = -100
VOWELS = frozenset("aa ae ah ao aw ax ay eh er ey ih iy ow oy uh uw".split())
LONG = frozenset("aa ae ao aw ay ey iy ow oy uw er".split())
GAP = 0.25  # a space between words is hardly ever a pause


def lengths(outputs: str) -> torch.Tensor:
    """Usual length of each output (a character a sound, space included), relative to a consonant: float32 [outputs]."""
    vowels = {SYMBOL[name] for name in VOWELS}
    long = {SYMBOL[name] for name in LONG}
    return torch.tensor(
        [GAP if sound == " " else 1.7 if sound in long else 1.2 if sound in vowels else 1.0 for sound in outputs]
    )


def laid_along(
    features: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor, frames: int, usual: torch.Tensor
) -> torch.Tensor:
    """int64 [clips, frames]: the sound of each output frame, IGNORED outside the spoken stretch.

    :param features: normalised log-mel [clips, mel frames, bands]; mask the same without bands; labels [clips, sounds].
    """
    targets = torch.full((len(labels), frames), IGNORED)
    loud = features.mean(2) > -0.3
    for row in range(len(labels)):
        sounds = labels[row][labels[row] != IGNORED]
        active = torch.nonzero(loud[row] & mask[row].bool()).flatten()
        if len(active) < 8 or not len(sounds):
            continue
        first, last = int(active[0]) // 4, min(frames, int(active[-1]) // 4 + 1)
        ends = torch.cumsum(usual[sounds], 0)
        places = (torch.arange(last - first) + 0.5) / max(1, last - first) * ends[-1]
        targets[row, first:last] = sounds[torch.searchsorted(ends, places).clamp(max=len(sounds) - 1)]
    return targets
