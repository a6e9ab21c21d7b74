"""The search server at its worst: away, slow, full, read-only, half done, deleted, behind a password. Nothing is lost by it."""

import json
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

import pytest

from pipeline.search.backends.elasticsearch import open_elasticsearch
from pipeline.search.elastic import bulk
from pipeline.search.errors import IndexUnavailable
from pipeline.search.records import Address
from tests.search.makers import call, find, names
from tests.search.servers import new_index
from tests.search.test_filing import found, process, take_in
from webapp.search.comparing import compare
from webapp.search.draining import drain, waiting_marks
from webapp.search.step import Chore, run_index

ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAUSE = threading.Event()  # what a slow server waits for; never set before the test has its answer


class Between(BaseHTTPRequestHandler):
    """Stands between client and server, and answers in its place as ``mode`` says."""

    mode, upstream = "", ""

    def do_POST(self):
        self.pass_on()

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.mode == "slow":
            PAUSE.wait(30)
            return
        if self.mode.isdigit():
            self.answer(int(self.mode), b'{"error": {"type": "told_to", "reason": "told to"}}')
            return
        if self.mode == "half" and "_bulk" in self.path:
            half = body.splitlines(keepends=True)[:2]
            self.forward(b"".join(half), quiet=True)
            type(self).mode = ""
            self.answer(503, b"{}")
            return
        self.forward(body)

    def forward(self, body, *, quiet=False):
        kept = {name: value for name, value in self.headers.items() if name.lower() in ("content-type", "accept")}
        request = Request(self.upstream + self.path, body or None, kept, method=self.command)  # noqa: S310 (our own server)
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310
                status, data = answer.status, answer.read()
        except OSError as error:
            status, data = error.code, error.read()
        if not quiet:
            self.answer(status, data)

    def answer(self, status, data):
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.elasticsearch+json;compatible-with=8")
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def between(elasticsearch_url):
    """A way to the server that a test can bend; ``mode`` is a status, ``slow``, ``half`` or nothing."""
    handler = type("Handler", (Between,), {"upstream": elasticsearch_url, "mode": ""})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server, handler
    PAUSE.set()
    server.shutdown()
    server.server_close()
    thread.join()
    PAUSE.clear()


@pytest.fixture
def straight(request, tmp_path):
    """An index on the server, not made yet."""
    with new_index("elasticsearch", tmp_path, request) as index:
        yield index


@pytest.fixture
def bent(straight, between):
    """The same index by the way that can be bent."""
    server, _ = between
    index = open_elasticsearch(Address(f"http://127.0.0.1:{server.server_address[1]}", index=straight.alias))
    yield index
    index.close()


@pytest.fixture
def calls(store):
    ids = {name: take_in(store, name) for name in "abc"}
    process(store, said="refund")
    return ids


@ONLY_SQLITE
@pytest.mark.parametrize("mode", ["slow", "429", "500", "503", "403"])
def test_a_server_that_does_not_serve_holds_nobody_up_and_is_caught_up_with(
    store, calls, straight, bent, between, mode
):
    _, handler = between
    run_index(store, bent)
    store.redo("analyze")
    process(store, said="again")
    handler.mode = mode
    chore = Chore(store, lambda: bent)
    began = time.monotonic()
    with pytest.raises(IndexUnavailable):
        find(bent, "refund")
    assert time.monotonic() - began < 2.5
    chore()
    assert waiting_marks(store) == 3
    handler.mode = ""
    PAUSE.set()
    chore()
    assert waiting_marks(store) == 0
    assert found(store, straight, "again3") == set(calls.values())


@ONLY_SQLITE
def test_a_bulk_that_was_half_done_is_done_again(store, calls, straight, bent, between, clock):
    _, handler = between
    run_index(store, bent)
    store.redo("analyze")
    process(store, said="again")
    handler.mode = "half"
    with pytest.raises(IndexUnavailable):
        drain(store, bent)
    clock.move(minutes=3)
    drain(store, bent)
    assert found(store, straight, "again3") == set(calls.values())
    assert not compare(store, straight).any


