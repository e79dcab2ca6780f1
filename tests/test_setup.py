"""The set-up that users and CI rely on: pins, package roots and the two documented commands."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]


def _name(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {_name(name): version for name, version in pinned}


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {_name(each) for each in wanted} - {"jixiao"} <= set(_pins())  # its own extras


def test_every_dependency_is_imported_by_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {_name(each) for each in project["dependencies"]}
    sources = [
        file
        for part in ("schemas", "extractors", "pipeline")
        for file in (ROOT / part).rglob("*.py")
    ]
    text = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", text, flags=re.MULTILINE))
    modules = packages_distributions()
    used = {_name(name) for module in imported for name in modules.get(module, ())}
    assert wanted <= used


def test_the_environment_is_the_pinned_one() -> None:
    pins = _pins()
    installed = {_name(each.metadata["Name"]): each.version for each in distributions()}
    differing = {
        name: (version, pins[name])
        for name, version in installed.items()
        if name in pins and version != pins[name]
    }
    assert differing == {}


def test_the_makefile_stays_short_and_offers_the_documented_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+(?: [a-z]+)*):", makefile, flags=re.MULTILINE))
    names = {name for target in targets for name in target.split()}
    assert len(makefile.splitlines()) <= 40
    assert {"ingest", "test"} <= names
    documented = set(re.findall(r"\bmake ([a-z]+)\b", readme))
    assert documented <= names
