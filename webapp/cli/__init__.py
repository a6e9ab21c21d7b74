"""The command line: `callsift --help` answers at once.

One file in commands/ is one command (or group). Only this frame and the command files are imported to answer
`--help`; whatever is slow to load (torch, dash, SQLAlchemy) is imported inside the function that needs it.
Exit codes: 0 done, 1 something failed (said on stderr), 2 wrong use, 3 done but some calls were refused or parked.
"""

from __future__ import annotations

import os
import sys

import typer

from rules.discovery import load_module, module_names
from rules.errors import CallsiftError
from webapp.cli import commands

OK, FAILED, USAGE, PARTLY = 0, 1, 2, 3
# Threads of torch that wait for work spin by default: on cores that others use too, the same calls then cost several times
# the CPU seconds. numpy's own threads only ever see small matrices. What the user has set counts.
THREADS = {"OMP_WAIT_POLICY": "PASSIVE", "OPENBLAS_NUM_THREADS": "1"}


def make_app() -> typer.Typer:
    """The command tree: each module of commands/ has ``register(app)``."""
    app = typer.Typer(name="callsift", help="Puts the calls worth a person's time on top, with the second to listen from and the reason.",
                      no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
                      epilog="Exit codes: 0 done, 1 failed, 2 wrong use, 3 done but some calls were refused or parked.")  # fmt: skip
    for name in module_names(commands):
        load_module(commands, name).register(app)
    return app


def main() -> None:
    """Entry point. What a person can mend ends in one line on stderr and exit code 1, never in a stack trace."""
    for name, value in THREADS.items():
        os.environ.setdefault(name, value)  # read once, when the libraries are loaded
    try:
        make_app()()
    except ModuleNotFoundError as error:
        from webapp.extras import HEARING, part_missing

        if error.name is None or error.name.partition(".")[0] not in HEARING:
            raise
        print(f"callsift: {part_missing(error.name)}", file=sys.stderr)
        raise SystemExit(FAILED) from error
    except CallsiftError as error:
        print(f"callsift: {error}", file=sys.stderr)
        raise SystemExit(FAILED) from error
