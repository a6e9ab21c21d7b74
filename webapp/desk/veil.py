"""What is kept from people who may see a call but not what callsift suspects in it: decided here alone.

An agent reads their own calls, and a suspicion may be about them: signs of fraud, the rules of the fraud pack, and whatever
is made of both (interest, order, reasons, where to listen) must not tip them off. The same people are not told whose call it
was. Which people these are, the permissions ``signs:read`` and ``customers:read`` say; every path asks this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from dashboards.desk import CallView, QueueRow
from pipeline.records import Finding, Interest, Metadata
from pipeline.search.fields import MEASURE
from pipeline.search.tree import All, Any_, Between, Known, Node, Without
from webapp.desk.scope import Scope
from webapp.store.rulepacks import rules_of

SIGNS, CUSTOMERS = "signs:read", "customers:read"
PACK, CASE = "fraud", "case"
SUMMED = frozenset({"breaches", "unsure", "fraud_case"})  # measures in which rules of the pack are counted
HARMLESS = frozenset({  # what a search may ask although it says nothing of how a call was judged; all else does
    "agent", "queue", "team_name", "name", "direction", "language", "topic", "mark", "redacted", "duration", "started",
    "sentiment.customer", "silence_share", "hold_seconds", "dead_air_seconds", "talk_over_seconds",
})  # fmt: skip
UNJUDGED = frozenset({"queue", "agent", "team", "direction", "language", "topic", "mark", "redacted"})  # facets
SORTS = frozenset({"relevance", "started", "duration"})


def sees_signs(scope: Scope) -> bool:
    """Whether this person may know of suspicions in every call they may read: only then may they search and sort by them."""
    return all(member in scope.holding(SIGNS) for member in scope.holding("calls:read"))


def row(scope: Scope, team: int, shown: QueueRow) -> QueueRow:
    """A call of a team in a list, as this person may see it."""
    if scope.holds_on(team, shown.agent or "", SIGNS):
        return shown
    return replace(shown, score=0.0, reasons=(), listen_from=None, judged=False)


def call(session: Session, scope: Scope, team: int, shown: CallView) -> CallView:
    """A whole call of a team as this person may see it."""
    agent = shown.row.agent or ""
    if not scope.holds_on(team, agent, CUSTOMERS):
        shown = replace(shown, metadata=anonymous(shown.metadata), source="")
    if scope.holds_on(team, agent, SIGNS):
        return shown
    hidden = secret_rules(session, scope.org, shown.findings)
    return replace(
        shown,
        row=row(scope, team, shown.row),
        findings=tuple(one for one in shown.findings if not is_sign(one, hidden)),
        verdicts=tuple(one for one in shown.verdicts if not hidden(one.rule)),
        measures=tuple(one for one in shown.measures if one.name not in SUMMED),
        interest=Interest(0.0, ()),
        rule_titles={rule: title for rule, title in shown.rule_titles.items() if not hidden(rule)},
    )


def anonymous(known: Metadata) -> Metadata:
    """Without what names the customer; columns that nobody mapped may name them, too."""
    return replace(known, customer_id=None, account_id=None, debt_id=None, person_number=None, extra={})


def secret_rules(session: Session, org: int, findings: Iterable[Finding] = ()) -> Callable[[str], bool]:
    """Whether a rule is one of the fraud pack: shipped, of any published version, or by what a finding says of it."""
    named = {str(one.facts["rule"]) for one in findings if one.facts.get("pack") == PACK and "rule" in one.facts}
    known = rules_of(session, org, PACK) | named
    return lambda rule: rule in known or rule.partition(".")[0] == PACK


def is_sign(finding: Finding, secret: Callable[[str], bool]) -> bool:
    """Whether a finding speaks of fraud: a case, a signal, or a broken rule of the pack."""
    kind, _, rule = finding.kind.partition(":")
    return kind == CASE or finding.facts.get("pack") == PACK or secret(rule or str(finding.facts.get("rule", "")))


def telling(node: Node) -> str | None:
    """The first field of a query that asks how calls were judged; None where it asks for no such thing."""
    match node:
        case All(parts) | Any_(parts):
            return next((name for part in parts if (name := telling(part)) is not None), None)
        case Without(part):
            return telling(part)
        case Known(field) | Between(field):
            return None if field in HARMLESS else field
        case _:
            return None


def asked_with(scope: Scope, node: Node) -> str:
    """The permission on whose calls a query is answered: one about judgements only on those where they may be known."""
    return "calls:read" if sees_signs(scope) or telling(node) is None else SIGNS


def facets(scope: Scope, names: Iterable[str]) -> tuple[str, ...]:
    """Of ``names`` the facets this person may count."""
    return tuple(name for name in names if sees_signs(scope) or name in UNJUDGED)


def sortable(scope: Scope, by: str) -> bool:
    """Whether this person may have calls in this order."""
    return sees_signs(scope) or by in SORTS or (by.startswith(MEASURE) and by.removeprefix(MEASURE) in HARMLESS)


def best_first(scope: Scope) -> str:
    """The order of calls where nobody asked for one."""
    return "score" if sees_signs(scope) else "started"
