"""The contact log: typed rows, and one sentence with its place for each row that cannot be read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import BadMetadata
from pipeline.ingest import contacts as contact_logs
from pipeline.ingest.contacts import read_contacts
from pipeline.ingest.mapping import read_mapping
from pipeline.records import Contact

HEADER = "person,debt,account,number,campaign,started_at,direction,outcome,recording\n"
GOOD = "p-1,d-1,acc-1,+12155550152,spring,2026-11-02T14:20:37-05:00,outbound,answered,c-1\n"
START = datetime(2026, 11, 2, 19, 20, 37, tzinfo=UTC)
CONTACT = Contact("p-1", START, "outbound", "d-1", "acc-1", "+12155550152", "spring", "answered", "c-1")
SAMPLES = Path(__file__).resolve().parents[2] / "sample_calls" / "contacts.csv"


def log(tmp_path, text, name="contacts.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_is_a_contact(tmp_path):
    assert read_contacts(log(tmp_path, HEADER + GOOD)).contacts == [CONTACT]


def test_json_says_the_same(tmp_path):
    text = """[{"person": "p-1", "debt": "d-1", "account": "acc-1", "number": "+1 215 555 0152", "campaign": "spring",
                "start": "2026-11-02T19:20:37Z", "direction": "out", "outcome": "answered", "recording": "c-1"}]"""
    assert read_contacts(log(tmp_path, text, "log.json")).contacts == [CONTACT]


def test_only_person_start_and_direction_are_needed(tmp_path):
    [contact] = read_contacts(log(tmp_path, "person,start,direction\np-1,2026-11-02T14:20:37-05:00,in\n")).contacts
    assert contact == Contact("p-1", datetime(2026, 11, 2, 19, 20, 37, tzinfo=UTC), "inbound")


def test_wrong_rows_are_told_by_row_and_do_not_keep_the_others_out(tmp_path):
    text = (
        HEADER
        + GOOD
        + GOOD.replace("outbound", "sideways")
        + GOOD.replace("p-1", "")
        + GOOD.replace("-05:00", "")
        + GOOD
    )
    found = read_contacts(log(tmp_path, text))
    assert found.contacts == [CONTACT, CONTACT]
    assert [error.partition("contacts.csv: ")[2][:30] for error in found.errors] == [
        'row 3, column "direction": "si', 'row 4: the column "person" is ', 'row 5, column "started_at": "2',
    ]  # fmt: skip


def test_a_default_zone_reads_times_without_one(tmp_path):
    text = "person,started_at,direction\np-1,2026-11-02 14:20:37,outbound\n"
    [contact] = read_contacts(log(tmp_path, text), zone="America/New_York").contacts
    assert contact.started_at == CONTACT.started_at


def test_foreign_columns_are_mapped_and_unused_ones_named(tmp_path):
    mapping = log(
        tmp_path,
        "columns: {person: Customer, started_at: When, direction: {column: Dir, values: {O: outbound}}}",
        "m.yaml",
    )
    columns = read_mapping(mapping, contact_logs.READERS)
    found = read_contacts(log(tmp_path, "Customer;When;Dir;Agent\np-1;2026-11-02T14:20:37-05:00;O;x\n"), columns)
    assert (found.contacts[0].person, found.contacts[0].direction, found.unused) == ("p-1", "outbound", ("Agent",))


def test_a_file_that_is_no_log_is_told(tmp_path):
    with pytest.raises(BadMetadata, match=r"contacts\.csv: row 2 has 1 cells"):
        read_contacts(log(tmp_path, HEADER + "hello\n"))


def test_the_log_of_the_sample_calls_is_read_without_a_word():
    found = read_contacts(SAMPLES)
    assert (found.errors, found.unused) == ([], ())
    assert len(found.contacts) == len(SAMPLES.read_text().splitlines()) - 1
