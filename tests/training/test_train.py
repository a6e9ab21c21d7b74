"""Training as a whole, on the tiny recipe: the loss falls, and a killed run ends where an unbroken one does."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from pipeline.errors import PipelineError
from pipeline.training.batches import LETTERS
from pipeline.training.recipe import RecipeError, Stage, read_recipe
from pipeline.training.train import learning_rate, train

TINY = Path(__file__).parents[2] / "pipeline/training/recipes/tiny.toml"

KILLED_AFTER = """
import os, signal, sys
from pathlib import Path
import pipeline.training.train as training

save, saved = training.save_checkpoint, []

def save_then_die(*args):
    save(*args)
    saved.append(args)
    if len(saved) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

training.save_checkpoint = save_then_die
training.train(Path(sys.argv[1]), Path(sys.argv[2]), resume=True)
"""


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    out = tmp_path_factory.mktemp("unbroken")
    train(TINY, out, resume=False)
    return out


def test_a_run_leaves_a_model_that_loads_and_hears(unbroken):
    from transformers import AutoFeatureExtractor, AutoModelForCTC  # slow to import

    model = AutoModelForCTC.from_pretrained(unbroken / "latest").float().eval()
    extractor = AutoFeatureExtractor.from_pretrained(unbroken / "latest")
    heard = model(**extractor(torch.randn(16000).numpy(), sampling_rate=16000, return_tensors="pt"))
    assert heard.logits.shape == (1, 26, len(LETTERS) + 1)  # 101 frames of 10 ms, four an output


def test_a_killed_run_ends_at_the_weights_of_an_unbroken_one(unbroken, tmp_path):
    (tmp_path / "speech").symlink_to(unbroken / "speech")
    command = [sys.executable, "-c", KILLED_AFTER, str(TINY), str(tmp_path)]
    for saves in ("5", "12"):
        assert subprocess.run([*command, saves], check=False).returncode == -signal.SIGKILL
    train(TINY, tmp_path, resume=True)
    expected, found = (load_file(folder / "latest/model.safetensors") for folder in (unbroken, tmp_path))
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def test_a_run_that_is_there_is_not_overwritten(unbroken):
    with pytest.raises(PipelineError, match="--resume"):
        train(TINY, unbroken, resume=False)


def test_the_loss_falls(unbroken):
    """The likelier the right letters, the lower: measured on the very speech the run was trained on."""
    from pipeline.training.batches import Place, stream  # with torch
    from pipeline.training.checkpoint import load_weights
    from pipeline.training.model import new_model

    recipe = read_recipe(TINY)
    files = sorted((unbroken / "speech").glob("*.npz"))
    batch, _ = next(stream(recipe.stages[0], files, Place(), lambda _file: None))
    losses = []
    for trained in (False, True):
        model = new_model(recipe.shape, recipe.seed)
        if trained:
            load_weights(unbroken / "checkpoint.safetensors", model)
        with torch.inference_mode():
            losses.append(
                float(model(input_features=batch.features, attention_mask=batch.mask, labels=batch.labels).loss)
            )
    assert losses[1] < 0.9 * losses[0]


@pytest.mark.parametrize(("heard", "part"), [(0, 0.05), (360, 1.0), (3600, 0.1), (9999, 0.1)])
def test_the_learning_rate_rises_then_falls_to_its_floor(heard, part):
    stage = Stage("s", hours=1.0, texts=(), peak=2e-3, warm=0.1, floor=0.1)
    assert learning_rate(stage, heard) == pytest.approx(2e-3 * part)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name = 'x'", "stages"),
        ("name = 'x'\nstages = [{name = 'a', hours = 1, texts = []}]\nspeed = 3", "unknown settings speed; known are"),
        ("name = 'x'\nstages = [{name = 'a', hours = 1, texts = [], warmth = 1}]", "warmth"),
        ("name = ", "no training recipe"),
    ],
)
def test_a_recipe_that_cannot_be_followed_says_why(tmp_path, text, complaint):
    file = tmp_path / "recipe.toml"
    file.write_text(text)
    with pytest.raises(RecipeError, match=complaint):
        read_recipe(file)


def test_every_recipe_of_the_repository_can_be_read_and_names_texts_that_are_there():
    from pipeline.training.corpus import read_texts

    for file in TINY.parent.glob("*.toml"):
        assert all(read_texts(name) for stage in read_recipe(file).stages for name in stage.texts)
