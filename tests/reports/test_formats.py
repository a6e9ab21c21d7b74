"""The four files say the same, hold every row, and calculate nothing."""

import csv
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st
from pypdf import PdfReader

from pipeline.reporting.summary import COLUMNS, percent, points, summary_rows
from tests.reports.makers import KEY, Judged, order
from webapp.reports.formats import csv as comma
from webapp.reports.formats import pdf, xlsx
from webapp.reports.making import make
from webapp.reports.sheets import text_cell

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
NASTY = [
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "  =1",
    "'quoted",
    "＝1",
    "<b>&amp;</b>",
    "a\nb",
    "안녕 = 日本",
    "\x07bell",
]


@pytest.fixture
def unpacked(house, tmp_path):
    """A maker: a report of what is in the house, with its files beside it."""

    def make_one(**wanted):
        made = make(house.database, house.org, order(**wanted), KEY, tmp_path / "report.zip")
        with zipfile.ZipFile(made.packed.path) as pack:
            assert pack.testzip() is None
            pack.extractall(tmp_path)
        return made.report, tmp_path

    return make_one


def rows_of(folder, record):
    with (folder / "report.csv").open(newline="", encoding="utf-8") as handle:
        return [row for row in csv.DictReader(handle) if row["record"] == record]


def lines_of(folder, record):
    lines = [json.loads(line) for line in (folder / "report.jsonl").read_text().splitlines()]
    return [line for line in lines if line["record"] == record]


def sheet_rows(folder, name):
    book = openpyxl.load_workbook(folder / "report.xlsx", read_only=True)
    rows = [list(row) for row in book[name].iter_rows(values_only=True)]
    book.close()
    return rows


def pages_of(folder):
    return [page.extract_text() for page in PdfReader(folder / "report.pdf").pages]


def test_all_four_files_hold_the_same_summary(house, unpacked):
    house.fill(150, seed=5)
    report, folder = unpacked()
    expected = summary_rows(report)
    assert len(expected) == 4
    assert [{name: line[name] for name in COLUMNS} for line in lines_of(folder, "summary")] == expected
    assert [{name: row[name] for name in COLUMNS} for row in rows_of(folder, "summary")] == [
        {name: "" if cell is None else str(cell) for name, cell in row.items()} for row in expected
    ]
    sheet = sheet_rows(folder, "Summary")
    head = next(n for n, row in enumerate(sheet) if row[0] == "Pack")
    assert [dict(zip(COLUMNS, row, strict=False)) for row in sheet[head + 1 : head + 5]] == expected
    paper = re.sub(r"\s+", " ", " ".join(pages_of(folder)))
    for row in expected:
        figures = [
            *(f"{row[name]:,}" for name in ("calls", "not_applicable", "applicable", "pass", "fail", "unsure")),
            percent(row["rate"]),
        ]
        ranges = [
            f"{percent(row[a]).removesuffix(' %')} – {percent(row[b])}" for a, b in (("low", "high"), ("worst", "best"))
        ]
        assert " ".join([*figures, *ranges, percent(row["before_rate"]), points(row["change"])]) in paper


def test_csv_xlsx_and_json_lines_hold_every_verdict(house, unpacked):
    house.fill(60, seed=2)
    report, folder = unpacked()
    table, lines = rows_of(folder, "verdict"), lines_of(folder, "verdict")
    sheet = sheet_rows(folder, "Verdicts")
    key = [(row["call"], row["rule"], row["value"]) for row in table]
    columns = list(xlsx.ROW_COLUMNS)
    typed = [dict(zip(columns, row, strict=True)) for row in sheet[1:]]
    assert key == [(line["call"], line["rule"], line["value"]) for line in lines]
    assert [(row["call"], row["rule"], row["value"].replace("N/A", "NOT_APPLICABLE")) for row in typed] == key
    assert len(key) == report.rows == len(set(key))
    assert all(isinstance(row["at"], datetime) and isinstance(row["confidence"], float) for row in typed)
    assert lines_of(folder, "end") == [
        {
            "record": "end",
            "rows": report.rows,
            "models": {"asr": {"demo 1f0c2a": report.calls}},
            "engines": {"1": report.rows},
        }
    ]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_becomes_a_formula_or_markup(house, unpacked, text):
    house.add(Judged(NOON, {"B1": "FAIL"}, quote=text, reason=text, queue=text, agent=text, name=text))
    _report, folder = unpacked()
    [row] = rows_of(folder, "verdict")
    assert [comma.read(row[name]) for name in ("quote", "reason", "queue", "agent", "name")] == [text] * 5
    assert all(row[name][:1] not in "=+-@\t\r" for name in ("quote", "reason", "queue", "agent", "name"))
    [line] = lines_of(folder, "verdict")
    assert line["quote"] == line["evidence"][0]["quote"] == text
    book = openpyxl.load_workbook(folder / "report.xlsx")
    cells = [cell for sheet in book for cells in sheet.iter_rows() for cell in cells]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    shown = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert text in shown or "\x07" in text  # written as _x0007_
    assert any("Mini-Miranda" in page for page in pages_of(folder))


