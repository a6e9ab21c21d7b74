"""The ledger: what is known of a person, account, debt or number over many calls, and the rules that need it.

``MemoryLedger`` keeps contacts and calls in memory, a database answers the same protocol (pipeline.protocols.Ledger). A rule
looks at a window around its call (``windows_of``), so any order of arrival ends in the same verdicts once the calls that a
new one touches (``touched``; over SQL webapp/store/touching.py) were judged again.
"""

from pipeline.ledger.facts import call_facts, contact_facts
from pipeline.ledger.history import LedgerHistory
from pipeline.ledger.judging import across_rules, judge_across, judge_call, touched
from pipeline.ledger.memory import MemoryLedger
from pipeline.ledger.windows import Mark, Window, concerned, mark_of_call, mark_of_contact, windows_of

__all__ = ["LedgerHistory", "Mark", "MemoryLedger", "Window", "across_rules", "call_facts", "concerned", "contact_facts",
           "judge_across", "judge_call", "mark_of_call", "mark_of_contact", "touched", "windows_of"]  # fmt: skip
