"""Pipelines of pyannote.audio 4 behind the same seam, for channels that carry several voices.

Only imported models are opened (`callsift models import`): the networks are built here from plain settings and safetensors,
so nothing is unpickled or downloaded, and the library's telemetry is off. It gets decoded sound, never a path. A call with
one party a channel needs no pipeline: it goes the way of `pipeline.diarization.clustering`. What the pipeline finds outside
of the speech regions (music, a ringing line) makes no party.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.diarization._clusters import normed
from pipeline.diarization.channels import same_signal
from pipeline.diarization.clustering import bridged, device_named
from pipeline.diarization.clustering import load as load_clustering
from pipeline.errors import ModelError
from pipeline.models.catalogue import default_models, require
from pipeline.models.folder import ModelFolder
from pipeline.models.formats.pyannote import DESCRIPTION
from pipeline.protocols import Diarization, Diarizer, Segment
from pipeline.records import Party, Span

RATE = 16000
MOST_SPEAKERS = 4
BATCH = 32  # windows through either network at once
SHORTEST = 0.1  # seconds; a shorter rest of a segment inside speech is no turn
SEGMENTATION, EMBEDDING = ("PyanNet",), (
    "WeSpeakerResNet34", "WeSpeakerResNet152", "WeSpeakerResNet221", "WeSpeakerResNet293", "XVectorSincNet", "XVectorMFCC",
)  # fmt: skip

Samples = npt.NDArray[np.float32]


def takes(folder: ModelFolder) -> bool:
    """True for an imported pipeline of pyannote.audio."""
    return folder.has(DESCRIPTION)


def load(model: str | None = None, *, device: str = "auto", threads: int = 0, models: Path | None = None,
         speakers: int | None = None) -> Diarizer:  # fmt: skip
    """The imported pipeline called ``model``.

    :param models: folder of imported models; by default ``models`` in the data folder.
    :param speakers: how many voices a channel that carries several has, where that is known.
    :raises ModelError: there is none of that name, or it is no pipeline that can be built here.
    """
    if not model:
        raise ModelError("Which pipeline? Give the name of an imported one: pyannote:NAME (callsift models list).")
    folder = require(model, models or default_models())
    if not takes(folder):
        raise ModelError(f"{folder.path}: no pipeline of pyannote.audio. Import one: callsift models import FOLDER")
    channels = load_clustering(device=device, threads=threads, speakers=speakers)
    return Pyannote(folder.name, build(folder, device_named(device)), channels, speakers)


@dataclass
class Pyannote:
    """See the module. ``name`` carries the hash of the weights."""

    name: str
    network: Any  # pyannote.audio.pipelines.SpeakerDiarization
    channels: Diarizer
    speakers: int | None = None

    def diarize(self, calls: Sequence[Samples], speech: Sequence[Sequence[Sequence[Span]]]) -> list[Diarization]:
        """See `Diarizer`. The windows of one call go through the networks together, calls one after the other."""
        lined = [len(call) == 1 or all(same_signal(call[0], other) for other in call[1:]) for call in calls]
        apart = [n for n, mono in enumerate(lined) if not mono]
        told = dict(
            zip(apart, self.channels.diarize([calls[n] for n in apart], [speech[n] for n in apart]), strict=True)
        )
        return [told[n] if n in told else self._line(calls[n], speech[n]) for n in range(len(calls))]

    def _line(self, call: Samples, speech: Sequence[Sequence[Span]]) -> Diarization:
        """A channel that carries everybody."""
        doubled = len(call) > 1
        if not speech[0]:
            return Diarization((), (), doubled)
        found, vectors = self._apply(call[0])
        kept = sorted(
            (Segment(s.party, *both) for s in found for span in speech[0] if (both := _within(s, span))),
            key=lambda segment: (segment.start, segment.end),
        )
        names = {old: f"s{n}" for n, old in enumerate(dict.fromkeys(segment.party for segment in kept), 1)}
        return Diarization(
            tuple(Party(name) for name in names.values()),
            bridged([Segment(names[s.party], s.start, s.end) for s in kept]),
            doubled,
            {names[old]: vectors[old] for old in names if old in vectors},
        )

    def _apply(self, signal: Samples) -> tuple[list[Segment], Mapping[str, Samples]]:
        """What the pipeline says of one channel: segments, and a vector for each speaker that has one."""
        import torch

        wanted = {"num_speakers": self.speakers} if self.speakers else {"max_speakers": MOST_SPEAKERS}
        with _quietly():
            told = self.network(
                {"waveform": torch.from_numpy(np.ascontiguousarray(signal))[None], "sample_rate": RATE, "uri": "call"}, **wanted
            )  # fmt: skip
        labels = told.speaker_diarization.labels()
        vectors = np.nan_to_num(np.asarray(told.speaker_embeddings, np.float32))
        known = {label: normed(row[None])[0] for label, row in zip(labels, vectors, strict=False) if row.any()}
        found = [
            Segment(str(label), float(turn.start), float(turn.end))
            for turn, _, label in told.speaker_diarization.itertracks(yield_label=True)
        ]
        return found, known


def build(folder: ModelFolder, device: str) -> Any:
    """The SpeakerDiarization pipeline of an imported folder."""
    described = folder.json(DESCRIPTION)
    with _quietly():
        import torch
        from pyannote.audio.pipelines import SpeakerDiarization

        pipeline = SpeakerDiarization(
            segmentation=_model(folder, "segmentation", described["segmentation"]),
            embedding=_model(folder, "embedding", described["embedding"]), plda=_plda(folder),
            clustering=described["clustering"], segmentation_step=described["segmentation_step"],
            embedding_exclude_overlap=described["embedding_exclude_overlap"], segmentation_batch_size=BATCH,
            embedding_batch_size=BATCH,
        )  # fmt: skip
        try:
            defaults: dict[str, Any] = pipeline.default_parameters()  # type: ignore[no-untyped-call]
            pipeline.instantiate(described["params"] or defaults)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelError(f"{folder.path}: its parameters do not fit the pipeline: {error}") from error
        return pipeline.to(torch.device(device))


def _model(folder: ModelFolder, part: str, described: Mapping[str, Any]) -> Any:
    """One network: its class by name from a short list, its weights from checked bytes."""
    from pyannote.audio.models import embedding, segmentation

    name = described["class"]
    known = SEGMENTATION if part == "segmentation" else EMBEDDING
    if name not in known:
        raise ModelError(f"{folder.path}: its {part} model is a {name}; known here are {', '.join(known)}.")
    network = getattr(segmentation if part == "segmentation" else embedding, name)(**described["settings"])
    if described["specifications"]:
        network.specifications = _specifications(described["specifications"])
        network.setup()  # adds the layers that depend on the task
    missing, _unexpected = network.load_state_dict(folder.tensors(f"{part}.safetensors"), strict=False)
    lacking = [row for row in missing if not row.startswith("loss_func")]
    if lacking:
        raise ModelError(f"{folder.path}: {part}.safetensors lacks the tensor {lacking[0]}. Import the model again.")
    return network.eval()


def _specifications(described: Mapping[str, Any]) -> Any:
    from pyannote.audio.core.task import Problem, Resolution, Specifications

    fields = {name: described[name] for name in ("duration", "min_duration", "classes", "powerset_max_classes",
                                                 "permutation_invariant") if name in described}  # fmt: skip
    return Specifications(
        problem=Problem(described["problem"]), resolution=Resolution(described["resolution"]),
        warm_up=tuple(described.get("warm_up", (0.0, 0.0))), **fields,
    )  # fmt: skip


def _plda(folder: ModelFolder) -> Any:
    """The PLDA of VBx clustering; an empty one where nothing uses it (the library would fetch its own)."""
    from pyannote.audio.core.plda import PLDA

    if not folder.has("plda.safetensors"):
        return object.__new__(PLDA)
    arrays: dict[str, Any] = {name: tensor.numpy() for name, tensor in folder.tensors("plda.safetensors").items()}
    files: list[Any] = []  # the library names paths, and reads open files as well
    for names in (("mean1", "mean2", "lda"), ("mu", "tr", "psi")):
        file = io.BytesIO()
        np.savez(file, **{name: arrays[name] for name in names})
        file.seek(0)
        files.append(file)
    return PLDA(*files)


@contextmanager
def _quietly() -> Iterator[None]:
    """No telemetry, no downloads, no warnings: that torchcodec cannot decode here does not matter, it is given sound."""
    os.environ |= {"PYANNOTE_METRICS_ENABLED": "0", "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _within(segment: Segment, span: Span) -> tuple[float, float] | None:
    start, end = max(segment.start, span.start), min(segment.end, span.end)
    return (start, end) if end - start >= SHORTEST else None