@given(st.text())
def test_every_text_survives_the_csv(text):
    safe = comma.safe(text)
    assert comma.read(safe) == text
    assert not safe.lstrip().startswith(("=", "+", "-", "@"))


@given(st.text())
@example("_x0041_ & <b> ")
@example("\ud7ff\ufffe\x0b")
def test_text_lies_in_a_sheet_as_the_library_would_have_written_it(text):
    with BytesIO() as book:
        with xlsxwriter.Workbook(book, {"constant_memory": True}) as made:
            made.add_worksheet().write_string(0, 0, text or "x")
        with zipfile.ZipFile(book) as file:
            sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert f'<c r="A1"{text_cell(text or "x")}' in sheet


def test_a_sheet_that_is_full_is_followed_by_another(house, unpacked, monkeypatch):
    monkeypatch.setattr(xlsx.format, "most_rows", 10, raising=False)
    house.add(*(Judged(NOON + timedelta(minutes=n), {"B1": "PASS"}, name=f"C-{n}") for n in range(21)))
    _report, folder = unpacked()
    names = [[row[1] for row in sheet_rows(folder, sheet)[1:]] for sheet in ("Verdicts", "Verdicts 2", "Verdicts 3")]
    assert [len(one) for one in names] == [10, 10, 1]
    assert [name for one in names for name in one] == [f"C-{n}" for n in range(21)]


def test_paper_lists_the_first_breaches_and_names_the_file_with_all(house, unpacked, monkeypatch):
    monkeypatch.setattr(pdf, "MOST_BREACHES", 3)
    house.add(*(Judged(NOON - timedelta(minutes=n), {"B1": "FAIL"}, name=f"C-{n}") for n in range(7)))
    _report, folder = unpacked()
    text = " ".join(" ".join(pages_of(folder)).split())
    assert "The first 3 of 7 breaches" in text
    assert "report.csv" in text
    assert [n for n in range(7) if f"C-{n} at 0:12" in text] == [4, 5, 6]  # the earliest calls
    assert "not reviewed" in text
    assert len(rows_of(folder, "verdict")) == 7


def test_every_page_with_figures_explains_them(house, unpacked):
    house.fill(60, seed=4)
    _report, folder = unpacked()
    pages = [" ".join(page.split()) for page in pages_of(folder)]
    words = next(n for n, page in enumerate(pages) if page.startswith("Definitions"))
    assert len(pages) > 6
    assert "could not be judged: UNSURE" in pages[0]
    for page in pages[1:words]:
        assert "Rate: PASS divided by (PASS + FAIL)" in page
        assert "95 % interval: Wilson interval of the rate" in page
    assert all("Version: of a rule" in page for page in pages[words + 1 :])


def test_paper_names_whose_calls_and_which_rules_in_words(house, unpacked):
    house.add(Judged(NOON, {"B1": "FAIL"}))
    report, folder = unpacked()
    pages = [" ".join(page.split()) for page in pages_of(folder)]
    assert " All teams " in pages[0]
    assert not any("main ·" in page for page in pages)
    assert any("1 breach in 1 applicable call:" in page for page in pages)
    [glance] = [page for page in pages if "Rates at a glance" in page]
    title = next(one.facts.title for one in report.rules if one.facts.rule == "B1")
    assert f"B1 {title} 0.0 % of 1" in glance


def test_paper_can_be_navigated_and_says_what_it_is(house, unpacked):
    house.fill(60, seed=4)
    report, folder = unpacked()
    reader = PdfReader(folder / "report.pdf")
    text = [page.extract_text() for page in reader.pages]
    titles = [one.title for one in reader.outline if not isinstance(one, list)]
    assert titles[:2] == ["Cover", "Summary"]
    assert {"Definitions", "How to check this report", "Rules and models"} < set(titles)
    assert "Compliance report" in reader.metadata.title
    assert reader.root_object["/Lang"] == "en"
    assert "This report is not legal advice" in text[0]
    assert all(f"Page {n} of {len(text)}" in " ".join(page.split()) for n, page in enumerate(text, 1))
    links = [note.get_object()["/A"]["/URI"] for page in reader.pages for note in page.get("/Annots", [])]
    assert links
    assert all(re.fullmatch(r"https://calls\.example/calls/[0-9a-f]{32}\?t=12\.5", link) for link in links)
    assert len(links) == report.breaches
