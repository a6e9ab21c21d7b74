"""Training the demo recogniser from a recipe: speech is made from text, heard on random telephone lines, learnt by CTC.

A run can be killed at any moment: `resume` goes on from the last checkpoint with the batches that would have come next
and ends at the same weights. Speech is made ahead by another process while the first pass is under way.
"""

import copy
import math
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import jiwer
import structlog
import torch

from pipeline.errors import PipelineError
from pipeline.training.alignment import IGNORED, laid_along, lengths
from pipeline.training.batches import BLANK, LETTERS, Batch, Place, in_first_round, stream
from pipeline.training.checkpoint import Position, load_checkpoint, save_checkpoint
from pipeline.training.corpus import held_out_sentences, sample_sentences, sources
from pipeline.training.features import log_mel
from pipeline.training.held_out import KINDS, held_out
from pipeline.training.line import Samples
from pipeline.training.model import export_model, new_model, started_model
from pipeline.training.recipe import Recipe, Stage, read_recipe
from pipeline.training.sounds import respelled, spellings, write_spellings
from pipeline.training.speech import make_shard, plan_shards, pronounced

if TYPE_CHECKING:
    from transformers import ParakeetForCTC

log = structlog.get_logger(__name__)

CHECKPOINT = "checkpoint.safetensors"
SMOOTHING = 0.02  # of the loss in the log


def train(recipe: Path, out: Path, *, resume: bool, start: Path | None = None) -> None:
    """Follow a recipe. `out` gets checkpoint.safetensors, speech/ (which may be deleted) and latest/ (the model so far).

    :param start: folder of a model of the recipe's shape whose weights a new run begins with; None: random ones.
    :raises RecipeError: the recipe cannot be followed.
    :raises PipelineError: a checkpoint is there and `resume` is not set, so nothing is overwritten by mistake.
    """
    plan = read_recipe(recipe)
    file = out / CHECKPOINT
    if file.exists() and not resume:
        raise PipelineError(f"{file} holds a run already: go on with --resume, or train into another folder.")
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    model = new_model(plan.shape, plan.seed) if start is None else started_model(plan.shape, start)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=1e-3, betas=(0.9, 0.98), fused=True)
    position = load_checkpoint(file, model, optimizer) if file.exists() else Position()
    with _no_denormals():
        for number in range(position.stage, len(plan.stages)):
            if position.stage != number:
                position = Position(stage=number)
            position = _train_stage(plan, number, model, optimizer, position, out)
    export_model(model, out / "latest")


@contextmanager
def _no_denormals() -> Iterator[None]:
    """Attention far away is next to nothing, and such numbers cost a third of a step; threads started inside follow.

    Only for as long as it lasts: other code of the process may rely on them.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def _respell(texts: Iterable[str]) -> None:
    """Ask flite for the sounds of words that are new in the texts, and keep them in the repository's list."""
    if new := {word for text in texts for word in text.split()} - spellings().keys():
        log.info("respelled", new=len(new), kept=write_spellings(new))


def learning_rate(stage: Stage, heard_s: float) -> float:
    """Up along a line, down along a cosine, by the part of the stage that was heard."""
    part = min(1.0, heard_s / (stage.hours * 3600))
    if part < stage.warm:
        return stage.peak * (0.05 + 0.95 * part / stage.warm)
    fall = 0.5 * (1 + math.cos(math.pi * (part - stage.warm) / (1 - stage.warm)))
    return stage.peak * (stage.floor + (1 - stage.floor) * fall)


def _train_stage(
    plan: Recipe, number: int, model: "ParakeetForCTC", optimizer: torch.optim.Optimizer, position: Position, out: Path
) -> Position:
    stage = plan.stages[number]
    texts, barred = sources(stage), sample_sentences()
    _respell(text for source in [*texts, held_out_sentences()] for text in source)
    speech = out / "speech"
    speech.mkdir(exist_ok=True)
    shards = [shard for source in texts for shard in plan_shards(source, stage.seed, speech)]
    log.info(
        "stage",
        name=stage.name,
        sentences=sum(map(len, texts)),
        hours=stage.hours,
        heard=round(position.heard_s / 3600, 2),
    )
    models = [model, *(_sharing(model) for _ in range(plan.workers - 1))]
    saved = time.monotonic()
    files = [file for file, *_ in shards]
    soonest = {file: number for number, file in enumerate(in_first_round(files, stage.seed))}
    with (
        _made_ahead(sorted(shards, key=lambda plan: soonest[plan[0]])) as ready,
        ThreadPoolExecutor(plan.workers) as pool,
        ThreadPoolExecutor(1) as ahead,
    ):
        batches = stream(stage, files, position.place, ready, barred)
        for step, after in _steps(batches, plan.workers, ahead):
            if position.heard_s >= stage.hours * 3600:
                break
            position = _step(models, optimizer, stage, step, position, after, pool)
            if time.monotonic() - saved > plan.save_every_s:
                save_checkpoint(out / CHECKPOINT, model, optimizer, position)
                _measure(plan, model, stage, position, out)
                saved = time.monotonic()
    position = Position(stage=number + 1)
    save_checkpoint(out / CHECKPOINT, model, optimizer, position)
    return position


