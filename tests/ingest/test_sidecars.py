"""What is said about a recording: sidecar, table, name; mapped, merged, typed; unknown columns kept, secrets not."""

import json
from datetime import UTC, datetime

import pytest

from pipeline.errors import BadMetadata
from pipeline.ingest.fields import READERS
from pipeline.ingest.mapping import Columns, read_mapping
from pipeline.ingest.names import read_pattern
from pipeline.ingest.sidecars import Describer, read_table, sidecar_of
from pipeline.records import Metadata, Span

START = "2026-03-01T14:05:00+01:00"


@pytest.fixture
def recording(calls):
    path = calls / "call-1.wav"
    path.write_bytes(b"RIFF")
    return path


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def told(recording, **describer):
    return Describer(**describer).of_file(recording)


def mapping(tmp_path, text):
    return read_mapping(write(tmp_path / "mapping.yaml", text), READERS)


def test_a_json_sidecar_fills_every_field(calls, recording):
    write(calls / "call-1.json", {
        "call_id": "c-1", "started_at": START, "direction": "inbound", "call_type": "service", "queue": "billing", "team": "maple",
        "agent_id": "a-1", "customer_id": "p-1", "account_id": "acc-1", "debt_id": "d-1", "person_number": "+13125550176",
        "person_zone": "America/Chicago", "person_state": "IL", "campaign": "spring", "consent_recording": True,
        "consent_voiceprint": False, "pause_events": [[10, 20]], "payment_events": [[12, 18]], "ivr path": "2-1",
    })  # fmt: skip
    assert told(recording) == Metadata(
        "c-1", datetime(2026, 3, 1, 13, 5, tzinfo=UTC), "inbound", "service", "billing", "maple", "a-1", "p-1", "acc-1", "d-1",
        "+13125550176", "America/Chicago", "IL", "spring", True, False, (Span(10, 20),), (Span(12, 18),), {"ivr path": "2-1"},
    )  # fmt: skip


def test_a_csv_sidecar_says_the_same(calls, recording):
    write(calls / "call-1.csv", f'call_id;started_at;consent_recording;pause_events\nc-1;{START};yes;"10-20"\n')
    assert told(recording) == Metadata(
        "c-1", datetime(2026, 3, 1, 13, 5, tzinfo=UTC), consent_recording=True, pause_events=(Span(10, 20),)
    )


@pytest.mark.parametrize("name", ["call-1.json", "call-1.wav.json", "call-1.csv", "call-1.wav.csv"])
def test_a_sidecar_has_the_recordings_name(calls, recording, name):
    write(calls / name, {"queue": "q"} if name.endswith("json") else "queue\nq\n")
    assert sidecar_of(recording) == calls / name
    assert told(recording).queue == "q"


def test_without_anything_said_metadata_are_empty(recording):
    assert told(recording) == Metadata()


def test_a_link_is_no_sidecar(calls, recording, tmp_path):
    (calls / "call-1.json").symlink_to(write(tmp_path / "elsewhere.json", {"queue": "q"}))
    assert told(recording) == Metadata()


@pytest.mark.parametrize(("content", "message"), [
    ({"direction": "sideways"}, 'call-1.json, column "direction": "sideways" cannot be used; expected inbound or outbound.'),
    ({"person_state": 12}, 'column "person_state": "12" cannot be used; expected a two-letter code'),
    ({"pause_events": [[5, 2]]}, 'column "pause_events": "\\[\\[5, 2\\]\\]" cannot be used'),
    ([{"queue": "a"}, {"queue": "b"}], "a sidecar describes one recording, but here are 2 rows"),
    ("{", "call-1.json: line 1"),
])  # fmt: skip
def test_an_error_names_file_column_value_and_what_is_expected(calls, recording, content, message):
    write(calls / "call-1.json", content)
    with pytest.raises(BadMetadata, match=message):
        told(recording)


def test_unknown_columns_are_kept_as_text(calls, recording):
    write(calls / "call-1.json", {"ani": 4155550132, "flags": {"vip": True}, "empty": "", "none": None})
    assert told(recording).extra == {"ani": "4155550132", "flags": '{"vip": true}'}


