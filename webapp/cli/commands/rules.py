"""`callsift rules`: check, list, explain and try rules; the schema for editors; a template for a new one.

Commands that need the database (publish, rollback, versions, backtest, replay) are in webapp/cli/rulebook.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from webapp.cli import disputed, rulebook
from webapp.cli.rulefolders import read_rules, redaction

if TYPE_CHECKING:  # the engine is loaded by the commands that need it
    from rules.engine.judging import Judgement
    from rules.engine.ruleset import RuleSet
    from rules.facts import CallFacts, Meaning
    from rules.language.files import Rule

NOT_RUN = "not run: it compares meanings, and that needs the [pipeline] extra"
Folder = Annotated[Path | None, typer.Argument(help="Folder of your own packs; the shipped ones are always there.")]
Packs = Annotated[Path | None, typer.Option("--packs", help="Folder of your own packs.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Rules and packs: check, list, explain, try.", no_args_is_help=True)
    group.command("check")(check)
    group.command("list")(list_rules)
    group.command("schema")(schema)
    group.command("test")(try_rules)
    group.command("explain")(explain)
    group.command("new")(new)
    rulebook.register(group)
    app.add_typer(group, name="rules")


def check(folder: Folder = None, as_json: Json = False) -> None:
    """Check every rule: its shape, all its examples as they stand and redacted, and other rules' ordinary talk."""
    from rules.check import Problem, check_ordinary, check_rule
    from rules.errors import RuleError
    from webapp.cli.output import print_json, progress
    from webapp.settings import load

    ruleset = _ruleset(folder)
    problems: list[Problem] = []
    redact, meaning = redaction(), _meaning(ruleset)
    with progress("rules check") as step:
        for done, rule in enumerate(ruleset.rules, 1):
            problems += check_rule(rule, ruleset, redact=redact, meaning=meaning)
            step(done, len(ruleset.rules), rule.id)
    problems += check_ordinary(ruleset, meaning=meaning)
    taught = disputed.kept(load())
    problems += disputed.problems(taught, ruleset, redact=redact, meaning=meaning)
    not_run = [rule.id for rule in ruleset.rules if rule.needs_meaning and meaning is None]
    examples = sum(_count(rule) for rule in ruleset.rules)
    ordinary = sum(len(rule.body.examples.ordinary) for rule in ruleset.rules)
    if as_json:
        rows = [{"rule": p.rule, "file": p.file, "line": p.line, "message": p.message} for p in problems]
        print_json({"rules": len(ruleset.rules), "examples": examples, "ordinary": ordinary, "disputed": len(taught),
                    "not_run": not_run, "problems": rows})  # fmt: skip
    else:
        for problem in problems:
            typer.echo(str(problem))
        for name in not_run:
            typer.echo(f"{name}: {NOT_RUN}")
        typer.echo(
            f"{len(ruleset.rules)} rules, {examples} examples, each as it stands and redacted; {ordinary} of them ordinary "
            f"talk that all rules must leave alone{f'; {len(taught)} calls from disputes' if taught else ''}: {len(problems)} problems"
        )
    if problems:
        first = problems[0]
        raise RuleError(f"{len(problems)} problems, the first in {first.rule}", file=first.file, line=first.line)


def list_rules(packs: Packs = None, as_json: Json = False) -> None:
    """List the rules in force, with kind, severity and the standing of their source."""
    from webapp.cli.output import print_json, print_table

    rows = [_row(rule) for rule in _ruleset(packs).rules]
    if as_json:
        print_json(rows)
        return
    columns = {"id": "rule", "pack": "pack", "kind": "kind", "severity": "severity", "jurisdiction": "where",
               "source_status": "source", "title": "title"}  # fmt: skip
    print_table(rows, columns)


def schema() -> None:
    """Print the JSON schema of a rule file, for editors."""
    from rules.language.jsonschema import rule_schema
    from webapp.cli.output import print_json

    print_json(rule_schema())


def try_rules(
    file: Annotated[
        Path, typer.Argument(help='A call as `callsift process` prints it (JSON), or "role: words" lines.')
    ],
    rule: Annotated[list[str] | None, typer.Option(help="Only this rule; may be repeated.")] = None,
    packs: Packs = None,
    every: Annotated[bool, typer.Option("--all", help="Show rules that do not apply, too.")] = False,
    as_json: Json = False,
) -> None:
    """Judge one transcript by all rules, or by some."""
    from rules.engine.judging import examine
    from webapp.cli.output import print_json

    ruleset = _ruleset(packs)
    chosen = ruleset.only(ids=[_known(name, ruleset).id for name in rule]) if rule else ruleset
    meaning = _meaning(chosen)
    for call in _calls(file):
        judged = examine(call, chosen, meaning=meaning)
        if as_json:
            print_json(_as_json(call, judged))
        else:
            _show(call, judged, every=every or bool(rule))


