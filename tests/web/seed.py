"""A house with people and calls: the real store, filled as a worker fills it, once; each test gets a copy of its own."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pipeline.audio.peaks import peaks_of
from pipeline.protocols import Intake, Job
from pipeline.records import CallResult
from pipeline.sealing.vault import listening, quarantine
from tests.web.calls import NORTH, SOUTH, Told
from tests.web.sound import wav_of
from webapp.accounts import COMMAND_LINE, Accounts
from webapp.house import accounts_of
from webapp.settings import Settings
from webapp.store import SqlStore, open_store
from webapp.store.rulebook import KeptRule

PASSWORD = "seven wet goats on a roof"
SECRETS = {"secret_key": "s" * 64, "kek": "07" * 32}
PEOPLE = {"admin": ("Ada Korhonen", "*"), "lead": ("Lena Mills", "north"), "reviewer": ("Remy Okafor", "north"),
          "fraud": ("Freya Lind", "north"), "compliance": ("Cole Park", "north"), "agent": ("Ali Gee", "north")}  # fmt: skip

TITLES = {
    ("payments.card_read_back", "3"): "Card data is not read back",
    ("payments.pause_recording", "2"): "Recording is paused for the card code",
    ("complaints.acknowledged", "1"): "A complaint is acknowledged",
    ("service.greeting", "1"): "Greeting with name and company",
    ("collections.mini_miranda", "4"): "Mini-Miranda is said",
    ("fraud.passcode_asked", "2"): "No passcode is asked for",
}


def settings_of(folder: Path, **more: object) -> Settings:
    return Settings(data=folder, zone="Europe/Helsinki", **SECRETS, **more)  # type: ignore[arg-type]


def build(folder: Path, schema: Path) -> None:
    """Everything, in ``folder``; ``schema`` is an empty database to begin with."""
    shutil.copy(schema, folder / "callsift.sqlite")
    settings = settings_of(folder)
    store = open_store(settings)
    add_people(accounts_of(settings, store.database))
    add_calls(store, [*NORTH, SOUTH])
    store.refuse("inbox/notes.wav", None, "not_audio", "This is not a recording: it begins like a text file.")
    with store.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


def build_empty(folder: Path, schema: Path) -> None:
    """The same people, and no call."""
    shutil.copy(schema, folder / "callsift.sqlite")
    settings = settings_of(folder)
    store = open_store(settings)
    accounts = accounts_of(settings, store.database)
    add_people(accounts)
    store.close()


def copy(folder: Path, to: Path) -> None:
    """A copy that a test may change. Stored files never change, so they are linked."""
    shutil.copy(folder / "callsift.sqlite", to / "callsift.sqlite")
    shutil.copytree(folder / "files", to / "files", copy_function=os.link)


def add_people(accounts: Accounts) -> None:
    """One of each role (its login) in the team north, a lead of the team south, and someone without any role."""
    for login, (name, team) in PEOPLE.items():
        where = team if team == "*" else accounts.team_id(team)
        accounts.add(COMMAND_LINE, login, name, {where: login}, password=PASSWORD, must_change=False,
                     agent_id="ag-114" if login == "agent" else None)  # fmt: skip
    accounts.add(
        COMMAND_LINE, "other", "Otto Berg", {accounts.team_id("south"): "lead"}, password=PASSWORD, must_change=False
    )
    accounts.add(COMMAND_LINE, "nobody", "No Role", {}, password=PASSWORD, must_change=False)


def add_calls(store: SqlStore, told: Iterable[Told]) -> None:
    results = {one.name: one.result() for one in told}
    store.keep_rules([KeptRule(_digest(rule), rule, version, title, rule) for (rule, version), title in TITLES.items()])
    for result in results.values():
        store.add(intake_of(store, result))
    while jobs := store.claim("seed", limit=50, lease=60):
        finished = [(job, heard(store, job, results[job.intake.metadata.call_id or ""])) for job in jobs]
        assert len(store.commit_all(finished)) == len(jobs)


def heard(store: SqlStore, job: Job, result: CallResult) -> CallResult:
    """``result`` as that of ``job``, with a listening copy and its waveform."""
    sound = wav_of(result)
    files = {
        "listening": store.vault.seal([sound], job.intake.sealed_key, listening(job.call_id)).name,
        "peaks": store.vault.files.put(peaks_of(sound)).name,
    }
    return replace(result, call=replace(result.call, id=job.call_id), files=files)


def intake_of(store: SqlStore, result: CallResult) -> Intake:
    source = (result.call.metadata.call_id or "").encode()
    sha256 = _digest(result.call.metadata.call_id or "")
    _key, wrapped = store.vault.keyring.new_key()
    copy = store.vault.seal([source], wrapped, quarantine(sha256)).name
    return Intake(sha256, len(source), f"inbox/{result.call.source}", "wav", result.call.metadata, copy, wrapped)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