@pytest.mark.parametrize(("name", "value", "kept"), [
    ("note", "card 4111 1111 1111 1111 given", "card [CARD_NUMBER] given"),
    ("note", "4111-1111-1111-1111", "[CARD_NUMBER]"),
    ("note", "order 4111 1111 1111 1112", "order 4111 1111 1111 1112"),
    ("note", "5500000000000004", "[CARD_NUMBER]"),
    ("uuid", "1234567890123456789012345", "1234567890123456789012345"),
    ("cvv", "123", "[REMOVED]"), ("CVV2", "123", "[REMOVED]"), ("card_code", "123", "[REMOVED]"), ("CardCode", "1", "[REMOVED]"),
    ("customer PIN", "1234", "[REMOVED]"), ("ssn", "078-05-1120", "[REMOVED]"), ("Password", "x", "[REMOVED]"),
    ("pinboard", "x", "x"), ("shipping", "x", "x"), ("classname", "x", "x"),
    ("odd", "a\u202eb\x1b[2J", "ab[2J"),
])  # fmt: skip
def test_secrets_in_columns_nobody_mapped_are_not_kept(calls, recording, name, value, kept):
    write(calls / "call-1.json", {name: value})
    assert told(recording).extra == {name: kept}


def test_endless_extra_columns_are_refused(calls, recording):
    write(calls / "call-1.json", {f"column {n}": "x" for n in range(201)})
    with pytest.raises(BadMetadata, match="201 columns"):
        told(recording)


def test_an_assumed_zone_is_noted(calls, recording):
    write(calls / "call-1.json", {"started_at": "2026-03-01T14:05:00"})
    found = told(recording, zone="Europe/Berlin")
    assert found.started_at == datetime(2026, 3, 1, 13, 5, tzinfo=UTC)
    assert found.extra == {"notes": "started_at: zone assumed Europe/Berlin"}


MAPPING = """
columns:
  call_id: Interaction ID
  started_at: {column: Start, format: "%d.%m.%Y %H:%M"}
  direction: {column: Dir, values: {1: inbound, 2: outbound}}
  person_number: Caller
  file: Recording
defaults: {call_type: service}
zone: Europe/Berlin
region: DE
"""


def test_a_mapping_reads_foreign_columns(tmp_path, calls, recording):
    write(
        calls / "call-1.csv",
        "Interaction ID,Start,Dir,Caller,queue,Wrap code\n77,01.03.2026 14:05,2,030 901820,sales,OK\n",
    )
    found = told(recording, columns=mapping(tmp_path, MAPPING))
    assert (found.call_id, found.started_at, found.direction) == (
        "77",
        datetime(2026, 3, 1, 13, 5, tzinfo=UTC),
        "outbound",
    )
    assert (found.person_number, found.call_type, found.queue) == ("+4930901820", "service", "sales")
    assert found.extra["Wrap code"] == "OK"


def test_errors_name_the_column_as_the_file_does(tmp_path, calls, recording):
    write(calls / "call-1.csv", "Dir\n3\n")
    with pytest.raises(BadMetadata, match='column "Dir": "3" cannot be used; expected inbound or outbound'):
        told(recording, columns=mapping(tmp_path, MAPPING))


def test_a_default_stands_where_the_file_says_nothing(tmp_path, calls, recording):
    write(calls / "call-1.csv", "call_type\ncollections\n")
    assert told(recording, columns=mapping(tmp_path, MAPPING)).call_type == "collections"
    write(calls / "call-1.csv", "call_type,queue\n,a\n")
    assert told(recording, columns=mapping(tmp_path, MAPPING)).call_type == "service"


