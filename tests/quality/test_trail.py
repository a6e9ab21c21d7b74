"""Whoever reads a review stands in the audit log, by whatever page they read it."""

from sqlalchemy import func, select

from tests.web.conftest import post
from webapp.tables import Audit, User


def test_the_form_of_a_coaching_note_shows_a_review_and_is_written_down(browser, ids, store):
    begun = post(browser("reviewer"), "/reviews", call=ids["C-1042"], card="service", slot="first")
    review = begun.location.rpartition("/")[2]
    assert browser("lead").get(f"/coaching?review={review}").status_code == 200
    with store.database.read() as session:
        read = Audit.subject == review, Audit.action == "review.read"
        assert session.scalar(select(func.count(Audit.id)).where(*read)) == 1


def test_looking_at_the_state_of_a_review_is_written_down_once_a_sitting(browser, ids, store):
    begun = post(browser("reviewer"), "/reviews", call=ids["C-1042"], card="service", slot="first")
    review = begun.location.rpartition("/")[2]
    lead = browser("lead")
    for _ in range(3):
        assert lead.get(f"/reviews/{review}/state").status_code == 200
    assert browser("other").get(f"/reviews/{review}/state").status_code == 404
    with store.database.read() as session:
        read = Audit.subject == review, Audit.action == "review.read"
        who = session.scalars(select(User.login).join(Audit, Audit.user_id == User.id).where(*read))
        assert list(who) == ["lead"]
