"""As `callsift bench rules` (its facts stand there), with 10,000 rules."""

from __future__ import annotations

from pipeline.benches.rules import PhraseRules

bench = PhraseRules("rules_many", 10_000, 2_500.0, 5_000.0, 2, 1)
