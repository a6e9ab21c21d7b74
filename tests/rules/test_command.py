"""`callsift rules` as a person meets it: checking, trying, explaining, publishing, going back, and judging kept calls again."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from pipeline.analyzers.rules import analyzer
from pipeline.asr.heard import open_heard
from pipeline.asr.posteriors import pack
from pipeline.asr.spelling import open_speller
from pipeline.process import Models
from pipeline.protocols import FramePosteriors, Transcript
from pipeline.records import Call, CallResult, Party, Turn, Verdict, Word
from pipeline.redaction.choosing import load_policy
from pipeline.stages.keeping import made_by, named
from tests.store.makers import make_intake
from webapp.cli import make_app
from webapp.installing import install
from webapp.settings import load
from webapp.store import open_store
from webapp.store.rulebook import Rulebook, kept_rule

RULE = """\
id: {id}
title: Nobody may promise a refund
kind: prohibited
severity: medium
jurisdiction: any
source: house rule
as_of: 2026-11-20
source_status: unchecked
why: Refunds are decided elsewhere.
misses: Other words for it.
owner: quality
said: {{role: agent, any_of: ["{phrase}"]}}
examples:
  fires:
    - "agent: you will get a refund"
    - "agent: well you will get a refund today"
    - |
      customer: hello
      agent: hello
      customer: what now
      agent: you will get a refund
  quiet:
    - "agent: you will not get a refund"
    - "customer: you will get a refund"
    - "agent: refunds are decided elsewhere"
"""


@pytest.fixture
def own(tmp_path):
    """A folder of packs of one's own, with one rule."""
    return write(tmp_path / "own", "refund", "will get [a] refund")


