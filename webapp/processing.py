"""What a worker does with its jobs: the real pipeline over sealed recordings and kept results.

A new call is decoded from its quarantine copy. ``redo asr`` hears the listening copy again, because by then nothing else
is left: what was redacted stays redacted and keeps its typed words. ``redo analyze`` and ``redo rules`` need no audio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, Literal

from pipeline.protocols import Failure, Job, Keep, Source
from pipeline.records import CallResult, Turn, Word
from pipeline.runs.local import RunOptions, open_models
from pipeline.sealing.vault import listening, quarantine
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.store.rulebook import KeptRule

if TYPE_CHECKING:
    from pipeline.process import Models, Tell


def run_options(settings: Settings) -> RunOptions:
    """The part of the settings that the pipeline needs."""
    return RunOptions(
        settings.model, settings.diarizer, settings.device, settings.threads, settings.redaction_policy, settings.max_hours,
        settings.path("models"), settings.weights, {"sentiment_model": settings.sentiment_model, "packs": settings.packs},
    )  # fmt: skip


@dataclass
class Processing:
    """A worker's ``process``: jobs in, one outcome each out. Models are loaded with the first job and then kept."""

    settings: Settings
    store: SqlStore
    tell: Tell | None = None
    _models: list[Models] = field(default_factory=list)

    def __call__(self, jobs: Sequence[Job]) -> list[CallResult | Failure]:
        heard = self._heard([job for job in jobs if job.kind in ("process", "asr")])
        return [heard[job.id] if job.id in heard else self._judged_again(job) for job in jobs]

    @property
    def models(self) -> Models:
        if not self._models:
            self._models.append(open_models(run_options(self.settings)))
            self.store.keep_rules(rule_texts(self._models[0]))
        return self._models[0]

    def close(self) -> None:
        for models in self._models:
            models.pool.close()

    def _heard(self, jobs: Sequence[Job]) -> dict[int, CallResult | Failure]:
        if not jobs:
            return {}
        from pipeline.process import process, silent  # numpy and the steps: only in a worker

        before = {job.id: self.store.result(job.call_id) for job in jobs}
        sources = [self._source(job, before[job.id]) for job in jobs]
        missing = {job.id: gone(job) for job, source in zip(jobs, sources, strict=True) if source is None}
        kept = [(job, source) for job, source in zip(jobs, sources, strict=True) if source is not None]
        keys = {job.call_id: job.intake.sealed_key for job, _ in kept}
        results = process([source for _, source in kept], self.models, keep=self._keep(keys), tell=self.tell or silent)
        done = {job.id: self._carried(result, before[job.id]) for (job, _), result in zip(kept, results, strict=True)}
        return {**missing, **done}

    def _carried(self, result: CallResult | Failure, before: CallResult | None) -> CallResult | Failure:
        """Judged with the typed words of the spans that are only a tone in the listening copy."""
        if before is None or isinstance(result, Failure):
            return result
        from pipeline.process import reanalyze

        return reanalyze(carried(result, before), self.models)

    def _source(self, job: Job, before: CallResult | None) -> Source | None:
        vault, intake = self.store.vault, job.intake
        if job.kind == "asr" and before is not None and "listening" in before.files:
            name, about, suffix = before.files["listening"], listening(job.call_id), "wav"
        elif intake.quarantine:
            name, about, suffix = intake.quarantine, quarantine(intake.sha256), intake.suffix
        else:
            return None

        def unsealed() -> BinaryIO:
            return vault.unseal(name, intake.sealed_key, about)

        return Source(job.call_id, intake.source, intake.sha256, intake.metadata, unsealed, suffix)

    def _keep(self, keys: dict[str, bytes]) -> Keep:
        vault = self.store.vault

        def keep(source: Source, what: Literal["listening", "peaks", "posteriors"], data: bytes) -> str:
            if what == "peaks":  # a picture of loudness without the redacted spans: no secret
                return vault.files.put(data).name
            return vault.seal([data], keys[source.id], f"{what}:{source.id}").name

        return keep

    def _judged_again(self, job: Job) -> CallResult | Failure:
        before = self.store.result(job.call_id)
        if before is None:
            return gone(job)
        from pipeline.process import reanalyze

        return reanalyze(replace(before, call=replace(before.call, metadata=job.intake.metadata)), self.models)


def rule_texts(models: Models) -> list[KeptRule]:
    """The rules in force, as verdicts name them: kept before the first verdict, for their titles and for a later replay."""
    from pipeline.analyzers.rules import Rules  # with the whole rule engine: only in a worker

    rulesets = [analyzer.ruleset for analyzer in models.analyzers if isinstance(analyzer, Rules)]
    return [
        KeptRule(rule.digest, rule.id, rule.version, rule.body.title, rule.text + rule.scope.text)
        for ruleset in rulesets
        for rule in ruleset.rules
    ]


def gone(job: Job) -> Failure:
    message = "Neither the recording nor an earlier result is kept any more. Take the recording in again."
    return Failure(job.call_id, "source_gone", message, final=True)


def carried(result: CallResult, before: CallResult) -> CallResult:
    """``result`` with the typed words of ``before``; words heard in their tones are dropped."""
    hidden = [word for turn in before.call.turns for word in turn.words if word.redacted]
    known = {(word.start, word.kind) for turn in result.call.turns for word in turn.words if word.redacted}
    missing = [word for word in hidden if (word.start, word.kind) not in known]
    kept = [turn for turn in (_without(turn, missing) for turn in result.call.turns) if turn.words]
    typed = [Turn(word.party, word.start, word.end, (word,)) for word in missing]
    turns = tuple(sorted([*kept, *typed], key=lambda turn: turn.start))
    return replace(result, call=replace(result.call, turns=turns, redactions=dict(before.call.redactions)))


def _without(turn: Turn, hidden: Sequence[Word]) -> Turn:
    """``turn`` without words that a recogniser heard in a tone."""
    words = tuple(
        w for w in turn.words if w.redacted or not any(h.start <= (w.start + w.end) / 2 <= h.end for h in hidden)
    )
    return replace(turn, words=words)
