"""`callsift process`: files through the whole pipeline without a database, one JSON object a call on stdout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pipeline.records import CallResult, Turn


def register(app: typer.Typer) -> None:
    app.command()(process)


def process(
    paths: Annotated[list[Path], typer.Argument(help="Recordings, or folders of recordings with their sidecars.")],
    model: Annotated[str | None, typer.Option(help="Recogniser; default is the setting.")] = None,
    diarizer: Annotated[str | None, typer.Option(help="Diarizer for mono calls; default is the setting.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu or cuda.")] = None,
    batch: Annotated[int, typer.Option(help="Calls at once.")] = 16,
) -> None:
    """Transcribe, redact, judge and score; nothing is stored. Exit code 3 when some recordings could not be used."""
    from pipeline.ingest.local import sources  # numpy and the decoder: only when something is processed
    from pipeline.protocols import Failure
    from pipeline.runs.local import open_models, run
    from webapp.cli import PARTLY
    from webapp.cli.output import print_json, tell_stages
    from webapp.processing import run_options
    from webapp.settings import load

    settings = load(model=model, diarizer=diarizer, device=device)
    found = sources(paths, settings)
    models = open_models(run_options(settings))
    refused = 0
    try:
        with tell_stages() as tell:
            for result in run(found, models, tell=tell, batch=batch):
                if isinstance(result, Failure):
                    refused += 1
                    print_json({"id": result.id, "error": {"reason": result.reason, "message": result.message}})
                else:
                    print_json(as_document(result))
    finally:
        models.pool.close()
    raise typer.Exit(PARTLY if refused else 0)


def as_document(result: CallResult) -> dict[str, Any]:
    """The documented shape of one call on stdout."""
    from dataclasses import asdict

    call = result.call
    return {
        "id": call.id,
        "source": call.source,
        "duration": call.duration,
        "marks": list(call.marks),
        "parties": [asdict(party) for party in call.parties],
        "turns": [_turn(turn, call.role_of(turn.party)) for turn in call.turns],
        "findings": [asdict(finding) for finding in result.findings],
        "measures": {measure.name: measure.value for measure in result.measures},
        "verdicts": [asdict(verdict) for verdict in result.verdicts],
        "interest": asdict(result.interest),
        "redactions": dict(call.redactions),
        **({"source_meta": dict(call.source_meta)} if call.source_meta else {}),
        "models": dict(result.models),
    }


def _turn(turn: Turn, role: str) -> dict[str, Any]:
    from rules.spoken import normal_form

    words = [
        {
            "text": w.text,
            "start": round(w.start, 3),
            "end": round(w.end, 3),
            "confidence": w.confidence,
            "kind": w.kind,
            "facts": dict(w.facts),
        }
        for w in turn.words
    ]
    normal = [
        {"text": n.text, "first": n.first, "last": n.last} for n in normal_form([word.text for word in turn.words])
    ]
    times = {"start": round(turn.start, 3), "end": round(turn.end, 3)}
    return {"speaker": turn.party, "role": role, **times, "text": turn.text, "normal": normal, "words": words}
