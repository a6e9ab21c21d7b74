"""What is imported may be given away: permissive licences only, no GPL or AGPL at run time."""

import re
from importlib.metadata import Distribution, distribution, distributions

from packaging.requirements import Requirement

FORBIDDEN = re.compile(r"\bA?GPL|GNU (?:Affero )?General Public", re.IGNORECASE)
LESSER = re.compile(r"LGPL|Lesser General Public|Library or Lesser", re.IGNORECASE)
# LGPL libraries that are used unchanged as separate wheels, which their licence allows; each is named in NOTICE.
AS_LIBRARIES = {"soxr", "psycopg", "psycopg-binary"}
EXTRAS = {"pipeline", "postgres"}


def runtime_distributions() -> dict[str, Distribution]:
    """callsift's dependencies and theirs, as installed."""
    waiting, found = [("callsift", EXTRAS)], {}
    while waiting:
        name, extras = waiting.pop()
        one = distribution(name)
        found[one.metadata["Name"].lower()] = one
        for text in one.requires or []:
            requirement = Requirement(text)
            wanted = any(
                requirement.marker is None or requirement.marker.evaluate({"extra": extra}) for extra in extras | {""}
            )
            if wanted and requirement.name.lower() not in found:
                waiting.append((requirement.name, set(requirement.extras)))
    return found


def licence(one: Distribution) -> str:
    """The licence as its metadata state it; a long text counts by its first lines."""
    stated = [one.metadata.get("License-Expression") or "", (one.metadata.get("License") or "")[:200]]
    classifiers = [c for c in one.metadata.get_all("Classifier") or [] if c.startswith("License")]
    return " | ".join([*stated, *classifiers])


def alternatives_allow(text: str) -> bool:
    """True when GPL is only one of several licences to choose from ("MIT OR GPL-2.0")."""
    return " OR " in text and any(not FORBIDDEN.search(part) for part in text.split(" OR "))


def test_nothing_at_run_time_is_under_gpl_or_agpl():
    wrong = {}
    for name, one in runtime_distributions().items():
        text = licence(one)
        if LESSER.search(text):
            if name not in AS_LIBRARIES:
                wrong[name] = text
        elif FORBIDDEN.search(text) and not alternatives_allow(text):
            wrong[name] = text
    assert wrong == {}


def test_every_pin_is_exact_and_names_no_index():
    from pathlib import Path

    lines = (Path(__file__).resolve().parents[2] / "constraints.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[^\s=]+", line) for line in lines)


def test_what_is_installed_is_what_is_pinned():
    from pathlib import Path

    lines = (Path(__file__).resolve().parents[2] / "constraints.txt").read_text().splitlines()
    pinned = {re.sub(r"[-_.]+", "-", line.split("==")[0]).lower(): line.split("==")[1] for line in lines}
    installed = {re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower(): one.version for one in distributions()}
    different = {
        name: (installed[name], version) for name, version in pinned.items() if installed.get(name, version) != version
    }
    assert different == {}
