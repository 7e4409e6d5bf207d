"""README's commands exist, and its sample answer is what the product prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _rag(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rag.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT)},
        timeout=240,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder with an index of corpus/ in it."""
    made = tmp_path_factory.mktemp("readme")
    indexed = _rag("index", str(ROOT / "corpus"), cwd=made)
    assert indexed.returncode == 0, indexed.stderr
    return made


@pytest.mark.model
def test_the_sample_answer_is_what_is_printed(folder: Path) -> None:
    sample = re.search(r"<!-- sample -->\n```\n\$ rag ask \"(.+?)\"\n(.*?)```", README, re.DOTALL)
    assert sample
    printed = _rag("ask", sample[1], cwd=folder).stdout
    assert [line.rstrip() for line in printed.strip().splitlines()] == [
        line.rstrip() for line in sample[2].strip().splitlines()
    ]


@pytest.mark.model
def test_the_headline_question_is_answered_as_promised(folder: Path) -> None:
    printed = " ".join(_rag("ask", "Why did QTTA usage take 28 years?", cwd=folder).stdout.split())
    for said in (
        "In June 2023, Pakistan sent its first shipment to Kazakhstan via the QTTA, a route conceived in 1995.",
        "has almost invariably been through Afghanistan",
        "the QTTA was undermined by the erstwhile Islamic Republic's openness",
        "1995 to 2023 is 28 years",
    ):
        assert said in printed


@pytest.mark.model
def test_the_show_command_opens_the_cited_place(folder: Path) -> None:
    command = re.search(r"^rag (show .+ --span \d+:\d+)$", README, re.MULTILINE)
    assert command
    shown = _rag(*command[1].split(), cwd=folder)
    assert shown.returncode == 0, shown.stderr
    assert "test run of moving shipments" in " ".join(shown.stdout.split())


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for file in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"):
        named = set(
            re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
        )
        assert named <= targets, file


def test_every_rag_command_named_exists() -> None:
    from rag.cli import _LAZY, main

    named = set(re.findall(r"(?:^|`|\$ |bin/)rag ([a-z]+)\b", README, re.MULTILINE))
    assert len(named) >= 5
    assert named <= {*main.commands, *_LAZY}


def test_links_lead_somewhere() -> None:
    for file in ROOT.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", file.read_text(encoding="utf-8")):
            assert (file.parent / target).exists(), (file.name, target)
