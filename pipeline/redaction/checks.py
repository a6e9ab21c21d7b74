"""The check digit of payment cards (ISO/IEC 7812-1, annex B), alone and inside longer rows of digits."""

from __future__ import annotations


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 checksum."""
    doubled = (
        int(d) if i % 2 == 0 else (2 * int(d) - 9 if int(d) > 4 else 2 * int(d)) for i, d in enumerate(reversed(digits))
    )
    return sum(doubled) % 10 == 0


def holds_card(digits: str) -> bool:
    """True when 13 to 19 neighbouring digits begin like a card and have the right checksum."""
    return any(
        digits[start] in "3456" and luhn(digits[start : start + size])
        for size in range(19, 12, -1)
        for start in range(len(digits) - size + 1)
    )  # fmt: skip
