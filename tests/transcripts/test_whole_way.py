"""From a folder of transcripts to the page of a call, over a real store and a real worker; and no secret anywhere."""

import shutil

import pytest

from pipeline.analysis import load_analyzers
from pipeline.ingest import ingest
from pipeline.process import Models
from pipeline.redaction import load_policy
from tests.databases import upgraded_sqlite
from tests.ingest.conftest import decoder
from tests.transcripts.samples import sample
from tests.web.conftest import quick_passwords, sign_in
from tests.web.seed import add_people, settings_of
from webapp.house import accounts_of, desks_of
from webapp.processing import Processing
from webapp.store import open_store
from webapp.store.redo import Chosen
from webapp.web.app import create_app
from webapp.web.services import Services
from webapp.worker import Worker

__all__ = ["decoder", "quick_passwords", "upgraded_sqlite"]

CARD = "4111 1111 1111 1111"
SPOKEN = "four one one one one one one one one one one one one one one one"
CALL = f"""WEBVTT

NOTE {CARD}

00:00.000 --> 00:02.000
<v Agent>thank you for calling how can i help

00:03.000 --> 00:05.000
<v Customer>i was charged twice my card number is {CARD}

00:05.000 --> 00:09.000
<v Customer>again {SPOKEN}
"""


@pytest.fixture
def house(tmp_path, upgraded_sqlite):
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(upgraded_sqlite, data / "callsift.sqlite")
    settings = settings_of(data)
    store = open_store(settings)
    add_people(accounts_of(settings, store.database))
    yield settings, store
    store.close()


def worked(settings, store, decoder):
    analyzers = [analyzer for analyzer in load_analyzers({}) if analyzer.name in ("rules", "dead_air")]
    models = Models(decoder, None, None, analyzers, load_policy(), {"asr": "none", "diarization": "none"})
    return Worker(store, Processing(settings, store, _models=[models])).drain()


def test_transcripts_become_ranked_calls_without_a_secret_anywhere(house, tmp_path, decoder):
    settings, store = house
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "call.vtt").write_text(CALL)
    (folder / "call.csv").write_text("team\nnorth\n")
    (folder / "other.json").write_bytes(sample("genesys"))
    (folder / "cut.json").write_bytes(sample("deepgram")[:-7])
    taken = ingest([folder], store, settings)
    assert (taken.new, taken.refused) == (2, 1)
    tally = worked(settings, store, decoder)
    assert (tally.done, tally.failed) == (2, 0)
    app = create_app(
        settings, services=Services(accounts_of(settings, store.database), desks_of(settings, store), None)
    )
    lead = app.test_client()
    sign_in(lead, "lead")
    [call] = [outcome.id for outcome in taken.outcomes if outcome.source.endswith("call.vtt")]
    page = lead.get(f"/calls/{call}").text
    assert "There is no recording: the words of this call came as a transcript." in page
    assert page.count("Card number · 16 digits") >= 2
    assert "times near" in page
    assert "imported from webvtt" in page
    assert store.redo("asr", Chosen()) == 0  # no recogniser takes the place of words from elsewhere
    store.sweep()
    for file in settings.data.rglob("*"):
        if file.is_file():
            kept = file.read_bytes()
            assert CARD.encode() not in kept, file
            assert b"charged twice my card number is 4" not in kept, file
