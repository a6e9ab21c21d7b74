"""The written calls: what they promise to contain is there, and nothing in them is real."""

import json
import re
from itertools import groupby
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline.training.voices import FOREIGN, HELD_OUT, VOICES
from sample_calls.scenario import (
    FOLDER,
    Plant,
    Scenario,
    ScenarioError,
    Sound,
    read_cast,
    read_scenario,
    read_scenarios,
)

CAST = read_cast()
SCENARIOS = {scenario.call: scenario for scenario in read_scenarios()}
DIGITS = {
    word: str(value) for value, word in enumerate("zero one two three four five six seven eight nine".split())
} | {"oh": "0"}
REPEATS = {"double": 2, "triple": 3}

each_call = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)


def plants(scenario: Scenario, *ids: str) -> list[Plant]:
    return [plant for plant in scenario.planted if not ids or plant.id in ids]


def calls_with(kind: str, rule: str, expect: str) -> set[str]:
    return {
        scenario.call
        for scenario in SCENARIOS.values()
        for plant in scenario.planted
        if (plant.kind, plant.id, plant.expect) == (kind, rule, expect)
    }


def sounds(kind: str) -> list[Sound]:
    return [step for s in SCENARIOS.values() for step in s.script if isinstance(step, Sound) and step.kind == kind]


def spoken_digits(text: str) -> str:
    """ "oh five double six" -> "0566"."""
    found, times = "", 1
    for word in text.split():
        found += DIGITS.get(word, "") * times
        times = REPEATS.get(word, 1)
    return found


def luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def test_there_are_between_26_and_30_calls_of_both_directions_and_some_say_nothing_of_it():
    directions = [(s.sidecar or {}).get("direction") for s in SCENARIOS.values()]
    assert 26 <= len(SCENARIOS) <= 30
    assert directions.count("inbound") >= 10
    assert directions.count("outbound") >= 8
    assert directions.count(None) >= 3


@pytest.mark.parametrize(
    ("kind", "rule", "expect"),
    [
        ("rule", "REC-1", "PASS"), ("rule", "REC-1", "FAIL"), ("rule", "REC-3", "FAIL"),
        ("rule", "ID-1", "PASS"), ("rule", "ID-1", "FAIL"),
        ("rule", "B1", "PASS"), ("rule", "B1", "FAIL"), ("rule", "B3", "PASS"), ("rule", "B3", "FAIL"),
        ("rule", "B4", "PASS"), ("rule", "B4", "FAIL"), ("rule", "B5", "PASS"), ("rule", "B5", "FAIL"),
        ("rule", "B11", "PASS"), ("rule", "B11", "FAIL"), ("rule", "B12", "FAIL"), ("rule", "B13", "FAIL"),
        ("rule", "C1", "PASS"), ("rule", "C1", "FAIL"), ("rule", "C2", "FAIL"), ("cross_call", "C2", "FAIL"),
        ("rule", "D1", "PASS"), ("rule", "D1", "FAIL"), ("rule", "D2", "FAIL"), ("rule", "D3", "PASS"), ("rule", "D3", "FAIL"),
        ("rule", "D4", "FAIL"), ("rule", "D5", "FAIL"), ("rule", "D5", "PASS"),
        ("rule", "E1", "PASS"), ("rule", "E1", "FAIL"), ("rule", "E3", "FAIL"), ("rule", "E4", "PASS"), ("rule", "E4", "FAIL"),
        ("rule", "F6", "FAIL"), ("rule", "G2", "PASS"), ("rule", "G2", "FAIL"), ("rule", "G3", "FAIL"), ("rule", "G4", "PASS"),
        ("rule", "G5", "PASS"), ("rule", "G5", "FAIL"), ("rule", "G7", "FAIL"),
        ("rule", "J2", "FAIL"), ("rule", "J2", "PASS"), ("rule", "K1", "FAIL"), ("rule", "K3", "FAIL"),
        ("rule", "K4", "PASS"), ("rule", "K4", "FAIL"),
        ("cross_call", "B7", "FAIL"), ("cross_call", "K5", "PASS"), ("cross_call", "J1", "found"), ("cross_call", "J8", "found"),
        ("signal", "G1", "found"), ("signal", "J1", "found"), ("signal", "J4", "found"), ("signal", "J5", "found"),
        ("signal", "J6", "found"),
        ("signal", "J7", "found"), ("signal", "K2", "found"), ("signal", "churn", "found"),
        ("signal", "foreign_language", "found"), ("signal", "sentiment_falls", "found"),
    ],
)  # fmt: skip
def test_this_is_planted_somewhere(kind, rule, expect):
    assert calls_with(kind, rule, expect)


