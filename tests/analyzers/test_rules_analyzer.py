"""The rules as the last analyzer: verdicts for every rule, findings for what a reviewer should hear."""

from datetime import datetime

import pytest

from pipeline.analyzers.rules import analyzer
from pipeline.records import Call, Finding, Measure, Metadata, Party, Span, Turn, Verdict, Word


def call(*lines, confidence=None, trusted=True, metadata=None, findings=()):
    """A call from ("agent", "words") pairs."""
    turns, at = [], 0.0
    parties = {role: f"s{n + 1}" for n, role in enumerate(dict.fromkeys(role for role, _ in lines))}
    for role, said in lines:
        words = tuple(
            Word(w, at + 0.4 * n, at + 0.4 * n + 0.4, confidence, parties[role]) for n, w in enumerate(said.split())
        )
        turns.append(Turn(parties[role], at, at + 0.4 * len(words), words))
        at += 0.4 * len(words) + 0.3
    people = tuple(Party(id, role, 1.0, n) for n, (role, id) in enumerate(parties.items()))
    return Call(
        "c", metadata=metadata or Metadata(), parties=people, turns=tuple(turns), trusted=trusted, findings=findings
    )


COLLECTIONS = call(
    ("agent", "this is victor from the stonegate group on a recorded line"),
    ("customer", "yes who is calling"),
    ("agent", "you owe us four hundred dollars and you could be arrested"),
    metadata=Metadata(call_type="collections", direction="outbound", person_zone="America/New_York",
                      started_at=datetime.fromisoformat("2026-11-12T21:14:08-05:00")),
)  # fmt: skip


@pytest.fixture(scope="module")
def said():
    return analyzer.analyze(COLLECTIONS)


def test_every_rule_that_gives_verdicts_gives_one(said):
    verdicts = [fact for fact in said if isinstance(fact, Verdict)]
    expected = [rule.id for rule in analyzer.ruleset.rules if not rule.kind.signals and not rule.needs_meaning]
    assert [verdict.rule for verdict in verdicts] == expected


def test_breaches_become_findings_with_a_sentence_a_time_and_evidence(said):
    findings = {fact.kind: fact for fact in said if isinstance(fact, Finding)}
    threat = findings["rule:B11"]
    assert threat.score == 0.85
    assert "arrested" in threat.why
    assert (threat.start, threat.end) == (threat.evidence[0].start, threat.evidence[0].end)
    assert threat.facts == {"rule": "B11", "severity": "high", "pack": "collections_us"}
    assert "rule:B5" in findings  # 21:14 where the person is
    assert "rule:REC-1" not in findings


def test_breaches_of_low_severity_are_answers_and_no_findings(said):
    failed = {v.rule for v in said if isinstance(v, Verdict) and v.value == "FAIL"}
    low = {rule.id for rule in analyzer.ruleset.rules if rule.body.severity == "low"}
    kinds = {fact.kind for fact in said if isinstance(fact, Finding)}
    assert failed & low
    assert not {f"rule:{id}" for id in low} & kinds


def test_measures_count_breaches_and_the_fraud_case(said):
    measures = {fact.name: fact.value for fact in said if isinstance(fact, Measure)}
    assert measures["breaches"] == sum(isinstance(f, Verdict) and f.value == "FAIL" for f in said)
    assert measures["fraud_case"] < 0.6


def test_a_fraud_case_is_one_finding_that_quotes_its_signs():
    told = call(
        ("customer", "he said not to tell the bank and i have to buy gift cards and read him the numbers"),
        ("agent", "who said so"),
    )
    findings = {fact.kind: fact for fact in analyzer.analyze(told) if isinstance(fact, Finding)}
    assert findings["case:fraud"].score >= 0.6
    assert "gift cards" in findings["case:fraud"].why
    assert {"signal:J5", "signal:J6a"} <= set(findings)


def test_a_recogniser_that_is_unsure_gives_no_firm_verdict_on_words():
    doubted = call(("agent", "you owe us money you will be arrested"), confidence=0.3, trusted=False,
                   metadata=Metadata(call_type="collections"))  # fmt: skip
    firm = {v.rule for v in analyzer.analyze(doubted) if isinstance(v, Verdict) and v.firm}
    assert firm <= {"Q5"}  # the only answer that rests on no words


def test_pauses_and_findings_of_other_analyzers_are_facts():
    paid = call(("agent", "what is your card number i am pausing the recording"), ("customer", "okay"),
                metadata=Metadata(pause_events=(Span(3.0, 20.0),), payment_events=(Span(2.0, 25.0),)))  # fmt: skip
    verdicts = {v.rule: v.value for v in analyzer.analyze(paid) if isinstance(v, Verdict)}
    assert verdicts["D3"] == "PASS"
    silent = call(("agent", "hello"), findings=(Finding("dead_air", 0.9, 1.0, 60.0, "nobody spoke for 59 s"),))
    assert "signal:K2" in {f.kind for f in analyzer.analyze(silent) if isinstance(f, Finding)}


def test_a_users_packs_are_read_from_the_setting(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x.yaml").write_text(
        "id: X-1\ntitle: no bananas\nkind: prohibited\nseverity: high\njurisdiction: any\nsource: house\nas_of: 2026-11-20\n"
        "source_status: unchecked\nwhy: w\nmisses: m\nowner: o\nexamples: {}\nsaid: {any_of: [bananas]}\n"
    )
    mine = analyzer.configured({"packs": tmp_path})
    kinds = {f.kind for f in mine.analyze(call(("agent", "have some bananas"))) if isinstance(f, Finding)}
    assert "rule:X-1" in kinds
