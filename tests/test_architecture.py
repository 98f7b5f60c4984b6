"""The import graph: three floors, imports point down, modules share tables and not code, and small pieces."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "bsi"
BASE = {"errors", "schema", "contracts", "periods", "geometry", "workspace"}
TOP = {p.stem for p in PACKAGE.glob("*.py")} - BASE - {"__init__", "__main__", "cli"}  # what composes the floors
READING = {"register.files", "register.dates", "register.coordinates", "register.vocabulary"}


def _name(path: Path) -> str:
    name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    return name.removesuffix(".__init__")


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name.split(".")[0] == "bsi"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "bsi":
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                is_module = (
                    PACKAGE.joinpath(*inner.split(".")[1:]).with_suffix(".py").is_file() or PACKAGE.joinpath(*inner.split(".")[1:], "__init__.py").is_file()
                )
                found.add(inner if is_module else node.module)
    return {f.removeprefix("bsi.") for f in found if f != "bsi"}


MODULES = {_name(p): p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py"}
GRAPH = {name: _imports(path) - {name} for name, path in MODULES.items()}


def test_there_is_no_cycle():
    graphlib.TopologicalSorter(GRAPH).prepare()


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_point_down(name):
    floor = name.split(".")[0]
    for other in GRAPH[name]:
        target = other.split(".")[0]
        if name in BASE:
            assert other in BASE, f"{name} imports {other}"
        elif floor in {"register", "analysis", "publish"}:
            assert target in BASE or target == floor, f"{name} imports {other}: floors share tables, not code"
        elif name in TOP:
            assert other != "cli", f"{name} imports {other}"
        elif name == "cli":
            assert other in TOP | BASE, f"cli is thin; it imports {other}"


@pytest.mark.parametrize("name", sorted(n for n in MODULES if n.startswith("analysis.")))
def test_analyses_do_not_lean_on_each_other_beyond_intervals(name):
    """An analysis takes tables; the one thing shared is a module of intervals or of series preparation."""
    leans = {o for o in GRAPH[name] if o.startswith("analysis.")} - {"analysis.intervals"}
    assert len(leans) <= 2, f"{name} imports {leans}"


@pytest.mark.parametrize("name", sorted(n for n in MODULES if n.startswith("register.sources.")))
def test_a_source_needs_only_the_reading_tools(name):
    beyond = {o for o in GRAPH[name] if o.startswith("register.")} - READING
    assert all(o.startswith("register.sources") for o in beyond), f"{name} imports {beyond}"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_modules_are_small_and_say_what_they_are(name):
    text = MODULES[name].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300, f"{name} is longer than 300 lines"
    assert ast.get_docstring(ast.parse(text)), f"{name} has no docstring"


def test_public_functions_that_raise_say_so():
    missing = []
    for name, path in MODULES.items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or name == "cli":
                continue
            raises = any(isinstance(n, ast.Raise) and n.exc is not None for n in ast.walk(node))
            if raises and "Raises" not in (ast.get_docstring(node) or ""):
                missing.append(f"{name}.{node.name}")
    assert not missing, f"no Raises section: {missing}"


def test_importing_the_package_loads_no_plotting_or_statistics():
    code = "import sys, bsi; print([m for m in ('matplotlib', 'statsmodels', 'geopandas', 'jupyterlab', 'altair', 'numba') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_no_network_and_no_clock_inside():
    """Modules below the top neither open addresses nor ask for the time; both come in as arguments."""
    for name, path in MODULES.items():
        if name.split(".")[0] not in {"register", "analysis", "publish"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in {"now", "today", "utcnow", "urlopen"}, f"{name} line {node.lineno}: {node.func.attr}()"
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [a.name for a in node.names] + [getattr(node, "module", "") or ""]
                assert not {n.split(".")[0] for n in names} & {"requests", "urllib", "httpx", "socket"}, f"{name} line {node.lineno}"
