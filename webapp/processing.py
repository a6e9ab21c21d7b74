"""What a worker does with its jobs: the real pipeline over sealed recordings and kept results.

A new call is decoded from its quarantine copy. ``redo asr`` hears the listening copy again, because by then nothing else
is left: what was redacted stays redacted and keeps its typed words. ``redo analyze`` and ``redo rules`` need no audio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from pipeline.protocols import ALONE, PAIRED, Failure, Job, Keep, Source
from pipeline.records import CallResult, Turn, Word
from pipeline.runs.local import RunOptions, open_models
from pipeline.sealing.vault import listening, quarantine
from webapp.settings import Settings
from webapp.stages import Stages
from webapp.store import SqlStore
from webapp.store.rulebook import KeptRule, Rulebook, kept_rule

if TYPE_CHECKING:
    from pipeline.asr.heard import HeardInCall
    from pipeline.process import Models, Tell
    from pipeline.protocols import Analyzer
    from rules.engine.ruleset import RuleSet


def run_options(settings: Settings) -> RunOptions:
    """The part of the settings that the pipeline needs."""
    return RunOptions(
        settings.model, settings.diarizer, settings.device, settings.threads, settings.redaction_policy, settings.max_hours,
        settings.path("models"), settings.weights, {
            "sentiment_model": settings.sentiment_model, "packs": settings.packs, "topics": settings.topics,
            "summary_model": settings.summary_model, "phone_region": settings.phone_region, "products": settings.products,
        },
        settings.multilingual_model,
    )  # fmt: skip


@dataclass
class Processing:
    """A worker's ``process``: jobs in, one outcome each out. Models are loaded with the first job and then kept."""

    settings: Settings
    store: SqlStore
    tell: Tell | None = None
    _models: list[Models] = field(default_factory=list)
    _rulebook: int | None = None  # the published version in use

    def __call__(self, jobs: Sequence[Job]) -> list[CallResult | Failure]:
        self._follow_rulebook()
        heard = self._heard([job for job in jobs if job.kind in ("process", "asr")])
        return [heard[job.id] if job.id in heard else self._judged_again(job) for job in jobs]

    @property
    def models(self) -> Models:
        if not self._models:
            models = open_models(run_options(self.settings))
            self._models.append(replace(models, analyzers=[self._remembering(a) for a in models.analyzers]))
            self.store.keep_rules(rule_texts(self._models[0]))
        return self._models[0]

    def _remembering(self, analyzer: Analyzer) -> Analyzer:
        """The rules with the ledger: their own reader for each call that is judged."""
        from pipeline.analyzers.rules import Rules  # with the whole rule engine: only in a worker

        if not isinstance(analyzer, Rules):
            return analyzer
        return replace(analyzer, remember=lambda: (self.store.ledger(), self.store.clock()))

    def _follow_rulebook(self) -> None:
        """What was published is in force from the next batch on; as long as nothing was, the folders' rules are."""
        book = Rulebook(self.store.database, self.store.org)
        newest = book.newest()
        if newest is None or newest == self._rulebook:
            return
        ruleset = book.ruleset(newest)
        assert ruleset is not None
        self._models[:] = [replace(self.models, analyzers=under(ruleset, self.models.analyzers))]
        self._rulebook = newest

    def close(self) -> None:
        for models in self._models:
            models.pool.close()

    def _heard(self, jobs: Sequence[Job]) -> dict[int, CallResult | Failure]:
        if not jobs:
            return {}
        from pipeline.process import process  # numpy and the steps: only in a worker

        before = {job.id: self.store.result(job.call_id) for job in jobs}
        sources = [self._source(job, before[job.id]) for job in jobs]
        missing = {job.id: gone(job) for job, source in zip(jobs, sources, strict=True) if source is None}
        kept = [(job, source) for job, source in zip(jobs, sources, strict=True) if source is not None]
        keys = {job.call_id: job.intake.sealed_key for job, _ in kept}
        results = process(
            [source for _, source in kept],
            self.models,
            keep=self._keep(keys),
            tell=Stages(self.store, [job for job, _ in kept], self.tell),
        )
        done = {
            job.id: self._carried(job, result, before[job.id]) for (job, _), result in zip(kept, results, strict=True)
        }
        return {**missing, **done}

    def _carried(self, job: Job, result: CallResult | Failure, before: CallResult | None) -> CallResult | Failure:
        """Judged with the typed words of the spans that are only a tone in the listening copy."""
        if before is None or isinstance(result, Failure):
            return result
        from pipeline.process import reanalyze

        again = carried(result, before)
        return reanalyze(again, self.models, open_kept(self.store, again, job.intake.sealed_key, self.models.models))

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

        if suffix == ALONE or suffix.endswith(PAIRED):
            return _with_transcript(
                Source(job.call_id, intake.source, intake.sha256, intake.metadata, unsealed, suffix)
            )
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

        known = replace(before, call=replace(before.call, metadata=job.intake.metadata))
        heard = open_kept(self.store, before, job.intake.sealed_key, self.models.models)
        return reanalyze(known, self.models, heard)


def _with_transcript(source: Source) -> Source:
    """A source whose sealed copy is a transcript, or a recording with its transcript behind it."""
    from pipeline.ingest.transcripts import split  # the readers of all formats: only where there are transcripts

    def told() -> bytes:
        with source.open() as both:
            return both.read() if source.suffix == ALONE else split(both)

    def recording() -> BinaryIO:
        both = source.open()
        try:
            split(both)
        except BaseException:
            both.close()
            raise
        return both

    if source.suffix == ALONE:
        return replace(source, transcript=told, silent=True)
    return replace(source, open=recording, suffix=source.suffix.removesuffix(PAIRED), transcript=told)


def open_kept(store: SqlStore, result: CallResult, sealed_key: bytes, models: Path | None) -> HeardInCall | None:
    """The kept posteriors of a call for the rules' second look; None where there are none."""
    name = result.files.get("posteriors")
    if name is None or result.call.posteriors is None:
        return None
    from pipeline.asr.heard import open_heard  # numpy: only where rules are judged with sound

    with store.vault.open(name, sealed_key, f"posteriors:{result.call.id}") as reader:
        return open_heard(result.call, reader.read(0, reader.size), models)


def under(ruleset: RuleSet, analyzers: Sequence[Analyzer]) -> list[Analyzer]:
    """The analyzers with the rules of a published version."""
    from pipeline.analyzers.rules import Rules  # with the whole rule engine: only in a worker

    return [cast("Analyzer", a.under(ruleset)) if isinstance(a, Rules) else a for a in analyzers]


def rule_texts(models: Models) -> list[KeptRule]:
    """The rules in force, as verdicts name them: kept before the first verdict, for their titles and for a later replay."""
    from pipeline.analyzers.rules import Rules  # with the whole rule engine: only in a worker

    rulesets = [analyzer.ruleset for analyzer in models.analyzers if isinstance(analyzer, Rules)]
    return [kept_rule(rule) for ruleset in rulesets for rule in ruleset.rules]


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
