"""The ledger: what is known of a person, account, debt or number over many calls, and the rules that need it.

``MemoryLedger`` keeps contacts and calls in memory, a database answers the same protocol (pipeline.protocols.Ledger). A rule
looks only at what began before its call, so any order of arrival ends in the same verdicts once the calls that a new one
touches (``touched``) were judged again.
"""

from pipeline.ledger.facts import call_facts, contact_facts
from pipeline.ledger.history import LedgerHistory
from pipeline.ledger.judging import across_rules, judge_across, judge_call, touched
from pipeline.ledger.memory import MemoryLedger

__all__ = ["LedgerHistory", "MemoryLedger", "across_rules", "call_facts", "contact_facts", "judge_across",
           "judge_call", "touched"]  # fmt: skip
