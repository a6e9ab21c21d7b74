"""Where a page is: the desk of whoever is signed in, and the permission each view and callback needs.

Pages know neither accounts nor tables; the web application puts a way to the desk under EXTENSION when it starts. What
a person may not do does not exist for them, so the answer is 404 and never 403. A view or callback without a
declaration from here is refused when the application starts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort, current_app

from dashboards.desk import Desk

EXTENSION = "callsift.desk"
DECLARED = "__needs__"
PUBLIC = "public"
SIGNED_IN = "signed_in"

View = TypeVar("View", bound=Callable[..., Any])


def desk() -> Desk:
    """The desk of whoever is signed in; ends the request with 401 when nobody is."""
    return current_app.extensions[EXTENSION]()


def needs(permission: str) -> Callable[[View], View]:
    """Declares what a view or callback needs, and asks for it each time it is called."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not desk().may(permission):
                abort(404)
            return view(*args, **kwargs)

        setattr(guarded, DECLARED, permission)
        return guarded  # type: ignore[return-value]

    return declare


def signed_in(view: View) -> View:
    """Declares a view that anyone signed in may see."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        desk()
        return view(*args, **kwargs)

    setattr(guarded, DECLARED, SIGNED_IN)
    return guarded  # type: ignore[return-value]


def public(view: View) -> View:
    """Declares a view that needs no sign-in: the sign-in page itself and the files it is made of."""

    @wraps(view)
    def open_to_all(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    setattr(open_to_all, DECLARED, PUBLIC)
    return open_to_all  # type: ignore[return-value]


def declared(view: Callable[..., Any]) -> str | None:
    """The permission a view or callback declared, or None."""
    return getattr(view, DECLARED, None)
