"""Kept calls judged again: a verdict made anew from what it names as its basis, and what a change of the rules would do.

Both work on kept results: redacted words and posteriors, no audio, no GPU.
"""

from pipeline.rejudging.backtest import Change, Difference, changed_rules, compare
from pipeline.rejudging.replay import Again, replay
from pipeline.rejudging.same import says_the_same

__all__ = ["Again", "Change", "Difference", "changed_rules", "compare", "replay", "says_the_same"]
