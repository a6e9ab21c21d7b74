"""National identity numbers and IBANs by their public definitions: shape, length and check digits.

Shapes with letters tell themselves; rows of digits alone are one only after a word for them, since one in ten telephone
numbers has a right check digit. Sources: each function names the body that defines the number. No code is taken from any.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.redaction.checks import luhn


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a number is: redaction ``type``, the name of the ``scheme``, and whether its check digits hold."""

    type: str
    scheme: str
    valid: bool


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False))


def nhs(digits: str) -> bool:
    """NHS number, United Kingdom (NHS Data Model and Dictionary: modulus 11)."""
    check = 11 - _weighted(digits, (10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return check != 10 and check % 11 == int(digits[9])


def bsn(digits: str) -> bool:
    """Burgerservicenummer, Netherlands (RvIG: the eleven test)."""
    return int(digits) > 0 and _weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def cpf(digits: str) -> bool:
    """Cadastro de Pessoas Fisicas, Brazil (Receita Federal: two digits modulus 11)."""

    def check(head: str) -> int:
        return (_weighted(head, tuple(range(len(head) + 1, 1, -1))) * 10) % 11 % 10

    return len(set(digits)) > 1 and check(digits[:9]) == int(digits[9]) and check(digits[:10]) == int(digits[10])


def tax_id_de(digits: str) -> bool:
    """Steuerliche Identifikationsnummer, Germany (BZSt: ISO/IEC 7064 MOD 11,10)."""
    product = 10
    for digit in digits[:10]:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return digits[0] != "0" and (11 - product) % 10 == int(digits[10])


def pesel(digits: str) -> bool:
    """PESEL, Poland (Act on population registration: modulus 10)."""
    return (10 - _weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10) % 10 == int(digits[10])


def tfn(digits: str) -> bool:
    """Tax file number, Australia (ATO: modulus 11)."""
    return _weighted(digits, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def rrn(digits: str) -> bool:
    """Resident registration number, Korea (Resident Registration Act, enforcement rules; no check digit since October 2020)."""
    return "01" <= digits[2:4] <= "12" and "01" <= digits[4:6] <= "31" and digits[6] in "12345678"


def nir(digits: str) -> bool:
    """Numero d'inscription au repertoire, France (INSEE: 97 minus the rest of the division by 97)."""
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def tckn(digits: str) -> bool:
    """T.C. kimlik numarasi, Turkey (NVI: two digits modulus 10)."""
    odd, even = sum(map(int, digits[:9:2])), sum(map(int, digits[1:8:2]))
    return (
        digits[0] != "0"
        and (odd * 7 - even) % 10 == int(digits[9])
        and sum(map(int, digits[:10])) % 10 == int(digits[10])
    )


def thai(digits: str) -> bool:
    """National identity number, Thailand (Ministry of Interior: modulus 11)."""
    return (11 - _weighted(digits, tuple(range(13, 1, -1))) % 11) % 10 == int(digits[12])


def za(digits: str) -> bool:
    """Identity number, South Africa (Department of Home Affairs: a date, and Luhn's check digit)."""
    return "01" <= digits[2:4] <= "12" and "01" <= digits[4:6] <= "31" and luhn(digits)


def personnummer(digits: str) -> bool:
    """Personnummer, Sweden (Skatteverket: a date, and Luhn's check digit)."""
    return "01" <= digits[2:4] <= "12" and "01" <= digits[4:6] <= "91" and luhn(digits)


def medicare(digits: str) -> bool:
    """Medicare card number, Australia (Services Australia: modulus 10)."""
    return digits[0] in "23456" and _weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(digits[8])


def hetu(text: str) -> bool:
    """Henkilotunnus, Finland (DVV: character by the rest of the division by 31)."""
    return "0123456789abcdefhjklmnprstuvwxy"[int(text[:6] + text[-4:-1]) % 31] == text[-1]


def nric(text: str) -> bool:
    """NRIC and FIN, Singapore (ICA: letter by a sum modulus 11)."""
    total = _weighted(text[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"t": 4, "g": 4, "m": 3}.get(text[0], 0)
    letters = {"s": "jzihgfedcba", "t": "jzihgfedcba", "f": "xwutrqpnmlk", "g": "xwutrqpnmlk", "m": "xwutrqpnjlk"}
    return letters[text[0]][total % 11] == text[-1]


def aadhaar(digits: str) -> bool:
    """Aadhaar, India (UIDAI: twelve digits, the first 2 to 9, Verhoeff's dihedral check)."""
    return digits[0] not in "01" and verhoeff(digits)


def verhoeff(digits: str) -> bool:
    """Verhoeff's check alone, as in the NIN of Nigeria (NIMC)."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _times(check, _permuted(int(digit), place))
    return check == 0


def _times(a: int, b: int) -> int:
    """The dihedral group of the pentagon: 0 to 4 turn it, 5 to 9 turn it over (Verhoeff 1969)."""
    if a < 5:
        return (a + b) % 5 if b < 5 else (a + b - 5) % 5 + 5
    return (a - 5 - b) % 5 + 5 if b < 5 else (a - b) % 5


def _permuted(digit: int, times: int) -> int:
    for _ in range(times % 8):
        digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
    return digit


def dni(text: str) -> bool:
    """DNI and NIE, Spain (Ministerio del Interior: letter by the rest of the division by 23)."""
    number = text[:-1].translate(str.maketrans("xyz", "012"))
    return "trwagmyfpdxbnjzsqvhlcke"[int(number) % 23] == text[-1]


def curp(text: str) -> bool:
    """CURP, Mexico (RENAPO: sum weighted 18 to 2, modulus 10)."""
    order = "0123456789abcdefghijklmnñopqrstuvwxyz"
    total = sum(order.index(c) * (18 - i) for i, c in enumerate(text[:17]))
    return (10 - total % 10) % 10 == int(text[17])


def codice_fiscale(text: str) -> bool:
    """Codice fiscale, Italy (decree of 23 December 1976: odd places by table, even by value, modulus 26)."""
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    values = [int(c) if c.isdigit() else ord(c) - ord("a") for c in text[:15]]
    return chr(sum(odd[v] if i % 2 == 0 else v for i, v in enumerate(values)) % 26 + ord("a")) == text[15]


def iban(text: str) -> bool:
    """ISO 13616: four characters to the end, letters as 10 to 35, the rest of the division by 97 is 1."""
    turned = text[4:] + text[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


IBAN_LENGTHS = {  # SWIFT, IBAN Registry
    "al": 28, "ad": 24, "at": 20, "az": 28, "bh": 22, "be": 16, "ba": 20, "br": 29, "bg": 22, "cr": 22, "hr": 21, "cy": 28, "cz": 24,
    "dk": 18, "do": 28, "ee": 20, "fo": 18, "fi": 18, "fr": 27, "ge": 22, "de": 22, "gi": 23, "gr": 27, "gl": 18, "gt": 28, "hu": 28,
    "is": 26, "ie": 22, "il": 23, "it": 27, "jo": 30, "kz": 20, "xk": 20, "kw": 30, "lv": 21, "lb": 28, "li": 21, "lt": 20, "lu": 20,
    "mt": 31, "mr": 27, "mu": 30, "mc": 27, "md": 24, "me": 22, "nl": 18, "mk": 19, "no": 15, "pk": 24, "ps": 29, "pl": 28, "pt": 25,
    "qa": 29, "ro": 24, "sm": 27, "sa": 24, "rs": 22, "sk": 24, "si": 19, "es": 24, "se": 24, "ch": 21, "tn": 24, "tr": 26, "ae": 23,
    "gb": 22, "vg": 24, "ua": 29,
}  # fmt: skip
BY_DIGITS: dict[int, tuple[tuple[str, Callable[[str], bool]], ...]] = {
    8: (("tfn", tfn),),
    9: (("sin", luhn), ("bsn", bsn), ("tfn", tfn)),
    10: (("nhs", nhs), ("personnummer", personnummer), ("medicare", medicare)),
    11: (("cpf", cpf), ("tax_id_de", tax_id_de), ("pesel", pesel), ("tckn", tckn), ("nin", verhoeff)),
    12: (("aadhaar", aadhaar),),
    13: (("rrn", rrn), ("za", za), ("thai", thai)),
    15: (("nir", nir),),
}
SHAPES: tuple[tuple[str, re.Pattern[str], Callable[[str], bool] | None], ...] = (
    ("curp", re.compile(r"[a-z]{4}\d{6}[hmx][a-z]{5}[a-z\d]\d"), curp),
    ("codice_fiscale", re.compile(r"[a-z]{6}\d\d[a-ehlmprst]\d\d[a-z]\d{3}[a-z]"), codice_fiscale),
    ("pan_india", re.compile(r"[a-z]{5}\d{4}[a-z]"), None),  # Income Tax Department
    ("nino", re.compile(r"[a-z]{2}\d{6}[a-d]"), None),  # HMRC, NIM39110
)
WRITTEN = (  # as forms print them: enough without a word for it
    ("cpf", re.compile(r"\d{3}\.\d{3}\.\d{3}-\d\d"), cpf),
    ("rrn", re.compile(r"\d{6}-[1-8]\d{6}"), rrn),
)
US_SSN = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}")  # Social Security Administration
CHECKED = (  # shapes that other codes have too: only with a right check character
    ("dni", re.compile(r"(?:\d{8}|[xyz]\d{7})[a-z]"), dni),
    ("nric", re.compile(r"[stfgm]\d{7}[a-z]"), nric),
    ("hetu", re.compile(r"[0-3]\d[01]\d{3}[-+a-fu-y]?\d{3}[0-9a-y]"), hetu),
)


def by_shape(text: str) -> Scheme | None:
    """The scheme of letters and digits (lower case, nothing between) that tell themselves."""
    for name, shape, check in SHAPES:
        if shape.fullmatch(text):
            return Scheme("NATIONAL_ID", name, check is None or check(text))
    for name, shape, holds in CHECKED:
        if shape.fullmatch(text) and holds(text):
            return Scheme("NATIONAL_ID", name, True)
    return Scheme("BANK_ACCOUNT", "iban", True) if IBAN_LENGTHS.get(text[:2]) == len(text) and _is_iban(text) else None


def by_writing(text: str) -> Scheme | None:
    """The scheme of one word as it is written, dots and hyphens in it."""
    if US_SSN.fullmatch(text):
        return Scheme("SSN", "us_ssn", True)
    found = (name for name, shape, check in WRITTEN if shape.fullmatch(text) and check(re.sub(r"\D", "", text)))
    return next((Scheme("NATIONAL_ID", name, True) for name in found), None)


def by_digits(digits: str) -> Scheme | None:
    """Every scheme ("pesel/tckn") a row of digits that was called a national number can be of; None where no check digit holds."""
    found = [name for name, check in BY_DIGITS.get(len(digits), ()) if check(digits)]
    return Scheme("NATIONAL_ID", "/".join(found), True) if found else None


def find_iban(text: str) -> tuple[int, int] | None:
    """Where in a row of letters and digits an IBAN begins and ends."""
    for start in range(len(text) - 14):
        size = IBAN_LENGTHS.get(text[start : start + 2], 0)
        if size and len(text) >= start + size and _is_iban(text[start : start + size]):
            return start, start + size
    return None


def _is_iban(text: str) -> bool:
    return text.isascii() and text.isalnum() and text[2:4].isdigit() and iban(text)
