"""`callsift rules`: check, list, explain and try rules; the schema for editors; a template for a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:  # the engine is loaded by the commands that need it
    from rules.check import Redact
    from rules.engine.judging import Judgement
    from rules.engine.ruleset import RuleSet
    from rules.facts import CallFacts
    from rules.language.files import Rule

Folder = Annotated[Path | None, typer.Argument(help="Folder of your own packs; the shipped ones are always there.")]
Packs = Annotated[Path | None, typer.Option("--packs", help="Folder of your own packs.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Rules and packs: check, list, explain, try.", no_args_is_help=True)
    group.command("check")(check)
    group.command("list")(list_rules)
    group.command("schema")(schema)
    group.command("test")(try_rule)
    group.command("explain")(explain)
    group.command("new")(new)
    app.add_typer(group, name="rules")


def check(folder: Folder = None, as_json: Json = False) -> None:
    """Check every rule: its shape, and all its examples as they stand and redacted."""
    from rules.check import Problem, check_rule
    from rules.errors import RuleError
    from webapp.cli.output import print_json, progress

    ruleset = _ruleset(folder)
    problems: list[Problem] = []
    redact = _redact()
    with progress("rules check") as step:
        for done, rule in enumerate(ruleset.rules, 1):
            problems += check_rule(rule, ruleset, redact=redact)
            step(done, len(ruleset.rules), rule.id)
    examples = sum(_count(rule) for rule in ruleset.rules)
    if as_json:
        rows = [{"rule": p.rule, "file": p.file, "line": p.line, "message": p.message} for p in problems]
        print_json({"rules": len(ruleset.rules), "examples": examples, "problems": rows})
    else:
        for problem in problems:
            typer.echo(str(problem))
        typer.echo(
            f"{len(ruleset.rules)} rules, {examples} examples, each as it stands and redacted: {len(problems)} problems"
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


def try_rule(
    rule: Annotated[str, typer.Argument(help="Rule id, or `all`.")],
    file: Annotated[
        Path, typer.Argument(help='A call as `callsift process` prints it (JSON), or "role: words" lines.')
    ],
    packs: Packs = None,
    as_json: Json = False,
) -> None:
    """Judge one transcript by one rule, or by all."""
    from rules.engine.judging import examine
    from webapp.cli.output import print_json

    ruleset = _ruleset(packs)
    chosen = ruleset if rule == "all" else ruleset.only(ids=[_known(rule, ruleset).id])
    for call in _calls(file):
        judged = examine(call, chosen)
        if as_json:
            print_json(_as_json(call, judged))
        else:
            _show(call, judged)


def explain(rule: Annotated[str, typer.Argument(help="Rule id.")], packs: Packs = None, as_json: Json = False) -> None:
    """Say what a rule is for, what it rests on, what it misses, and what it listens for."""
    from webapp.cli.output import print_json

    found = _known(rule, _ruleset(packs))
    body = found.body
    facts = {**_row(found), "source_text": body.source, "as_of": str(body.as_of), "why": body.why, "misses": body.misses,
             "owner": body.owner, "file": found.file, "version": found.version}  # fmt: skip
    if as_json:
        print_json(facts)
        return
    typer.echo(
        f"{found.id}  {body.title}  ({body.kind}, {body.severity}, {body.jurisdiction}; version {found.version})"
    )
    for name in ("why", "misses", "source_text", "source_status", "as_of", "owner", "file"):
        typer.echo(f"  {name.replace('_', ' '):<14} {facts[name]}")
    typer.echo("")
    typer.echo(found.text)


def new(
    id: Annotated[str, typer.Argument(help="Id of the new rule.")],
    folder: Annotated[Path, typer.Argument(help="Folder of your own packs.")],
    kind: Annotated[str, typer.Option(help="Kind of the rule.")] = "prohibited",
) -> None:
    """Write a rule from a template; it is valid at once and fires on its examples."""
    from rules.language.template import write_template

    typer.echo(f"wrote {write_template(id, kind, folder)}; edit it, then run `callsift rules check {folder}`")


def _ruleset(folder: Path | None) -> RuleSet:
    from rules.engine.ruleset import load_packs

    ruleset = load_packs([] if folder is None else [folder])
    assert ruleset.program is not None  # compiled here, so that a faulty rule is named before anything is judged
    return ruleset


def _redact() -> Redact:
    """The pipeline's redaction with its default policy, for the calls that examples are."""
    from dataclasses import replace

    from pipeline.records import Call
    from pipeline.redaction import load_policy, redact

    policy = load_policy()

    def redacted(facts: CallFacts) -> CallFacts:
        call = redact(Call(facts.id, parties=facts.parties, turns=facts.turns, trusted=True), policy)
        return replace(facts, turns=call.turns)

    return redacted


def _count(rule: Rule) -> int:
    examples = rule.body.examples
    groups = (examples.fires, examples.quiet, examples.passes, examples.not_applicable, examples.unsure)
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


def _show(call: CallFacts, judged: Judgement) -> None:
    typer.echo(f"call {call.id}")
    for verdict in judged.verdicts:
        typer.echo(f"  {verdict.rule:<8} {verdict.value:<15} {verdict.reason}")
        for item in verdict.evidence:
            typer.echo(f'           {item.start:7.1f} s  {item.party}: "{item.quote}"')
    for signal in judged.signals:
        typer.echo(f"  {signal.rule:<8} signal {signal.score:.2f}     {signal.reason}")
        for item in signal.evidence:
            typer.echo(f'           {item.start:7.1f} s  {item.party}: "{item.quote}"')
    for name in judged.not_run:
        typer.echo(f"  {name:<8} not run: it compares meanings and needs the [pipeline] extra")
