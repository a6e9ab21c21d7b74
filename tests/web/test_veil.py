"""What an agent is told of their own calls: words, results and rules, and no suspicion, by whatever way they ask."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from pipeline.records import Evidence, Finding, Measure, Value, Verdict
from tests.search.test_pages import ask, names
from tests.web import seed
from tests.web.calls import CARD
from tests.web.conftest import post, sign_in
from webapp.search.opening import index_of
from webapp.search.step import run_index
from webapp.tables import Ranked, RulebookRow, RulebookRule

SAID = Evidence("transfer it to the account i give you now", 10.0, 14.0, "s1")
WHY = "look harder: 2 signs of fraud (72%)"
CALL = replace(
    CARD, name="C-9000", after=timedelta(hours=3), score=0.93,
    parts=(("case:fraud", 0.72, WHY, 10.0), ("dead_air", 0.1, "Nobody spoke for 10 s", 20.0)),
    findings=(
        Finding("case:fraud", 0.72, 10.0, 14.0, WHY, (SAID,), {"signals": 2}),
        Finding("signal:J7", 0.6, 10.0, 14.0, "Agent steps off the script: own account", (SAID,), {"rule": "J7", "pack": "fraud"}),
        Finding("rule:X1", 0.6, 10.0, 14.0, "Payee of a mule", (SAID,), {"rule": "X1", "pack": "fraud"}),
        Finding("dead_air", 0.4, 19.2, 28.8, "Nobody spoke for 10 s"),
    ),
    verdicts=(*CARD.verdicts, Verdict("J9q", "1", Value.FAIL, "Secrecy was asked for", (SAID,)),
              Verdict("X1", "1", Value.FAIL, "A payee of a mule", (SAID,)), Verdict("X2", "1", Value.PASS, "No mule bait was said")),
)  # fmt: skip
TELLING = ("look harder", "signs of fraud", "Signs of fraud", "steps off", "Secrecy", "mule", "signal", "J7", "J9q", "X1", "X2", "0.72",
           "of 100", "Interest", "interest", "Fraud case")  # fmt: skip


@pytest.fixture
def made(settings, store, app, accounts):
    """The seeded calls with one more that is suspicious, a published rule book, and an index of all."""

    class Suspected(type(CALL)):
        def result(self):
            result = super().result()
            extra = Measure("fraud_case", 0.72), Measure("breaches", 4), Measure("unsure", 1)
            known = replace(result.call.metadata, customer_id="cu-9000", person_number="+15550142", account_id="acc-77",
                            extra={"card holder": "Mrs Vale"})  # fmt: skip
            return replace(result, call=replace(result.call, metadata=known), measures=(*result.measures, *extra))

    seed.add_calls(store, [Suspected(**{name: getattr(CALL, name) for name in CALL.__dataclass_fields__})])
    with store.database.write() as session:
        book = RulebookRow(org_id=store.org, version=1, made_at=store.clock(), made_by="ops")
        session.add(book)
        session.flush()
        session.add_all(RulebookRule(org_id=store.org, rulebook_id=book.id, pack=pack, rule=rule, sha256=rule * 8)
                        for pack, rule in (("fraud", "X2"), ("pci", "payments.card_read_back")))  # fmt: skip
    index = index_of(settings)
    run_index(store, index)
    index.close()
    with store.database.read() as session:
        return session.scalars(select(Ranked.public_id).where(Ranked.name == "C-9000")).one()


def told(page: str) -> list[str]:
    """Which telling words a page says to its reader (not the names of classes or scripts)."""
    said = re.sub(r"<(script|style|link)[^>]*>.*?(</\1>|$)", "", page, flags=re.S)
    return [word for word in TELLING if word in said]


def test_an_agent_reads_an_own_suspicious_call_without_a_hint_of_it(made, browser):
    page = browser("agent").get(f"/calls/{made}").text
    assert told(page) == []
    assert "Card data is not read back" in page  # what other packs found is theirs to know
    assert "Nobody spoke for 10 s" in page
    for text in ("+15550142", "acc-77", "cu-9000", "Mrs Vale", "inbox/", "C-9000.wav"):
        assert text not in page
    assert "autumn" in page


def test_who_may_know_reads_all_of_it(made, browser):
    for login in ("reviewer", "lead", "fraud", "compliance", "admin"):
        page = browser(login).get(f"/calls/{made}").text
        assert "Look harder: 2 signs of fraud (72%)" in page
        assert "acc-77" in page
        assert "inbox/C-9000.wav" in page


@pytest.mark.parametrize(
    "query",
    ["fail:J9*", "finding:signal", "NOT fail:J9q", "(refund OR finding:case*)", "unsure:*", "na:X1", "pass:X2", "score:>=80",
     "breaches:>3", "measure.fraud_case:>0.5", "MEASURE.breaches:>0"],
)  # fmt: skip
def test_an_agent_cannot_search_by_what_was_found(made, browser, query):
    answer = ask(browser("agent"), query)
    assert "Your role does not search by" in answer.text
    assert "C-9000" not in answer.text
    assert ask(browser("fraud"), query).status_code == 200


def test_a_shared_search_by_findings_tells_an_agent_nothing(made, browser):
    lead = browser("lead")
    kept = ask(lead, "fail:J9q").request.path
    shared = post(lead, f"{kept}/save", name="Suspicious", shared="everyone").headers["Location"]
    page = browser("agent").get(shared).text
    assert "Your role does not search by" in page
    assert "C-9000" not in page


def test_words_facets_and_orders_of_an_agents_search_tell_of_no_finding(made, browser):
    agent, fraud = browser("agent"), browser("fraud")
    mine = ask(agent, "complaint")
    assert "C-9000" in names(mine)
    for text in ("Rule broken", "finding:", "Most interesting", "Interest"):
        assert text in ask(fraud, "complaint").text
        assert text not in mine.text
    by_words = ask(agent, 'name:"C-9000"')
    assert told(by_words.text) == []
    started = names(agent.get(f"{mine.request.path}?sort=started"))
    for by in ("score", "measure.fraud_case", "measure.breaches"):  # an order tells as much as a number
        assert names(agent.get(f"{mine.request.path}?sort={by}")) == names(mine)
    assert started[0] == "C-9000"


def test_an_agent_starts_at_their_results_and_calls_and_has_no_queue(made, app, browser):
    agent = browser("agent")
    assert agent.get("/queue").status_code == 404
    assert agent.get("/").headers["Location"].endswith("/results")
    page = agent.get("/results").text
    assert f'href="/calls/{made}"' in page
    assert told(page) == []
    assert 'href="/queue"' not in agent.get(f"/calls/{made}").text
    assert "C-1057" not in page  # of another agent


def test_calls_like_it_and_its_transcript_tell_an_agent_nothing(made, browser):
    agent = browser("agent")
    assert told(agent.get(f"/calls/{made}/similar").text) == []
    for name in ("callsift", "vcon", "webvtt"):
        text = agent.get(f"/calls/{made}/export/{name}").text
        assert "acc-77" not in text
        assert "cu-9000" not in text
        assert [word for word in TELLING if word in text and word not in ("of 100", "interest")] == []


def test_a_lead_who_is_an_agent_elsewhere_learns_nothing_of_the_own_calls(made, accounts, app, browser):
    """One person, two roles: what they may know of a call is that of the role that shows it."""
    accounts.add("", "both", "Bo Two", {accounts.team_id("north"): "agent", accounts.team_id("south"): "lead"},
                 password=seed.PASSWORD, must_change=False, agent_id="ag-114")  # fmt: skip
    both = app.test_client()
    sign_in(both, "both")
    assert told(both.get(f"/calls/{made}").text) == []
    assert names(ask(both, "fail:J9q")) == []
    assert "C-9000" in names(ask(both, "complaint"))
    rows = re.findall(r"C-9000", both.get("/results").text)
    assert rows
