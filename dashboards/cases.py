"""What the pages of fraud cases ask for and show, already inside the scope of whoever is signed in.

A case may reach over several teams; a viewer sees the calls of their own teams and what those calls alone tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline.records import Seconds

OUTCOMES = {"confirmed": "fraud confirmed", "false_alarm": "false alarm", "not_sure": "not sure"}  # how a case may end


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in the list. ``risk`` is from 0 to 1; ``call`` is the name of its strongest call."""

    id: str
    state: str
    risk: float
    title: str
    reasons: tuple[str, ...]
    calls: int
    call: str
    first: datetime
    last: datetime
    outcome: str = ""  # of a closed case: one of OUTCOMES, "" where nobody told


@dataclass(frozen=True, slots=True)
class CaseMoment:
    """One sign in the timeline of a case: in which call, at which second, and why it counts."""

    call: str
    at: datetime
    start: Seconds
    rule: str
    title: str
    why: str
    score: float


@dataclass(frozen=True, slots=True)
class CaseCall:
    """One call of a case, or one that resembles it. ``why`` says what links it."""

    id: str
    name: str
    at: datetime
    queue: str
    agent: str
    score: float
    why: str
    case: str | None = None
    moments: tuple[CaseMoment, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseAmount:
    """The largest amount of a currency that was said in the calls of a case, and where to hear it."""

    text: str
    call: str
    name: str
    start: Seconds


@dataclass(frozen=True, slots=True)
class CaseClip:
    """A stretch of one party's speech in a call, long enough to know the voice by."""

    call: str
    name: str
    at: datetime
    start: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True)
class CaseVoices:
    """Voices taken for one: pairs of clips with how close they are (cosine), and how much that says.

    ``compared`` pairs of voices of different calls were compared for this case; ``chance`` of them would be this close
    although two different people speak, as far as that was measured.
    """

    pairs: tuple[tuple[CaseClip, CaseClip, float], ...]
    voices: int
    compared: int
    chance: float
    measured: str
    may_listen: bool


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One line of a case's history. ``who`` is empty for what happened by itself."""

    at: datetime
    who: str
    what: str
    note: str
    risk: float
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class CaseMail:
    """One mail about a case, and what became of it: ``state`` is waiting, sent, filed or refused."""

    id: str
    kind: str
    address: str
    subject: str
    made: datetime
    state: str
    said: str
    attempt: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the page of one case shows."""

    line: CaseLine
    calls: tuple[CaseCall, ...]
    elsewhere: tuple[CaseCall, ...]
    history: tuple[CaseEvent, ...]
    mails: tuple[CaseMail, ...]
    merged_into: str | None = None
    amounts: tuple[CaseAmount, ...] = ()
    voices: CaseVoices | None = None


@dataclass(frozen=True, slots=True)
class MailView:
    """A mail as it was sent."""

    mail: CaseMail
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How mails go out: ``server`` is its name or None, ``folder`` where they lie without one."""

    server: str | None
    folder: str
    waiting: int
    refused: int
    recipients: int
    error: str = ""


class CaseDesk(Protocol):
    """What a page asks for, for one signed-in person."""

    def cases(self, *, closed: bool = False, outcome: str = "", limit: int = 100) -> Sequence[CaseLine]:
        """Cases somebody should look at, the riskiest first; with ``closed`` those that are done with, latest first, all
        of them or those with one ``outcome``."""
        ...

    def outcomes(self) -> Mapping[str, int]:
        """How many closed cases ended how; "" for those of which nobody told."""
        ...

    def case(self, case_id: str) -> CaseView | None:
        """One case; reading it is written to the audit log in the same transaction, or nothing is returned."""
        ...

    def change(self, case_id: str, what: str, note: str, outcome: str = "") -> bool:
        """``acknowledge``, ``close`` (with one of OUTCOMES), ``reopen`` or ``note`` it; False when there is no such case or
        it is not allowed now."""
        ...

    def mail(self, mail_id: str) -> MailView | None: ...

    def mails(self) -> Waiting: ...