def write(folder, name, phrase, id="X-1"):
    (folder / "mine").mkdir(parents=True, exist_ok=True)
    (folder / "mine" / f"{name}.yaml").write_text(RULE.format(id=id, phrase=phrase))
    return folder


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command on a data folder of its own; the exit code and what was printed."""
    monkeypatch.setenv("CALLSIFT_DATA", str(tmp_path / "data"))

    def call(*arguments):
        done = CliRunner().invoke(make_app(), ["rules", *map(str, arguments)])
        return (0 if done.exception is None else 1), done.output + str(done.exception or "")

    return call


@pytest.fixture
def store(tmp_path, run):
    settings = load()
    install(settings)
    opened = open_store(settings)
    yield opened
    opened.close()


def spoken(*lines, confidence=0.95):
    """Turns of ("agent", "words") pairs, one after the other."""
    turns, at = [], 0.0
    for role, said in lines:
        party = {"agent": "s1", "customer": "s2"}[role]
        words = tuple(Word(w, at + 0.5 * n, at + 0.5 * n + 0.4, confidence, party) for n, w in enumerate(said.split()))
        turns.append(Turn(party, at, words[-1].end, words))
        at = words[-1].end + 1.0
    return tuple(turns)


def commit(store, name, *lines, sound=None):
    """A call judged and committed as the worker does it; its id. ``sound`` is what its posteriors hold."""
    store.add(make_intake(store, name, sealed=False, call_type="service", direction="inbound"))
    (job,) = store.claim("test", limit=1, lease=60)
    call = Call(job.call_id, metadata=job.intake.metadata, parties=(Party("s1", "agent", 1.0, 0), Party("s2", "customer", 1.0, 1)),
                turns=spoken(*lines))  # fmt: skip
    rules, files = replace(analyzer, remember=lambda: (store.ledger(), store.clock())), {}
    if sound is not None:
        packed = pack([heard(sound), heard("")])
        path = store.vault.seal([packed], job.intake.sealed_key, f"posteriors:{job.call_id}").name
        call = replace(call, posteriors=named(packed, [Transcript((), heard(sound))], path))
        rules, files = rules.hearing(open_heard(call, packed)), {"posteriors": path}
    store.keep_rules([kept_rule(rule) for rule in rules.ruleset.rules])
    verdicts = tuple(fact for fact in rules.analyze(call) if isinstance(fact, Verdict))
    assert store.commit(job, CallResult(call, verdicts=verdicts, files=files))
    return job.call_id


def heard(text):
    """Posteriors of the shipped recogniser in which exactly ``text`` was heard, from second 2 on."""
    speller = open_speller("demo")
    outputs = [o for output in speller.spell(text) or [] for o in (output, speller.vocabulary.blank)]
    frames = [speller.vocabulary.blank] * 50 + outputs + [speller.vocabulary.blank] * 50
    ids = np.array(frames, np.uint16)[:, None]
    return FramePosteriors(ids, np.full(ids.shape, -0.01, np.float32), 0.04, speller.vocabulary.blank, "demo_asr@test")


def test_check_tells_the_line_of_an_example_that_does_not_hold(run, own):
    write(own, "broken", "will never be said")
    (own / "mine" / "refund.yaml").unlink()
    code, said = run("check", own)
    assert code == 1
    assert "broken.yaml:15: X-1: fires[0] gave PASS" in said


def test_check_names_a_rule_that_fires_on_ordinary_talk_of_another(run, own):
    file = own / "mine" / "refund.yaml"
    file.write_text(file.read_text() + '  ordinary:\n    - "agent: read me the code we texted you"\n')
    code, said = run("check", own)
    assert code == 1
    assert "J2b: fires on ordinary talk (X-1 ordinary[0]" in said


def test_a_transcript_is_tried_by_all_rules_or_one(run, own, tmp_path):
    file = tmp_path / "call.json"
    turns = [{"speaker": "a", "role": "agent", "start": 0.0, "text": "you will get a refund"}]
    file.write_text(json.dumps({"id": "c1", "trusted": True, "turns": turns}))
    code, said = run("test", file, "--rule", "X-1", "--packs", own)
    assert code == 0
    assert "X-1      FAIL" in said
    assert '"will get a refund"' in said
    _, everything = run("test", file, "--packs", own, "--json")
    assert {"X-1", "REC-1", "B1"} <= {verdict["rule"] for verdict in json.loads(everything)["verdicts"]}


def test_a_rule_is_explained_with_all_a_reader_needs(run):
    _, said = run("explain", "B1")
    for part in ("the agent says", "What it asks", "When it applies", "1692e(11)", "as of 2026-11-20", "read: the text",
                 "Why it matters", "What it misses", "It fires on", "agent: hi you owe four hundred dollars"):  # fmt: skip
        assert part in said, part
    code, said = run("explain", "B01")
    assert code == 1
    assert "B1" in said


def test_new_rules_pass_the_check_as_they_are(run, tmp_path):
    for kind in ("prohibited", "cross_call"):
        code, said = run("new", f"N-{kind}", tmp_path / "own" / "mine", "--kind", kind)
        assert code == 0, said
    code, said = run("check", tmp_path / "own")
    assert code == 0, said
    code, said = run("new", "N-3", tmp_path / "own" / "mine", "--kind", "probihited")
    assert code == 1
    assert "prohibited" in said


def test_the_users_rule_takes_the_place_of_the_shipped_one_with_its_id(run, tmp_path, monkeypatch):
    monkeypatch.setenv("CALLSIFT_PACKS", str(write(tmp_path / "own", "k1", "will get [a] refund", id="K1")))
    _, said = run("list", "--json")
    rows = [row for row in json.loads(said) if row["id"] == "K1"]
    assert [(row["pack"], row["title"]) for row in rows] == [("mine", "Nobody may promise a refund")]


def test_publishing_makes_versions_and_going_back_makes_another(run, own, store):
    book = Rulebook(store.database, store.org)
    assert "No" in run("versions")[1]
    assert "Version 1 " in run("publish", "--packs", own, "--note", "first")[1]
    assert "Nothing has changed: version 1" in run("publish", "--packs", own)[1]
    first = book.ruleset(1).by_id["X-1"]
    write(own, "refund", "(will|shall) get [a] refund")
    assert "Version 2 " in run("publish", "--packs", own)[1]
    assert book.ruleset().by_id["X-1"].digest != first.digest
    assert "the rules of version 1 again" in run("rollback")[1]
    assert [(one.version, one.back_to) for one in book.versions()] == [(3, 1), (2, None), (1, None)]
    assert book.ruleset().by_id["X-1"].digest == first.digest
    assert run("rollback", "--to", "9")[0] == 1


def test_rules_that_fail_their_own_examples_are_not_published(run, own, store):
    write(own, "refund", "something else")
    code, said = run("publish", "--packs", own)
    assert code == 1
    assert "nothing was published" in said
    assert Rulebook(store.database, store.org).newest() is None


def test_a_published_version_judges_as_its_files_did(run, own, store):
    run("publish", "--packs", own)
    kept = Rulebook(store.database, store.org).ruleset()
    assert {rule.digest for rule in kept.rules} == {rule.digest for rule in analyzer.ruleset.rules} | {
        kept.by_id["X-1"].digest
    }
    assert kept.pack("fraud").about == analyzer.ruleset.pack("fraud").about


def test_a_backtest_shows_what_would_be_gained_and_lost_with_clips(run, own, store):
    run("publish", "--packs", own)
    refund = commit(store, "a", ("agent", "hello there"), ("agent", "you will get a refund"))
    money = commit(store, "b", ("agent", "hello there"), ("agent", "you get your money back"))
    commit(store, "c", ("agent", "hello there"), ("customer", "good morning"))
    write(own, "refund", "money back")
    code, said = run("backtest", "--from", "2026-01-01", "--to", "2099-01-01", "--packs", own, "--json")
    assert code == 0, said
    found = json.loads(said[said.index("{") :])
    assert found["calls"] == 3
    assert found["rules"] == [{"rule": "X-1", "what": "changed", "gained": 1, "lost": 1, "other": 0}]
    clips = {one["call"]: (one["gained"], one["clip"]["quote"]) for one in found["differences"]}
    assert clips == {money: (True, "money back"), refund: (False, "will get a refund")}
    assert run("backtest", "--from", "2025-01-01", "--to", "2025-01-02", "--packs", own)[1].startswith("0 calls")


CALL = (("agent", "thanks for calling harbor bank this is dana how can i help"), ("customer", "what is my balance"),
        ("agent", "your balance is forty dollars"))  # fmt: skip


def test_a_replay_equals_what_was_kept_byte_for_byte(run, store):
    call = commit(store, "a", *CALL, sound="this call is recorded")
    kept = {verdict.rule: verdict for verdict in store.result(call).verdicts}
    assert kept["REC-1"].value == "PASS"
    assert "heard by sound" in kept["REC-1"].reason
    code, said = run("replay", call[:12])
    assert code == 0, said
    assert f"{len(kept)} verdicts, {len(kept)} equal" in said


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda v: replace(v, confidence=0.5), "REC-1      PASS            differs: confidence: 0.5 -> "),
        (lambda v: replace(v, basis={**v.basis, "engine": "0"}), "REC-1      PASS            other engine: engine 0 made it"),
        (lambda v: replace(v, basis={**v.basis, "rule_text": "ab" * 32}), "REC-1      PASS            no text"),
    ],
)  # fmt: skip
def test_a_replay_says_what_is_not_the_same(run, store, change, told):
    call = commit(store, "a", *CALL, sound="this call is recorded")
    store.redo("rules")
    (job,) = store.claim("test", limit=1, lease=60)
    kept = store.result(call)
    assert store.commit(
        job, replace(kept, verdicts=tuple(change(v) if v.rule == "REC-1" else v for v in kept.verdicts))
    )
    code, said = run("replay", call)
    assert code == 1
    assert told in said
    assert "1 of" in said


def test_the_basis_names_all_a_verdict_rests_on(store):
    call = commit(store, "a", *CALL, sound="this call is recorded")
    basis = store.result(call).verdicts[0].basis
    assert {"rule_text", "engine", "settings", "transcript", "posteriors", "recognizer", "ledger", "tzdata", "as_of",
            "metadata"} <= set(basis)  # fmt: skip
    policy = load_policy("us")
    made = made_by(Models(None, None, None, (), policy, {"asr": "demo@1", "redaction": "default"}), policy)
    assert made == {"asr": "demo@1", "redaction": f"us@{policy.fingerprint}"}
