"""`callsift serve`: the web application."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to bind to; beyond this machine only behind a proxy.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to bind to.")] = None,
) -> None:
    """Serve the queue and its pages until stopped."""
    from webapp.settings import load
    from webapp.web.app import check_address, create_app  # Flask and Dash take a second to load
    from webapp.web.app import serve as serve_app

    settings = load(host=host, port=port)
    check_address(settings.host, behind_proxy=settings.behind_proxy)
    app = create_app(settings)
    serve_app(app, settings, on_start=lambda: typer.echo(f"callsift is at http://{settings.host}:{settings.port}"))