def explain(rule: Annotated[str, typer.Argument(help="Rule id.")], packs: Packs = None, as_json: Json = False) -> None:
    """Say what a rule asks, of whom and when, what it rests on, why it matters, what it misses, with its examples."""
    from rules.explaining import explained
    from webapp.cli.output import print_json

    found = _known(rule, _ruleset(packs))
    chapters = explained(found)
    if as_json:
        facts = {**_row(found), "version": found.version, "owner": found.body.owner, "file": found.file,
                 "as_of": str(found.body.as_of)}  # fmt: skip
        print_json({**facts, "chapters": {chapter.heading: list(chapter.lines) for chapter in chapters}})
        return
    body = found.body
    typer.echo(f"{found.id}  {body.title}")
    typer.echo(
        f"{body.kind}, {body.severity}, pack {found.pack}; owner {body.owner}; version {found.version}; {found.file}"
    )
    for chapter in chapters:
        typer.echo(f"\n{chapter.heading}")
        for line in chapter.lines:
            _wrapped(line)


def _wrapped(line: str) -> None:
    """A line of at most 110 columns, continued under its text."""
    import textwrap

    inner = len(line) - len(line.lstrip())
    typer.echo(textwrap.fill(line.strip(), 110, initial_indent="  " + " " * inner, subsequent_indent="    " + " " * inner,
                             break_long_words=False, break_on_hyphens=False))  # fmt: skip


def new(
    id: Annotated[str, typer.Argument(help="Id of the new rule.")],
    folder: Annotated[Path, typer.Argument(help="Folder of your own packs.")],
    kind: Annotated[str, typer.Option(help="Kind of the rule.")] = "prohibited",
) -> None:
    """Write a rule from a template; it is valid at once and fires on its examples."""
    from rules.language.template import write_template

    typer.echo(f"wrote {write_template(id, kind, folder)}; edit it, then run `callsift rules check {folder}`")


def _ruleset(folder: Path | None) -> RuleSet:
    from webapp.settings import load

    return read_rules(folder, load())


def _meaning(ruleset: RuleSet) -> Meaning | None:
    """The sentence model where a rule asks for one; None where none is needed, or the [pipeline] extra is missing."""
    if not any(rule.needs_meaning for rule in ruleset.rules):
        return None
    from pipeline.meaning import open_meaning

    return open_meaning()


def _count(rule: Rule) -> int:
    examples = rule.body.examples
    groups = (examples.fires, examples.quiet, examples.passes, examples.not_applicable, examples.unsure,
              examples.ordinary)  # fmt: skip
    return sum(len(group) for group in groups)


def _row(rule: Rule) -> dict[str, Any]:
    body = rule.body
    return {"id": rule.id, "pack": rule.pack, "kind": body.kind, "severity": body.severity, "jurisdiction": body.jurisdiction,
            "source_status": body.source_status, "title": body.title, "file": rule.file, "version": rule.version,
            "examples": _count(rule)}  # fmt: skip


def _known(id: str, ruleset: RuleSet) -> Rule:
    from webapp.cli.output import list_or_refuse

    if id not in ruleset.by_id:
        list_or_refuse("rule", id, sorted(ruleset.by_id), as_json=False)
    return ruleset.by_id[id]


def _calls(file: Path) -> list[CallFacts]:
    """Calls of a JSON file (one object, or one a line), or one call written as dialogue."""
    from pipeline.errors import BadDataset
    from rules.examples import DialogueError, dialogue
    from webapp.cli.transcripts import read_transcripts

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadDataset(f"{file}: cannot be read: {error}") from error
    if text.lstrip().startswith(("{", "[")):
        return read_transcripts(text, str(file))
    try:
        return [dialogue(text, name=file.stem)]
    except DialogueError as error:
        raise BadDataset(f"{file}: {error}") from error


def _as_json(call: CallFacts, judged: Judgement) -> dict[str, Any]:
    from dataclasses import asdict

    return {"call": call.id, "verdicts": [asdict(v) for v in judged.verdicts], "signals": [asdict(s) for s in judged.signals],
            "not_run": list(judged.not_run)}  # fmt: skip


def _show(call: CallFacts, judged: Judgement, *, every: bool) -> None:
    typer.echo(f"call {call.id}")
    shown = [v for v in judged.verdicts if every or v.value != "NOT_APPLICABLE"]
    for verdict in shown:
        typer.echo(f"  {verdict.rule:<8} {verdict.value:<15} {verdict.reason}")
        for item in verdict.evidence:
            typer.echo(f'           {item.start:7.1f} s  {item.party}: "{item.quote}"')
    for signal in judged.signals:
        typer.echo(f"  {signal.rule:<8} signal {signal.score:.2f}     {signal.reason}")
        for item in signal.evidence:
            typer.echo(f'           {item.start:7.1f} s  {item.party}: "{item.quote}"')
    for name in judged.not_run:
        typer.echo(f"  {name:<8} {NOT_RUN}")
    if len(shown) < len(judged.verdicts):
        typer.echo(f"  {len(judged.verdicts) - len(shown)} rules do not apply; --all shows them")
