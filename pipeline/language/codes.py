"""Languages as files tell them ("es-MX", "en_US", "spa", "Spanish"), as the two letters of ISO 639-1 where there are any."""

from __future__ import annotations

import re

from pipeline.records import Metadata

TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*")
KEYS = ("language", "language_code", "lang", "locale")  # columns of call metadata that tell it
NO_LANGUAGE = frozenset("und mul mis zxx auto multi unknown none null detect".split())
CODES = {
    "english": "en", "spanish": "es", "french": "fr", "german": "de", "italian": "it", "portuguese": "pt", "dutch": "nl",
    "polish": "pl", "swedish": "sv", "norwegian": "nb", "bokmal": "nb", "danish": "da", "finnish": "fi", "czech": "cs", "slovak": "sk",
    "hungarian": "hu", "romanian": "ro", "croatian": "hr", "greek": "el", "russian": "ru", "ukrainian": "uk", "bulgarian": "bg",
    "turkish": "tr", "arabic": "ar", "hebrew": "he", "persian": "fa", "hindi": "hi", "urdu": "ur", "punjabi": "pa",
    "bengali": "bn", "tamil": "ta", "chinese": "zh", "mandarin": "zh", "cantonese": "zh", "japanese": "ja", "korean": "ko",
    "vietnamese": "vi", "tagalog": "tl", "indonesian": "id", "thai": "th", "somali": "so", "catalan": "ca", "albanian": "sq",
    "eng": "en", "spa": "es", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "ita": "it", "por": "pt", "nld": "nl",
    "dut": "nl", "pol": "pl", "swe": "sv", "nor": "nb", "nob": "nb", "dan": "da", "fin": "fi", "ces": "cs", "cze": "cs",
    "slk": "sk", "hun": "hu", "ron": "ro", "rum": "ro", "hrv": "hr", "ell": "el", "gre": "el", "rus": "ru", "ukr": "uk",
    "bul": "bg", "tur": "tr", "ara": "ar", "heb": "he", "fas": "fa", "per": "fa", "hin": "hi", "urd": "ur", "pan": "pa",
    "ben": "bn", "tam": "ta", "zho": "zh", "chi": "zh", "cmn": "zh", "yue": "zh", "jpn": "ja", "kor": "ko", "vie": "vi",
    "tgl": "tl", "ind": "id", "tha": "th", "som": "so", "cat": "ca", "sqi": "sq", "alb": "sq",
}  # fmt: skip


def code_of(told: str | None) -> str | None:
    """``en`` of "en", "EN-us", "eng" or "English"; the name as it stands where nobody knows it; None where none is told."""
    name = (told or "").strip().lower()
    if not name or name in NO_LANGUAGE:
        return None
    tag = TAG.fullmatch(name)
    first = tag[1] if tag else re.split(r"[^a-z]", name)[0]
    return None if first in NO_LANGUAGE else CODES.get(first, first if tag else name[:20])


def told_language(metadata: Metadata) -> str | None:
    """What the metadata of a call say it is spoken in; columns nobody mapped are looked through."""
    known = {key.strip().lower(): value for key, value in metadata.extra.items()}
    return next((code for key in KEYS if (code := code_of(known.get(key)))), None)
