"""What is installed is what was tested: the lock files hold every version, with its hashes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PAIRS = {"requirements.txt": "requirements.lock", "requirements-dev.txt": "requirements-dev.lock"}
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
SYSTEMS = [
    {"python_version": python, "python_full_version": f"{python}.4", "sys_platform": system}
    for python in ("3.11", "3.12", "3.13")
    for system in ("linux", "darwin", "win32")
]


def wanted(name: str) -> list[Requirement]:
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def entries(name: str) -> list[str]:
    """Each locked version with its hashes, as one line."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if line[:1] != "#"]
    return "\n".join(lines).replace("\\\n", "").splitlines()


def locked(name: str, system: dict[str, str]) -> dict[str, Version]:
    """What the lock installs on a system."""
    found = {}
    for entry in entries(name):
        said = Requirement(HASH.sub("", entry).strip())
        if said.marker is None or Marker(str(said.marker)).evaluate(system):
            ((pin),) = said.specifier
            assert pin.operator == "=="
            assert canonicalize_name(said.name) not in found
            found[canonicalize_name(said.name)] = Version(pin.version)
    return found


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: " ".join(system.values()))
@pytest.mark.parametrize("ranges", PAIRS)
def test_a_lock_satisfies_its_requirements_on_every_python(ranges: str, system: dict[str, str]):
    versions = locked(PAIRS[ranges], system)
    for each in wanted(ranges):
        assert each.specifier.contains(versions[canonicalize_name(each.name)]), each
    assert len(versions) > 40


@pytest.mark.parametrize("lock", PAIRS.values())
def test_every_locked_version_has_hashes_and_comes_from_the_registry(lock: str):
    for entry in entries(lock):
        assert HASH.search(entry), entry
        assert "://" not in entry
        assert " @ " not in entry


def test_tests_run_with_what_the_app_runs_with():
    for system in SYSTEMS:
        app, tests = (locked(lock, system) for lock in PAIRS.values())
        assert app.items() <= tests.items()


def test_both_ways_to_install_insist_on_the_hashes():
    rules = (ROOT / "Makefile").read_text()
    assert "pip install --quiet --require-hashes -r requirements.lock" in rules
    assert "pip install --quiet --require-hashes -r requirements-dev.lock" in rules
