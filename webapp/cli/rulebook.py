"""The commands of `callsift rules` that need the database: replay, backtest, publish, rollback, versions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:  # SQLAlchemy and the engine: loaded by the commands that need them
    from datetime import datetime

    from pipeline.records import CallResult
    from pipeline.rejudging import Again, Change, Difference
    from rules.engine.ruleset import RuleSet
    from webapp.settings import Settings
    from webapp.store import SqlStore
    from webapp.store.rulebook import Rulebook

Packs = Annotated[Path | None, typer.Option("--packs", help="Folder of your own packs; else the setting `packs`.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Note = Annotated[str, typer.Option(help="Why, for those who read the list of versions.")]
SHOWN = 20


def register(group: typer.Typer) -> None:
    group.command("publish")(publish)
    group.command("rollback")(rollback)
    group.command("versions")(versions)
    group.command("backtest")(backtest)
    group.command("replay")(replay)


def publish(packs: Packs = None, note: Note = "", as_json: Json = False) -> None:
    """Check the rules of the folders and put them in force; the version is kept in the database for ever."""
    from rules.check import check
    from rules.errors import RuleError
    from webapp.cli.output import print_json
    from webapp.cli.rulefolders import read_rules, redaction

    settings, store, book = _opened()
    candidate = read_rules(packs, settings)
    problems = check(candidate, redact=redaction())
    if problems:
        raise RuleError(
            f"{problems[0].message}; {len(problems)} problems, nothing was published. `callsift rules check` lists them",
            file=problems[0].file, line=problems[0].line,
        )  # fmt: skip
    before = book.newest()
    version = book.publish(candidate, by=_who(), note=note)
    store.close()
    if as_json:
        print_json({"version": version, "rules": len(candidate.rules), "changed": version != before})
    elif version == before:
        typer.echo(f"Nothing has changed: version {version} with {len(candidate.rules)} rules stays in force.")
    else:
        typer.echo(
            f"Version {version} with {len(candidate.rules)} rules is in force; workers take it with their next batch."
        )
        typer.echo("`callsift redo rules` judges the calls that are there already.")


def rollback(
    to: Annotated[int | None, typer.Option(help="Version to go back to; else the one before the newest.")] = None,
    note: Note = "",
) -> None:
    """Put the rules of an earlier version in force again, as a new version."""
    _, store, book = _opened()
    version = book.roll_back(to, by=_who(), note=note)
    back = next(one.back_to for one in book.versions() if one.version == version)
    store.close()
    typer.echo(f"Version {version} is in force: the rules of version {back} again.")


def versions(as_json: Json = False) -> None:
    """List the published versions of the rules, the newest first."""
    from dataclasses import asdict

    from webapp.cli.output import print_json, print_table

    _, store, book = _opened()
    rows = [asdict(one) for one in book.versions()]
    store.close()
    if as_json:
        print_json(rows)
    elif not rows:
        typer.echo(
            "Nothing has been published: the rules of the folders are in force. `callsift rules publish` changes that."
        )
    else:
        columns = {"version": "version", "made_at": "published", "made_by": "by", "rules": "rules", "back_to": "back to",
                   "note": "note"}  # fmt: skip
        print_table([{**row, "made_at": f"{row['made_at']:%Y-%m-%d %H:%M} UTC"} for row in rows], columns)


def backtest(
    since: Annotated[str, typer.Option("--from", help="First day (YYYY-MM-DD, in the setting `zone`).")],
    until: Annotated[str, typer.Option("--to", help="Last day, included.")],
    rule: Annotated[list[str] | None, typer.Option(help="Only this rule; may be repeated.")] = None,
    packs: Packs = None,
    as_json: Json = False,
) -> None:
    """Judge kept calls by the folders' rules beside those in force: which calls would be gained, which lost."""
    from pipeline.rejudging import changed_rules, compare
    from webapp.cli.output import print_json, progress
    from webapp.cli.rulefolders import read_rules

    settings, store, book = _opened()
    candidate, active = read_rules(packs, settings), book.ruleset() or read_rules(None, None)
    changes = [change for change in changed_rules(active, candidate) if not rule or change.rule in rule]
    ids = [change.rule for change in changes]
    ours, theirs = candidate.only(ids=ids), active.only(ids=ids)
    calls = book.calls(_midnight(since, settings), _midnight(until, settings, days=1)) if changes else []
    meaning = _meaning(ours) or _meaning(theirs)
    found: list[Difference] = []
    with progress("rules backtest") as step:
        for done, call in enumerate(calls, 1):
            result = store.result(call)
            if result is not None:
                heard = _heard(store, book, settings, result)
                found += compare(result, theirs, ours, heard=heard, ledger=store.ledger(), meaning=meaning)
            step(done, len(calls), "")
    in_force = book.newest()
    store.close()
    if as_json:
        print_json(_backtest_json(changes, found, len(calls), in_force))
    else:
        _show_backtest(changes, found, len(calls), in_force)


