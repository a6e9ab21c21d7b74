"""A report holds no rows: a row is about 1,000 bytes in the files, and memory grows by a fraction of that."""

import tracemalloc

import pytest

from tests.reports.makers import KEY, House, order
from webapp.reports.formats import pdf
from webapp.reports.making import make

MOST_GROWTH = 200  # bytes a row; 128 were measured between 1,340 and 6,472 rows, where from is not known yet
PARTS = 2  # two months are filled, one is reported


@pytest.fixture
def few_on_paper(monkeypatch):
    """Paper holds a fixed number of breaches a rule; reach it with few rows too, so that only the rows differ."""
    monkeypatch.setattr(pdf, "MOST_BREACHES", 5)


def peak(database, folder, house):
    tracemalloc.start()
    made = make(database, house.org, order(), KEY, folder / "report.zip")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most, made.report.rows


def test_memory_hardly_grows_with_the_rows(sqlite, tmp_path, few_on_paper):
    house = House(sqlite)
    house.fill(300 * PARTS)
    make(sqlite, house.org, order(), KEY, tmp_path / "warm.zip")  # fonts, rule texts and templates are read once
    small, few = peak(sqlite, tmp_path, house)
    house.fill(1200 * PARTS)
    large, many = peak(sqlite, tmp_path, house)
    assert many > 4.5 * few
    grown = (large - small) / (many - few)
    assert grown < MOST_GROWTH, f"{few} rows: {small / 1e6:.2f} MB, {many} rows: {large / 1e6:.2f} MB"
