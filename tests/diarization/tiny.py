"""A small real pipeline of pyannote.audio with random weights, in a folder as the hub has them."""

import os
from pathlib import Path

import numpy as np

os.environ["PYANNOTE_METRICS_ENABLED"] = "0"  # pyannote.audio reports its use otherwise; read when it is imported

CONFIG = """
dependencies: {pyannote.audio: 4.0.0}
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params: {clustering: CLUSTERING, segmentation: $model/segmentation, segmentation_batch_size: 8, embedding: $model/embedding,
           embedding_batch_size: 8, embedding_exclude_overlap: true, plda: $model/plda, segmentation_step: 0.25}
params:
  clustering: PARAMS
  segmentation: {min_duration_off: 0.0}
"""
PARAMS = {
    "VBxClustering": "{threshold: 0.6, Fa: 0.07, Fb: 0.8}",
    "AgglomerativeClustering": "{method: centroid, min_cluster_size: 1, threshold: 0.7}",
}
DIMENSION, LDA = 16, 8


def pipeline(folder: Path, clustering: str = "VBxClustering") -> Path:
    """The folder, filled: a segmentation of three speakers over 4 s, voice vectors of 16 numbers, and a PLDA."""
    import torch

    _write(folder / "segmentation", _segmentation(torch))
    _write(folder / "embedding", _embedding(torch))
    rng = np.random.default_rng(0)
    (folder / "plda").mkdir()
    np.savez(folder / "plda" / "xvec_transform.npz", mean1=rng.normal(size=DIMENSION), mean2=rng.normal(size=LDA),
             lda=rng.normal(size=(DIMENSION, LDA)))  # fmt: skip
    np.savez(folder / "plda" / "plda.npz", mu=rng.normal(size=LDA), tr=rng.normal(size=(LDA, LDA)),
             psi=rng.uniform(0.5, 2.0, LDA))  # fmt: skip
    text = CONFIG.replace("CLUSTERING", clustering).replace("PARAMS", PARAMS[clustering])
    (folder / "config.yaml").write_text(text)
    return folder


def _segmentation(torch):
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.segmentation import PyanNet

    torch.manual_seed(3)
    model = PyanNet(lstm={"hidden_size": 8, "num_layers": 1}, linear={"hidden_size": 8, "num_layers": 1})
    model.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION, resolution=Resolution.FRAME, duration=4.0, min_duration=4.0,
        classes=["a", "b", "c"], powerset_max_classes=2, permutation_invariant=True,
    )  # fmt: skip
    model.setup()
    with torch.no_grad():
        model.classifier.bias += torch.tensor([-1.0, 0.3, 0.3, 0.2, -0.5, -0.5, -0.5])  # somebody speaks, mostly alone
        model.classifier.weight *= 40.0  # who it is changes with the sound
    return model


def _embedding(torch):
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.embedding import XVectorSincNet

    torch.manual_seed(4)
    model = XVectorSincNet(dimension=DIMENSION)
    model.specifications = Specifications(
        problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=4.0, classes=["x"]
    )
    return model


def _write(folder: Path, model) -> None:
    """pytorch_model.bin as training leaves it: weights among settings and objects of pyannote.audio."""
    import torch

    folder.mkdir(parents=True)
    checkpoint = {
        "epoch": 1, "pytorch-lightning_version": "2.6.0", "state_dict": model.state_dict(),
        "hparams_name": "kwargs", "hyper_parameters": dict(model.hparams), "torch": torch.__version__,
    }  # fmt: skip
    model.on_save_checkpoint(checkpoint)
    torch.save(checkpoint, folder / "pytorch_model.bin")
