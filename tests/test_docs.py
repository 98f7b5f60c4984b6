"""Documents in step with the code: dictionary, environment, lock, commands, links, and nothing of this or any machine."""

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FLOORS = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]


def _bare(name: str) -> str:
    return name.lower().replace("_", "-")


def test_the_data_dictionary_is_the_one_the_contracts_write():
    spec = importlib.util.spec_from_file_location("write_dictionary", ROOT / "scripts" / "write_dictionary.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == module.text()


def test_environment_has_the_names_and_floors_of_the_project():
    lines = re.findall(r"^ +- ([A-Za-z][\w-]*>=[\d.]+)$", (ROOT / "environment.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(lines) == sorted([*FLOORS, "python" + PROJECT["project"]["requires-python"]])


def test_lock_holds_every_dependency_above_its_floor_with_hashes_and_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in re.sub(r"^[\w.-]*index[\w.-]*==", "", text, flags=re.MULTILINE)
    pinned = {}
    for block in re.split(r"\n(?=\S)", text.strip()):
        name, version = re.match(r"([\w.-]+)==([\w.]+)", block).groups()
        assert "--hash=sha256:" in block, f"{name} has no hash"
        pinned.setdefault(_bare(name), []).append(tuple(int(p) for p in re.findall(r"\d+", version)))
    for floor in FLOORS:
        name, low = floor.split(">=")
        assert min(pinned[_bare(name)]) >= tuple(int(p) for p in low.split(".")), floor


def test_citation_and_package_have_one_version():
    cff = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    import bsi

    assert f"version: {PROJECT['project']['version']}\n" in cff
    assert PROJECT["project"]["version"] == bsi.__version__


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_in_the_documents_exists(name):
    from typer.main import get_command

    from bsi.cli import app

    text = (ROOT / name).read_text(encoding="utf-8")
    commands = set(get_command(app).commands)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`|/)bsi ([a-z]+)", text, re.MULTILINE)) <= commands
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_local_link_and_picture_is_there(name):
    for target in re.findall(r"\]\(([^)#:]+)\)|src=\"([^\":]+)\"", (ROOT / name).read_text(encoding="utf-8")):
        path = target[0] or target[1]
        assert (ROOT / path).exists(), f"{name} points at {path}"


def test_no_address_of_a_registry_or_path_of_a_machine_is_committed():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    bad = re.compile(r"(?:files\.python" + r"hosted|py" + r"pi\.org|/wo" + r"rk/|/ro" + r"ot/|index-" + r"url)")
    for name in filter(None, files):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".yml", ".cff", ".lock", ".csv", ".ipynb", ".json", ".po"} and path.is_file():
            found = bad.search(path.read_text(encoding="utf-8"))
            assert not found, f"{name}: {found.group()}"
