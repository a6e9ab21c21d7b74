"""URLs: only what the settings name, only public addresses, exactly the checked one, no redirect, no more than a cap."""

import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import BadRecording
from pipeline.ingest.fetching import Fetcher, is_public, is_url, label

BODY = b"RIFF" + bytes(range(256)) * 40


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Host"]))
        if self.path.startswith("/to"):
            self.send_response(302)
            self.send_header("Location", "/call.wav")
            self.end_headers()
            return
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(206 if self.path == "/part" else 200)
        if self.path == "/zipped":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.path == "/short":
            return
        with suppress(OSError):  # who has enough hangs up
            self.wfile.write(BODY * (5000 if self.path == "/huge" else 1))

    def log_message(self, *_):
        return None


@pytest.fixture(scope="module")
def server():
    """A real server on this machine; what it was asked stands in ``asked``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def port(server):
    server.asked.clear()
    return server.server_address[1]


def near(port, **changes):
    """Fetches from this machine under the name calls.example: only a test lets it."""
    given = {"schemes": ("http",), "hosts": (f"calls.example:{port}",), "resolve": lambda host, port: ["127.0.0.1"],
             "allow": lambda address: address == "127.0.0.1"}  # fmt: skip
    return Fetcher(**{**given, **changes})


@contextmanager
def refused(reason):
    with pytest.raises(BadRecording) as caught:
        yield caught
    assert caught.value.reason == reason


def test_an_allowed_recording_is_fetched_into_memory(server, port):
    with near(port).fetch(f"http://calls.example:{port}/a/call.wav?key=s%20x#t") as file:
        assert file.read() == BODY
    assert server.asked == [("/a/call.wav?key=s%20x", f"calls.example:{port}")]


def test_this_machine_is_no_public_address(server, port):
    fetcher = Fetcher(("http",), (f"localhost:{port}", f"127.0.0.1:{port}"))
    for host in ("localhost", "127.0.0.1"):
        with refused("not_allowed") as caught:
            fetcher.fetch(f"http://{host}:{port}/call.wav")
        assert "not of the public internet" in str(caught.value)
    assert server.asked == []


def test_a_name_with_one_private_address_among_others_is_refused(port):
    with refused("not_allowed"):
        near(port, resolve=lambda host, port: ["93.184.216.34", "10.0.0.1"], allow=is_public).fetch(
            f"http://calls.example:{port}/a"
        )


def test_the_connection_goes_to_the_address_that_was_checked(server, port):
    """A name server that answers differently the second time gains nothing: it is not asked again."""
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with near(port, resolve=rebinding).fetch(f"http://calls.example:{port}/a") as file:
        assert file.read() == BODY
    assert asked == ["calls.example"]


def test_redirects_are_not_followed(server, port):
    with refused("not_allowed") as caught:
        near(port).fetch(f"http://calls.example:{port}/to/elsewhere")
    assert "redirects" in str(caught.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize("path", ["/missing", "/part"])
def test_any_answer_but_200_is_told(port, path):
    with refused("unreachable"):
        near(port).fetch(f"http://calls.example:{port}{path}")


def test_a_body_that_never_ends_is_cut(port):
    with refused("too_large") as caught:
        near(port, most_bytes=1 << 20).fetch(f"http://calls.example:{port}/huge")
    assert "1 MB" in str(caught.value)


@pytest.mark.parametrize(("most", "fits"), [(len(BODY), True), (len(BODY) - 1, False)])
def test_the_border_of_size(port, most, fits):
    if fits:
        near(port, most_bytes=most).fetch(f"http://calls.example:{port}/a").close()
    else:
        with refused("too_large"):
            near(port, most_bytes=most).fetch(f"http://calls.example:{port}/a")


def test_a_compressed_body_is_not_unfolded(port):
    with near(port).fetch(f"http://calls.example:{port}/zipped") as file:
        assert file.read() == BODY


def test_proxies_of_the_environment_are_not_used(port, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    near(port).fetch(f"http://calls.example:{port}/a").close()


def test_a_host_nobody_knows_is_told():
    def unknown(host, port):
        raise OSError

    with refused("unreachable"):
        near(80, hosts=("calls.example",), resolve=unknown).fetch("http://calls.example/a")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "local:///etc/passwd",
        "memory://a",
        "ftp://calls.example/a",
        "zip://a.wav::https://calls.example/a.zip",
        "simplecache::https://calls.example/a.wav",
        "https://calls.example/a.wav::zip://x",
        "https://other.example/a.wav",
        "https://calls.example.evil.example/a.wav",
        "https://calls.example:8443/a.wav",
        "https://user:pass@calls.example/a.wav",
        "https://calls.example@10.0.0.1/a.wav",
        "https://10.0.0.1#@calls.example/a.wav",
        "https://calls.example\\@10.0.0.1/a.wav",
        "https://calls.example /a.wav",
        "https://calls.example\t/a.wav",
        "https:///a.wav",
        "https://",
        "https://[::1]/a.wav",
        "https://2130706433/a.wav",
        "https://0x7f.1/a.wav",
        "https://calls.example:99999/a.wav",
        "https://[calls.example/a.wav",
        "://",
    ],
)
def test_what_no_setting_names_is_refused_before_anybody_is_asked(url):
    def nobody(host, port):
        raise AssertionError("asked")

    fetcher = Fetcher(
        ("https", "file", "local", "memory", "zip", "simplecache", "ftp"), ("calls.example",), resolve=nobody
    )
    with refused("not_allowed"):
        fetcher.fetch(url)


def test_by_default_nothing_may_be_fetched():
    with refused("not_allowed"):
        Fetcher().fetch("https://calls.example/a.wav")


def test_hosts_are_compared_without_case(port):
    near(port, hosts=(f"Calls.Example:{port}",)).fetch(f"http://CALLS.example:{port}/a").close()


@given(url=st.text(max_size=60) | st.builds("https://calls.example{}".format, st.text(max_size=30)))
def test_any_text_is_refused_or_leads_to_the_named_host(url):
    asked = []
    fetcher = Fetcher(("https",), ("calls.example",), resolve=lambda host, port: asked.append((host, port)) or [])
    with pytest.raises(BadRecording):
        fetcher.fetch(url)
    assert asked in ([], [("calls.example", 443)])


NOT_PUBLIC = """127.0.0.1 10.1.2.3 192.168.0.1 172.16.0.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255 198.18.0.1 192.0.2.1
224.0.0.1 :: ::1 fe80::1 fe80::1%eth0 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1:: 64:ff9b:1::1
64:ff9b::127.0.0.1""".split()


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::93.184.216.34"]
)
def test_addresses_that_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://calls.example/a/b.wav?key=secret#x", "https://calls.example/a/b.wav"),
        ("https://user:pass@calls.example:8443/b.wav", "https://calls.example/b.wav"),
        ("s3://bucket/b.wav", "s3://bucket/b.wav"),
        ("zip::https://me:pass@calls.example/a.zip?key=secret", "zip::https://calls.example/a.zip"),
    ],
)
def test_people_see_no_keys_of_a_url(url, shown):
    assert label(url) == shown


def test_a_bucket_without_its_package_says_what_is_missing():
    with refused("unreachable") as caught:
        Fetcher(("s3",), ("recordings",)).fetch("s3://recordings/a.wav")
    assert "s3fs" in str(caught.value)


def test_a_file_whose_name_looks_like_a_chain_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a::b.wav").write_bytes(b"x")
    assert [is_url(source) for source in ("a::b.wav", "zip::b.wav", "https://x/y", "a.wav")] == [
        False,
        True,
        True,
        False,
    ]
