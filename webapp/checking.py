"""Runs the checks of webapp/checks/: each line OK, WARN or FAIL, with the fix.

A check answers within seconds and changes nothing. One that breaks is itself a FAIL: the others are still made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from webapp.settings import Settings

State = Literal["OK", "WARN", "FAIL"]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: what was looked at, how it is, what was seen, and what to do."""

    subject: str
    state: State
    seen: str
    fix: str = ""


def run_checks(settings: Settings) -> list[Check]:
    """All checks, in the order of their files."""
    from rules.discovery import load_module, module_names
    from webapp import checks  # each check imports what it looks at

    lines: list[Check] = []
    for name in module_names(checks):
        try:
            lines += load_module(checks, name).check(settings)
        except Exception as error:  # the doctor must come to its end: a broken check is what it looks for
            lines.append(Check(name, "FAIL", f"{type(error).__name__}: {error}", "report this with the whole output"))
    return lines