@pytest.mark.parametrize(("text", "told"), [
    ("columns: {agentid: A}", 'there is no "agentid". Did you mean "agent_id"'),
    ("column: {agent_id: A}", 'there is no "column". Did you mean "columns"'),
    ("columns: {agent_id: {colum: A}}", "columns: agent_id: expected the name of a column"),
    ("columns: {agent_id: {column: A, formt: x}}", 'columns: agent_id: there is no "formt". Did you mean "format"'),
    ("columns: [a, b]", "columns: expected a table"),
    ("columns: {agent_id: A, agent_id: B}", "agent_id"),
    ("zone: Mars/Olympus", 'zone: "Mars/Olympus" cannot be used'),
    ("region: Germany", 'region: "Germany" cannot be used'),
    ("- a\n- b", "expected a table with columns"),
    ("a: [1", "not usable YAML"),
    ("defaults: &x {call_type: a}\ncolumns: *x", "line 1: anchors, aliases and tags"),
    ("defaults: !!python/object:os.system {}", "line 1: anchors, aliases and tags"),
    ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]", "anchors"),
])  # fmt: skip
def test_a_wrong_mapping_is_told(tmp_path, text, told):
    with pytest.raises(BadMetadata, match=r"mapping\.yaml") as refused:
        mapping(tmp_path, text)
    assert told in str(refused.value)


def test_a_table_speaks_of_many_recordings(calls, recording):
    write(calls / "metadata.csv", "file,queue\ncall-1.wav,billing\ncall-2,sales\n")
    other = calls / "call-2.mp3"
    other.write_bytes(b"x")
    describer = Describer()
    assert [describer.of_file(path).queue for path in (recording, other)] == ["billing", "sales"]


def test_the_nearest_to_the_recording_counts(tmp_path, calls, recording):
    write(calls / "call-1.json", {"queue": "sidecar"})
    write(calls / "metadata.csv", "file,queue,team\ncall-1,folder,folder\n")
    given = read_table(write(tmp_path / "given.csv", "file,queue,team,campaign\ncall-1,given,given,given\n"), Columns())
    found = told(recording, table=given, pattern=read_pattern("(?P<campaign>call)-(?P<agent_id>.)"))
    assert (found.queue, found.team, found.campaign, found.agent_id) == ("sidecar", "folder", "given", "1")


def test_a_table_of_one_row_without_a_name_is_about_any_recording(tmp_path, recording):
    given = read_table(write(tmp_path / "given.json", {"queue": "q"}), Columns())
    assert told(recording, table=given).queue == "q"


@pytest.mark.parametrize(("content", "message"), [
    ("file,queue\na.wav,x\na.wav,y\n", "row 3 and .*row 2 are both about a.wav"),
    ("queue\nx\ny\n", 'row 2: no column "file" says which recording'),
])  # fmt: skip
def test_a_doubtful_table_is_told(tmp_path, content, message):
    with pytest.raises(BadMetadata, match=message):
        read_table(write(tmp_path / "given.csv", content), Columns())


def test_a_name_tells_what_its_pattern_says(calls):
    path = calls / "a-17_20260301-140500_+14155550132.wav"
    path.write_bytes(b"x")
    pattern = read_pattern(r"(?P<agent_id>a-\d+)_(?P<started_at>\d{8}-\d{6})_(?P<person_number>\+\d+)")
    found = told(path, pattern=pattern, zone="Europe/Berlin")
    assert (found.agent_id, found.person_number) == ("a-17", "+14155550132")
    assert found.started_at == datetime(2026, 3, 1, 13, 5, tzinfo=UTC)


def test_a_name_that_does_not_fit_tells_nothing(recording):
    assert told(recording, pattern=read_pattern(r"^(?P<agent_id>a-\d+)")) == Metadata()


@pytest.mark.parametrize(("pattern", "message"), [
    ("(", "not a regular expression"), ("(?=x)(?P<queue>x)", "not a regular expression"), ("call-.*", "no named group"),
    ("(?P<agentid>x)", 'agentid is no metadata field. Did you mean "agent_id"'),
])  # fmt: skip
def test_a_wrong_pattern_is_told(pattern, message):
    with pytest.raises(BadMetadata, match=message):
        read_pattern(pattern)


def test_no_pattern_is_slow():
    pattern = read_pattern(r"(?P<queue>(a+)+)$")
    assert pattern.row("a" * 200 + "!") is None
