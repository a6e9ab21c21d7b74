"""Summary: reason, what was done, outcome and promises, each sentence at its second.

By default it is made of quotes (pipeline/summary/extract.py). Setting `summary_model` names an imported sequence-to-sequence
model of transformers that writes it anew; then each of its sentences must be borne out by the turns, or it is left out
(pipeline/summary/faithful.py). It says what a call holds, not that it deserves a listener: its weight is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.language import FOREIGN
from pipeline.records import Call, Finding, Measure
from pipeline.summary import Sentence, summary_of
from pipeline.summary.faithful import borne_out

UNSURE = frozenset({"asr_unsure", FOREIGN})
LABELS = {"reason": "reason", "done": "done", "outcome": "outcome", "promise": "promised"}
Writer = Callable[[Call], str]


@dataclass(frozen=True)
class Summary:
    """Findings ``summary.reason``, ``.done``, ``.outcome``, ``.promise``; with a model ``summary.text``; measure ``promises``."""

    name: str = "summary"
    version: str = "2"
    of_words = True
    weight: float = 0.0
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = ("promises",)
    writer: Writer | None = None
    region: str = "US"  # by which 5/12 is a day of May or of December

    def configured(self, settings: Mapping[str, Any]) -> Summary:
        model = settings.get("summary_model")
        own = replace(self, region=str(settings.get("phone_region") or self.region).upper())
        if not model:
            return own

        def write(call: Call) -> str:
            from pipeline.summary.writer import open_writer  # torch: only when a model is set

            return open_writer(str(model), str(settings.get("device", "auto")), settings.get("models"))(call)

        return replace(own, version=f"2+{model}", writer=write)

    def analyze(self, call: Call) -> list[Finding | Measure]:
        if UNSURE & set(call.marks) or not call.turns:
            return []
        said = summary_of(call, self.region)
        promises = sum(sentence.part == "promise" for sentence in said)
        return [Measure("promises", float(promises)), *map(self.finding, said), *self.written(call)]

    def finding(self, sentence: Sentence) -> Finding:
        evidence = sentence.evidence()
        until = f" (until {sentence.due or sentence.due_said})" if sentence.due_said else ""
        tone = f" ({sentence.tone})" if sentence.tone else ""
        facts: dict[str, Any] = {"due_said": sentence.due_said} if sentence.due_said else {}
        facts |= {"due": sentence.due.isoformat()} if sentence.due else {}
        facts |= {"tone": sentence.tone} if sentence.tone else {}
        return Finding(f"summary.{sentence.part}", 0.1, evidence.start, evidence.end,
                       f'{LABELS[sentence.part]}{tone}: "{evidence.quote}"{until}', (evidence,), facts)  # fmt: skip

    def written(self, call: Call) -> Sequence[Finding]:
        """The model's sentences that the turns bear out, each with the turn that does."""
        if self.writer is None:
            return []
        kept, dropped = borne_out(self.writer(call), call)
        if not kept:
            return []
        why = " ".join(sentence for sentence, _ in kept)
        evidence = tuple(evidence for _, evidence in kept)
        return [Finding("summary.text", 0.1, evidence[0].start, evidence[0].end, why, evidence,
                        {"sentences": len(kept), "left_out": dropped})]  # fmt: skip


analyzer = Summary()
