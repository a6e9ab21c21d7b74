"""Call quality: how well the call was recorded, where the sound is too poor to judge, and which setting would mend it.

The figures were measured where the samples were in memory (pipeline.audio.quality). Verdicts that rest on a poor stretch
become UNSURE in the rules; here the same stretches become findings, and every lasting defect names the setting of the
recorder that costs it. What each costs in words and verdicts, `callsift eval quality` prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.analyzers._speech import total, union
from pipeline.records import AudioFacts, Call, ChannelQuality, Finding, Measure, Quality

CLIPS, LOSES = 0.01, 0.005  # shares from which a setting is wrong
NOISY_DB = 15.0
NARROW_HZ = 3000
LEAKS_DB = -30.0
WIDE_RATE = 16000
TELEPHONE_HZ = 4100
SHOWN = 1.0  # seconds; shorter poor stretches are no place to listen to
MOST = 20  # findings of one call
WORDS = {
    "noisy": "noise drowns the words",
    "clipped": "the recording is overdriven",
    "lost": "pieces of the sound are missing",
}


@dataclass(frozen=True)
class CallQuality:
    """Measures of the whole call, a finding for each poor stretch, and one with the advice."""

    name: str = "call_quality"
    version: str = "1"
    weight: float = 0.1
    needs: tuple[str, ...] = ("audio",)
    facets: tuple[str, ...] = ("signal_to_noise", "clipped_share", "lost_share", "poor_sound_share")

    def analyze(self, call: Call) -> list[Finding | Measure]:
        if call.quality is None or call.audio is None:
            return []
        poor = [(p.start, p.end) for p in call.quality.poor]
        share = total(union(poor)) / call.duration if call.duration else 0.0
        places = sorted((p for p in call.quality.poor if p.end - p.start >= SHOWN), key=lambda p: p.start - p.end)[
            :MOST
        ]
        found = [
            Finding("poor_sound", min(1.0, (p.end - p.start) / 60), p.start, min(p.end, call.duration),
                    f"{WORDS[p.kind]} for {p.end - p.start:.0f} s{_where(call, p.channel)}", facts={"kind": p.kind})
            for p in sorted(places, key=lambda p: (p.start, p.channel))
        ]  # fmt: skip
        told = [*defects(call.quality, call.audio)]
        if told:
            why = "; ".join(f"{what}: {setting}" for what, setting in told)
            found.append(Finding("recorder_setting", min(1.0, share), 0.0, 0.0, why))
        return [*_measures(call.quality), Measure("poor_sound_share", round(min(1.0, share), 4)), *found]


def defects(quality: Quality, audio: AudioFacts) -> Iterator[tuple[str, str]]:
    """(what is wrong, the setting that mends it) of a recording, the costliest first."""
    for number, channel in enumerate(quality.channels):
        yield from _of_channel(channel, f"channel {number}" if len(quality.channels) > 1 else "the recording")
    spoken = [channel for channel in quality.channels if channel.snr is not None]
    if len(quality.channels) == 1:
        twice = "the same signal on both channels" if audio.mono_in_stereo else "one channel"
        yield f"{twice}, so the parties are told apart by their voices only", "record each side on a channel of its own"
    band = max((channel.band for channel in spoken), default=0)
    if spoken and band < NARROW_HZ:
        yield f"no voice above {band / 1000:.1f} kHz", "record with G.711 or better, and at 32 kbit/s or more as MP3"
    elif spoken and audio.sample_rate >= WIDE_RATE and band < TELEPHONE_HZ:
        rate = f"{audio.sample_rate / 1000:g} kHz"
        yield f"a telephone's band in a file of {rate}", "the wider file costs space and gains nothing"


def _of_channel(channel: ChannelQuality, name: str) -> Iterator[tuple[str, str]]:
    if channel.clipped >= CLIPS:
        yield f"{name} clips {_percent(channel.clipped)} of the time", "lower the input gain, by 6 dB to begin with"
    if channel.lost >= LOSES:
        yield (
            f"{name} lost {_percent(channel.lost)} of its sound",
            "record at the exchange, or give the calls' packets priority",
        )
    if channel.snr is not None and channel.snr < NOISY_DB:
        yield (
            f"the voice on {name} is {channel.snr:.0f} dB above the noise",
            "headsets with noise cancelling, and a higher level",
        )
    if channel.bleed is not None and channel.bleed > LEAKS_DB:
        yield (
            f"{name} carries the other side at {channel.bleed:.0f} dB",
            "switch echo cancelling on, lower the sidetone",
        )


def _measures(quality: Quality) -> Iterator[Measure]:
    """The worst channel of each."""
    heard = [channel.snr for channel in quality.channels if channel.snr is not None]
    if heard:
        yield Measure("signal_to_noise", min(heard))
        yield Measure("voice_band", float(max(channel.band for channel in quality.channels)))
    yield Measure("clipped_share", max((channel.clipped for channel in quality.channels), default=0.0))
    yield Measure("lost_share", max((channel.lost for channel in quality.channels), default=0.0))
    leaks = [channel.bleed for channel in quality.channels if channel.bleed is not None]
    if leaks:
        yield Measure("bleed", max(leaks))


def _where(call: Call, channel: int) -> str:
    """Whose channel, where there are several."""
    if call.quality is None or len(call.quality.channels) < 2:
        return ""
    roles = [party.role for party in call.parties if party.channel == channel and party.role != "unknown"]
    return f" on the {roles[0].replace('_', ' ')}'s side" if roles else f" on channel {channel}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.095 else f"{100 * share:.0f} %"


analyzer = CallQuality()