def _step(
    pair: Sequence["ParakeetForCTC"], optimizer: torch.optim.Optimizer, stage: Stage, batches: Sequence[Batch],
    position: Position, after: Place, pool: ThreadPoolExecutor,
) -> Position:  # fmt: skip
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(stage, position.heard_s)
    value = sum(pool.map(_learn, pair, batches, repeat(stage))) / len(batches)
    for parameter, *others in zip(*(model.parameters() for model in pair), strict=True):
        for other in others:
            parameter.grad.add_(other.grad)
            other.grad = None
        parameter.grad.div_(len(pair))
    torch.nn.utils.clip_grad_norm_(pair[0].parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    smooth = value if math.isnan(position.loss) else position.loss + SMOOTHING * (value - position.loss)
    return Position(
        position.stage, position.step + 1, position.heard_s + sum(batch.seconds for batch in batches), after, smooth
    )


def _learn(model: "ParakeetForCTC", batch: Batch, stage: Stage) -> float:
    output = model(input_features=batch.features, attention_mask=batch.mask, labels=batch.labels)
    loss = output.loss
    guide = batch.guide[:, : output.logits.shape[1]]
    if stage.guide and bool((guide != IGNORED).any()):
        logits = output.logits[:, : guide.shape[1]]
        loss = loss + stage.guide * torch.nn.functional.cross_entropy(
            logits.transpose(1, 2), guide, ignore_index=IGNORED
        )
    elif stage.laid_along:
        said = laid_along(batch.features, batch.mask, batch.labels, output.logits.shape[1], lengths(LETTERS))
        loss = loss + stage.laid_along * torch.nn.functional.cross_entropy(output.logits.transpose(1, 2), said)
    loss.backward()
    return float(output.loss.detach())


def _sharing(model: "ParakeetForCTC") -> "ParakeetForCTC":
    """A second model on the same weights with gradients of its own. Two such on one thread each learn from two batches
    in the time in which one on two threads learns from about one and a half: threads inside an operation wait for each other."""
    other = copy.deepcopy(model)
    for parameter, twin in zip(model.parameters(), other.parameters(), strict=True):
        twin.data = parameter.data
    return other


def _steps(
    batches: Iterator[tuple[Batch, Place]], size: int, pool: ThreadPoolExecutor
) -> Iterator[tuple[list[Batch], Place]]:
    """Batches in steps of `size` with the place behind the last, the next step being made while this one is learnt."""

    def take() -> tuple[list[Batch], Place]:
        rows = [next(batches) for _ in range(size)]
        return [batch for batch, _ in rows], rows[-1][1]

    following = pool.submit(take)
    while True:
        step = following.result()
        following = pool.submit(take)
        yield step


def _measure(plan: Recipe, model: "ParakeetForCTC", stage: Stage, position: Position, out: Path) -> None:
    """Log how well unseen sentences are understood without any decoder, and leave the model for others to try."""
    wer = {kind: round(greedy_wer(model, held_out(kind, plan.measured, 0)), 3) for kind in KINDS if plan.measured}
    log.info(
        "heard", stage=stage.name, step=position.step, hours=round(position.heard_s / 3600, 2), of=stage.hours,
        loss=round(position.loss, 3), rate=round(learning_rate(stage, position.heard_s), 6), **wer,
    )  # fmt: skip
    export_model(model, out / "latest")


@torch.inference_mode()
def greedy_wer(model: "ParakeetForCTC", spoken: Sequence[tuple[Samples, str]]) -> float:
    """Error rate of words as they sound, from the likeliest sounds, without word list or language model."""
    model.eval()  # type: ignore[no-untyped-call]
    heard = []
    for start in range(0, len(spoken), 16):
        features, mask = log_mel([samples for samples, _ in spoken[start : start + 16]])
        ids = model(input_features=features, attention_mask=mask).logits.argmax(-1)
        heard += [_letters(row) for row in ids.tolist()]
    model.train()
    return float(jiwer.wer([respelled(pronounced(text)) for _, text in spoken], heard))


def _letters(ids: Sequence[int]) -> str:
    kept = [now for now, before in zip(ids, [BLANK, *ids], strict=False) if now != before and now != BLANK]
    return "".join(LETTERS[number] for number in kept)


@contextmanager
def _made_ahead(plans: Sequence[tuple[Path, list[str], int]]) -> Iterator[Callable[[Path], None]]:
    """Shards are made by one other process in the order of the plans; the yielded function waits for one of them."""
    missing = [plan for plan in plans if not plan[0].exists()]
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), os.nice, (10,)) if missing else None
    futures: dict[Path, Future[None]] = {plan[0]: pool.submit(make_shard, *plan) for plan in missing} if pool else {}
    try:
        yield lambda file: None if file.exists() else futures[file].result()
    finally:
        if pool:
            pool.shutdown(wait=False, cancel_futures=True)  # what is being made is finished for a later stage
