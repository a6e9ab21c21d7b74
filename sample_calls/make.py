"""Make the sample calls again: python -m sample_calls.make [CALL ...] [--out FOLDER]

Needs the programs flite, espeak-ng, festival (with festvox-us-slt-hts) and sox. The same machine makes the same bytes
every time; another one may round the lossy codecs differently.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pipeline.errors import PipelineError
from sample_calls.files import file_name, write_audio
from sample_calls.scenario import FOLDER, Person, Scenario, read_cast, read_scenarios
from sample_calls.stage import play, render
from sample_calls.truth import describe, rttm, sidecar, table


def make_call(scenario: Scenario, cast: Mapping[str, Person], out: Path) -> dict[str, Any]:
    """Write audio, metadata and truth of one call below out; returns the truth."""
    calls, truths = out / "calls", out / "truth"
    for folder in (calls, truths):
        folder.mkdir(parents=True, exist_ok=True)
    scene = play(scenario, cast)
    write_audio(calls / file_name(scenario.call, scenario.codec), render(scene), scenario.codec)
    metadata = sidecar(scene)
    if metadata is not None:
        _write_json(calls / f"{scenario.call}.json", metadata)
    truth = describe(scene)
    _write_json(truths / f"{scenario.call}.json", truth)
    (truths / f"{scenario.call}.rttm").write_text(rttm(scene))
    return truth


def make_contacts(out: Path) -> None:
    """Write what the contact log was planted with; the log itself is written by hand."""
    planted = YAML(typ="safe").load(FOLDER / "contacts.yaml")
    _write_json(out / "truth" / "contacts.json", planted)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sample_calls.make", description="Make the sample calls again.")
    parser.add_argument("call", nargs="*", help="ids of calls; without any, all are made")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder that gets calls/ and truth/")
    parser.add_argument(
        "--table", action="store_true", help="print the table of README.md from the truth that is there"
    )
    chosen = parser.parse_args(arguments)
    try:
        scenarios = _chosen(read_scenarios(), chosen.call)
        if chosen.table:
            sys.stdout.write(table(scenarios, _lengths(chosen.out)))
            return 0
        _make(scenarios, chosen.out)
    except PipelineError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _make(scenarios: Sequence[Scenario], out: Path) -> None:
    cast = read_cast()
    for number, scenario in enumerate(scenarios, start=1):
        truth = make_call(scenario, cast, out)
        sys.stdout.write(
            f"{number:2} of {len(scenarios)}  {scenario.call}  {truth['duration']:6.1f} s  {scenario.title}\n"
        )
        sys.stdout.flush()
    make_contacts(out)


def _chosen(scenarios: list[Scenario], wanted: Sequence[str]) -> list[Scenario]:
    unknown = sorted(set(wanted) - {scenario.call for scenario in scenarios})
    if unknown:
        raise PipelineError(f"There is no call {', '.join(unknown)}; calls: {', '.join(s.call for s in scenarios)}")
    return [scenario for scenario in scenarios if not wanted or scenario.call in wanted]


def _lengths(out: Path) -> dict[str, float]:
    truths = (json.loads(file.read_text()) for file in (out / "truth").glob("*-*.json"))
    return {truth["call"]: truth["duration"] for truth in truths}


def _write_json(file: Path, content: Mapping[str, Any] | list[Any]) -> None:
    """One field a line, and each record of a list on a line of its own: small, and a change shows in a diff."""
    if isinstance(content, list):
        text = _json_rows(content, "")
    else:
        fields = (f" {json.dumps(key)}: {_json_rows(value, ' ')}" for key, value in content.items())
        text = "{\n" + ",\n".join(fields) + "\n}"
    file.write_text(text + "\n")


def _json_rows(value: object, indent: str) -> str:
    if not (isinstance(value, list) and value and isinstance(value[0], dict)):
        return json.dumps(value, ensure_ascii=False)
    return "[\n" + ",\n".join(f"{indent} {json.dumps(row, ensure_ascii=False)}" for row in value) + f"\n{indent}]"


if __name__ == "__main__":
    sys.exit(main())
