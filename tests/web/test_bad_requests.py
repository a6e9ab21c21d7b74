"""What nobody types: answered with a sentence, never with a fault of ours."""

import base64
import json
import time

import pytest

from pipeline.search.errors import QueryError
from pipeline.search.query import parse
from tests.web.conftest import post, token_of


def place(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "address",
    [
        "/calls/%00", "/queues/plan?agent=%00", "/queues/plan?until=9999-12-31", "/queues/plan?since=0001-01-01",
        "/queues/plan?" + "&".join(f"agent=a{n}" for n in range(70_000)), "/figures/calls?until=9999-12-31&since=9999-12-01",
        "/figures/calls?name=%00", "/search?q=%00", "/reports?since=%00",
    ],
)  # fmt: skip
def test_an_address_nobody_types_is_no_fault(browser, address):
    assert browser("lead").get(address).status_code < 500


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/search", {"q": "duration:" + "9" * 400 + ":00:00"}), ("/search", {"q": "refund\0"}),
        ("/assignments/sample", {"each": "²", "since": "2026-01-01", "until": "2026-01-02"}),
        ("/assignments/sample", {"each": "1", "since": "2026-01-01", "until": "9999-12-31"}),
        ("/assignments", {"call": "C-1042", "person": "", "due": "9999-12-31"}),
        ("/calibration", {"title": "x", "card": "service", "calls": "\n".join(map(str, range(70_000)))}),
        ("/coaching", {"review": "x", "start": ":".join(["1"] * 2000)}), ("/queues/save", {"queue": "interest", "name": "\0"}),
    ],
)  # fmt: skip
def test_a_form_nobody_sends_is_no_fault(browser, address, form):
    page = "/search" if address == "/search" else "/queue"
    assert post(browser("lead"), address, page=page, **form).status_code < 500


@pytest.mark.parametrize(
    "after", [place("relevance", True, 10**400, "a"), place("score", True, float("inf"), 5), "x" * 9]
)
def test_a_place_in_results_that_nobody_gave_is_no_fault(browser, after):
    client = browser("lead")
    found = post(client, "/search", page="/search", q="refund").location
    assert client.get(f"{found}?after={after}").status_code < 500


@pytest.mark.parametrize(
    "query", ["date:[" + " " * 1990 + "]", "date:[a" + " " * 1980 + "b]", "date:[" + "a TO " * 390 + "]"]
)
def test_a_range_made_to_keep_the_reader_busy_is_refused_at_once(query):
    began = time.process_time()
    with pytest.raises(QueryError):
        parse(query)
    assert time.process_time() - began < 1.0


def test_a_body_nested_without_end_is_no_fault(browser):
    client = browser("lead")
    headers = {"X-CSRFToken": token_of(client), "Accept": "application/json", "Content-Type": "application/json"}
    assert client.post("/reviews/x/answer", data="[" * 100_000, headers=headers).status_code == 404
