"""What a file is when it is no recording, told from its first bytes; names and types are not believed.

The decoder would refuse these too, but with "invalid data". A person who mixed up two exports needs to read "this is a
web page". Text is judged last: real recordings hold bytes that no text has, within a few dozen bytes.
"""

from __future__ import annotations

import re

from pipeline.errors import BadRecording

HEAD = 4096  # bytes looked at

RECORDINGS = (  # beginnings of recordings: never text, whatever follows
    b"RIFF", b"RIFX", b"RF64", b"BW64", b"riff", b"OggS", b"fLaC", b"ID3", b"#!AMR", b".snd", b"FORM", b"caff",
    b"\x1aE\xdf\xa3", b"0&\xb2u\x8ef\xcf\x11",
)  # fmt: skip
SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive (or an Office document)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"SQLite format 3", "a database"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
)
VIDEOS = ((b"FLV\x01", "FLV"), (b"\x00\x00\x01\xba", "MPEG"))
PLAYLISTS = (
    (re.compile(rb"#EXTM3U|#EXT-X-"), "an M3U playlist"),
    (re.compile(rb"ffconcat version"), "an FFmpeg concat script"),
    (re.compile(rb"\[playlist\]", re.I), "a PLS playlist"),
    (re.compile(rb"v=0\r?\n[a-z]="), "a description of a network stream (SDP)"),
    (re.compile(rb"(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)*<(MPD|SmoothStreamingMedia|smil|asx|playlist)\b", re.I | re.S), "a playlist (XML)"),
    (re.compile(rb"(file|https?|rtsp|rtmp|udp|rtp|ftp|tcp|concat|data|hls)[:+]", re.I), "a link, not what it points to"),
    (re.compile(rb"file\s+['\"]?\S+", re.I), "an FFmpeg concat script"),
)  # fmt: skip
PAGES = re.compile(rb"(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b", re.I | re.S)
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
BOMS = (b"\xff\xfe", b"\xfe\xff")


def refuse_if_foreign(head: bytes) -> None:
    """Raises BadRecording when the first bytes (up to `HEAD`) are clearly something else than a recording."""
    if not head:
        raise BadRecording("empty", "The file is empty (0 bytes). Export or copy the recording again.")
    for magic, kind in VIDEOS:
        if head.startswith(magic):
            _refuse_video(kind)
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        _refuse_video("AVI")
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        _refuse_video("MPEG transport stream")
    for magic, what in SIGNATURES:
        if head.startswith(magic):
            raise _not_audio(what)
    if not head.startswith(RECORDINGS) and head[4:8] != b"ftyp" and _is_text(head):
        _refuse_text(head.removeprefix(b"\xef\xbb\xbf").lstrip())


def looks_like_a_recording(head: bytes) -> bool:
    """True for the beginnings of the containers callsift reads; used for files whose name says nothing."""
    return head.startswith(RECORDINGS) or head[4:8] == b"ftyp"


def _refuse_text(text: bytes) -> None:
    for pattern, what in PLAYLISTS:
        if pattern.match(text):
            raise BadRecording(
                "playlist",
                f"This is {what}. It only points to sound elsewhere, and callsift follows no such pointer. "
                "Give it the recording itself.",
            )
    if PAGES.match(text):
        raise _not_audio("a web page (HTML), probably a sign-in or error page of the place it was downloaded from")
    raise _not_audio("a text file")


def _not_audio(what: str) -> BadRecording:
    return BadRecording("not_audio", f"This is {what}, not a recording, whatever its name says.")


def _refuse_video(kind: str) -> None:
    raise BadRecording(
        "video", f"This is a video file ({kind}). Export its sound alone, for example as WAV, and take that in."
    )


def _is_text(head: bytes) -> bool:
    if head.startswith(BOMS):
        return _is_utf16(head)
    if CONTROL.search(head):
        return False
    plain = sum(byte < 0x80 for byte in head)
    return plain >= 0.7 * len(head) or _is_utf8(head)


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start > len(head) - 4  # cut within a character
    return True


def _is_utf16(head: bytes) -> bool:
    try:
        text = head[: len(head) // 2 * 2].decode("utf-16")
    except UnicodeDecodeError:
        return False
    return sum(c.isprintable() or c in "\r\n\t" for c in text) > 0.9 * len(text)
