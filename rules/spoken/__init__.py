"""Numbers as people say them, and as they are written.

``digits`` finds every run of digits that was spoken ("double four", "oh", "forty one eleven") or written, ``aloud`` says
a string of digits, ``normal_form`` writes amounts, dates, times and numbers the way a transcript shows them. Plain
dictionaries and one pass over the words; nothing is learned, nothing depends on a locale.
"""

from rules.spoken.aloud import aloud
from rules.spoken.runs import DigitRun, cardinal, digits
from rules.spoken.written import Normal, normal_form

__all__ = ["DigitRun", "Normal", "aloud", "cardinal", "digits", "normal_form"]
