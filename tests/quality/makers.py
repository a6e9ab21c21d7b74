"""A small house for reviews: people of two teams, calls with verdicts, and each person's desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from dashboards.reviews import Change
from pipeline.quality.scorecards import shipped_cards
from pipeline.records import Evidence, Interest, Party, Turn, Value, Verdict, Word
from tests.store.makers import make_intake, make_result
from webapp.accounts import COMMAND_LINE, Accounts
from webapp.desk import SqlDesks
from webapp.desk.quality.cards import SqlCardDesk
from webapp.desk.quality.reviews import SqlReviewDesk
from webapp.store import SqlStore
from webapp.tables import Ranked

PASSWORD = "seven wet goats on a roof"
PEOPLE = {"rita": ("reviewer", "north"), "rob": ("reviewer", "north"), "lena": ("lead", "north"), "sam": ("lead", "south"),
          "cole": ("compliance", "north"), "ali": ("agent", "north"), "ben": ("agent", "north"), "ada": ("admin", "*")}  # fmt: skip
AGENTS = {"ali": "ag-1", "ben": "ag-2"}
SERVICE = shipped_cards()["service"]
HEARD = Evidence("hello this is dana from northfield", 2.0, 4.5, "s1")
VERDICTS = (
    Verdict("ID-1", "1", Value.PASS, "name and company were said", (HEARD,)),
    Verdict("REC-1", "1", Value.FAIL, "the recording was not announced", (Evidence("hello", 1.0, 1.5, "s1"),)),
    Verdict(
        "E1", "1", Value.FAIL, "the balance was told before the check", (Evidence("your balance is", 9.0, 11.0, "s1"),)
    ),
    Verdict("Q6", "1", Value.UNSURE, "the words are not sure enough"),
    Verdict("Q13", "1", Value.NOT_APPLICABLE, "no hold"),
    Verdict("Q15", "1", Value.PASS, "the next step was said"),
    Verdict("Q16", "1", Value.FAIL, "no more help was offered"),
)


class House:
    """People, calls and desks over one store."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.accounts = Accounts(store.database, store.org, timedelta(hours=1), timedelta(hours=9), "UTC")
        self.desks = SqlDesks(store)
        for login, (role, team) in PEOPLE.items():
            where = team if team == "*" else self.accounts.team_id(team)
            self.accounts.add(COMMAND_LINE, login, login.title(), {where: role}, password=PASSWORD, must_change=False,
                              agent_id=AGENTS.get(login))  # fmt: skip

    def call(
        self,
        name: str,
        *,
        team: str = "north",
        agent: str = "ag-1",
        verdicts=VERDICTS,
        marks=(),
        days: float = 0.0,
        **known,
    ) -> str:
        """Take in and process one call; its public id."""
        at = self.store.clock() + timedelta(days=days)
        self.store.add(make_intake(self.store, name, call_id=name, team=team, agent_id=agent, started_at=at, **known))
        self.judge(verdicts, marks)
        with self.store.database.read() as session:
            return session.scalars(select(Ranked.public_id).where(Ranked.name == name)).one()

    def judge(self, verdicts=VERDICTS, marks=()) -> None:
        """Commit whatever waits with these verdicts."""
        for job in self.store.claim("test", limit=50, lease=60):
            made = make_result(job)
            call = replace(
                made.call, marks=marks, turns=TALK, parties=(Party("s1", "agent", 0.95), Party("s2", "customer", 0.95))
            )
            result = replace(made, call=call, findings=(), verdicts=tuple(verdicts), interest=Interest(0.5))
            assert self.store.commit(job, result)

    def desk(self, login: str):
        found = self.accounts.find(login)
        return self.desks.desk(found)

    def reviews(self, login: str) -> SqlReviewDesk:
        return SqlReviewDesk(self.desk(login))

    def cards(self, login: str) -> SqlCardDesk:
        return SqlCardDesk(self.desk(login))

    def answer(
        self,
        login: str,
        review: str,
        question: str,
        value: str | None,
        *,
        base: int | None = None,
        part: str = "answer",
        force=False,
    ):
        """Answer as this person sees the question now, or as they saw it at version ``base``."""
        here = self.reviews(login)
        if base is None:
            base = next(q.version for q in here.peek(review).questions if q.id == question) if question else 0
        return here.answer(review, Change(question, part, value, base, force))

    def finish(self, login: str, review: str, **answers: str):
        """Answer everything that is open with the best answer, these questions as told, and submit."""
        here = self.reviews(login)
        view = here.peek(review)
        for question in view.questions:
            value = answers.get(question.id)
            if value is None and question.asked and question.value is None:
                value = question.choices[0].value
            if value is not None:
                view = here.answer(review, Change(question.id, "answer", value, question.version)).view
        return here.submit(review, view.version)

    def reviewed(self, login: str, call: str, *, slot: str = "first", **answers: str) -> str:
        """Begin, answer and submit; the review's public id."""
        review = self.reviews(login).begin(call, "service", slot)
        assert review is not None
        assert self.finish(login, review, **answers).outcome == "submitted"
        return review


def said(party: str, at: float, text: str) -> Turn:
    words = tuple(Word(word, at + n * 0.4, at + n * 0.4 + 0.35, 0.95, party) for n, word in enumerate(text.split()))
    return Turn(party, at, words[-1].end, words)


TALK = (
    said("s1", 1.0, "hello this is dana from northfield"), said("s2", 6.0, "hi what do i owe"),
    said("s1", 9.0, "your balance is four hundred pounds"), said("s2", 14.0, "thanks bye"),
)  # fmt: skip
