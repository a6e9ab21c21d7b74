"""The embedded index: nothing to install and nothing to run.

The folder holds index files and one small file, ``current``, that names the one in use. It is read before each question,
so that every process follows a rebuilt index at once; renaming it is the moment of the change.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.search.errors import IndexUnavailable
from pipeline.search.fts import reading, schema, writing
from pipeline.search.records import Address, Found, Hit, IndexedCall, Reach, Sort, State
from pipeline.search.tree import Node

CURRENT = "current"
NAMED, LONGEST = re.compile(r"index-[0-9A-Za-z_-]{1,64}\.sqlite"), 200
DAMAGED = ("malformed", "not a database")
BY_RELEVANCE = Sort()


@dataclass
class SqliteIndex:
    """A `SearchIndex` in files of ``folder``; any number of threads and processes may use it."""

    folder: Path
    name: str = "sqlite"
    _local: threading.local = field(default_factory=threading.local, repr=False)
    _opened: list[sqlite3.Connection] = field(default_factory=list, repr=False)

    def state(self) -> State:
        try:
            file = self._file()
            if file is None:
                return State(ready=False, says="there is no index yet")
            with self._asking() as connection:
                calls = connection.execute("SELECT count(*) FROM calls").fetchone()[0]
        except IndexUnavailable as error:
            return State(ready=False, says=str(error))
        return State(ready=True, calls=calls, says=f"{calls} calls in {file.name}")

    def put(self, calls: Sequence[IndexedCall]) -> None:
        with self._writing() as connection:
            writing.put(connection, calls)

    def drop(self, call_ids: Sequence[str]) -> None:
        with self._writing() as connection:
            writing.drop(connection, call_ids)

    def settle(self) -> None:
        """A committed transaction is seen by the next search."""

    def purge(self) -> None:
        with self._writing() as connection:
            writing.purge(connection)
        with self._asking() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def search(
        self, tree: Node, reach: Reach, *, sort: Sort = BY_RELEVANCE, limit: int = 50, after: str | None = None,
        facets: Sequence[str] = (), passages: int = 0,
    ) -> Found:  # fmt: skip
        with self._asking() as connection:
            return reading.page(
                connection, tree, reach, sort, limit=limit, after=after, facets=facets, passages=passages
            )

    def size(self, reach: Reach) -> int:
        with self._asking() as connection:
            return reading.size(connection, reach)

    def known(self, stems: Collection[str], reach: Reach) -> set[str]:
        with self._asking() as connection:
            return reading.known(connection, stems, reach)

    def counts(self, stems: Collection[str], reach: Reach) -> dict[str, int]:
        with self._asking() as connection:
            return reading.counts(connection, stems, reach)

    def alike(self, pieces: Collection[str]) -> set[str]:
        with self._asking() as connection:
            return reading.alike(connection, pieces)

    def read(self, call_id: str, reach: Reach) -> IndexedCall | None:
        with self._asking() as connection:
            return reading.read(connection, call_id, reach)

    def similar(self, vector: Sequence[float], reach: Reach, *, without: str, limit: int) -> list[Hit]:
        with self._asking() as connection:
            return reading.similar(connection, vector, reach, without=without, limit=limit)

    def versions(self, org: str) -> Iterator[tuple[str, int]]:
        with self._asking() as connection:
            yield from connection.execute("SELECT call_id, version FROM calls WHERE org = ? ORDER BY call_id", (org,))

    @contextmanager
    def rebuilding(self) -> Iterator[SqliteRebuilding]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # words of calls: for this user only
        file = self.folder / f"index-{secrets.token_hex(8)}.sqlite"
        with closing(_connect(file)) as connection:
            schema.make(connection)
            new = SqliteRebuilding(self, file, connection)
            try:
                yield new
            finally:
                if not new.taken:
                    _remove(file)

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()
        self._local = threading.local()

    def _file(self) -> Path | None:
        """The index file in use; none where ``current`` names no file that this wrote, so that one is made anew."""
        try:
            with (self.folder / CURRENT).open("rb") as pointer:
                name = pointer.read(LONGEST).decode("ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise IndexUnavailable(f"{self.folder / CURRENT} cannot be read: {error.strerror}.") from error
        file = self.folder / name
        return file if NAMED.fullmatch(name) and file.is_file() else None

    @contextmanager
    def _asking(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection()
        except sqlite3.Error as error:
            self._let_go()
            if isinstance(error, sqlite3.DatabaseError) and any(sign in str(error) for sign in DAMAGED):
                (self.folder / CURRENT).unlink(missing_ok=True)  # it is made anew from SQL
            raise IndexUnavailable(f"The search index in {self.folder} cannot be used: {error}.") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._asking() as connection, transaction(connection):
            yield connection

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection to the file in use."""
        file = self._file()
        if file is None:
            self._let_go()
            raise IndexUnavailable(f"There is no search index in {self.folder} yet; `callsift reindex` makes one.")
        if getattr(self._local, "file", None) != file:
            self._let_go()
            connection = _connect(file)
            self._opened.append(connection)
            self._local.connection, self._local.file = connection, file
            if not schema.fits(connection):
                self._let_go()
                raise IndexUnavailable("The search index was made by another version of callsift; it is made anew.")
        return self._local.connection

    def _let_go(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            with contextlib.suppress(ValueError):  # closed with all others meanwhile
                self._opened.remove(connection)
        self._local.connection = self._local.file = None


@dataclass
class SqliteRebuilding:
    """A new index file beside the one in use."""

    index: SqliteIndex
    file: Path
    connection: sqlite3.Connection
    taken: bool = False

    def put(self, calls: Sequence[IndexedCall]) -> None:
        with transaction(self.connection):
            writing.put(self.connection, calls)

    def drop(self, call_ids: Sequence[str]) -> None:
        with transaction(self.connection):
            writing.drop(self.connection, call_ids)

    def take_over(self) -> None:
        """Rename ``current``; readers of the old file end what they began, its space comes back when they let go."""
        self.connection.execute("ANALYZE")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        pointer = self.index.folder / f"{CURRENT}-{secrets.token_hex(4)}"
        pointer.write_text(self.file.name)
        pointer.replace(self.index.folder / CURRENT)
        self.taken = True
        for old in self.index.folder.glob("index-*.sqlite"):
            if old != self.file:
                _remove(old)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; the right to write is asked for at once."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for pragma in schema.PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):  # still open where open files cannot go: the next rebuild takes it away
            file.with_name(file.name + suffix).unlink(missing_ok=True)


@dataclass(frozen=True)
class Backend:
    """The one that needs nothing."""

    def takes(self, url: str) -> bool:
        return url == "sqlite"

    def open(self, address: Address) -> SqliteIndex:
        return SqliteIndex(address.folder)


backend = Backend()
