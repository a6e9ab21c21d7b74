"""The rules in force: read from folders, linked, compiled once, ready to judge any number of calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rules.engine.patterns import LinkError, Scope
from rules.engine.program import Program, blocks_of
from rules.errors import RuleError
from rules.language.files import SHIPPED, Pack, Rule, read_kept, read_packs
from rules.language.schema import Said, Topic
from rules.language.source import Path as Place
from rules.language.source import Source


@dataclass(frozen=True)
class RuleSet:
    """Packs and their rules. Use ``rules`` to list them, ``program`` to judge with them (compiled on first use)."""

    packs: tuple[Pack, ...] = ()

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Rules that are switched on, by pack and file."""
        return tuple(rule for pack in self.packs for rule in pack.rules if rule.body.enabled)

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def program(self) -> Program:
        """Everything compiled; raises RuleError for a name that leads nowhere."""
        return compile_rules(self.rules)

    def pack(self, name: str) -> Pack:
        """A pack by name. Where folders bring several of it: the rules of all, and the last threshold that one names."""
        same = [pack for pack in self.packs if pack.name == name]
        if not same:
            raise KeyError(name)
        threshold = next((p.about.threshold for p in reversed(same) if p.about.threshold is not None), None)
        about = same[-1].about.model_copy(update={"threshold": threshold})
        return Pack(name, about, tuple(rule for pack in same for rule in pack.rules))

    def only(self, packs: Iterable[str] = (), ids: Iterable[str] = ()) -> RuleSet:
        """The part with these packs or rule ids."""
        names, chosen = set(packs), set(ids)
        kept = [
            Pack(pack.name, pack.about, tuple(rule for rule in pack.rules if pack.name in names or rule.id in chosen))
            for pack in self.packs
        ]
        return RuleSet(tuple(pack for pack in kept if pack.rules or pack.name in names))


def load_packs(folders: Sequence[Path] = ()) -> RuleSet:
    """The shipped packs and those of ``folders``; later ones override by id. Raises RuleError with file and line."""
    return RuleSet(tuple(read_packs([SHIPPED, *folders])))


def kept_rules(texts: Iterable[tuple[str, str]]) -> RuleSet:
    """The rule set of (pack, kept text) pairs: a published version, or the rules some verdicts rest on."""
    return RuleSet(tuple(read_kept(texts)))


def compile_rules(rules: Sequence[Rule]) -> Program:
    """Link and compile; raises RuleError at the line of what cannot be linked."""
    blocks: list[tuple[Said, Scope]] = []
    for rule in rules:
        blocks.extend((said, rule.scope) for said in blocks_of(rule.body))
        blocks.extend((topic.said, rule.scope) for topic in rule.topics.values() if topic.said is not None)
        _check_topics(rule)
    try:
        program = Program(blocks)
    except LinkError:
        raise _located(rules) from None
    program.scopes.update({rule.id: rule.scope for rule in rules})
    program.topics.update({rule.id: rule.topics for rule in rules})
    return program


def _located(rules: Sequence[Rule]) -> RuleError:
    """Link rule by rule to learn whose fault it is."""
    for rule in rules:
        try:
            Program((said, rule.scope) for said in [*blocks_of(rule.body), *_said(rule.topics)])
        except LinkError as error:
            return rule.source.error(str(error), _place(rule.source, error.value))
    return RuleError("the rules cannot be linked together")


def _said(topics: Mapping[str, Topic]) -> list[Said]:
    return [topic.said for topic in topics.values() if topic.said is not None]


def _place(source: Source, value: str) -> Place:
    """Where in a file a text stands."""
    for path in source.lines:
        found = source.value
        for part in path:
            found = found[part]
        if found == value:
            return path
    return ()


def _check_topics(rule: Rule) -> None:
    from rules.engine.conditions import conditions_of  # conditions know kinds' views, kinds know nothing of rule sets

    for condition in conditions_of(rule.body):
        for name in condition.topics:
            if name not in rule.topics:
                known = ", ".join(sorted(rule.topics)) or "none"
                raise rule.source.error(f'there is no topic "{name}"; there are: {known}', _place(rule.source, name))
        for name in condition.metadata_list.values():
            if name not in rule.scope.lists:
                raise rule.source.error(f'there is no word list "{name}"', _place(rule.source, name))