def test_quiet_calls_carry_near_misses():
    assert len({s.call for s in SCENARIOS.values() if any(plant.kind == "near_miss" for plant in s.planted)}) >= 12


def test_at_least_twenty_calls_allow_three_firm_verdicts():
    firm = {
        call: [p for p in s.planted if p.kind == "rule" and p.expect in ("PASS", "FAIL")]
        for call, s in SCENARIOS.items()
    }
    assert sum(len(rules) >= 3 for rules in firm.values()) >= 26


@each_call
def test_a_call_is_spoken_by_known_voices_only(scenario):
    voices = {CAST[part.person].voice for part in scenario.parts}
    assert not voices & set(HELD_OUT)
    assert voices <= (set(VOICES) if scenario.language == "en" else set(FOREIGN))


@each_call
def test_no_two_people_of_one_call_could_be_taken_for_each_other(scenario):
    people = [CAST[part.person] for part in scenario.parts if part.role != "ivr"]
    engines = [person.voice.split("+")[0].removesuffix("_hts") for person in people]
    variants = [person.voice for person in people]
    assert len(set(variants)) == len(people)
    assert len(set(engines)) == len(people) or scenario.language != "en"


def test_the_impostor_has_one_voice_on_two_accounts_and_three_calls_on_one_of_them():
    accounts = sorted(
        s.sidecar["account_id"]
        for s in SCENARIOS.values()
        if s.sidecar and any(p.person == "impostor" for p in s.parts)
    )
    assert [len(list(calls)) for _, calls in groupby(accounts)] == [3, 1]


def test_voice_comparison_is_allowed_where_the_same_voice_must_be_found():
    found = calls_with("cross_call", "J8", "found")
    assert len(found) == 4
    assert all(SCENARIOS[call].sidecar["consent_voiceprint"] is True for call in found)


@each_call
def test_what_redaction_must_remove_is_said_digit_for_digit(scenario):
    for secret in scenario.secrets:
        assert spoken_digits(secret.said) == secret.digits, secret.said


@each_call
def test_card_numbers_are_public_test_numbers_with_a_true_check_digit(scenario):
    for group, pieces in groupby(
        (s for s in scenario.secrets if s.type == "CARD_NUMBER"), key=lambda secret: secret.group
    ):
        number = "".join(piece.digits for piece in pieces)
        assert luhn(number), (scenario.call, group)
        assert number in {"4000056655665556", "5105105105105100"}


@each_call
def test_numbers_that_only_look_like_cards_have_a_false_check_digit_and_are_said(scenario):
    said = spoken_digits(" ".join(turn.text for turn in scenario.turns))
    for number in scenario.near_numbers:
        assert not luhn(number)
        assert number[:8] in said
        assert number[8:] in said


def test_a_card_number_and_an_order_number_are_among_them():
    assert sum(any(s.type == "CARD_NUMBER" for s in scenario.secrets) for scenario in SCENARIOS.values()) == 2
    assert sum(any(s.type == "CARD_CODE" for s in scenario.secrets) for scenario in SCENARIOS.values()) == 2
    assert sum(any(s.type == "PASSCODE" for s in scenario.secrets) for scenario in SCENARIOS.values()) == 1
    assert sum(bool(scenario.near_numbers) for scenario in SCENARIOS.values()) >= 1


