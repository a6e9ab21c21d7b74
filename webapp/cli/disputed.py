"""Rules judged by what disputes taught them: a part of `callsift rules check` where there is a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the engine and SQLAlchemy are loaded by the command that needs them
    from rules.check import Problem, Redact
    from rules.engine.ruleset import RuleSet
    from rules.facts import Meaning
    from webapp.database import Database
    from webapp.settings import Settings
    from webapp.store.examples import KeptExample


def kept(settings: Settings) -> Sequence[KeptExample]:
    """The examples of this installation; none where it has no database yet, or one of another version."""
    from webapp.database import DatabaseError, open_database
    from webapp.migrations import SchemaError, check

    if settings.database is None and not settings.path("callsift.sqlite").is_file():
        return ()
    try:
        database = open_database(settings.database_url())
    except DatabaseError:
        return ()
    try:
        check(database)
        return _read(database)
    except SchemaError:
        return ()
    finally:
        database.close()


def problems(
    examples: Sequence[KeptExample], ruleset: RuleSet, *, redact: Redact | None = None, meaning: Meaning | None = None
) -> Iterator[Problem]:
    """Examples that a rule judges otherwise than the dispute was decided. Rules that are gone are passed over."""
    from rules.check import Problem, fits, judge_case
    from rules.examples import Case, DialogueError, case_of
    from rules.language.schema import Example

    for one in examples:
        rule = ruleset.by_id.get(one.rule)
        if rule is None or (rule.needs_meaning and meaning is None):
            continue
        try:
            case = case_of(Example(text=one.text, call=one.known, contacts=None, as_of=None), name=one.rule)
        except (DialogueError, ValueError) as error:
            yield Problem(one.rule, rule.file, 1, f"the example of dispute {one.dispute} cannot be read: {error}")
            continue
        calls = [("", case.call), *([(" (redacted)", redact(case.call))] if redact else [])]
        for how, call in calls:
            outcome = judge_case(rule, ruleset, Case(call, case.history, case.as_of), meaning)
            if not fits(outcome, one.expected):
                said = outcome.value or "a signal"
                yield Problem(one.rule, rule.file, 1, _still(one, f"{said}{how}"))


def _still(one: KeptExample, said: str) -> str:
    return f"dispute {one.dispute} was upheld, and the rule still gives {said} where it must be {one.expected}"


def _read(database: Database) -> Sequence[KeptExample]:
    from sqlalchemy import select

    from webapp.store.examples import kept_examples
    from webapp.tables import Org
    from webapp.teams import DEFAULT_ORG

    with database.read() as session:
        org = session.scalar(select(Org.id).where(Org.name == DEFAULT_ORG))
        return kept_examples(session, org) if org is not None else ()
