"""The real servers that `make test` starts are there and are what they should be."""

import os

import pytest
from sqlalchemy import create_engine, text

from webapp.checks import search
from webapp.settings import load


@pytest.fixture(scope="module")
def elasticsearch_url() -> str:
    url = os.environ.get("CALLSIFT_TEST_ELASTICSEARCH")
    assert url, "CALLSIFT_TEST_ELASTICSEARCH is not set: run the tests by `make test`, which starts the server"
    return url


def test_postgresql_answers_and_lets_databases_be_made():
    url = os.environ.get("CALLSIFT_TEST_POSTGRES")
    assert url, "CALLSIFT_TEST_POSTGRES is not set: run the tests by `make test`, which starts the server"
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("select rolcreatedb or rolsuper from pg_roles where rolname = current_user"))
    engine.dispose()


def test_elasticsearch_is_a_real_node_that_the_doctor_accepts(elasticsearch_url, tmp_path):
    [line] = search.check(load({}, data=tmp_path, search=elasticsearch_url))
    assert (line.state, line.subject) == ("OK", "search")


def test_elasticsearch_finds_what_was_indexed(elasticsearch_url):
    from elasticsearch import Elasticsearch

    with Elasticsearch(elasticsearch_url) as server:
        server.index(index="probe", id="1", document={"text": "please hold the line"}, refresh="wait_for")
        found = server.search(index="probe", query={"match_phrase": {"text": "hold the line"}})
        server.indices.delete(index="probe")
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["1"]
