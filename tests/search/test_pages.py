"""The Search page: asked by who may, by someone of another team, by nobody; with the index there, and without it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from dashboards.search import downwards, ordered
from pipeline.search.cursors import as_cursor
from pipeline.search.records import Sort
from tests.web.conftest import (
    accounts,
    app,
    browser,
    client,
    ids,
    intake,
    post,
    quick_passwords,
    seeded,
    settings,
    store,
    upgraded_sqlite,
)
from webapp.checks.search import _open_to_the_world
from webapp.desk.search import SqlSearchDesk
from webapp.figures.rolling import roll
from webapp.house import desks_of
from webapp.search.opening import index_of
from webapp.search.step import run_index
from webapp.store import outbox
from webapp.tables import Audit, SearchRow

__all__ = [
    "accounts", "app", "browser", "client", "ids", "intake", "quick_passwords", "seeded", "settings", "store", "upgraded_sqlite",
]  # fmt: skip


@pytest.fixture
def made(settings, store):
    """The index of the house."""
    index = index_of(settings)
    run_index(store, index)
    index.close()


@pytest.fixture
def reviewer(browser):
    return browser("reviewer")


def ask(client, query, **form):
    """Search as the form does; the page that comes of it."""
    answer = post(client, "/search", page="/search", q=query, **form)
    return client.get(answer.location) if answer.status_code == 303 else answer


def names(page):
    return re.findall(r'<h2><a href="/calls/[^"]+">([^<]+)</a>', page.text)


def total(page):
    return int(re.search(r"<strong>([\d,]+)</strong> calls?", page.text)[1])


def test_words_are_found_with_their_second_and_marked(made, reviewer, ids):
    page = ask(reviewer, "complaints speaker:customer")
    assert names(page) == ["C-1042"]
    [(second, marked)] = re.findall(
        rf'href="/calls/{ids["C-1042"]}\?t=([\d.]+)">1:\d\d.*?<mark>([^<]+)</mark>', page.text, re.S
    )
    assert marked == "complaint"
    assert 70 < float(second) < 90


def test_no_address_holds_what_was_typed(made, reviewer):
    answer = post(reviewer, "/search", page="/search", q="morgan freemantle 07700900123")
    assert re.fullmatch(r"/search/[0-9a-f]{32}", answer.location)
    page = reviewer.get(answer.location)
    assert not any("freemantle" in link for link in re.findall(r'(?:href|action)="([^"]+)"', page.text))
    assert reviewer.get("/search?q=complaint").text.count("complaint") == reviewer.get("/search").text.count(
        "complaint"
    )


@pytest.mark.parametrize(("query", "here", "says"), [
    ("refund (card", "(", "never closed"), ("queu:Billing", "queu:", "Did you mean queue:?"), ("score:>x", "x", "not a number"),
    ("<script>alert(1)</script>:x AND", "AND", "both sides"),
])  # fmt: skip
def test_a_query_that_cannot_be_read_comes_back_with_the_place(made, reviewer, query, here, says):
    page = ask(reviewer, query)
    assert page.status_code == 400
    assert f"<mark>{here}</mark>" in page.text
    assert says in page.text
    assert "<script>alert" not in page.text


def test_facets_count_and_narrow(made, reviewer):
    page = ask(reviewer, "-zebra")
    everything = total(page)
    counts = dict(re.findall(r'value="queue:([^"]+)"><span>[^<]+</span><span class="count">(\d+)', page.text))
    assert sum(map(int, counts.values())) == everything > 20
    narrowed = post(reviewer, "/search", page="/search", q="meter OR change", add="queue:Meter readings")
    assert total(reviewer.get(narrowed.location)) == int(counts["Meter readings"])
    assert 'value="(meter OR change) queue:&#34;Meter readings&#34;"' in reviewer.get(narrowed.location).text


def test_pages_follow_each_other_in_the_order_asked_for(made, reviewer):
    answer = post(reviewer, "/search", page="/search", q="-zebra")
    seen, address = [], f"{answer.location}?sort=started"
    while address:
        page = reviewer.get(address)
        seen += names(page)
        more = re.search(r'href="([^"]+)">Next page', page.text)
        address = more and more[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == total(page) > 20
    assert seen[-1] == "C-1042"
    assert reviewer.get(f"{answer.location}?sort=started&after=nonsense").status_code == 400


def test_very_many_calls_are_said_to_be_more_than_were_counted(made, reviewer, monkeypatch):
    for name, most in (("fts.reading.MOST_COUNTED", 21), ("fts.reading.MOST_SORTED_OUT", 4)):
        monkeypatch.setattr(f"pipeline.search.{name}", most)
    monkeypatch.setattr("webapp.desk.search.MOST_SORTED_OUT", 4)
    first = reviewer.get(post(reviewer, "/search", page="/search", q="-zebra").location).text
    assert "more than <strong>21</strong> calls" in first
    assert "Counted in 4 of the calls found." in first
    further = re.search(r'href="([^"]+)">Next page', first)[1].replace("&amp;", "&")
    assert "more than <strong>21</strong> calls · further on" in reviewer.get(further).text


def test_only_calls_of_ones_own_are_found_counted_and_shown(made, browser, ids):
    other, agent, lead = browser("other"), browser("agent"), browser("lead")
    assert names(ask(other, "team")) == ["C-2001"]
    assert total(ask(other, "complaint")) == 0
    assert "C-1042" in names(ask(agent, "complaint"))
    assert names(ask(agent, "passcode OR security")) == []
    assert names(ask(lead, "security")) == ["C-1057"]
    assert "ag-201" not in ask(lead, "hello").text


def test_a_search_of_someone_else_does_not_exist_unless_it_is_shared(made, browser, store):
    lead, reviewer, other = browser("lead"), browser("reviewer"), browser("other")
    place = post(lead, "/search", page="/search", q="formal complaint").location
    assert reviewer.get(place).status_code == other.get(place).status_code == 404
    assert post(reviewer, f"{place}/save", page="/search", name="mine now", shared="private").status_code == 404
    page = lead.get(place).text
    team = re.search(r'<option value="([0-9a-f]{32})"[^>]*>north', page)[1]
    kept = post(lead, f"{place}/save", page="/search", name="Complaints", shared="team", team=team).location
    assert names(reviewer.get(kept)) == ["C-1042"]
    assert "Complaints" in reviewer.get("/search").text
    assert other.get(kept).status_code == 404
    assert "Complaints" not in other.get("/search").text
    assert post(reviewer, f"{kept}/forget", page="/search").status_code == 404
    assert post(lead, f"{kept}/forget", page="/search").status_code == 303
    assert reviewer.get(kept).status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {"name": " ", "shared": "private"},
        {"name": "x", "shared": "world"},
        {"name": "x", "shared": "team", "team": "1"},
    ],
)
def test_a_search_is_kept_only_with_a_name_and_for_those_one_belongs_to(made, reviewer, form):
    place = post(reviewer, "/search", page="/search", q="refund").location
    refused = post(reviewer, f"{place}/save", page="/search", **form)
    assert refused.status_code == (404 if form["name"].strip() else 400)
    assert form["name"].strip() or "Give the search a name" in refused.text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("queue:Biling", "nearest known one is “Billing”"), ("agent:ag-1144", "nearest known one is “ag-114”"),
        ("measure.silence_shar:>0.1", "nearest known one is “measure.silence_share”"),
    ],
)  # fmt: skip
def test_a_name_that_no_call_has_is_told_with_the_nearest_inside_the_scope(made, store, settings, browser, query, says):
    roll(store, settings.zone)
    assert says in ask(browser("reviewer"), query).text
    if "measure" not in query:  # the other team has calls with the same measures
        assert says not in ask(browser("other"), query).text
    assert "No call of yours has" not in ask(browser("reviewer"), "queue:billing measure.silence_share:>0").text


def test_calls_come_in_the_order_of_any_measure_they_have(made, store, settings, reviewer):
    """An order that there is not is told, not replaced in silence."""
    roll(store, settings.zone)
    place = post(reviewer, "/search", page="/search", q="-zebra").location
    seen, address = [], f"{place}?sort=measure.interruptions"
    while address:
        page = reviewer.get(address)
        assert "in the order" not in page.text
        seen += names(page)
        more = re.search(r'href="([^"]+)">Next page', page.text)
        address = more and more[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == total(page)
    assert "the order “measure.nonsense”" in reviewer.get(f"{place}?sort=measure.nonsense").text
    assert "the order “nonsense”" in reviewer.get(f"{place}?sort=nonsense").text


def walked(client, address):
    """Names of all calls, page by page."""
    seen = []
    while address:
        page = client.get(address)
        assert "in the order" not in page.text
        seen += names(page)
        more = re.search(r'href="([^"]+)">Next page', page.text)
        address = more and more[1].replace("&amp;", "&")
    return seen


def test_an_order_can_be_had_the_other_way_round_page_by_page(made, reviewer):
    place = post(reviewer, "/search", page="/search", q="-zebra").location
    first = walked(reviewer, f"{place}?sort=started")
    assert len(set(first)) == len(first) > 20  # more than a page
    assert walked(reviewer, f"{place}?sort=-started") == first[::-1]
    assert '?sort=started"><svg' in reviewer.get(f"{place}?sort=-started").text  # and back again


def test_the_most_or_the_least_of_a_measure_comes_first(made, store, settings, reviewer):
    roll(store, settings.zone)
    place = post(reviewer, "/search", page="/search", q="-zebra").location
    for way, sort in (("least", "-measure.interruptions"), ("most", "measure.interruptions")):
        page = reviewer.get(f"{place}?sort=measure.interruptions&way={way}").text
        assert f'<input type="hidden" name="sort" value="{sort}">' in page  # what is kept with the search
        assert ('<option value="least" selected>' in page) is (way == "least")


def test_what_fits_worst_is_no_order_and_a_kept_search_keeps_its_turned_one(made, reviewer):
    place = post(reviewer, "/search", page="/search", q="-zebra").location
    assert "the order “-relevance”" in reviewer.get(f"{place}?sort=-relevance").text
    kept = post(reviewer, f"{place}/save", page="/search", name="Old ones", shared="private", sort="-started").location
    assert names(reviewer.get(kept)) == names(reviewer.get(f"{place}?sort=-started"))
    assert ">Oldest</a>" in reviewer.get(kept).text


def test_the_worst_mood_comes_first_by_itself_and_last_where_the_most_is_wanted():
    mood = "measure.sentiment.customer"
    assert (downwards(mood), downwards("-" + mood), ordered(mood, down=True)) == (False, True, "-" + mood)
    assert (downwards("started"), downwards("-started"), ordered("started", down=False)) == (True, False, "-started")


def test_a_kept_search_can_be_watched_from_its_page(made, reviewer):
    place = post(reviewer, "/search", page="/search", q="refund").location
    assert "/notices/watch" not in reviewer.get(place).text
    kept = post(reviewer, f"{place}/save", page="/search", name="Mine", shared="private").location
    assert 'action="/notices/watch"' in reviewer.get(kept).text
    id = kept.rpartition("/")[2]
    assert post(reviewer, "/notices/watch", page="/search", search=id, how="inbox").status_code == 303
    assert re.search(r'value="inbox" selected', reviewer.get("/notices").text)


def test_a_shared_search_finds_what_its_reader_may_see(made, browser):
    lead = browser("lead")
    place = post(lead, "/search", page="/search", q="hello").location
    kept = post(lead, f"{place}/save", page="/search", name="Hello", shared="everyone").location
    assert names(browser("other").get(kept)) == ["C-2001"]
    assert "C-2001" not in names(lead.get(kept))


def test_only_who_may_share_searches_keeps_them_for_others(made, browser, reviewer):
    place = post(reviewer, "/search", page="/search", q="refund").location
    team = re.search(
        r'<option value="([0-9a-f]{32})"[^>]*>north',
        browser("lead").get(post(browser("lead"), "/search", page="/search", q="x").location).text,
    )[1]
    assert 'name="shared" value="private"' in reviewer.get(place).text
    for share in ({"shared": "team", "team": team}, {"shared": "everyone"}):
        assert post(reviewer, f"{place}/save", page="/search", name="Mine", **share).status_code == 404
    assert post(reviewer, f"{place}/save", page="/search", name="Mine", shared="private").status_code == 303


def test_what_a_removed_search_asked_for_stays_in_the_trail(made, reviewer, store):
    place = post(reviewer, "/search", page="/search", q="refund").location
    kept = post(reviewer, f"{place}/save", page="/search", name="Mine", shared="private").location
    reviewer.get(kept)
    post(reviewer, f"{kept}/forget", page="/search")
    with store.database.read() as session:
        rows = session.scalars(select(Audit).where(Audit.subject == kept.rpartition("/")[2]).order_by(Audit.id))
        assert [(row.action, row.detail if row.action != "search.run" else "") for row in rows] == [
            ("search.save", "private: refund"), ("search.run", ""), ("search.forget", "refund"),
        ]  # fmt: skip


def test_what_an_expired_search_asked_for_stays_in_the_trail(reviewer, store):
    gone = post(reviewer, "/search", page="/search", q="refund").location.rpartition("/")[2]
    with store.database.write() as session:
        session.execute(update(SearchRow).values(used_at=store.clock() - timedelta(days=31)))
    post(reviewer, "/search", page="/search", q="complaint")
    with store.database.read() as session:
        assert [row.query for row in session.scalars(select(SearchRow))] == ["complaint"]
        [row] = session.scalars(select(Audit).where(Audit.action == "search.expire"))
        assert (row.subject, row.detail) == (gone, "refund")


def test_a_total_says_about_while_the_index_has_not_heard_of_a_change(made, reviewer, store):
    place = post(reviewer, "/search", page="/search", q="-zebra").location
    assert "about <strong>" not in reviewer.get(place).text
    with store.database.write() as session:
        outbox.post(session, store.org, outbox.INDEX, [("a change", {})], store.clock())
    assert "about <strong>" in reviewer.get(place).text
    few = post(reviewer, "/search", page="/search", q="refund").location
    assert "about <strong>" not in reviewer.get(few).text  # all of them are on the page


def test_searching_is_written_down_and_the_same_search_is_kept_once(made, reviewer, store):
    places = {post(reviewer, "/search", page="/search", q=query).location for query in ("refund", " refund ", "refund")}
    [place] = places
    reviewer.get(place)
    with store.database.read() as session:
        [row] = session.scalars(select(Audit).where(Audit.action == "search.run"))
        assert row.subject == place.rpartition("/")[2]
        assert [one.query for one in session.scalars(select(SearchRow))] == ["refund"]


def test_every_page_of_a_search_names_the_calls_whose_words_it_shows(made, reviewer, store, ids):
    place = post(reviewer, "/search", page="/search", q="hello").location
    first = as_cursor(Sort("relevance"), 1e9, "")  # before everything, so that it shows the first page again
    assert names(reviewer.get(f"{place}?after={first}")) == names(reviewer.get(place)) != []
    with store.database.read() as session:
        told = list(session.scalars(select(Audit.detail).where(Audit.action == "search.run")))
    assert len(told) == 2
    assert set(told[0].split()) == set(told[1].split()) == {ids[name] for name in names(reviewer.get(place))}


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("4242 4242 4242 4242", "[CARD_NUMBER]"), ("07700 900123 refund", "[NUMBER] refund"),
        ("(refund speaker:customer) 4242424242424242", "(refund speaker:customer) [CARD_NUMBER]"),
        ("name:4242424242424242", "name:[CARD_NUMBER]"), ("“my pin” pin 1234", "“my pin” pin [PASSCODE]"),
        ("date:2026-01-01..2026-02-01 refund", "date:2026-01-01..2026-02-01 refund"),
        ("duration:5m..20m C-1042", "duration:5m..20m C-1042"),
        ('name:20260301-0930 "gift card"', 'name:20260301-0930 "gift card"'),
    ],
)  # fmt: skip
def test_a_number_that_redaction_removes_is_not_kept_with_a_search(made, reviewer, store, query, kept):
    place = post(reviewer, "/search", page="/search", q=query).location
    assert reviewer.get(place).status_code == 200
    post(reviewer, f"{place}/save", page="/search", name=query, shared="private")
    with store.database.read() as session:
        rows = list(session.scalars(select(SearchRow)))
    assert {row.query for row in rows} == {kept}
    assert "4242" not in "".join(row.name for row in rows)


def test_nobody_searches_without_signing_in_or_without_the_form_token(made, client, reviewer):
    assert client.get("/search").status_code == 302 or client.get("/search").status_code == 401
    assert reviewer.post("/search", data={"q": "refund"}).status_code == 400


def test_without_an_index_calls_are_found_by_name_and_the_page_says_so(reviewer):
    page = ask(reviewer, "C-1042")
    assert page.status_code == 200
    assert "does not answer" in page.text
    assert names(page) == ["C-1042"]
    assert total(ask(reviewer, "complaint queue:Billing")) == 0


def test_a_mistyped_word_is_forgiven_and_said(made, reviewer):
    page = ask(reviewer, "complaimt")
    assert names(page) == ["C-1042"]
    assert "Also searched for <strong>complaint</strong>" in page.text


def test_markup_in_a_transcript_stays_text(made, reviewer):
    page = ask(reviewer, "name:C-1066 img")
    assert names(page) == ["C-1066"]
    assert "<img src=x" not in page.text
    assert "&lt;img" in page.text


def test_a_kept_search_keeps_its_order(made, reviewer):
    place = post(reviewer, "/search", page="/search", q="-zebra").location
    kept = post(reviewer, f"{place}/save", page="/search", name="New ones", shared="private", sort="started").location
    first = names(reviewer.get(kept))
    assert first == names(reviewer.get(f"{place}?sort=started")) != names(reviewer.get(place))


def test_a_small_or_is_told_of(made, reviewer):
    assert "“or” was searched as a word" in ask(reviewer, "meter or change").text
    assert "was searched as a word" not in ask(reviewer, '"meter or change" OR change').text


def test_calls_like_one_are_those_that_its_reader_may_see(made, settings, store, accounts, ids):
    desks = desks_of(settings, store)
    found = {
        login: SqlSearchDesk(desks.desk(accounts.find(login))).similar(ids["C-1102"], limit=40)
        for login in ("lead", "other")
    }
    assert found["other"] == ()
    assert {one.row.name for one in found["lead"]} >= {"C-1101", "C-1103"}
    assert "C-2001" not in {one.row.name for one in found["lead"]}
    assert {"address", "change"} <= set(found["lead"][0].words)
    desks.index.close()


@pytest.mark.parametrize(("more", "state"), [
    ({"search": "http://search.example:9200"}, "FAIL"), ({"search": "https://search.example:9200"}, "FAIL"),
    ({"search": "https://search.example:9200", "search_api_key": "k"}, None), ({"search": "http://127.0.0.1:1"}, None), ({}, None),
])  # fmt: skip
def test_the_doctor_refuses_a_server_that_is_open_to_the_world(settings, more, state):
    changed = settings.model_copy(update=more)
    lines = [] if changed.search == "sqlite" else _open_to_the_world(changed)
    assert [line.state for line in lines] == ([state] if state else [])
