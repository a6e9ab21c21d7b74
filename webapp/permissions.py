"""Who may do what: one table, read by pages, the API and the desk alike.

A role is held in a team (or, without a team, in all of them), so a permission always comes with the teams it counts for.
"""

from __future__ import annotations

from collections.abc import Mapping

PERMISSIONS: Mapping[str, str] = {
    "calls:read": "see the queue and open calls",
    "calls:listen": "hear the listening copy",
    "calls:comment": "write comments on calls and read those of others",
    "calls:correct": "correct words of a transcript",
    "signs:read": "see signs of fraud in calls, and the interest, reasons and order made of them",
    "customers:read": "see the customer's number and accounts, and where the recording of a call lay",
    "calls:unmask": "hear a redacted stretch again, for a reason that is written down",
    "calls:upload": "hand in recordings",
    "queues:work": "take calls from queues, skip them and give them back",
    "queues:share": "save queues for a whole team",
    "queues:clear": "set any number of calls aside for everyone",
    "searches:share": "keep searches for a team or for everyone",
    "refused:read": "see recordings that were refused or parked",
    "refused:retry": "have them tried again",
    "cases:read": "see fraud cases, alerts and the mails about them",
    "cases:work": "acknowledge and close fraud cases",
    "figures:read": "see the figures of one's teams: overview, agents, compliance",
    "reports:export": "make and fetch compliance reports of one's teams",
    "work:read": "see what runs and what failed",
    "operations:read": "see how the installation runs: speed, failures, quarantine, disk, outbox; be told of parked calls",
    "reviews:read": "see reviews, and how far people and the machine agree",
    "reviews:write": "review calls",
    "reviews:second": "review calls a second time",
    "reviews:assign": "assign calls, draw samples, hold calibration sessions",
    "scorecards:edit": "change scorecards",
    "disputes:decide": "decide what agents dispute, unless one gave the answer",
    "coaching:write": "write coaching notes",
    "own:reviews": "see the results of one's own calls, acknowledge and dispute them",
    "audit:read": "see who looked at what",
    "users:manage": "add, change and disable people",
}

_HEAR = frozenset({"calls:read", "calls:listen"})
# Never of an agent: a suspicion may be about them (webapp/desk/veil.py).
_KNOW = frozenset({"signs:read", "customers:read"})
_QUEUES = frozenset({"queues:work"})
_WRITE = frozenset({"calls:comment", "calls:correct"})
_REFUSED = frozenset({"refused:read", "refused:retry"})

_REVIEW = frozenset({"reviews:read", "reviews:write", "reviews:second"})
_LEAD = _REVIEW | {"reviews:assign", "disputes:decide", "coaching:write"}

ROLES: Mapping[str, frozenset[str]] = {
    "admin": frozenset(PERMISSIONS) - {"own:reviews"},  # results belong to whose call it was
    "lead": _HEAR
    | _KNOW
    | _QUEUES
    | {"queues:share", "queues:clear", "searches:share"}
    | _LEAD
    | _WRITE
    | _REFUSED
    | {"calls:upload", "work:read", "cases:read", "figures:read", "reports:export"},
    "reviewer": _HEAR | _KNOW | _QUEUES | _REVIEW | _WRITE | {"refused:read"},
    "fraud": _HEAR | _KNOW | _QUEUES | _WRITE | {"cases:read", "cases:work"},
    "compliance": _HEAR
    | _KNOW
    | _QUEUES
    | {
        "queues:share",
        "searches:share",
        "reviews:read",
        "calls:comment",
        "calls:unmask",
        "cases:read",
        "refused:read",
        "work:read",
        "audit:read",
        "figures:read",
        "reports:export",
    },
    "agent": _HEAR | {"own:reviews"},  # own calls only: see OWN_CALLS_ONLY
}

OWN_CALLS_ONLY = frozenset({"agent"})  # roles that see a call only when its metadata names their agent id


def grants(role: str, permission: str) -> bool:
    """Whether ``role`` holds ``permission``; an unknown permission is a mistake in the program, never a silent no."""
    if permission not in PERMISSIONS:
        raise KeyError(f"there is no permission {permission!r}: add it to webapp/permissions.py")
    return permission in ROLES[role]
