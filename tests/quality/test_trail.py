"""Whoever reads a review stands in the audit log, by whatever page they read it."""

from sqlalchemy import func, select

from tests.web.conftest import post
from webapp.tables import Audit


def test_the_form_of_a_coaching_note_shows_a_review_and_is_written_down(browser, ids, store):
    begun = post(browser("reviewer"), "/reviews", call=ids["C-1042"], card="service", slot="first")
    review = begun.location.rpartition("/")[2]
    assert browser("lead").get(f"/coaching?review={review}").status_code == 200
    with store.database.read() as session:
        read = Audit.subject == review, Audit.action == "review.read"
        assert session.scalar(select(func.count(Audit.id)).where(*read)) == 1
