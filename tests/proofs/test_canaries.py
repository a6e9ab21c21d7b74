"""Card numbers, card codes and passcodes that were spoken are nowhere: not in a cell, a file, a sound, a log or a page.

The words come from the truth, so that every planted digit is certain to be heard; everything else is the real line. The
posteriors spell the same words letter by letter, as a recogniser that is sure of itself would write them.
"""

from __future__ import annotations

import io
import json
import logging
import re
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import inspect, select, table, text, update

from pipeline.asr import posteriors
from pipeline.asr.greedy import greedy_words
from pipeline.asr.vocabulary import Vocabulary, read_vocabulary
from pipeline.audio.decode import decode
from pipeline.audio.peaks import peaks_of
from pipeline.ingest import ingest
from pipeline.measuring.planted import read_truth
from pipeline.models.catalogue import require
from pipeline.protocols import FramePosteriors, Transcript
from pipeline.redaction import Policy
from pipeline.runs.local import open_models
from tests.proofs.canaries import Canary, texts
from tests.proofs.house import SAMPLES, installed, reader
from tests.proofs.outside import mails_of, report_of
from tests.proofs.told import Teller, sides_of
from webapp.cli.commands.process import as_document
from webapp.desk import SqlDesks
from webapp.processing import Processing, rule_texts, run_options
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.tables import FindingRow, VerdictRow
from webapp.worker import Worker

CALLS = ("ns-6102", "mm-2305", "mm-2304")  # stereo card and code, read back and mended; mono card and code; passcode
FRAME = 0.01  # fine enough to spell a quickly spoken word
NOTHING_REMOVED = Policy("nothing", frozenset())


@dataclass(frozen=True)
class Speller(Teller):
    """Tells the words, and posteriors that spell them."""

    letters: Vocabulary | None = None

    def _transcript(self, clip: np.ndarray) -> Transcript:
        told = super()._transcript(clip)
        assert self.letters is not None
        return replace(told, posteriors=spelled(told, len(clip) / 16000, self.letters))


def spelled(told: Transcript, seconds: float, letters: Vocabulary) -> FramePosteriors:
    """Each letter of a word on a frame of its own inside the word, a space behind it, blank between."""
    frames = round(seconds / FRAME)
    ids = np.full((frames, 2), letters.blank, np.uint16)
    logs = np.tile(np.array([0.0, -9.0], np.float32), (frames, 1))
    for word in told.words:  # signs that the model does not write, such as an apostrophe, are left out
        outputs = [letters.letters[letter] for letter in f"{word.text} " if letter in letters.letters]
        places = np.linspace(word.start / FRAME, word.end / FRAME - 1, 2 * len(outputs))[::2].astype(int)
        places = places.clip(0, frames - 1)
        ids[places, 0], ids[places, 1], logs[places, 0] = outputs, letters.blank, -0.05
    return FramePosteriors(ids, logs, FRAME, letters.blank, "spelled")


@pytest.fixture(scope="module")
def truths() -> dict[str, dict[str, Any]]:
    return {call: read_truth(SAMPLES / "truth" / f"{call}.json") for call in CALLS}


@pytest.fixture(scope="module")
def canaries(truths) -> list[Canary]:
    """Each planted stretch, and each number put together from its stretches."""
    found = []
    for truth in truths.values():
        groups: dict[str, list[dict[str, Any]]] = {}
        for secret in truth["redactions"]:
            groups.setdefault(secret["group"], []).append(secret)
        for parts in groups.values():
            found += [Canary(part["digits"], part["text"]) for part in parts]
            whole = "".join(part["digits"] for part in parts), " ".join(part["text"] for part in parts)
            found.append(Canary(*whole, at_once=len(parts) == 1))
    assert {len(canary.digits) for canary in found} >= {3, 6, 16}
    return found


@pytest.fixture(scope="module")
def letters() -> Vocabulary:
    folder = require("demo", Path("unused"))
    return read_vocabulary(folder, folder.json("config.json"))


@pytest.fixture(scope="module")
def speller(truths, letters) -> Speller:
    sides = [side for truth in truths.values() for side in sides_of(decode(SAMPLES / truth["audio"]).samples, truth)]
    return Speller(sides, letters=letters)


