"""The lanes of the waveform stand in one order on every call."""

import pytest

from dashboards.call_page.view import _lanes, _voices
from pipeline.records import Party


@pytest.mark.parametrize("swapped", [False, True])
def test_the_agents_lane_is_first_whichever_channel_was_theirs(swapped):
    agent, customer = Party("s1", "agent", 0.9, int(swapped)), Party("s2", "customer", 0.9, int(not swapped))
    parties = [
        Party("s3", "unknown", 0.2, None),
        *((customer, agent) if swapped else (agent, customer)),
        Party("s4", "ivr", 0.9, None),
    ]
    lanes = _lanes(parties, _voices(parties))
    assert [lane.role for lane in lanes] == ["agent", "customer", "ivr", "unknown"]
    assert [lane.channel for lane in lanes[:2]] == [int(swapped), int(not swapped)]  # each still shows its own sound
