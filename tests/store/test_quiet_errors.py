"""Errors of the database are logged; what was to be stored never is."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.store.makers import make_store
from webapp.database import now
from webapp.tables import SearchRow


def test_an_error_does_not_repeat_what_was_written(database, tmp_path):
    store = make_store(database, tmp_path)
    row = {"query": "refund for dana", "order": {}, "asked": "0", "made_at": now(), "used_at": now()}
    with pytest.raises(IntegrityError) as refused, store.database.write() as session:
        session.add(SearchRow(org_id=store.org, user_id=987654, **row))
    assert "dana" not in str(refused.value)
    with store.database.read() as session:
        assert session.scalars(select(SearchRow)).all() == []
