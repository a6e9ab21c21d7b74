"""Compliance by rule: to how many calls it applied, how often it was not met, with intervals, down to each call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboards import wording
from dashboards.charts import Bar, Table, bars, empty, folded
from dashboards.figures import NO_PACK, FiguresDesk, RuleName, Verdicts, Wanted, left_out
from dashboards.pages._figures import behind, csv, figures_page, nothing, percent

ABOUT = (
    "Share of the calls a rule applied to in which it was not met, with the 95 % Wilson interval. Calls where it is unsure"
    " stand outside of the share."
)
VALUES = ("FAIL", "PASS", "UNSURE", "NOT_APPLICABLE")


def draw(here: FiguresDesk, wanted: Wanted) -> list[Component]:
    found = here.sums(wanted)
    if not found.calls:
        return nothing(wanted, "/overview/compliance")
    names = here.rules()
    applied = {rule: one for rule, one in found.verdicts.items() if one.applicable or one.unsure}
    if not applied:
        return [
            empty("No rule applied", "None of the rules in force applied to these calls.", "/queue", "To the queue")
        ]
    packs: dict[str, list[str]] = {}
    for rule in sorted(applied, key=lambda rule: (names.get(rule, RuleName(rule)).pack, rule)):
        packs.setdefault(names.get(rule, RuleName(rule)).pack, []).append(rule)
    ordered = sorted(packs.items(), key=lambda one: (not one[0], wording.pack(one[0])))
    shown = [_pack(*one, applied, names, wanted, alone=len(packs) == 1) for one in ordered]
    fewer = left_out(found, names)
    said = (
        f"{ABOUT} {wording.counted(found.breaches, 'judgement')} not met{f', {fewer} unless asked' if fewer else ''}."
    )
    return [html.P(said, className="muted small"), html.Div(shown, className="fg-stack")]


def _pack(
    pack: str, rules: Sequence[str], counts: Mapping[str, Verdicts], names: Mapping[str, RuleName], wanted: Wanted,
    *, alone: bool,
) -> Component:  # fmt: skip
    """The rules of one pack behind its name and what became of them, open where it is the only one."""
    worst = sorted(rules, key=lambda rule: (-counts[rule].failed, rule))
    rows = [_bar(rule, counts[rule], names.get(rule, RuleName("")), wanted) for rule in worst]
    failed = sum(counts[rule].failed for rule in rules)
    said = f"{wording.counted(len(rules), 'rule')}, {failed:,} of {sum(counts[rule].applicable for rule in rules):,} judgements not met"
    file = csv(replace(wanted, pack=pack or NO_PACK), "rules")
    return folded(wording.pack(pack), said, bars(rows), _table(rules, counts, names, wanted), file, shown=alone)


def _bar(rule: str, counts: Verdicts, name: RuleName, wanted: Wanted) -> Bar:
    label, about = f"{rule} {name.title}".strip(), f"{counts.unsure} unsure" if counts.unsure else ""
    if counts.unmet is None:
        return Bar(label, 0.0, "only unsure", behind(wanted, "verdict", rule, "UNSURE"), about=about)
    low, high = counts.unmet
    share = counts.failed / counts.applicable
    text = f"{percent(share)} · {counts.failed} of {counts.applicable}"
    return Bar(
        label,
        share,
        text,
        behind(wanted, "verdict", rule, "FAIL"),
        low,
        high,
        "fail" if counts.failed else "pass",
        about,
    )


def _table(
    rules: Sequence[str], counts: Mapping[str, Verdicts], names: Mapping[str, RuleName], wanted: Wanted
) -> Table:
    def row(rule: str) -> list[str | tuple[str, str]]:
        one = counts[rule]
        return [
            f"{rule} {names.get(rule, RuleName('')).title}".strip(),
            *(
                (f"{one.of(value):,}", behind(wanted, "verdict", rule, value)) if one.of(value) else "0"
                for value in VALUES
            ),
        ]

    return Table(("Rule", *(wording.VERDICTS[value] for value in VALUES)), [row(rule) for rule in rules])


page = figures_page("/overview/compliance", "Compliance", draw, order=1, menu=False)
