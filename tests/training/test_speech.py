"""Speech in shards, and the batches drawn from them."""

from itertools import islice

import numpy as np
import pytest
import torch

from pipeline.training import speech
from pipeline.training.batches import BLANK, LETTERS, Place, label_ids, stream
from pipeline.training.held_out import held_out
from pipeline.training.recipe import Stage
from pipeline.training.sounds import respelled
from pipeline.training.speech import make_shard, plan_shards, pronounced, read_shard
from pipeline.training.voices import HELD_OUT

TEXTS = [
    "yes please",
    "no thank you",
    "the code is four two",
    "i see",
    "hold on",
    "good morning",
    "four dollars",
    "who is calling",
]
STAGE = Stage("s", hours=1, texts=(), batch_seconds=6, line=0.5, join=0.3)


@pytest.fixture(scope="module")
def shard(tmp_path_factory):
    [(file, texts, seed)] = plan_shards(TEXTS, 1, tmp_path_factory.mktemp("speech"))
    make_shard(file, texts, seed)
    return file


def test_a_shard_holds_every_sentence_once_with_its_sound(shard):
    made = read_shard(shard)
    assert sorted(made.texts) == sorted(TEXTS)
    assert all(0.1 < len(made.clip(n)) / speech.RATE < 5 for n in range(len(made)))
    assert sum(len(made.clip(n)) for n in range(len(made))) == len(made.audio)


def test_no_unfinished_file_is_left_beside_a_shard(shard):
    assert [path.name for path in shard.parent.iterdir()] == [shard.name]


def test_a_shard_is_named_by_what_is_in_it(tmp_path):
    same, other = plan_shards(TEXTS, 1, tmp_path), plan_shards(TEXTS, 2, tmp_path)
    assert same == plan_shards(TEXTS, 1, tmp_path)
    assert same[0][0] != other[0][0]


def test_the_held_out_voice_is_never_drawn():
    assert not set(HELD_OUT) & set(speech.SHARES)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("b a r t", "b ay r t"),
        ("at eight a m", "at eight ay m"),
        ("a as in apple", "ay as in apple"),
        ("a cat", "a cat"),
        ("i have a i mean", "i have a i mean"),
    ],
)
def test_the_letter_a_is_spoken_as_a_letter_only_where_it_is_one(text, spoken):
    assert pronounced(text) == spoken


def test_batches_go_on_from_any_place_as_if_never_stopped(shard):
    def batches(start):
        return stream(STAGE, [shard], start, lambda _file: None)

    first = list(islice(batches(Place()), 8))
    for number in (0, 3, 6):
        batch, after = next(batches(first[number][1]))
        assert torch.equal(batch.features, first[number + 1][0].features)
        assert after == first[number + 1][1]


def test_every_sentence_is_heard_in_each_round_on_another_line(shard):
    texts, features = {0: [], 1: []}, []
    place = Place()
    for batch, after in stream(STAGE, [shard], place, lambda _file: None):
        if place.round > 1:
            break
        texts[place.round] += [written(row) for row in batch.labels]
        features.append(batch.features)
        place = after if after.group == 0 else Place(after.round + 1)
    for heard in texts.values():
        assert sorted(" ".join(heard).split()) == sorted(" ".join(map(respelled, TEXTS)).split())


def test_flites_voices_tell_when_they_say_what(tmp_path):
    file = tmp_path / "timed.npz"
    make_shard(file, ["good morning", "hold on please"], 3, {"kal16": 1})
    made = read_shard(file)
    for number, text in enumerate(made.texts):
        times = made.middles[made.first[number] :][: len(made.sounds[number])]
        assert made.sounds[number] == respelled(text).replace(" ", "")
        assert np.all(np.diff(times) > 0)
        assert 0.05 < times[0] < times[-1] < len(made.clip(number)) / speech.RATE - 0.05


def test_the_guide_names_each_timed_sound_where_it_is_heard(tmp_path):
    file = tmp_path / "timed.npz"
    make_shard(file, ["good morning"], 3, {"kal16": 1})
    batch, _ = next(stream(STAGE, [file], Place(), lambda _file: None))
    told = [LETTERS[number] for number in batch.guide[0].tolist() if number >= 0]
    sounds = list(respelled("good morning").replace(" ", ""))
    assert len(told) >= 0.7 * len(sounds)  # two sounds may fall into one output
    assert [sound for sound in sounds if sound in told] == [sound for sound in told if sound in sounds]


def test_barred_and_long_sentences_are_passed_over(shard):
    stage = Stage("s", hours=1, texts=(), batch_seconds=60, longest=3, join=0.0)
    batch, _ = next(stream(stage, [shard], Place(), lambda _file: None, frozenset({"i see"})))
    heard = {written(row) for row in batch.labels}
    assert heard == {respelled(text) for text in TEXTS if len(text.split()) <= 3 and text != "i see"}


def test_labels_are_the_sounds_of_what_is_spoken_with_the_blank_behind_them():
    assert [LETTERS[number] for number in label_ids("at a m")] == list("@t 5 em".replace("@", respelled("at")[0]))
    assert max(label_ids(" ".join(TEXTS))) < BLANK == len(LETTERS)


def test_held_out_speech_is_the_same_for_the_same_seed_and_no_sentence_comes_twice_early():
    first, again = (held_out.__wrapped__("new_voice", 3, 0) for _ in range(2))
    assert [text for _, text in first] == [text for _, text in again]
    assert all(np.array_equal(a, b) for (a, _), (b, _) in zip(first, again, strict=True))
    assert len({text for _, text in first}) == 3


def written(row: torch.Tensor) -> str:
    return "".join(LETTERS[number] for number in row.tolist() if number >= 0)
