"""Cases: signs of fraud in one call, or in a chain of calls over days, told as one story.

Pure functions over records: the same calls give the same cases in whatever order they came. A case says "look harder"
and accuses nobody. ``THRESHOLD`` is the case score from which calls make a case, in the evaluation of the rules too.
"""

from pipeline.cases.building import build_cases
from pipeline.cases.linking import HUB, SAME_VOICE, WINDOW, chains, same_voice
from pipeline.cases.patterns import Elsewhere, elsewhere
from pipeline.cases.records import Case, Link, Moment, Sign, SignedCall, Voice
from pipeline.cases.risk import THRESHOLD, risk_of

__all__ = [
    "HUB", "SAME_VOICE", "THRESHOLD", "WINDOW", "Case", "Elsewhere", "Link", "Moment", "Sign", "SignedCall", "Voice",
    "build_cases", "chains", "elsewhere", "risk_of", "same_voice",
]  # fmt: skip
