"""Products of a list of the user's own: found as people and recognisers say them, and nothing without a list."""

import re

import pytest
from typer.testing import CliRunner

from pipeline.analyzers.entities import Entities
from pipeline.entities import BadProducts, open_products
from pipeline.records import Call, Finding, Measure, Party, Turn, Word
from webapp.cli import make_app
from webapp.settings import SettingsError, load

LIST = """# our products
Silver Saver: silver account, the saver
SuperPhone X20
ISA: cash isa
Wi-Fi Box: box of wifi
Dish & Wash 3
"""


@pytest.fixture
def made(tmp_path):
    file = tmp_path / "products.txt"
    file.write_text(LIST)
    return file


def call(text):
    words = tuple(Word(w, 0.3 * n, 0.3 * n + 0.2, 0.95, "s1") for n, w in enumerate(text.split()))
    return Call("c", parties=(Party("s1"),), turns=(Turn("s1", 0.0, words[-1].end, words),), trusted=True)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("i have a silver saver and a SILVER SAVER", ["Silver Saver"]),
        ("both silver accounts are closed", ["Silver Saver"]),
        ("my silversaver is empty", ["Silver Saver"]),
        ("the super phone x twenty fell down", ["SuperPhone X20"]),
        ("my superphone x 20's screen", ["SuperPhone X20"]),
        ("the wifi boxes blink", ["Wi-Fi Box"]),
        ("a dish and wash three please", ["Dish & Wash 3"]),
        ("about my i s a and the cash isas", ["ISA"]),
        ("this is a long day", []),  # "is a" is no ISA
        ("the supermarket has phones x twenty times cheaper", []),
        ("a saver of dishes", []),
    ],
)
def test_a_product_is_met_in_any_case_number_and_parting_of_its_words(made, said, found):
    rows = Entities().configured({"products": made}).analyze(call(said))
    told = [
        row.facts["values"].split("; ") for row in rows if isinstance(row, Finding) and row.kind == "entity.product"
    ]
    assert [name for names in told for name in names] == found
    assert (Measure("entities.product", float(len(found))) in rows) == bool(found)


def test_a_place_is_told_for_each_time_a_product_is_named(made):
    [finding] = [
        row
        for row in Entities().configured({"products": made}).analyze(call("a silver saver or the saver"))
        if isinstance(row, Finding)
    ]
    assert [evidence.quote for evidence in finding.evidence] == ["silver saver", "the saver"]
    assert finding.evidence[1].start == pytest.approx(1.2)


def test_without_a_list_no_product_is_told():
    assert Entities().configured({"products": None}).analyze(call("my silver saver and my credit card")) == []


def test_a_list_in_yaml_says_the_same(tmp_path):
    file = tmp_path / "products.yaml"
    file.write_text("Silver Saver: [silver account]\nISA:\n")
    assert open_products(file).names == ("Silver Saver", "ISA")
    assert [met.product for met in open_products(file).find("a silver account".split())] == ["Silver Saver"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("p.txt", "Gold\n: lost\n", "p.txt:2: there is no name"),
        ("p.txt", "Gold: plus\nSilver: plus\n", 'p.txt:2: "plus" is said of Gold already'),
        ("p.txt", "Gold: !\n", 'p.txt:1: the name "!" needs 2 letters'),
        ("p.yaml", "- Gold\n", "write one product a line"),
        ("p.yaml", "Gold: {a: b}\n", "p.yaml: Gold: its other names must be a list"),
        ("p.yaml", "Gold: !!python/object/apply:os.system [ls]\n", "cannot be read as YAML"),
    ],
)
def test_a_list_that_cannot_be_used_says_where(tmp_path, name, text, says):
    (tmp_path / name).write_text(text)
    with pytest.raises(BadProducts, match=re.escape(says)):
        open_products(tmp_path / name)


def test_settings_with_a_bad_list_are_refused_with_its_place(tmp_path, made):
    assert load({}, data=tmp_path, products=made).products == made
    made.write_text("Gold: plus\nSilver: plus\n")
    open_products.cache_clear()
    with pytest.raises(SettingsError, match=r"products\.txt:2"):
        load({}, data=tmp_path, products=made)


def test_config_check_reads_the_files_that_settings_name(made, monkeypatch):
    monkeypatch.setenv("CALLSIFT_PRODUCTS", str(made))
    told = CliRunner().invoke(make_app(), ["config", "check"])
    assert told.exit_code == 0
    assert f"products {made}: 5 products by 9 names" in told.output
