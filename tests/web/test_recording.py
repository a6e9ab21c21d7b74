"""How well a call was recorded, among the facts of its page."""

from datetime import UTC, datetime

import pytest

from dashboards.call_page.view import Sight, call_page
from dashboards.desk import CallView, QueueRow
from pipeline.records import Finding, Interest, Measure, Metadata

ADVICE = Finding("recorder_setting", 0.1, 0.0, 0.0, "channel 0 clips 3.1 % of the time: lower the input gain")


def facts(measures=(), findings=()):
    row = QueueRow("a" * 32, None, None, None, None, 60.0, 0.1, (), None, ())
    made = datetime(2026, 11, 20, tzinfo=UTC)
    call = CallView(row, Metadata(), (), (), findings, (), measures, Interest(), "en", {}, {}, 1, made, has_audio=False)
    return dict(call_page(call, Sight("UTC")).facts)


@pytest.mark.parametrize(
    ("findings", "said"),
    [((), "voice 26 dB above the noise"),
     ((ADVICE,), "voice 26 dB above the noise; channel 0 clips 3.1 % of the time: lower the input gain")],
)  # fmt: skip
def test_the_sound_is_one_fact_with_the_setting_to_mend(findings, said):
    assert facts((Measure("signal_to_noise", 25.8),), findings)["Sound"] == said


def test_a_call_that_was_not_measured_has_none():
    assert "Sound" not in facts()
