"""The arrows of the house: webapp -> dashboards -> pipeline -> rules, never back; and what must stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ["rules", "pipeline", "dashboards", "webapp"]
ALLOWED = {
    "rules": set(),
    "pipeline": {"rules"},
    "dashboards": {"pipeline", "rules"},
    "webapp": {"dashboards", "pipeline", "rules"},
}
LIGHT = [
    "rules",
    "rules.records",
    "pipeline.records",
    "pipeline.protocols",
    "pipeline.search",
    "webapp.cli",
    "webapp.settings",
]
HEAVY = ["torch", "transformers", "pyannote", "sklearn", "librosa"]


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(source: Path) -> list[tuple[int, str]]:
    """(line, dotted name) of everything a file imports, relative imports resolved."""
    names = []
    package = list(source.relative_to(ROOT).parts[:-1])
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            names += [(node.lineno, base)]
    return names


@pytest.mark.parametrize("package", HOUSE)
def test_imports_point_one_way(package):
    wrong = [
        f"{source.relative_to(ROOT)}:{line} imports {name}"
        for source in sources(package)
        for line, name in imported(source)
        if name.split(".")[0] in HOUSE and name.split(".")[0] not in ALLOWED[package] | {package}
    ]
    assert wrong == []


def test_dashboards_know_of_the_pipeline_only_its_records():
    wrong = [
        f"{source.relative_to(ROOT)}:{line} imports {name}"
        for source in sources("dashboards")
        for line, name in imported(source)
        if name.split(".")[0] == "pipeline" and name != "pipeline.records"
    ]
    assert wrong == []


def named(node: ast.stmt, modules: set[str]) -> set[str]:
    """Modules of ours that a statement at the top of a file imports; ``from package import module`` means the module."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names} & modules
    if isinstance(node, ast.ImportFrom) and not node.level:
        inner = {f"{node.module}.{alias.name}" for alias in node.names}
        return (inner & modules) or ({node.module or ""} & modules)
    return set()


def test_no_imports_run_in_a_circle_between_modules():
    files = {".".join(source.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): source
             for package in HOUSE for source in sources(package)}  # fmt: skip
    graph = {module: {name for node in ast.parse(source.read_text(encoding="utf-8")).body for name in named(node, set(files))}
             for module, source in files.items()}  # fmt: skip
    done, path = set(), []

    def walk(module: str) -> None:
        assert module not in path, " -> ".join([*path[path.index(module) :], module])
        if module in done:
            return
        path.append(module)
        for other in sorted(graph[module] - {module}):
            walk(other)
        done.add(path.pop())

    for module in graph:
        walk(module)


def test_light_modules_do_not_load_torch():
    code = f"import sys, {', '.join(LIGHT)}; print([m for m in {HEAVY!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from webapp.cli import make_app; make_app(); "
        f"print([m for m in {[*HEAVY, 'dash', 'sqlalchemy', 'elasticsearch', 'numpy']!r} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
