"""`callsift eval rules`: which dialogues the shipped fraud pack takes for fraud.

A manifest object is {"id", "label", "turns": [{"speaker", "text", "start"?, "end"?}] or "text", "source"?}; labels "scam",
"fraud" and "vishing" are fraud, all others are not. Texts are trusted; speakers are renamed s1, s2, ... and their roles
found from what is said, so nothing of the label leaks. A dialogue counts as fraud when its case score passes the pack's
threshold. Without a manifest the pack is measured on the examples of its own rules, which only shows that it works.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset
from pipeline.ledger.facts import call_facts
from pipeline.measuring.dialogues import in_folder, turns_in, write_manifest
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.examples import excerpt
from pipeline.measuring.goals import Goal
from pipeline.records import Call, Party, Turn, Word
from rules.cases import CaseScore, case_score
from rules.engine.judging import examine
from rules.engine.ruleset import RuleSet, load_packs

FRAUD_LABELS = frozenset({"scam", "fraud", "vishing", "phishing", "1", "true"})
PACK = "fraud"
WORD = 0.4  # seconds a word takes where the manifest gives no times
PAUSE = 0.3


@dataclass(frozen=True, slots=True)
class Item:
    """One judged dialogue."""

    id: str
    source: str
    fraud: bool
    score: float
    called: bool
    why: str

    @property
    def right(self) -> bool:
        return self.fraud == self.called


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``precision``, ``recall``, ``f1``, ``false_alarms_per_100`` and the same ``by_source``."""
    ruleset = load_packs()
    pack = ruleset.only(packs=[PACK])
    rows = (list(read_manifest(data, ("id", "label"))) if data else list(_examples(ruleset)))[: options.limit]
    items = []
    for done, row in enumerate(rows, 1):
        items.append(_judge(row, pack, data))
        options.progress(done, len(rows), "")
    figure: dict[str, Any] = {**_figures(items), "by_source": _by_source(items)}
    interval = {"precision": bootstrap(items, precision), "recall": bootstrap(items, recall)}
    judged = zip(items, rows, strict=True)
    wrong = sorted((pair for pair in judged if not pair[0].right), key=lambda pair: _far(pair[0]))
    worst = [
        {"id": i.id, "fraud": i.fraud, "score": i.score, "why": i.why, "text": excerpt(row)} for i, row in wrong[:20]
    ]
    threshold = case_score((), ruleset, PACK).threshold
    settings = {"pack": PACK, "rules": len(pack.rules), "threshold": threshold}
    return Report("rules", str(data or "examples of the fraud pack"), len(items), figure, interval, worst, settings)


GOALS = (Goal("precision", 0.8), Goal("recall", 0.8), Goal("false_alarms_per_100", 5.0, most=True))
SCAMS = (
    "scam_multi_agent",
    "scam_single_agent",
    "scam_youtube_real",
    "scam_robocalls_real",
    "calls_templated",
    "legit_daily_calls_en",
)


