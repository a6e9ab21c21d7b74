"""A report holds no rows, and reads each of them once, however many there are."""

import tracemalloc

import pytest

from tests.reports.makers import KEY, House, order
from webapp.reports import selecting
from webapp.reports.formats import pdf
from webapp.reports.making import make

MOST_GROWTH = (
    100  # bytes a row, of about 1,500 in the files: caches that fill up; 10^5 and 10^6 verdicts peak at 147 and 148 MB
)
PARTS = 2  # two months are filled, one is reported


@pytest.fixture
def few_on_paper(monkeypatch):
    """Paper holds a fixed number of breaches a rule, and a page of rows is a page; reach both with few rows too."""
    monkeypatch.setattr(pdf, "MOST_BREACHES", 5)
    monkeypatch.setattr(selecting, "PAGE", 20)


def peak(database, folder, house):
    tracemalloc.start()
    made = make(database, house.org, order(), KEY, folder / "report.zip")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most, made.report.rows


def test_memory_does_not_grow_with_the_rows(sqlite, tmp_path, few_on_paper):
    house = House(sqlite)
    house.fill(100 * PARTS)
    make(sqlite, house.org, order(), KEY, tmp_path / "warm.zip")  # fonts, rule texts and templates are read once
    small, few = peak(sqlite, tmp_path, house)
    house.fill(400 * PARTS)
    large, many = peak(sqlite, tmp_path, house)
    assert many > 4.5 * few
    grown = (large - small) / (many - few)
    assert grown < MOST_GROWTH, f"{few} rows: {small / 1e6:.2f} MB, {many} rows: {large / 1e6:.2f} MB"


def steps(database, house, folder):
    """How many steps SQLite's machine takes for a report: what a statement costs, whatever else the computer does."""
    counted = 0

    def tick():
        nonlocal counted
        counted += 1

    with database.engine.connect() as connection:  # the only one of the pool: the report gets it back
        connection.connection.driver_connection.set_progress_handler(tick, 100)
    rows = make(database, house.org, order(formats=("csv",)), KEY, folder / "report.zip").report.rows
    with database.engine.connect() as connection:
        connection.connection.driver_connection.set_progress_handler(None, 0)
    return counted, rows


def test_each_page_goes_on_behind_the_one_before(sqlite, tmp_path, monkeypatch):
    """A plan that looks a page up by its organisation reads the whole table for each: then steps grow with the square."""
    monkeypatch.setattr(selecting, "PAGE", 20)
    house = House(sqlite)
    house.fill(100 * PARTS)
    few_steps, few = steps(sqlite, house, tmp_path)
    house.fill(400 * PARTS)
    many_steps, many = steps(sqlite, house, tmp_path)
    assert few_steps > 100
    assert many_steps / few_steps < 1.5 * many / few