def settings_for(url: str) -> dict[str, str]:
    return {"database": url, "log_level": "DEBUG"}


def take_and_work(settings: Settings, store: SqlStore, speller: Speller, *, redacting: bool) -> None:
    """The real intake and the real worker; only the words are told, and in the control nothing is removed."""
    models = replace(open_models(run_options(settings)), recognizer=speller)
    models = models if redacting else replace(models, policy=NOTHING_REMOVED)
    recordings = [
        file for call in CALLS for file in sorted((SAMPLES / "calls").glob(f"{call}.*")) if file.suffix != ".json"
    ]
    processing = Processing(settings, store, None, [models])
    store.keep_rules(rule_texts(models))
    try:
        assert ingest(recordings, store, settings).new == len(CALLS)
        assert Worker(store, processing, batch=8, lease=600.0).drain().done == len(CALLS)
    finally:
        processing.close()


def cells(store: SqlStore) -> Iterator[tuple[str, object]]:
    """Every cell of every table there is, those of search indexes and of nobody's model included."""
    with store.database.engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            for row in connection.execute(select(text("*")).select_from(table(name))).mappings():
                for column, value in row.items():
                    yield f"{name}.{column}", value


def in_cell(canary: Canary, value: object) -> bool:
    if isinstance(value, bytes | memoryview):
        return canary.in_bytes(bytes(value)) or any(map(canary.in_text, texts(bytes(value))))
    if isinstance(value, dict | list):
        return any(map(canary.in_text, texts(json.dumps(value).encode())))
    if isinstance(value, str):
        return any(map(canary.in_text, texts(value.encode())))
    return isinstance(value, int) and str(value) == canary.digits


@dataclass(frozen=True)
class Kept:
    """What an installation holds of one call, opened with its key."""

    call: str
    files: dict[str, bytes]
    shown: bytes
    printed: bytes


def kept(settings: Settings, store: SqlStore) -> list[Kept]:
    """Everything of every call; fails when the folder of files holds one more than these."""
    from webapp.store.blobs import about
    from webapp.tables import Call, Result

    with store.database.read() as session:
        rows = [
            (call, result)
            for call in session.query(Call)
            for result in session.query(Result).filter_by(call_id=call.id)
        ]
    desk, found, names = SqlDesks(store).desk(reader(settings, store)), [], set()
    for call, result in rows:
        sealed = {f"{what}:{call.public_id}": name for what, name in result.files.items() if what != "peaks"}
        files = {result.files["peaks"]: store.vault.files.read(result.files["peaks"])}
        for what, name in {**sealed, about(call.public_id): result.blob}.items():
            with store.vault.unseal(name, call.sealed_key, what) as plain:
                files[what] = plain.read()
        names |= {*result.files.values(), result.blob}
        whole = store.result(call.public_id)
        found.append(Kept(Path(call.source).stem, {k.split(":")[0]: v for k, v in files.items()},
                          as_json(desk.call(call.public_id)), as_json(as_document(whole))))  # fmt: skip
    assert set(store.vault.files.names()) == names  # the sealed source is gone, and nothing else lies there
    return found


def as_json(shown: object) -> bytes:
    document = asdict(shown) if is_dataclass(shown) and not isinstance(shown, type) else shown
    return json.dumps(document, default=str).encode()


def leaks(
    store: SqlStore, settings: Settings, canaries: list[Canary], letters: Vocabulary, said: str
) -> set[tuple[str, str]]:
    """(kind of place, digits) of every canary that is found."""
    found = {(f"cell {name}", c.digits) for name, value in cells(store) for c in canaries if in_cell(c, value)}
    raw = [(file.name, file.read_bytes()) for file in settings.data.rglob("*") if file.is_file()]
    for one in kept(settings, store):
        raw += one.files.items()
        heard = greedy_words(posteriors.unpack(one.files["posteriors"]).channels, letters)
        readable = {
            "result": [*texts(one.files["result"])],
            "posteriors": [" ".join(word.text for word in channel) for channel in heard],
            "page": [*texts(one.shown)],
            "printed": [*texts(one.printed)],
        }
        found |= {
            (what, c.digits)
            for what, all_of in readable.items()
            for text in all_of
            for c in canaries
            if c.in_text(text)
        }
    found |= {(f"file {name}", c.digits) for name, data in raw for c in canaries if c.in_bytes(data)}
    return found | {("log or output", c.digits) for c in canaries if c.in_text(said)}