def shared(root: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    made = write_manifest(scratch / "scams.jsonl", _labelled(root))
    if made:
        yield "scam and legitimate dialogues", made


def _labelled(root: Path) -> Iterator[dict[str, Any]]:
    for name in SCAMS:
        for number, row in enumerate(in_folder(root, name)):
            yield {
                "id": f"{name}-{row.get('id', number)}",
                "label": row["label"],
                "source": name,
                "turns": turns_in(row),
            }


def _far(item: Item) -> float:
    return item.score if item.fraud else 1 - item.score


def precision(items: Sequence[Item]) -> float:
    called = [item for item in items if item.called]
    return sum(item.fraud for item in called) / len(called) if called else float("nan")


def recall(items: Sequence[Item]) -> float:
    fraud = [item for item in items if item.fraud]
    return sum(item.called for item in fraud) / len(fraud) if fraud else float("nan")


def false_alarms(items: Sequence[Item]) -> float:
    """False alarms per 100 dialogues that are no fraud."""
    honest = [item for item in items if not item.fraud]
    return 100 * sum(item.called for item in honest) / len(honest) if honest else float("nan")


def _figures(items: Sequence[Item]) -> dict[str, float]:
    p, r = precision(items), recall(items)
    f1 = 2 * p * r / (p + r) if p + r > 0 else 0.0
    return {"precision": p, "recall": r, "f1": f1, "false_alarms_per_100": false_alarms(items)}


def _by_source(items: Sequence[Item]) -> dict[str, dict[str, float]]:
    """Counts and figures of each source; what a source has no dialogues for is left out."""
    found: dict[str, dict[str, float]] = {}
    for source in sorted({item.source for item in items}):
        own = [item for item in items if item.source == source]
        figures = {key: value for key, value in _figures(own).items() if value == value}
        found[source] = {"n": len(own), "fraud": sum(item.fraud for item in own), **figures}
    return found


def _judge(row: Mapping[str, Any], pack: RuleSet, data: Path | None) -> Item:
    case = _case(dialogue(row, data), pack)
    why = "; ".join(f'{s.rule} "{s.evidence[0].quote}"' for s in case.signals[:5] if s.evidence)
    fraud = str(row["label"]).strip().lower() in FRAUD_LABELS
    return Item(str(row["id"]), str(row.get("source", "all")), fraud, case.score, case.passes, why)


def _case(call: Call, pack: RuleSet) -> CaseScore:
    return case_score(examine(call_facts(call), pack).signals, pack, PACK)


def dialogue(row: Mapping[str, Any], data: Path | None) -> Call:
    """A trusted call with anonymous parties and the roles that its words show."""
    from pipeline.roles import assign_roles  # only where it is measured

    turns = _turns(row, data)
    names = list(dict.fromkeys(turn.party for turn in turns))
    return assign_roles(Call(str(row["id"]), parties=tuple(Party(name) for name in names), turns=turns, trusted=True))


def _turns(row: Mapping[str, Any], data: Path | None) -> tuple[Turn, ...]:
    given = row["turns"] if isinstance(row.get("turns"), list) else [{"speaker": "", "text": row.get("text")}]
    if not all(isinstance(t, dict) and isinstance(t.get("text"), str) for t in given):
        raise BadDataset(f'{data}: {row["id"]}: needs "turns" with "speaker" and "text", or "text"')
    parties: dict[str, str] = {}
    turns, at = [], 0.0
    for turn in given:
        party = parties.setdefault(str(turn.get("speaker", "")), f"s{len(parties) + 1}")
        words = str(turn["text"]).split()
        start = float(str(turn["start"])) if turn.get("start") is not None else at
        end = float(str(turn["end"])) if turn.get("end") is not None else start + WORD * max(1, len(words))
        turns.append(Turn(party, start, end, _words(words, start, end, party)))
        at = max(at, end) + PAUSE
    return tuple(sorted(turns, key=lambda turn: turn.start))


def _words(words: Sequence[str], start: float, end: float, party: str) -> tuple[Word, ...]:
    step = max(0.0, end - start) / max(1, len(words))
    return tuple(Word(text, start + n * step, start + (n + 1) * step, None, party) for n, text in enumerate(words))


def _examples(ruleset: RuleSet) -> Iterator[dict[str, Any]]:
    """The dialogues of the pack's own rules: those that fire, and those that stay quiet."""
    for rule in ruleset.pack(PACK).rules:
        for label, group in (("scam", "fires"), ("legitimate", "quiet")):
            for at, example in enumerate(getattr(rule.body.examples, group)):
                text = example if isinstance(example, str) else example.text
                turns = [line.partition(":") for line in text.strip().splitlines() if ":" in line]
                yield {"id": f"{rule.id}-{group}-{at}", "label": label, "source": group,
                       "turns": [{"speaker": who.strip(), "text": said.strip()} for who, _, said in turns]}  # fmt: skip
