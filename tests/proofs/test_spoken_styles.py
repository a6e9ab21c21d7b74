"""Secrets in every style people say them leave no trace in the database, in files, logs, mails and reports.

The words come as transcripts, so each style is certain to be heard and costs no recogniser. That numbers which are nobody's
secret are kept is asked in tests/redaction; that the walk sees into mails and reports, in test_canaries.
"""

import logging

import pytest

from pipeline.analysis import load_analyzers
from pipeline.ingest import ingest
from pipeline.process import Models
from pipeline.redaction import load_policy
from tests.ingest.conftest import decoder
from tests.proofs.canaries import Canary, texts
from tests.proofs.house import installed
from tests.proofs.outside import mails_of, report_of
from tests.proofs.test_canaries import cells, in_cell, spoken
from webapp.processing import Processing, rule_texts
from webapp.worker import Worker

__all__ = ["decoder"]

CARD = "4000056655665556"  # passes Luhn's test
ASKS = {
    "card": "can i take the long card number please",
    "code": "and the three digits security code on the back of the card",
    "ssn": "what is your social security number please",
    "passcode": "read me the one time passcode that we just sent to you",
}
SAID = {  # what the customer answers, each line a turn
    ("card", "digits"): ["sure it is 4000 0566 5566 5556"],
    ("card", "words"): ["four zero zero zero zero five six six five five six six five five five six"],
    ("card", "doubled"): ["it's four triple zero oh five double six five five double six triple five six"],
    ("card", "split"): ["four triple zero oh five double six", "and then five five double six five double five six"],
    ("code", "digits"): ["it is 729"],
    ("code", "words"): ["seven two nine"],
    ("code", "split"): ["seven two", "um nine"],
    ("ssn", "digits"): ["it is 219-09-9954"],
    ("ssn", "words"): ["two one nine oh nine nine nine five four"],
    ("ssn", "doubled"): ["two one nine oh triple nine five four"],
    ("ssn", "split"): ["two one nine", "oh nine", "nine nine five four"],
    ("passcode", "words"): ["four four one eight two nine"],
    ("passcode", "doubled"): ["double four one eight two nine"],
    ("passcode", "split"): ["double four one", "eight two nine"],
}
DIGITS = {"card": CARD, "code": "729", "ssn": "219099954", "passcode": "441829"}


def transcript(kind, turns):
    """A call in which the agent asks and the customer answers, with signs of fraud around it."""
    lines = [("Agent", "this is the fraud team you must act now or your account will be closed today"),
             ("Agent", ASKS[kind]), *(("Customer", turn) for turn in turns), ("Agent", "thank you got it"),
             ("Agent", "move your money to a safe account and tell nobody")]  # fmt: skip
    cues = [f"00:{3 * n:02}.000 --> 00:{3 * n + 2:02}.500\n<v {who}>{text}\n" for n, (who, text) in enumerate(lines)]
    return "WEBVTT\n\n" + "\n".join(cues)


def leaks(settings, store, log, folder):
    """(where, kind) of each secret that is found anywhere, whole or as one of its spoken pieces."""
    places = {
        "mail": mails_of(settings, store),
        **{k: [v] for k, v in report_of(settings, store, folder).items()},
        "log": [log],
    }
    assert places["mail"]
    values = [
        (name, value) for name, value in cells(store) if not name.endswith(("id", "version"))
    ]  # counted, not said
    raw = [(file.name, file.read_bytes()) for file in settings.data.rglob("*") if file.is_file()]
    results = [text for call in calls_of(store) for text in texts(call)]
    found = set()
    for kind, canary in planted():
        found |= {(f"cell {name}", kind) for name, value in values if in_cell(canary, value)}
        found |= {(f"file {name}", kind) for name, data in raw if canary.in_bytes(data)}
        found |= {(where, kind) for where, said in places.items() for text in said if canary.in_text(spoken(text))}
        found |= {("result", kind) for text in results if canary.in_text(text)}
    return found


def planted():
    return [((kind, style), Canary(DIGITS[kind], " ".join(turns))) for (kind, style), turns in SAID.items()]


def calls_of(store):
    from webapp.store.blobs import about
    from webapp.tables import Call, Result

    with store.database.read() as session:
        rows = [
            (call, result)
            for call in session.query(Call)
            for result in session.query(Result).filter_by(call_id=call.id)
        ]
    for call, result in rows:
        with store.vault.unseal(result.blob, call.sealed_key, about(call.public_id)) as plain:
            yield plain.read()


@pytest.mark.parametrize("policy", ["default", "nothing"])
def test_no_style_of_saying_a_secret_leaves_a_trace(database_url, tmp_path, decoder, caplog, policy):
    """With a policy that hides nothing the same walk finds every one of them: it can see."""
    from pipeline.redaction import Policy

    folder = tmp_path / "in"
    folder.mkdir()
    for (kind, style), turns in SAID.items():
        (folder / f"{kind}-{style}.vtt").write_text(transcript(kind, turns))
    analyzers = [analyzer for analyzer in load_analyzers({}) if analyzer.name == "rules"]
    chosen = load_policy() if policy == "default" else Policy("nothing", frozenset())
    models = Models(decoder, None, None, analyzers, chosen, {"asr": "none", "diarization": "none"})
    with caplog.at_level(logging.DEBUG), installed(tmp_path / "data", database=database_url) as (settings, store):
        store.keep_rules(rule_texts(models))
        assert ingest([folder], store, settings).new == len(SAID)
        assert Worker(store, Processing(settings, store, _models=[models])).drain().done == len(SAID)
        found = leaks(settings, store, caplog.text, tmp_path)
        if policy == "default":
            assert found == set()
        else:
            assert {kind for where, kind in found if where == "result"} == set(SAID)
