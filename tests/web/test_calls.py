"""The call page, its sound and its waveform."""

import re

import pytest

from dashboards.call_page.reasons import Voices, groups, places
from dashboards.call_page.words import redacted_text, word_view
from dashboards.desk import Audio, CallView, QueueRow
from pipeline.records import Evidence, Finding, Interest, Metadata, Word
from tests.web import calls
from webapp.tables import Audit
from webapp.web import ranges
from webapp.web.ranges import send_audio


@pytest.fixture
def lead(browser):
    return browser("lead")


@pytest.fixture
def page(lead, ids):
    return lead.get(f"/calls/{ids['C-1042']}").text


def test_the_transcript_stands_by_role_with_the_time_of_each_word(page):
    assert re.search(r'<b class="customer">Customer</b>', page)
    first = re.search(r'data-ms="(\d+)".*?data-t="([\d ]+)">thank you for', page)
    assert first[1] == "500"
    assert first[2].split()[:3] == ["0", "340", "340"]


def test_removed_words_are_blocks_that_say_what_they_hide(page):
    said = page[: page.index('<aside class="side"')]
    assert said.count("Card number · 16 digits · check digit fits · ends 4242") == 2
    assert said.count("Card code · 3 digits") == 2
    assert "[CARD_" not in page


def test_words_the_recogniser_doubts_are_marked(page):
    assert re.search(r'class="w doubt" data-sure="31">third<', page)


def test_failed_rules_come_first_with_evidence_that_can_be_played(page):
    assert page.index("Rules not met") < page.index("Rules that could not be judged") < page.index("Findings")
    assert 'data-evidence="62.0"' in page
    assert "“so that&#39;s [card number] and the code [card code]”" in page


def test_marks_stand_for_what_failed_is_unsure_or_was_found_by_time(page):
    starts = [
        float(start)
        for start in re.findall(r'<button type="button" class="\w+" data-tone="\w+" data-start="([\d.]+)"', page)
    ]
    assert starts == sorted(starts)
    assert len(starts) == 2 + 1 + 3


def test_a_doubt_about_the_whole_call_is_said_above_its_words(lead, ids):
    page = lead.get(f"/calls/{ids['C-1061']}").text
    assert "listen before you judge" in page
    assert "words unsure" in page


def test_who_looked_is_told_to_who_may_know_it_and_the_look_is_written_down(browser, ids, store):
    browser("reviewer").get(f"/calls/{ids['C-1042']}")
    assert "Remy Okafor" in browser("compliance").get(f"/calls/{ids['C-1042']}").text
    assert "Who looked" not in browser("reviewer").get(f"/calls/{ids['C-1042']}").text
    with store.database.read() as session:
        looks = session.query(Audit).filter_by(action="call.read", subject=ids["C-1042"]).count()
    assert looks == 3


def test_markup_in_a_call_stays_text(lead, ids):
    page = lead.get(f"/calls/{ids['C-1066']}").text
    assert "window.pwned" in page
    for opening in (
        "<script>window",
        "<img src=x",
        "<svg/onload",
        "<b onmouseover",
        "<i>kind",
        "<u>quote",
        "<em>queue",
    ):
        assert opening not in page
    assert "{{7*7}}" in page  # not read as a template either


def test_without_sound_the_words_are_still_shown(lead, ids, store):
    from sqlalchemy import update

    from webapp.tables import Result

    with store.database.write() as session:
        session.execute(update(Result).values(files={}))
    page = lead.get(f"/calls/{ids['C-1042']}")
    assert "no listening copy" in page.text
    assert "<audio" not in page.text
    assert lead.get(f"/calls/{ids['C-1042']}/audio").status_code == 404


@pytest.fixture
def sound(lead, ids):
    def ask(**headers):
        return lead.get(f"/calls/{ids['C-1051']}/audio", headers={k.replace("_", "-"): v for k, v in headers.items()})

    return ask


def test_the_whole_recording_is_sent_when_no_part_is_asked_for(sound):
    answer = sound()
    assert (answer.status_code, answer.mimetype, answer.headers["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    assert answer.data[:4] == b"RIFF"
    assert len(answer.data) == int(answer.headers["Content-Length"])


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=100-199", slice(100, 200)),
        ("bytes=-10", slice(-10, None)),
        ("bytes=65530-65545", slice(65530, 65546)),
    ],
)
def test_a_part_of_the_recording_is_exactly_those_bytes(sound, asked, part):
    whole = sound().data
    answer = sound(Range=asked)
    start, stop, _ = part.indices(len(whole))
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(whole)}"
    assert answer.data == whole[part]


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "items=0-1", "bytes=x-y", "bytes=9-2"])
def test_what_is_no_single_part_is_answered_with_the_whole(sound, asked):
    assert sound(Range=asked).status_code == 200


