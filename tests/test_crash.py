"""Killed at any moment, an index is the last commit or the next, and the run after it finishes the work."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from embedders import HashEmbedder

from rag.documents import Limits
from rag.index import Index
from rag.indexing import update_index
from rag.schema import DATABASE
from rag.types import IndexReport

TOKENS = 40
DOCUMENTS = 60
_PROGRAM = """
import sys
from embedders import HashEmbedder
from rag.documents import Limits
from rag.index import Index
from rag.indexing import update_index
import faiss, rag.entries, rag.store

index, corpus, rebuild = sys.argv[1:]
print("ready", flush=True)
update_index(index, [corpus], HashEmbedder(), Limits(), 40, rebuild=rebuild == "rebuild")
"""


def test_three_kills(tmp_path: Path) -> None:
    _survive(tmp_path, rounds=3, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
def test_thirty_kills(tmp_path: Path, seed: int) -> None:
    killed = _survive(tmp_path, rounds=30, seed=seed)
    assert killed >= 15, "most rounds ended before their kill: the test proves little"


def _survive(tmp_path: Path, rounds: int, seed: int) -> int:
    """Change the corpus, index it, kill; check; again. Returns how many runs were really killed."""
    rng = random.Random(seed)
    index, corpus = tmp_path / "index", tmp_path / "corpus"
    corpus.mkdir()
    texts: dict[str, set[str]] = {}
    killed, took, generation = 0, 0.6, -1
    for number in range(rounds):
        _edit(corpus, rng, number, texts)
        rebuild = index.exists() and rng.random() < 0.3
        done, seconds = _run_and_kill(index, corpus, rebuild, rng.uniform(0.0, took))
        killed += not done
        took = seconds if done else took
        if not (index / DATABASE).exists():
            continue
        reached = _check(index, corpus, texts, complete=done)
        assert reached >= generation
        generation = reached
    report = _update(index, corpus)
    _check(index, corpus, texts, complete=True)
    assert _update(index, corpus) == IndexReport(
        unchanged=tuple(sorted(f.name for f in corpus.iterdir())), generation=report.generation
    )
    assert not (index / ".rebuild").exists()
    return killed


def _edit(corpus: Path, rng: random.Random, number: int, texts: dict[str, set[str]]) -> None:
    """Write new documents over old ones, and remember every text that a path has ever had."""
    for i in range(DOCUMENTS):
        if number == 0 or rng.random() < 0.7:
            name = f"law{i:02}.md"
            words = " ".join(
                f"Rule {number} of law {i} allows {rng.randrange(10**6)} things." for _ in range(9)
            )
            (corpus / name).write_text(f"# Law {i}\n\n{words}\n", encoding="utf-8")
            texts.setdefault(name, set()).add(words)


def _run_and_kill(index: Path, corpus: Path, rebuild: bool, after: float) -> tuple[bool, float]:
    """Whether the run ended before it was killed, and after how many seconds of work it stopped."""
    here = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(index), str(corpus), "rebuild" if rebuild else "update"],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": f"{here.parent}:{here}", "PATH": ""},
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        began = time.monotonic()
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
    assert process.returncode in (0, -signal.SIGKILL)
    return process.returncode == 0, time.monotonic() - began


def _check(index: Path, corpus: Path, texts: dict[str, set[str]], complete: bool) -> int:
    """The index opens, agrees with itself and holds texts that were really there; its generation."""
    said: list[str] = []
    embedder = HashEmbedder()
    with Index.open(index, on_repair=said.append) as opened:
        opened.verify()
        for summary in opened.documents():
            document = opened.document(summary.path)
            assert any(text in document.text for text in texts[summary.path])
            now = (corpus / summary.path).read_text(encoding="utf-8")
            assert not complete or any(text in now and text in document.text for text in texts[summary.path])
        ids = opened.all_chunk_ids()
        (query,) = embedder.embed_query("rule allows things")
        best = sorted(((-float(s), i) for i, s in zip(ids, opened.vectors(ids) @ query, strict=True)))[:5]
        found = opened.dense(query, 5)
        assert [s for _, s in found] == pytest.approx([-s for s, _ in best], abs=1e-5)
        assert len(opened.bm25(["rule"], 10**6)) == len(ids)
        assert not complete or said == []
        return opened.meta.generation


def _update(index: Path, corpus: Path) -> IndexReport:
    return update_index(index, [str(corpus)], HashEmbedder(), Limits(), TOKENS)
