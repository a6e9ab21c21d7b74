"""Text on paper: embedded fonts, styles, and everything escaped.

Bitstream Vera comes with reportlab and is embedded, so that a page looks the same in twenty years. It holds Latin letters;
Korean, Japanese and Chinese go to fonts that viewers bring along, and what no font holds is printed as a hollow box. The
exact text stands in the CSV and in the JSON lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

PLAIN, BOLD = "Vera", "VeraBd"
KOREAN, HAN = "HYSMyeongJo-Medium", "HeiseiMin-W3"
INK, MUTED, LINE, WELL, ACCENT = (
    HexColor("#1C2430"), HexColor("#566070"), HexColor("#C9D0DA"), HexColor("#EEF1F5"), HexColor("#1F5FBF")
)  # fmt: skip
PASS_INK, FAIL_INK, UNSURE_INK = HexColor("#1B6E3C"), HexColor("#A3231D"), HexColor("#7A5200")
TONES = {"PASS": PASS_INK, "FAIL": FAIL_INK, "UNSURE": UNSURE_INK, "N/A": MUTED}

MOST_TEXT = 700  # characters of one cell: longer quotes are cut on paper and whole in the CSV
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
EAST = re.compile(r"([\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]+)|([\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+)")
BOX = "\u25a1"


@cache
def register_fonts() -> frozenset[int]:
    """Make the fonts known; the characters that the plain one holds."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    for name in (KOREAN, HAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    return frozenset(pdfmetrics.getFont(PLAIN).face.charToGlyph)


def _style(name: str, size: float, leading: float, **more: object) -> ParagraphStyle:
    return ParagraphStyle(name, **{"fontName": PLAIN, "fontSize": size, "leading": leading, "textColor": INK, **more})


TITLE = _style("title", 26, 32, fontName=BOLD)
LEAD = _style("lead", 12, 17, textColor=MUTED)
H1 = _style("h1", 15, 20, fontName=BOLD, spaceAfter=6)
H2 = _style("h2", 11, 15, fontName=BOLD, spaceBefore=4, spaceAfter=2)
BODY = _style("body", 8.5, 12.5)
SMALL = _style("small", 7.5, 10.5, textColor=MUTED)
CELL = _style("cell", 7, 9.2)
CELL_BOLD = _style("cell-bold", 7, 9.2, fontName=BOLD)
NUMBER = _style("number", 7, 9.2, alignment=TA_RIGHT)
HEAD = _style("head", 6.8, 8.8, fontName=BOLD, textColor=MUTED)
HEAD_NUMBER = _style("head-number", 6.8, 8.8, fontName=BOLD, textColor=MUTED, alignment=TA_RIGHT)
NOTE = _style("note", 6.3, 8.4, textColor=MUTED)
BIG = _style("big", 20, 24, fontName=BOLD)
LABEL = _style("label", 7.5, 10, textColor=MUTED)


def para(text: str, style: ParagraphStyle = BODY, *, link: str = "", bold: bool = False) -> Paragraph:
    """``text`` as it is: nothing in it is markup."""
    inside = markup(text)
    if bold:
        inside = f"<b>{inside}</b>"
    if link:
        inside = f'<a href="{escape(link, {QUOTE: "&quot;"})}" color="#1F5FBF">{inside}</a>'
    return Paragraph(inside, style)


def explained(words: Sequence[tuple[str, str]]) -> Paragraph:
    """Words in bold with what they mean, one after the other, in small print."""
    return Paragraph("  ·  ".join(f"<b>{markup(word)}</b>: {markup(text)}" for word, text in words), NOTE)


QUOTE = '"'


def markup(text: str) -> str:
    """``text`` escaped, each character in a font that holds it."""
    held = register_fonts()
    pieces, at = [], 0
    text = CONTROL.sub(" ", cut(text))
    for found in EAST.finditer(text):
        pieces.append(_held(text[at : found.start()], held))
        pieces.append(f'<font name="{KOREAN if found[1] else HAN}">{escape(found[0])}</font>')
        at = found.end()
    return "".join([*pieces, _held(text[at:], held)])


def cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]} ... (cut; whole in report.csv)"


def _held(text: str, held: frozenset[int]) -> str:
    return escape("".join(letter if ord(letter) in held or letter.isspace() else BOX for letter in text))