def test_a_part_behind_the_end_does_not_exist(sound):
    size = len(sound().data)
    answer = sound(Range=f"bytes={size}-")
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{size}"


def test_an_unchanged_recording_is_not_sent_again(sound):
    etag = sound().headers["ETag"]
    assert sound(If_None_Match=etag).status_code == 304
    assert sound(Range="bytes=0-9", If_Range=etag).status_code == 206
    assert sound(Range="bytes=0-9", If_Range='"other"').status_code == 200


def test_only_the_length_is_told_to_who_asks_for_the_head(lead, ids):
    answer = lead.head(f"/calls/{ids['C-1051']}/audio")
    assert answer.data == b""
    assert int(answer.headers["Content-Length"]) > 1000


def test_an_open_ended_part_is_short_and_read_in_pieces(app):
    asked = []

    def read(start, end):
        asked.append(end - start)
        return bytes(end - start)

    audio = Audio(10 * ranges.PART, "audio/wav", "tag", read)
    with app.test_request_context(headers={"Range": "bytes=5-"}):
        answer = send_audio(audio)
        assert len(answer.get_data()) == ranges.PART
    assert answer.headers["Content-Range"] == f"bytes 5-{ranges.PART + 4}/{10 * ranges.PART}"
    assert max(asked) <= ranges.PIECE


def test_the_waveform_has_a_minimum_and_maximum_for_each_slot(lead, ids):
    answer = lead.get(f"/calls/{ids['C-1042']}/peaks")
    channels, rate = int(answer.headers["X-Peaks-Channels"]), float(answer.headers["X-Peaks-Rate"])
    seconds = max(turn.end for turn in calls.CARD.result().call.turns) + 1.0
    assert channels == 2
    assert len(answer.data) == pytest.approx(channels * 2 * rate * seconds, rel=0.02)
    assert len(set(answer.data)) > 20


def test_a_redacted_word_tells_only_what_the_policy_left():
    assert redacted_text(Word("[SSN]", 0, 1, None, "s1", "SSN")) == "Ssn"
    assert (
        redacted_text(Word("[X]", 0, 1, None, "s1", "CARD_NUMBER", {"digits": 16, "luhn": False}))
        == "Card number · 16 digits · check digit does not fit"
    )


@pytest.mark.parametrize(("confidence", "doubt"), [(None, False), (0.5, False), (0.49, True)])
def test_a_word_is_doubtful_below_one_half(confidence, doubt):
    assert (word_view(Word("hm", 0, 1, confidence, "s1")).classes == " doubt") is doubt


def test_a_finding_of_a_rule_has_the_title_of_the_rule_and_keeps_its_evidence():
    found = Finding("signal:F3", 0.7, 4.0, 6.0, 'Gift cards: it was heard ("two cards")', (Evidence("two cards", 4.0, 6.0, "s1"),),
                    {"rule": "F3"})  # fmt: skip
    view = seen((found,), {"F3": "Gift cards"})
    [reason] = [reason for group in groups(view, Voices({"s1": "agent"}, {"s1": "Agent"})) for reason in group.reasons]
    assert (reason.title, reason.why) == ("Gift cards", 'It was heard ("two cards")')
    assert [(quote.name, quote.text, quote.start) for quote in reason.quotes] == [("Agent", "two cards", 4.0)]


def test_evidence_that_only_repeats_the_reason_is_a_place_to_listen():
    found = Finding(
        "talk_over", 0.7, 4.0, 6.0, "the agent talked over", (Evidence("the agent talked over", 4.0, 6.0, ""),)
    )
    [reason] = [reason for group in groups(seen((found,), {}), Voices({}, {})) for reason in group.reasons]
    assert [(quote.text, quote.start) for quote in reason.quotes] == [("", 4.0)]


def test_a_finding_made_by_a_judged_rule_is_not_told_twice():
    result = calls.CARD.result()
    again = Finding("rule:x", 0.9, 62.0, 67.0, "read back", (), {"rule": "payments.card_read_back"})
    judged = groups(seen((*result.findings, again), {}, result.verdicts), Voices({}, {}))
    assert "Read back" not in [reason.why for group in judged for reason in group.reasons]
    alone = groups(seen((*result.findings, again), {}), Voices({}, {}))
    assert "Read back" in [reason.why for group in alone for reason in group.reasons]
    assert len(places(alone)) == 4


def seen(findings, titles, verdicts=()):
    """A call with nothing but these."""
    row = QueueRow("c1", None, None, None, None, 90.0, 0.5, (), None, ())
    return CallView(
        row, Metadata(), (), (), findings, verdicts, (), Interest(), None, {}, {}, 1, calls.DAY, False, titles
    )
