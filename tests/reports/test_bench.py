"""`callsift bench report` compares equal work, and measures a report that was really made."""

from pipeline.measuring.bench import BenchOptions
from webapp.benches import report


def test_both_arms_write_the_same_table_and_the_same_sheet(monkeypatch):
    monkeypatch.setattr(report, "ROWS_SMALL", 300)
    monkeypatch.setattr(report, "SIZES_SMALL", (200,))
    arms = report.bench.prepare(BenchOptions(small=True))
    assert arms.same(arms.ours(), arms.peer()) is None
    [measured] = arms.facts["memory"]
    assert (arms.work, measured["rows"]) == (304, 209)  # whole calls of 19 verdicts
    assert 20 < measured["peak_mb"] < 2000
