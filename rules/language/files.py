"""From YAML files to rules: typed, linked to their pack, every fault with file and line.

A pack is a folder with ``_pack.yaml`` (title, word lists, events) and one rule a file. ``_common.yaml`` beside the packs
holds what they share. Folders that come later override rules by id.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from rules.engine.kind import Kind, kinds
from rules.engine.patterns import Scope
from rules.engine.program import blocks_of
from rules.errors import RuleError
from rules.language.schema import PackFile, RuleBase, Topic
from rules.language.source import Source, read_source

SHIPPED = Path(__file__).resolve().parents[1] / "packs"
COMMON_FILE = "_common.yaml"
PACK_FILE = "_pack.yaml"
BETWEEN = "\f\n"  # files of one kept text; no YAML file may hold a form feed


@dataclass(frozen=True)
class Rule:
    """One rule as it was read. ``version`` is the beginning of the SHA-256 of its text, ``text`` the file as it stands."""

    body: RuleBase
    kind: Kind
    pack: str
    source: Source
    text: str
    scope: Scope
    topics: Mapping[str, Topic] = field(default_factory=dict)

    @cached_property
    def id(self) -> str:
        return self.body.id

    @cached_property
    def version(self) -> str:
        return self.digest[:12]

    @cached_property
    def needs_meaning(self) -> bool:
        """Whether it compares meanings and so needs a sentence model."""
        return any(said.means is not None for said in blocks_of(self.body))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything the rule says: its own text and the names it may use."""
        return hashlib.sha256(self.whole.encode()).hexdigest()

    @property
    def whole(self) -> str:
        """The rule's file and those that define the names it may use, in one text; `read_kept` reads it again."""
        return BETWEEN.join([self.text, *self.scope.texts])

    @property
    def file(self) -> str:
        return self.source.file


@dataclass(frozen=True)
class Pack:
    """A folder of rules."""

    name: str
    about: PackFile
    rules: tuple[Rule, ...]


def read_rule(
    text: str, file: str, scope: Scope | None = None, topics: Mapping[str, Topic] | None = None, pack: str = ""
) -> Rule:
    """One rule from its YAML text. Raises RuleError, and nothing else, whatever the text is."""
    source = read_source(text, file)
    if not isinstance(source.value, dict):
        raise source.error("a rule is a mapping of keys to values")
    kind = _kind(source)
    body = _typed(kind.model, source)
    _check_dates(body, source)
    return Rule(body, kind, pack, source, text, scope or Scope(), topics or {})


def read_kept(texts: Iterable[tuple[str, str]]) -> list[Pack]:
    """Packs from (pack, kept text) pairs, as `Rule.whole` wrote them: what was published or what a verdict rests on."""
    known: dict[tuple[str, ...], tuple[PackFile, Scope, Mapping[str, Topic]]] = {}
    packs: dict[str, Pack] = {}
    for name, whole in texts:
        text, *files = whole.split(BETWEEN)
        if tuple(files) not in known:
            known[tuple(files)] = _names(files, name)
        about, scope, topics = known[tuple(files)]
        rule = read_rule(text, f"{name}/(kept)", scope, topics, name)
        before = packs.get(name)
        packs[name] = Pack(name, about, (*before.rules, rule) if before else (rule,))
    return list(packs.values())


def _names(files: Sequence[str], pack: str) -> tuple[PackFile, Scope, Mapping[str, Topic]]:
    """The pack file and the names of a kept text; the files stand as they were merged, the pack's last."""
    common = PackFile(title="common", about="nothing shared", threshold=None)
    for text in files[:-1]:
        common = _merged(common, _typed(PackFile, read_source(text, f"{COMMON_FILE} (kept)")))
    about = _about(pack)
    if files and files[-1]:
        about = _typed(PackFile, read_source(files[-1], f"{pack}/{PACK_FILE} (kept)"))
    return (
        about,
        _scope(common, tuple(files[:-1]), about, files[-1] if files else ""),
        {**common.topics, **about.topics},
    )


def read_pack(folder: Path, common: PackFile | None = None, common_texts: tuple[str, ...] = ()) -> Pack:
    """Every rule of one folder; raises RuleError for the first fault."""
    about, text = _pack_file(folder / PACK_FILE)
    scope = _scope(common, common_texts, about, text)
    topics = {**(common.topics if common else {}), **about.topics}
    found = [read_rule(_read(file), shown(file), scope, topics, folder.name) for file in rule_files(folder)]
    return Pack(folder.name, about, tuple(found))


def read_packs(folders: Iterable[Path]) -> list[Pack]:
    """Every pack of every folder, in order; a rule that comes later takes the place of one with the same id."""
    packs: list[Pack] = []
    common, common_texts = _common(SHIPPED / COMMON_FILE)
    for folder in folders:
        if not folder.is_dir():
            raise RuleError("there is no such folder of rule packs", file=str(folder), line=1)
        own, own_texts = (
            (common, common_texts) if folder == SHIPPED else _common(folder / COMMON_FILE, common, common_texts)
        )
        for pack in sorted(pack_folders(folder)):
            packs.append(read_pack(pack, own, own_texts))
    return _overridden(packs)


