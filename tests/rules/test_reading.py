"""Rule files: what is refused, on which line, with what hint, and that nothing but RuleError ever comes out."""

import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.engine.ruleset import RuleSet, load_packs
from rules.errors import RuleError
from rules.language.files import SHIPPED, read_packs, read_rule
from rules.language.source import read_source
from tests.rules.makers import HEAD, ruleset

GOOD = HEAD + "kind: prohibited\nsaid: {role: agent, any_of: [never tell]}\n"


def fault(text: str) -> RuleError:
    with pytest.raises(RuleError) as caught:
        read_rule(text, "r.yaml")
    return caught.value


def test_a_good_rule_is_read_with_a_version_of_its_text():
    rule = read_rule(GOOD, "r.yaml")
    assert rule.id == "T-1"
    assert rule.version != read_rule(GOOD + "# a comment\n", "r.yaml").version


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "severity: high",
            "severity: hihg",
            3,
            'severity "hihg" is not one of low, medium, high. Did you mean "high"?',
        ),
        ("kind: prohibited", "kind: prohibit", 12, 'Did you mean "prohibited"?'),
        ("role: agent", "rolle: agent", 13, 'there is no key "said.rolle". Did you mean "role"?'),
        ("role: agent", "role: agnet", 13, 'Did you mean "agent"?'),
        ("as_of: 2026-11-20", "as_of: soon", 6, "as_of 'soon'"),
        ("id: T-1", "id: 'T 1'", 1, "id 'T 1'"),
        ("[never tell]", "['(never']", 13, "not closed"),
        ("owner: tests", "", 1, 'the key "owner" is missing'),
        ("title: a test rule", "title: a\ntitle: b", 3, 'the key "title" stands here twice'),
        ("title: a test rule", "title: &x a", 2, "anchors"),
        ("title: a test rule", "title: *x", 2, "aliases"),
        ("title: a test rule", "title: !!python/object:os.system a", 2, "tags"),
        ("title: a test rule", "title: [a", 3, "not valid YAML"),
        ("said:", "said: 3 #", 13, "said"),
    ],
)
def test_every_fault_is_named_with_its_line(old, new, line, words):
    error = fault(GOOD.replace(old, new, 1))
    assert words in str(error)
    assert error.line == line
    assert str(error).startswith(f"r.yaml:{line}: ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("- a\n", "mapping"),
        ("a\n", "mapping"),
        ("a: 1\n---\nb: 2\n", "more than one document"),
        ("? [a]\n: b\n", "key must be plain"),
        ("x: " + "[" * 60 + "]" * 60, "levels"),
        ("x: " + "a" * 1_000_001, "bytes"),
        ("\x00", "not valid YAML"),
    ],
)
def test_what_is_no_rule_file_at_all(text, words):
    assert words in str(fault(text))


def test_scalars_follow_yaml_1_2():
    value = read_source(
        "a: yes\nb: 012\nc: 1.5\nd: true\ne: null\nf: 2026-11-20\ng: '3'\nh: 12:30\ni: 0x1f\n", "f"
    ).value
    assert value == {
        "a": "yes",
        "b": 12,
        "c": 1.5,
        "d": True,
        "e": None,
        "f": "2026-11-20",
        "g": "3",
        "h": "12:30",
        "i": "0x1f",
    }


def test_lines_are_known_for_every_value():
    source = read_source("a:\n  - x\n  - y: 1\nb: 2\n", "f")
    assert [source.line(path) for path in [("a",), ("a", 0), ("a", 1, "y"), ("b",), ("a", 7)]] == [1, 2, 3, 4, 1]


@given(st.text(max_size=200))
def test_any_text_ends_in_a_rule_error(text):
    with pytest.raises(RuleError):
        read_rule(text, "f.yaml")


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_damaged_rules_are_read_or_refused_but_never_break_the_parser(random: random.Random, hits):
    text = list((SHIPPED / "collections_us" / "b1.yaml").read_text())
    for _ in range(hits):
        at = random.randrange(len(text))
        text[at] = random.choice([*" \n:[]{}\"'&*!|>-#,?%@`\t\\x0é", ""])
    with suppress(RuleError):
        assert read_rule("".join(text), "f.yaml").id


def test_names_that_lead_nowhere_are_found_when_rules_are_compiled():
    for body, words in [
        ("kind: prohibited\nsaid: {event: nothing}", 'no event "nothing"'),
        ("kind: prohibited\nsaid: {any_of: ['{nothing}']}", 'no word list "nothing"'),
        ("kind: prohibited\nsaid: {any_of: [a b], regex: ['(']}", "no RE2 expression"),
        ("kind: prohibited\nsaid: {any_of: [a b]}\napplies_when: {topic: weather}", 'no topic "weather"'),
    ]:
        with pytest.raises(RuleError, match=words) as caught:
            assert ruleset(body).program
        assert caught.value.line >= 12


def test_regular_expressions_that_could_hang_are_refused_by_re2():
    with pytest.raises(RuleError, match="no RE2 expression"):
        assert ruleset(r"kind: prohibited" + "\n" + r"said: {regex: ['(a+)\1']}").program


def write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_a_users_rule_takes_the_place_of_the_shipped_one(tmp_path):
    write(tmp_path / "mine", "mine.yaml", GOOD.replace("T-1", "B12"))
    ruleset = load_packs([tmp_path])
    assert ruleset.by_id["B12"].pack == "mine"
    assert [rule.id for rule in ruleset.rules].count("B12") == 1


def test_two_rules_of_one_pack_may_not_share_an_id(tmp_path):
    write(tmp_path / "mine", "a.yaml", GOOD)
    write(tmp_path / "mine", "b.yaml", GOOD)
    with pytest.raises(RuleError, match=r'b.yaml:1: the id "T-1" is already used in .*a.yaml'):
        read_packs([tmp_path])


def test_a_users_pack_brings_its_own_words_and_may_use_the_shared_ones(tmp_path):
    write(tmp_path / "mine", "_pack.yaml", "title: mine\nabout: mine\nlists: {fruit: [apple, pear]}\n")
    write(tmp_path / "mine", "a.yaml", GOOD.replace("[never tell]", "['{fruit} pie', '{recording}']"))
    assert RuleSet(tuple(read_packs([SHIPPED, tmp_path]))).only(ids=["T-1"]).program.expressions


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(RuleError, match="no such folder"):
        load_packs([tmp_path / "nowhere"])


def test_the_schema_for_editors_names_every_kind():
    from rules.engine.kind import kinds
    from rules.language.jsonschema import rule_schema

    text = str(rule_schema())
    assert all(f"'const': '{name}'" in text for name in kinds())
