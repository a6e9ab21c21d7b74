"""Real servers for the tests: `python -m tests.servers -- COMMAND` installs and starts them, runs COMMAND, stops them.

As root it installs Debian's packages and makes an unprivileged user, because neither PostgreSQL nor Elasticsearch
starts as root. What cannot be had ends the run at once, by name: no test is skipped for want of a server.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

USER = "callsift-test"
HOME = Path("/var/tmp/callsift-test")
ELASTICSEARCH = "8.19.3"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{ELASTICSEARCH}:zip"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
JAVA = Path("/usr/lib/jvm/java-17-openjdk-amd64")
VOICES = ["flite", "espeak-ng", "festival", "festvox-us-slt-hts", "festvox-kdlpc16k", "sox", "libsox-fmt-all", "ffmpeg"]
PROGRAMS = {  # what must be there afterwards -> the package that brings it
    "/usr/bin/chromium": "chromium",
    "/usr/bin/mvn": "maven",
    "/usr/bin/java": "openjdk-17-jre-headless",
    "/usr/sbin/runuser": "util-linux",
} | {f"/usr/bin/{name}": name for name in ("flite", "espeak-ng", "festival", "sox", "ffmpeg")}


class Missing(SystemExit):
    """Something the tests need and this machine does not have."""

    def __init__(self, what: str) -> None:
        super().__init__(f"make test: {what}")


def postgres_bin() -> Path | None:
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))


def install() -> None:
    """Install Debian's packages where something is missing; raises Missing by name."""
    wanted = {package for program, package in PROGRAMS.items() if not Path(program).exists()}
    wanted |= set() if postgres_bin() else {"postgresql"}
    wanted |= set() if _has_voices() else set(VOICES)
    if wanted and os.geteuid() != 0:
        raise Missing(f"these packages are missing: {' '.join(sorted(wanted))}. Install them with apt, or run as root.")
    if wanted:
        print(f"Installing {' '.join(sorted(wanted))} (once)", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *sorted(wanted)]):
            done = subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False)
            if done.returncode:
                raise Missing(f"apt-get {command[0]} failed for: {' '.join(sorted(wanted))}")
    lacking = [program for program in PROGRAMS if not Path(program).exists()]
    if lacking or not postgres_bin():
        raise Missing(f"still missing after installing: {' '.join(lacking) or 'postgresql'}")


def _has_voices() -> bool:
    found = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Status}\n", *VOICES], capture_output=True, text=True, check=False
    )
    return found.returncode == 0 and all("ok installed" in line for line in found.stdout.splitlines())


def unprivileged() -> str:
    """The user servers run as: ourselves, or a made one when we are root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    if subprocess.run(["id", USER], capture_output=True, check=False).returncode:
        subprocess.run(["useradd", "--system", "--home-dir", str(HOME), "--shell", "/bin/sh", USER], check=True)
    return USER


def as_user(user: str, *command: str | Path, **environment: str) -> list[str]:
    """``command`` run by ``user`` with only ``environment`` and PATH set."""
    line = ["env", "-i", "PATH=/usr/bin:/bin", f"HOME={HOME}", "LC_ALL=C.UTF-8"]
    line += [f"{name}={value}" for name, value in environment.items()] + [str(part) for part in command]
    return line if os.geteuid() != 0 else ["/usr/sbin/runuser", "-u", user, "--", *line]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def postgres(user: str, folder: Path) -> Iterator[str]:
    """A PostgreSQL of its own in ``folder``; gives a SQLAlchemy URL of a role that may create databases."""
    binaries, port = postgres_bin(), free_port()
    assert binaries is not None
    data = folder / "postgres"
    _run(
        "PostgreSQL initdb",
        as_user(user, binaries / "initdb", "-D", data, "-U", "callsift", "-A", "trust", "-E", "UTF8", "--no-sync"),
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off -c max_connections=200"
    control = [binaries / "pg_ctl", "-D", data, "-w"]
    _run("PostgreSQL", as_user(user, *control, "-l", folder / "postgres.log", "-o", options, "start"))
    try:
        yield f"postgresql+psycopg://callsift@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(as_user(user, *control, "-m", "immediate", "stop"), stdout=subprocess.DEVNULL, check=False)


def fetch_elasticsearch(user: str) -> Path:
    """Folder of the unpacked server, fetched by Maven once."""
    server = HOME / f"elasticsearch-{ELASTICSEARCH}"
    if not server.exists():
        archive = HOME / f"elasticsearch-{ELASTICSEARCH}.zip"
        if not archive.exists():
            print(f"Fetching Elasticsearch {ELASTICSEARCH} by Maven (97 MB, once)", flush=True)
            _run("Elasticsearch by Maven", ["mvn", "-q", COPY, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={HOME}"])
        partial = HOME / "unpacking"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.unpack_archive(archive, partial)
        next(partial.glob("elasticsearch*")).rename(server)
        for script in (server / "bin").iterdir():
            script.chmod(0o755)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", user, str(server)], check=True)
    return server


@contextlib.contextmanager
def elasticsearch(user: str, folder: Path) -> Iterator[str]:
    """A single-node server on a free port; gives its URL."""
    server, port, config = fetch_elasticsearch(user), free_port(), folder / "elasticsearch"
    shutil.copytree(server / "config", config)
    (config / "elasticsearch.yml").write_text(
        f"discovery.type: single-node\nnetwork.host: 127.0.0.1\nhttp.port: {port}\nxpack.security.enabled: false\n"
        f"path.data: {folder / 'es-data'}\npath.logs: {folder / 'es-logs'}\n"
    )
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", user, str(config)], check=True)
    java = JAVA if JAVA.exists() else Path(os.path.realpath("/usr/bin/java")).parents[1]
    command = as_user(
        user,
        server / "bin" / "elasticsearch",
        ES_JAVA_HOME=str(java),
        ES_PATH_CONF=str(config),
        ES_JAVA_OPTS="-Xms512m -Xmx512m",
    )
    with (folder / "elasticsearch.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process, folder / "elasticsearch.log")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 180.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"{url}/_cluster/health", timeout=2),  # noqa: S310 (our own server)
        ):
            return
        time.sleep(0.2)  # a server has no other way to tell that it is up
    raise Missing(f"Elasticsearch did not start; the end of its log:\n{log.read_text(errors='replace')[-2000:]}")


def _run(what: str, command: list[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise Missing(f"{what} failed:\n{done.stdout[-2000:]}")


def main(arguments: list[str]) -> int:
    if "--" not in arguments:
        raise SystemExit("usage: python -m tests.servers -- COMMAND [ARGUMENT ...]")
    install()
    user = unprivileged()
    HOME.mkdir(mode=0o755, exist_ok=True)
    folder = HOME / f"run-{os.getpid()}"
    folder.mkdir()
    if os.geteuid() == 0:
        subprocess.run(["chown", user, str(folder)], check=True)
    try:
        with postgres(user, folder) as database, elasticsearch(user, folder) as search:
            environment = os.environ | {"CALLSIFT_TEST_POSTGRES": database, "CALLSIFT_TEST_ELASTICSEARCH": search}
            return subprocess.run(arguments[arguments.index("--") + 1 :], env=environment, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