def pack_folders(folder: Path) -> list[Path]:
    """Folders that hold rules or say what a pack is; ``folder`` itself when rules lie in it."""
    inner = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))]
    return [path for path in [folder, *inner] if rule_files(path) or (path / PACK_FILE).is_file()]


def rule_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.yaml") if not file.name.startswith(("_", ".")))


def shown(file: Path) -> str:
    """A file as errors name it: from the working directory where it lies inside."""
    try:
        return str(file.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(file)


def _overridden(packs: list[Pack]) -> list[Pack]:
    last: dict[str, Rule] = {}
    for pack in packs:
        seen: dict[str, Rule] = {}
        for rule in pack.rules:
            if rule.id in seen:
                raise rule.source.error(f'the id "{rule.id}" is already used in {seen[rule.id].file}', ("id",))
            seen[rule.id] = rule
        last.update(seen)
    return [Pack(p.name, p.about, tuple(rule for rule in p.rules if last[rule.id] is rule)) for p in packs]


def _kind(source: Source) -> Kind:
    name = source.value.get("kind")
    if name is None:
        raise source.error(f"a rule needs `kind`, one of {', '.join(sorted(kinds()))}")
    if not isinstance(name, str) or name not in kinds():
        raise source.error(
            f'kind "{name}" is not one of {", ".join(sorted(kinds()))}{_meant(str(name), kinds())}', ("kind",)
        )
    return kinds()[name]


def _typed(model: type[Any], source: Source) -> Any:
    try:
        return model.model_validate(source.value)
    except ValidationError as error:
        raise _explained(error, model, source) from error
    except RecursionError as error:
        raise source.error("blocks are nested too deeply") from error


def _explained(error: ValidationError, model: type[BaseModel], source: Source) -> RuleError:
    """The first fault as a sentence with its line, its value, and what was probably meant."""
    faults = error.errors(include_url=False)
    fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
    path = _existing(fault["loc"], source.value)
    loc = (*path, fault["loc"][-1]) if fault["type"] == "missing" else path
    name = ".".join(str(part) for part in loc)
    kind, value = fault["type"], fault.get("input")
    if kind == "extra_forbidden":
        return source.error(f'there is no key "{name}"{_meant(str(fault["loc"][-1]), _keys(model))}', path)
    if kind == "missing":
        return source.error(f'the key "{name}" is missing', path)
    if kind == "literal_error":
        allowed = [item.strip(" '") for item in re.split(r",| or ", fault["ctx"]["expected"])]
        return source.error(f'{name} "{value}" is not one of {", ".join(allowed)}{_meant(str(value), allowed)}', path)
    message = fault["msg"].removeprefix("Value error, ")
    return source.error(f"{name}{_short(value)}: {message}", path)


def _short(value: object) -> str:
    return f" {str(value)[:60]!r}" if isinstance(value, str | int | float | bool) else ""


def _existing(path: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    """The parts of ``path`` that lead through ``value``; pydantic's names for branches of a union lead nowhere."""
    kept: list[Any] = []
    for part in path:
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            value = value[part]
        else:
            continue
        kept.append(part)
    return tuple(kept)


def _keys(model: type[BaseModel]) -> set[str]:
    """Keys of a model and of the models inside it, for suggestions."""
    from rules.language.schema import Condition, Example, Said  # the three that nest

    inner = {key for part in (Said, Condition, Example) for key in part.model_fields}
    return {*model.model_fields, *inner}


def _meant(name: str, names: Iterable[str]) -> str:
    close = get_close_matches(name, list(names), n=1)
    return f'. Did you mean "{close[0]}"?' if close else ""


def _check_dates(body: RuleBase, source: Source) -> None:
    if not 1900 <= body.as_of.year <= 2999:
        raise source.error(f"as_of {body.as_of} is no date somebody can have read a source on", ("as_of",))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise RuleError(f"cannot be read: {error.strerror}", file=shown(file), line=1) from error
    except UnicodeDecodeError as error:
        raise RuleError(f"is not UTF-8 text: {error.reason} at byte {error.start}", file=shown(file), line=1) from error


def _pack_file(file: Path) -> tuple[PackFile, str]:
    if not file.is_file():
        return _about(file.parent.name), ""
    text = _read(file)
    source = read_source(text, shown(file))
    return _typed(PackFile, source), text


def _about(name: str) -> PackFile:
    return PackFile(title=name, about="A user's pack.", threshold=None)


def _common(
    file: Path, base: PackFile | None = None, base_texts: tuple[str, ...] = ()
) -> tuple[PackFile, tuple[str, ...]]:
    if not file.is_file():
        return base or PackFile(title="common", about="nothing shared", threshold=None), base_texts
    own, text = _pack_file(file)
    return (own if base is None else _merged(base, own)), (*base_texts, text)


def _merged(base: PackFile, own: PackFile) -> PackFile:
    return own.model_copy(update={
        "lists": {**base.lists, **own.lists}, "events": {**base.events, **own.events}, "topics": {**base.topics, **own.topics},
    })  # fmt: skip


def _scope(common: PackFile | None, common_texts: tuple[str, ...], pack: PackFile, text: str) -> Scope:
    lists = {**(common.lists if common else {}), **pack.lists}
    events = {**(common.events if common else {}), **pack.events}
    return Scope(lists, events, (*common_texts, text))