@ONLY_SQLITE
def test_a_read_only_index_keeps_marks_waiting(store, calls, straight, clock):
    run_index(store, straight)
    take_in(store, "d")
    process(store)
    straight.client.indices.put_settings(index=straight.alias, settings={"index.blocks.write": True})
    with pytest.raises(IndexUnavailable, match="403"):
        drain(store, straight)
    assert found(store, straight, "refund3") == set(calls.values())
    straight.client.indices.put_settings(index=straight.alias, settings={"index.blocks.write": None})
    clock.move(minutes=1)
    drain(store, straight)
    assert len(found(store, straight)) == 4


@ONLY_SQLITE
@pytest.mark.parametrize("how", ["calls", "words", "foreign", "older"])
def test_an_index_that_somebody_deleted_or_made_otherwise_is_made_again(store, calls, straight, how):
    run_index(store, straight)
    client = straight.client
    if how in ("calls", "foreign"):
        for name in client.indices.get(index=straight.alias):
            client.indices.delete(index=name)
    if how == "words":
        for name in client.indices.get(index=straight.words):
            client.indices.delete(index=name)
    if how == "foreign":
        client.index(index=straight.alias, document={"somebody": "else"}, refresh=True)
    if how == "older":
        client.indices.put_mapping(index=straight.alias, meta={"schema": 0})
    assert not straight.state().ready
    run_index(store, straight)
    assert found(store, straight, "refund3") == set(calls.values())
    assert not compare(store, straight).any
    assert len(client.indices.get(index=f"{straight.alias}*")) == 2


def test_what_the_server_has_no_room_for_is_sent_again_after_growing_pauses(straight):
    with straight.rebuilding() as new:
        new.take_over()
    refused, pauses = [2], []
    bulk_call = straight.client.bulk

    class Client:
        """The server, refusing the second line twice."""

        def bulk(self, **how):
            answer = bulk_call(**how)
            if refused[0]:
                refused[0] -= 1
                answer.body["errors"] = True
                answer.body["items"][-1]["index"]["status"] = 429
            return answer

    lines = [bulk.put_line(name, 1, {"org": "o", "call_id": name}) for name in "ab"]
    bulk.send(Client(), straight.alias, lines, alias=True, pause=pauses.append)
    assert pauses == list(bulk.PAUSES[:2])
    refused[0] = 99
    with pytest.raises(IndexUnavailable, match="full"):
        bulk.send(Client(), straight.alias, lines, alias=True, pause=pauses.append)


def test_a_document_the_server_will_not_take_is_named(straight):
    with straight.rebuilding() as new:
        new.take_over()
    with pytest.raises(IndexUnavailable, match=r"400.*strict"):
        bulk.send(straight.client, straight.alias, [bulk.put_line("a", 1, {"surprise": 1})], alias=True)


def test_several_threads_write_everything_once(straight):
    told = [call(f"n{number}x", ("agent", 0.0, f"word{number} refund")) for number in range(300)]
    with straight.rebuilding() as new:
        new.put(told)
        new.take_over()
    assert find(straight, "refund").total == 300
    assert names(find(straight, "word77")) == ["n77x"]


class Locked(BaseHTTPRequestHandler):
    """Answers a cluster's health to whoever brings the right key; else refuses as the server does."""

    wanted = ""

    def do_GET(self):
        right = self.headers.get("Authorization") == self.wanted
        data = json.dumps({} if right else {"error": {"type": "security_exception", "reason": "no"}}).encode()
        self.send_response(200 if right else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def locked(tmp_path):
    """A TLS server with a certificate of its own making, behind a key and a password; ``(url, ca)``."""
    import ssl

    key, certificate = tmp_path / "key.pem", tmp_path / "ca.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)  # fmt: skip
    handler = type("Handler", (Locked,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}", certificate, handler
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(("sends", "keys"), [
    ("ApiKey c2VjcmV0", {"api_key": "c2VjcmV0"}), ("Basic Y2FsbDpzaWZ0", {"user": "call", "password": "sift"}),
])  # fmt: skip
def test_the_server_is_reached_by_tls_with_its_key_and_its_certificate_only(locked, sends, keys):
    url, ca, handler = locked
    handler.wanted = sends
    for server, says in (
        (Address(url, ca=ca, **keys), "there is no index"),
        (Address(url, ca=ca, **dict.fromkeys(keys, "wrong")), "401"),
        (Address(url, **keys), "does not answer"),
    ):
        index = open_elasticsearch(server)
        assert says in index.state().says
        index.close()