def quote_everywhere(store: SqlStore, canary: Canary) -> None:
    """Have every sign and every verdict quote a secret, as they would if it had not been hidden from them."""
    quoted = [{"quote": f"it is {canary.said} okay", "start": 1.0, "end": 2.0, "party": "s1"}]
    with store.database.write() as session:
        session.execute(update(FindingRow).values(evidence=quoted))
        session.execute(update(VerdictRow).values(evidence=quoted, value="FAIL"))


def leaks_outside(settings: Settings, store: SqlStore, canaries: list[Canary], folder: Path) -> set[tuple[str, str]]:
    """(mail, or the file of a report; digits) of every canary that left the house. Links and hashes are no speech."""
    said = {
        "mail": mails_of(settings, store),
        **{name: [text] for name, text in report_of(settings, store, folder).items()},
    }
    assert said["mail"]
    return {
        (where, c.digits)
        for where, all_of in said.items()
        for text in all_of
        for c in canaries
        if c.in_text(spoken(text))
    }


def spoken(text: str) -> str:
    """Without addresses, ids, times and the marks around quotes."""
    return re.sub(r"https?://\S+|[0-9a-f]{12,}|<[^>]*>|\d+[.:,]\d+(?:[.:]\d+)*|\d{4}-\d\d-\d\d", " ; ", text)


def likeness(one: Kept, truth: dict[str, Any], start: float, end: float) -> float:
    """Greatest correlation, over the channels, of a stretch of the listening copy with the recording."""
    source = decode(SAMPLES / truth["audio"]).samples[:, ::2]
    with wave.open(io.BytesIO(one.files["listening"])) as copy:
        assert copy.getframerate() == 8000
        sound = np.frombuffer(copy.readframes(copy.getnframes()), "<i2").reshape(-1, copy.getnchannels()).T
    first, last = round(start * 8000), round(end * 8000)
    pairs = zip(source[:, first:last], sound[:, first:last], strict=True)
    return max(abs(float(np.corrcoef(a, b)[0, 1])) for a, b in pairs if a.std() > 0 and b.std() > 0)


class TestSpokenSecrets:
    def test_are_nowhere_after_processing(
        self, database_url, tmp_path, truths, canaries, letters, speller, caplog, capfd
    ):
        with (
            caplog.at_level(logging.DEBUG),
            installed(tmp_path / "data", **settings_for(database_url)) as (settings, store),
        ):
            take_and_work(settings, store, speller, redacting=True)
            output = capfd.readouterr()
            assert leaks(store, settings, canaries, letters, caplog.text + output.out + output.err) == set()
            assert leaks_outside(settings, store, canaries, tmp_path) == set()
            assert (
                leaks(store, settings, canaries, letters, caplog.text) == set()
            )  # cases, mails and reports were written
            for one in kept(settings, store):
                assert one.files["posteriors"]
                secrets = truths[one.call]["redactions"]
                assert max(likeness(one, truths[one.call], s["start"], s["end"]) for s in secrets) < 0.15
                assert peaks_of(one.files["listening"]) in one.files.values()

    def test_would_be_found_if_nothing_removed_them(self, tmp_path, truths, canaries, letters, speller):
        """The same walk with redaction switched off: it finds every canary, and in every kind of place."""
        with installed(tmp_path / "data") as (settings, store):
            take_and_work(settings, store, speller, redacting=False)
            found = leaks(store, settings, canaries, letters, "")
            for place in ("result", "posteriors", "page", "printed"):
                there = {digits for where, digits in found if where == place}
                assert {c.digits for c in canaries if c.at_once or place != "posteriors"} <= there, place
            assert any(where.startswith("cell ") for where, _ in found)
            quote_everywhere(store, canaries[0])  # what rules quote need not be the secret itself: here it is
            outside = {where for where, _digits in leaks_outside(settings, store, canaries, tmp_path)}
            assert outside == {"mail", "report.csv", "report.jsonl", "report.pdf", "report.xlsx"}
            for one in kept(settings, store):
                secrets = truths[one.call]["redactions"]
                assert min(likeness(one, truths[one.call], s["start"], s["end"]) for s in secrets) > 0.8
