"""Policies: shipped by jurisdiction with the law they follow, chosen by queue, team and where the person is, and read strictly."""

import pytest

from pipeline.records import Metadata
from pipeline.redaction import Policies, load_policies, load_policy
from pipeline.redaction.policy import ALWAYS, SHIPPED, BadPolicy, Policy

NAMES = sorted(path.stem for path in SHIPPED.glob("*.yaml") if isinstance(load_policies(path.stem), Policy))


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_policy_removes_card_data(name):
    assert load_policy(name).remove >= ALWAYS
    assert not load_policy(name).last4 & {"CARD_CODE", "PASSCODE", "PASSWORD"}


@pytest.mark.parametrize("name", ["us", "uk", "eu", "kr"])
def test_a_jurisdiction_says_which_law_it_follows(name):
    policy = load_policy(name)
    assert policy.jurisdiction
    assert "PCI DSS" in policy.law
    assert policy.law.split(";")[0] in (SHIPPED / f"{name}.yaml").read_text()


@pytest.fixture
def choice(tmp_path):
    (tmp_path / "house.yaml").write_text("remove: [EMAIL]\nkeep_original_days: 3\n")
    file = tmp_path / "choice.yaml"
    file.write_text(
        "default: us\nqueues: {Payments: strict}\nteams: {Berlin: eu}\npeople: {DE: eu, GB: uk, KR: kr, FR: house.yaml}\n"
    )
    return load_policies(str(file))


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        (Metadata(), "us"),
        (Metadata(queue="payments", team="Berlin"), "strict"),
        (Metadata(team="berlin", person_state="CA"), "eu"),
        (Metadata(person_number="+4930901820"), "eu"),
        (Metadata(person_number="+442079460958"), "uk"),
        (Metadata(person_number="+82212345678"), "kr"),
        (Metadata(person_state="NY", person_number="+442079460958"), "us"),
        (Metadata(extra={"Country": "FR"}), "house"),
        (Metadata(extra={"jurisdiction": "uk"}), "uk"),
    ],
)
def test_a_call_gets_the_policy_of_its_queue_team_or_person(choice, metadata, name):
    assert isinstance(choice, Policies)
    assert choice.of(metadata).name == name


def test_the_shipped_choice_goes_by_the_person():
    assert load_policies("by_person").of(Metadata(person_number="+33140205050")).name == "eu"
    assert load_policy("by_person").name == "default"


def test_a_policy_says_how_long_the_original_is_kept(choice):
    assert choice.of(Metadata(extra={"country": "FR"})).keep_original_days == 3
    assert load_policy("default").keep_original_days is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: x\nremove: [EMAIL]\nquarantine: keep\n", r'bad.yaml:3: there is no key "quarantine"'),
        ("name: x\nremoves: [EMAIL]\n", r'bad.yaml:2: there is no key "removes". Did you mean "remove"'),
        ("remove: [EMAIL]\nkeep_original_days: long\n", "bad.yaml:2: keep_original_days 'long'"),
        ("remove: [EMAIL]\n\nlast4: [CARD]\n", r'bad.yaml:3: there is no type "CARD"'),
        ("default: us\nqueue: {a: eu}\n", r'bad.yaml:2: there is no key "queue". Did you mean "queues"'),
        ("default: us\nteams:\n  a: euro\n", r'bad.yaml:3: there is no redaction policy "euro"'),
        ("queues: {a: eu}\n", "needs `default`"),
    ],
)
def test_what_a_policy_file_may_not_say_is_named_with_its_line(tmp_path, text, says):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(BadPolicy, match=says):
        load_policies(str(file))
