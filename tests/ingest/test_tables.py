"""Rows out of CSV and JSON, each knowing where it stands; what is doubtful is an error with its place."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import BadMetadata
from pipeline.ingest.tables import parse_rows, read_rows


def values(data, name="calls.csv"):
    return [dict(row.values) for row in parse_rows(data.encode() if isinstance(data, str) else data, name)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_found(delimiter):
    text = f'a{delimiter}b\n1{delimiter}"x{delimiter}y"\n'
    assert values(text) == [{"a": "1", "b": f"x{delimiter}y"}]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(end):
    assert values(b"\xef\xbb\xbf" + f"a,b{end}1,2{end}{end}3,4".encode()) == [
        {"a": "1", "b": "2"},
        {"a": "3", "b": "4"},
    ]


def test_rows_know_their_line_also_behind_line_breaks_in_cells():
    rows = parse_rows(b'a,b\n1,"x\ny"\n3,4\n', "calls.csv")
    assert [row.place for row in rows] == ["calls.csv: row 3", "calls.csv: row 4"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,,c\n1,2,3", "column 2 has no name"),
        ("a,b,a\n1,2,3", '"a" is there twice'),
        ("a,b\n1,2,3", "row 2 has 3 cells, the first line names 2 columns"),
        ("a,b\n1,2\n3", "row 3 has 1 cells"),
        ('a,b\n"1,2', "row 2: not CSV"),
        (b"a,b\n1,2\n\xff,4", "line 3 is not UTF-8"),
    ],
)
def test_what_is_wrong_with_a_csv_is_told_with_its_place(data, told):
    with pytest.raises(BadMetadata, match=f"calls.csv.*{told}"):
        values(data)


def test_json_objects_lists_and_lines():
    assert values('{"a": 1}', "a.json") == [{"a": 1}]
    assert values('[{"a": 1}, {"a": [2]}]', "a.json") == [{"a": 1}, {"a": [2]}]
    assert values('{"a": 1}\n\n{"a": 2}\n', "a.jsonl") == [{"a": 1}, {"a": 2}]


def test_without_an_ending_the_first_byte_tells():
    assert values(' {"a": 1}', "metadata") == [{"a": 1}]
    assert values("a\n1", "metadata") == [{"a": "1"}]


def test_json_rows_know_their_entry():
    assert [row.place for row in parse_rows(b'[{"a": 1}, {"a": 2}]', "a.json")] == [
        "a.json: entry 1",
        "a.json: entry 2",
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ('{"a": 1,}', "line 1, column 9: not JSON"),
        ('{"a": 1, "a": 2}', '"a" is there twice'),
        ('{"a": NaN}', "NaN is not a number"),
        ("[1, 2]", "expected an object or a list of objects"),
        ('"text"', "expected an object"),
        ("[" * 100_000, "not usable JSON"),
        ('{"a": ' + "9" * 5000 + "}", "not usable JSON"),
    ],
)
def test_what_is_wrong_with_json_is_told_with_its_place(data, told):
    with pytest.raises(BadMetadata, match=f"a.json.*{told}"):
        values(data, "a.json")


def test_a_wrong_line_of_json_lines_is_named():
    with pytest.raises(BadMetadata, match=r"a\.jsonl: line 2"):
        values('{"a": 1}\n{"a": }\n', "a.jsonl")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(BadMetadata, match=r"nothing\.csv: cannot be read: No such file"):
        read_rows(tmp_path / "nothing.csv")


def test_an_error_about_a_value_names_place_column_value_and_what_is_expected():
    [row] = parse_rows(b"dir\nsideways", "calls.csv")
    error = row.error("dir", "sideways", "inbound or outbound")
    assert str(error) == 'calls.csv: row 2, column "dir": "sideways" cannot be used; expected inbound or outbound.'


@given(data=st.binary(max_size=200), name=st.sampled_from(["a.csv", "a.json", "a.jsonl", "a"]))
def test_any_bytes_are_rows_or_told(data, name):
    with suppress(BadMetadata):
        assert all(row.place.startswith(name) for row in parse_rows(data, name))
