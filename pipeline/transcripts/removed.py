"""What another product has removed already: ``[PII]``, ``[CREDIT_DEBIT_CVV]``, ``{{SSN}}``, ``[SSN_1]``, ``####``.

Such a word becomes a typed word of ours, so that rules may ask for its type and its stretch is cut from the sound.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.records import Word

MARK = re.compile(
    r"\W{0,2}?(?:\[\[?|\{\{?|<)([A-Za-z][A-Za-z_ ]{1,38}?)(?:[_ ]\d{1,3})?(?:\]\]?|\}\}?|>)([.,;:?!'\"s]{0,3})"
)
HASHES = re.compile(r"#{3,}[.,;:?!]?")
PLAIN = "REMOVED"
# Names that services use: Amazon Transcribe PII types, Deepgram and AssemblyAI redaction entities, presidio.
TYPES = {
    "PII": PLAIN, "PHI": PLAIN, "PCI": "CARD_NUMBER", "REDACTED": PLAIN, "REMOVED": PLAIN,
    "CREDIT_DEBIT_NUMBER": "CARD_NUMBER", "CREDIT_CARD_NUMBER": "CARD_NUMBER", "CREDIT_CARD": "CARD_NUMBER", "CARD_NUMBER": "CARD_NUMBER",
    "CREDIT_DEBIT_CVV": "CARD_CODE", "CREDIT_CARD_CVV": "CARD_CODE", "CVV": "CARD_CODE", "CARD_CODE": "CARD_CODE",
    "CREDIT_DEBIT_EXPIRY": "CARD_EXPIRY", "CREDIT_CARD_EXPIRATION": "CARD_EXPIRY", "CARD_EXPIRY": "CARD_EXPIRY",
    "SSN": "SSN", "US_SSN": "SSN", "US_SOCIAL_SECURITY_NUMBER": "SSN", "PIN": "PASSCODE", "PASSCODE": "PASSCODE", "PASSWORD": "PASSWORD",
    "BANK_ACCOUNT_NUMBER": "BANK_ACCOUNT", "BANK_ACCOUNT": "BANK_ACCOUNT", "BANK_ROUTING": "BANK_ACCOUNT", "ACCOUNT_NUMBER": "BANK_ACCOUNT",
    "BANKING_INFORMATION": "BANK_ACCOUNT", "ROUTING_NUMBER": "BANK_ACCOUNT", "DATE_OF_BIRTH": "DATE_OF_BIRTH", "DOB": "DATE_OF_BIRTH",
    "EMAIL": "EMAIL", "EMAIL_ADDRESS": "EMAIL", "NUMBER": "NUMBER", "NUMBER_SEQUENCE": "NUMBER", "NUMERICAL_PII": "NUMBER",
    "INTEGER": "NUMBER",
    "PHONE": "PHONE", "PHONE_NUMBER": "PHONE", "NAME": "NAME", "PERSON": "NAME", "PERSON_NAME": "NAME", "ADDRESS": "ADDRESS",
    "LOCATION": "ADDRESS", "LOCATION_ADDRESS": "ADDRESS", "US_STATE": "ADDRESS", "URL": "URL", "DRIVERS_LICENSE": "ID",
    "PASSPORT_NUMBER": "ID",
}  # fmt: skip


def typed(word: Word) -> Word:
    """``word``, or the typed word that stands for what was removed in its place."""
    if word.text[:1] not in "[{<#\"'(" or not word.text:
        return word
    kind = PLAIN if HASHES.fullmatch(word.text) else None
    if found := MARK.fullmatch(word.text):
        kind = TYPES.get(found[1].upper().replace(" ", "_"))
    return word if kind is None else replace(word, text=f"[{kind}]", kind=kind)