def test_every_telephone_number_is_of_the_reserved_block():
    log = (FOLDER / "contacts.csv").read_text()
    sidecars = json.dumps([scenario.sidecar for scenario in SCENARIOS.values()])
    numbers = re.findall(r"\+\d+", re.sub(r"T[\d:]+[+-][\d:]+", "", log + sidecars))
    assert len(numbers) > 40
    assert [number for number in numbers if not re.fullmatch(r"\+1\d{3}55501\d\d", number)] == []


@each_call
def test_a_spoken_telephone_number_is_of_the_reserved_block(scenario):
    for turn in scenario.turns:
        for number in re.findall(r"5550\d{3}", spoken_digits(turn.text)):
            assert number.startswith("55501")


def test_a_long_silence_and_a_long_hold_are_there():
    assert max(float(sound.value) for sound in sounds("dead_air")) > 45
    assert max(float(sound.value) for sound in sounds("hold_music")) > 30
    assert all(sounds(kind) for kind in ("ring", "dtmf", "beep", "pause_recording"))


def test_people_interrupt_hesitate_and_answer_into_each_others_words():
    turns = [turn for scenario in SCENARIOS.values() for turn in scenario.turns]
    words = [word for turn in turns for word in turn.text.split()]
    assert sum(turn.overlap is not None for turn in turns) >= 15
    assert sum(turn.inside is not None for turn in turns) >= 4
    assert sum(word in {"um", "uh"} for word in words) >= 30


@each_call
def test_a_call_has_the_words_of_a_short_real_one(scenario):
    assert 90 <= sum(len(turn.text.split()) for turn in scenario.turns) <= 450


def test_the_contact_log_contains_what_was_planted_in_it():
    rows = (FOLDER / "contacts.csv").read_text().splitlines()
    assert rows[0] == "person,debt,account,number,campaign,started_at,direction,outcome,recording"
    for plant in YAML(typ="safe").load(FOLDER / "contacts.yaml"):
        [row] = [
            row
            for row in rows
            if row.startswith(f"{plant['person']},{plant.get('debt', '')},") and f",{plant['at']}," in row
        ]
        assert plant.get("after") is None or any(row.endswith(f",{plant['after']}") for row in rows), row


def test_the_contact_log_knows_every_recording_that_has_metadata_and_agrees_with_it():
    rows = [row.split(",") for row in (FOLDER / "contacts.csv").read_text().splitlines()[1:]]
    logged = {row[8]: (row[0], row[1], row[2], row[3], row[5], row[6]) for row in rows if row[8]}
    assert logged == {
        call: tuple(
            s.sidecar.get(key, "")
            for key in ("customer_id", "debt_id", "account_id", "person_number", "started_at", "direction")
        )
        for call, s in SCENARIOS.items()
        if s.sidecar
    }


MINIMAL = """
call: x-1
title: t
about: a
language: en
audio: {codec: wav_pcm, channels: 1}
line: {noise: -50}
parties: {agent: {person: dana, role: agent}}
script:
- agent: good morning | how are you
planted:
- {kind: rule, id: ID-1, expect: PASS, party: agent, said: morning how are}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "scenario.yaml"
    file.write_text(text)
    return file


def test_a_scenario_may_quote_across_a_phrase_border(tmp_path):
    assert read_scenario(written(tmp_path, MINIMAL)).planted[0].said == "morning how are"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("said: morning how are", "said: good night", "'good night' in 0 places"),
        ("good morning | how", "Good morning | how", "'Good morning' is not lower case"),
        ("how are you\n", "how are you 2\n", "not lower case words"),
        ("wav_pcm", "wma", "wma"),
        ("- agent: good", "- agents: good", "'agents' is neither a party nor"),
        ("expect: PASS", "expect: PASSED", "PASSED"),
        ("title: t\n", "", "title"),
    ],
)
def test_a_broken_scenario_is_refused_with_the_file_and_the_reason(tmp_path, before, after, message):
    with pytest.raises(ScenarioError, match=r"scenario\.yaml: .*" + re.escape(message)):
        read_scenario(written(tmp_path, MINIMAL.replace(before, after)))