def replay(
    call: Annotated[str, typer.Argument(help="Id of a call, or its beginning.")],
    rule: Annotated[list[str] | None, typer.Option(help="Only this rule; may be repeated.")] = None,
    as_json: Json = False,
) -> None:
    """Make the verdicts of a call again from its kept words and posteriors, on the CPU, and compare every byte."""
    from pipeline.rejudging import replay as make_again
    from webapp.cli.output import print_json
    from webapp.store.rulebook import RulebookError

    settings, store, book = _opened()
    result = store.result(book.find_call(call))
    assert result is not None, "a ranked call has a result"
    ruleset, _missing = book.of_hashes(str(verdict.basis.get("rule_text")) for verdict in result.verdicts)
    meaning = _meaning(ruleset)
    made = make_again(
        result, ruleset, heard=_heard(store, book, settings, result), ledger=store.ledger(), meaning=meaning
    )
    made = [one for one in made if not rule or one.verdict.rule in rule]
    store.close()
    if as_json:
        print_json({"call": result.call.id, "verdicts": [_again_json(one) for one in made]})
    else:
        _show_replay(result.call.id, made)
    wrong = [one for one in made if one.state != "equal"]
    if wrong:
        raise RulebookError(f"{len(wrong)} of {len(made)} verdicts are not what was kept.")


def _opened() -> tuple[Settings, SqlStore, Rulebook]:
    from webapp.settings import load
    from webapp.store import open_store
    from webapp.store.rulebook import Rulebook

    settings = load()
    store = open_store(settings)
    return settings, store, Rulebook(store.database, store.org, store.clock)


def _who() -> str:
    """Who sits at the command line, for people; nobody signs in here."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return "command line"


def _heard(store: SqlStore, book: Rulebook, settings: Settings, result: CallResult) -> Any:
    """The kept posteriors of a call; None where it has none, or the model that made them is gone."""
    from webapp.processing import open_kept

    if "posteriors" not in result.files:
        return None
    return open_kept(store, result, book.sealed_key(result.call.id), settings.path("models"))


def _meaning(ruleset: RuleSet) -> Any:
    """The sentence model, only where a rule asks for it."""
    if not any(rule.needs_meaning for rule in ruleset.rules):
        return None
    from pipeline.meaning import open_meaning  # torch

    return open_meaning()


def _midnight(day: str, settings: Settings, days: int = 0) -> datetime:
    from datetime import date, datetime, time, timedelta
    from zoneinfo import ZoneInfo

    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), ZoneInfo(settings.zone))
    except ValueError as error:
        raise typer.BadParameter(f"{day!r} is not a day such as 2026-03-01") from error


def _backtest_json(changes: list[Change], found: list[Difference], calls: int, in_force: int | None) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "in_force": in_force, "calls": calls,
        "rules": [{"rule": change.rule, "what": change.what, **_counts(change.rule, found)} for change in changes],
        "differences": [{**asdict(one), "gained": one.gained, "lost": one.lost} for one in found],
    }  # fmt: skip


def _counts(rule: str, found: list[Difference]) -> dict[str, int]:
    own = [one for one in found if one.rule == rule]
    gained, lost = sum(one.gained for one in own), sum(one.lost for one in own)
    return {"gained": gained, "lost": lost, "other": len(own) - gained - lost}


def _show_backtest(changes: list[Change], found: list[Difference], calls: int, in_force: int | None) -> None:
    against = "the shipped rules (nothing was published)" if in_force is None else f"version {in_force}"
    if not changes:
        typer.echo(f"No rule differs from {against}.")
        return
    typer.echo(f"{calls} calls, {len(changes)} rules that differ from {against}")
    for change in changes:
        counts = _counts(change.rule, found)
        typer.echo(
            f"{change.rule:<10} {change.what:<8} gained {counts['gained']}, lost {counts['lost']}, otherwise {counts['other']}"
        )
        own = [one for one in found if one.rule == change.rule]
        for one in own[:SHOWN]:
            sign = "+" if one.gained else "-" if one.lost else " "
            clip = "" if one.clip is None else f' {one.clip.start:.1f}-{one.clip.end:.1f} s "{one.clip.quote}"'
            typer.echo(f"  {sign} {one.call} {one.before or 'nothing'} -> {one.after or 'nothing'}{clip}: {one.reason}")
        if len(own) > SHOWN:
            typer.echo(f"    and {len(own) - SHOWN} more; --json lists them all")


def _again_json(one: Again) -> dict[str, Any]:
    verdict = one.verdict
    return {
        "rule": verdict.rule,
        "version": verdict.version,
        "value": str(verdict.value),
        "state": one.state,
        "what": one.what,
    }


def _show_replay(call: str, made: list[Again]) -> None:
    for one in made:
        if one.state != "equal":
            typer.echo(f"{one.verdict.rule:<10} {one.verdict.value:<15} {one.state}: {one.what}")
    counts = Counter(one.state for one in made)
    typer.echo(
        f"call {call}: {len(made)} verdicts, " + ", ".join(f"{counts[state]} {state}" for state in sorted(counts))
    )
