"""Words of a call and of a phrase, brought to one form so that they can be compared.

"I'm", "im" and "I am" are the same tokens, "double four" and "44" too, fillers and articles are nobody's meaning and fall
away on both sides. A token remembers the words it came from: evidence quotes the words, never the tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rules.language.korean import is_hangul, stem
from rules.spoken import digits
from rules.spoken.atoms import DIGIT, WORDS, bare


class Token(NamedTuple):
    """One comparable unit and the words (first, last; both inclusive) it came from."""

    text: str
    first: int
    last: int


# Said without meaning; left out of calls and phrases alike.
SOFT = frozenset(
    "a an the uh um er erm uhm ah eh hm hmm mm mmm huh oh just like actually basically literally please kindly really "
    "simply well okay ok alright so also then dear sir sirs madam ma'am mam maam hey hi hello".split()
)
_NT = {"can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not"}
# "'s" behind these is "is": pronouns, and things a call names more often than what they own.
_IS = frozenset(
    "it that what here there he she who how where when this everything something call line name code question problem".split()
)
_BARE_CONTRACTIONS = {
    "im": "i am", "ive": "i have", "youre": "you are", "youve": "you have", "youll": "you will", "theyre": "they are",
    "theyll": "they will", "theyve": "they have", "weve": "we have", "thats": "that is", "whats": "what is",
    "heres": "here is", "theres": "there is", "hes": "he is", "shes": "she is", "whos": "who is", "lets": "let us",
    "dont": "do not", "doesnt": "does not", "didnt": "did not", "isnt": "is not", "arent": "are not",
    "wasnt": "was not", "werent": "were not", "havent": "have not", "hasnt": "has not", "hadnt": "had not",
    "cant": "can not", "wont": "will not", "wouldnt": "would not", "couldnt": "could not", "shouldnt": "should not",
    "gonna": "going to", "wanna": "want to", "gotta": "got to", "gimme": "give me", "lemme": "let me",
    "kinda": "kind of", "outta": "out of", "dunno": "do not know", "til": "until", "till": "until", "thru": "through",
    "let's": "let us", "o'clock": "o'clock", "y'all": "you all", "cause": "because", "'cause": "because",
    "'em": "them", "yep": "yes", "yeah": "yes", "yup": "yes", "nope": "no", "nah": "no", "mum": "mom",
    "cheque": "check", "cheques": "checks", "cancelled": "canceled", "cancelling": "canceling", "missus": "mrs",
    "mister": "mr", "okay": "", "signup": "sign up", "login": "log in", "logon": "log in", "cellphone": "cell phone",
    "paycheck": "pay check", "paycheque": "pay check", "organisation": "organization", "authorise": "authorize",
    "authorised": "authorized", "unauthorised": "unauthorized", "recognise": "recognize", "programme": "program",
}  # fmt: skip
_ENDINGS = (("'m", "am"), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'d", "would"))
# Letters said one by one and words often written apart; both spellings become one token.
_LETTERS = {tuple(word): word for word in (
    "cvv cvc cvn apr ssn pin id otp dob irs fbi dea atm sms usps fedex ups ftc cra hmrc gdpr vpn pc ip tv isp hr fca cfpb "
    "tsa ss hipaa nhs gp sim mfa hiv".split()
)}  # fmt: skip
_JOINED = {
    ("pass", "code"): "passcode", ("pass", "codes"): "passcodes", ("pass", "word"): "password",
    ("pass", "words"): "passwords", ("pass", "phrase"): "passphrase", ("e", "mail"): "email", ("e", "mails"): "emails",
    ("web", "site"): "website", ("web", "page"): "webpage", ("voice", "mail"): "voicemail", ("post", "code"): "postcode",
    ("any", "desk"): "anydesk", ("team", "viewer"): "teamviewer", ("o", "k"): "", ("per", "cent"): "percent",
    ("on", "line"): "online", ("home", "owner"): "homeowner", ("room", "mate"): "roommate", ("down", "load"): "download",
    ("ultra", "viewer"): "ultraviewer", ("bit", "coin"): "bitcoin", ("what's", "app"): "whatsapp",
    ("whats", "app"): "whatsapp", ("face", "book"): "facebook", ("data", "base"): "database", ("i", "tunes"): "itunes",
    ("follow", "up"): "followup", ("over", "due"): "overdue", ("past", "due"): "pastdue", ("mean", "while"): "meanwhile",
    ("after", "noon"): "afternoon", ("birth", "day"): "birthday", ("birth", "date"): "birthdate",
    ("good", "morning"): "", ("good", "afternoon"): "", ("good", "evening"): "",
    ("call", "back"): "callback", ("over", "draft"): "overdraft", ("pay", "pal"): "paypal",
}  # fmt: skip
_FIRST_OF_JOINED = frozenset(first for first, _ in _JOINED)
_LONGEST_LETTERS = max(map(len, _LETTERS.values()))


def joins() -> frozenset[tuple[str, str]]:
    """Words that become one token when they stand together."""
    return frozenset(_JOINED)


def peculiar() -> frozenset[str]:
    """Words of nothing but small letters that are not simply themselves: contractions, soft words, numbers."""
    return frozenset({*_BARE_CONTRACTIONS, *_NT, *SOFT, *WORDS})


def letters() -> frozenset[str]:
    """Letters that may spell an abbreviation together."""
    return frozenset(letter for word in _LETTERS for letter in word)


def tokens_of(words: Sequence[str]) -> list[Token]:
    """Tokens of ``words`` in order; soft words are left out, runs of digits are one token of digits."""
    runs = {run.first: run for run in digits(words)}
    found: list[Token] = []
    at = 0
    while at < len(words):
        run = runs.get(at)
        if run is not None:
            found.append(Token(run.digits, run.first, run.last))
            at = run.last + 1
            continue
        found.extend(Token(text, at, at) for text in split_word(words[at]))
        at += 1
    return _without_echo(token for token in _merged(found) if token.text not in SOFT)


def _without_echo(tokens: Iterable[Token]) -> list[Token]:
    """A word said twice in a row ("i i want", "your your code") counts once; digits do not."""
    kept: list[Token] = []
    for token in tokens:
        if kept and kept[-1].text == token.text and not token.text.isdigit():
            kept[-1] = Token(token.text, kept[-1].first, token.last)
        else:
            kept.append(token)
    return kept


@lru_cache(maxsize=100_000)
def split_word(word: str) -> tuple[str, ...]:
    """The comparable parts of one word: contractions opened, hyphens cut, money signs said; soft words stay."""
    if word.startswith("[") and word.endswith("]") and word[1:-1].replace("_", "").isupper():
        return (word,)  # a typed block of redaction
    text = bare(word)
    if not text:
        return ()
    if text[0].isdigit() or text[0] in "$£€+":
        return _written_number(text)
    parts: list[str] = []
    for piece in text.replace("/", "-").replace("–", "-").replace("—", "-").split("-"):
        parts.extend(_open(piece.strip("\"'.,;:!?…()[]")))
    return tuple(part for part in parts if part)


def _written_number(text: str) -> tuple[str, ...]:
    """ "$10,000" is 10000 dollars, "50%" fifty percent; what is no number stays what it is ("2nd")."""
    sign = {"$": ("dollars",), "£": ("pounds",), "€": ("euros",)}.get(text[0], ())
    figures = text.strip("$£€+").replace(",", "")
    if figures.endswith("%"):
        return (*_plain(figures[:-1]), "percent")
    return (*_plain(figures), *sign)


def _plain(figures: str) -> tuple[str, ...]:
    whole = figures.removesuffix(".00")
    return tuple(part for part in whole.replace("-", " ").split() if part)


def _open(word: str) -> tuple[str, ...]:
    """One word without its contraction or possessive; a number word inside a compound is its digits."""
    if word in DIGIT:
        return (str(DIGIT[word]),)
    if is_hangul(word):
        return (stem(word),)
    if "." in word and all(len(letter) <= 1 for letter in word.split(".")):
        return tuple(word.replace(".", ""))
    if word in _BARE_CONTRACTIONS:
        return tuple(_BARE_CONTRACTIONS[word].split())
    if word in _NT:
        return tuple(_NT[word].split())
    if word.endswith("n't"):
        return (word[:-3], "not")
    for ending, full in _ENDINGS:
        if word.endswith(ending):
            return (word[: -len(ending)], full)
    if word.endswith("'s"):
        return (word[:-2], "is") if word[:-2] in _IS else (word[:-2],)
    return (word.rstrip("'"),)


def _merged(tokens: list[Token]) -> Iterable[Token]:
    """Letters said one by one and words written apart become one token."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        taken = 0
        if len(token.text) == 1:
            taken = _letters(tokens, at)
            if taken:
                text = "".join(part.text for part in tokens[at : at + taken])
                yield Token(text, token.first, tokens[at + taken - 1].last)
        if not taken and token.text in _FIRST_OF_JOINED and at + 1 < len(tokens):
            joined = _JOINED.get((token.text, tokens[at + 1].text))
            if joined is not None:
                taken = 2
                if joined:
                    yield Token(joined, token.first, tokens[at + 1].last)
        if not taken:
            taken = 1
            yield token
        at += taken


def _letters(tokens: list[Token], at: int) -> int:
    """How many single letters from ``at`` spell a known abbreviation; 0 when none do."""
    for length in range(min(_LONGEST_LETTERS, len(tokens) - at), 1, -1):
        if tuple(token.text for token in tokens[at : at + length]) in _LETTERS:
            return length
    return 0
