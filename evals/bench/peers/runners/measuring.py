"""What every runner does with its system: index a folder, answer one question, answer many. One JSON line out.

    python run_NAME.py index|cold|warm --texts FOLDER --index FOLDER --model FOLDER [--questions FILE]

Runs in the system's own environment, so it imports the standard library alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

DEPTH = 10
_WARM_UP = 3
_READ = 256

Passage = tuple[str, str]
"""A retrieved passage: the document's path, the text."""
Search = Callable[[str], list[Passage]]


@dataclass(frozen=True, slots=True)
class Steps:
    """`load` gives the embedding model; `build` an index of the texts on disk, with the number of its
    chunks and the texts that the model was given; `open` a search for the DEPTH best passages over that index."""

    load: Callable[[str], Any]
    build: Callable[[Any, Path, Path], tuple[int, list[str]]]
    open: Callable[[Any, Path], Search]


def documents(texts: Path) -> Iterator[tuple[str, str]]:
    """(path below the folder, text) in the order of the paths."""
    for file in sorted(texts.rglob("*.txt")):
        yield file.relative_to(texts).as_posix(), file.read_text(encoding="utf-8")


def run(steps: Steps) -> None:
    """The command line of a runner."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("index", "cold", "warm"))
    for name in ("texts", "index", "model", "questions"):
        parser.add_argument(f"--{name}", type=Path)
    given = parser.parse_args()
    done = _index(steps, given) if given.what == "index" else _ask(steps, given)
    print(json.dumps(done | {"peak_mb": _peak_mb()}), flush=True)


def _index(steps: Steps, given: argparse.Namespace) -> dict[str, Any]:
    began = perf_counter()
    model = steps.load(str(given.model))
    loaded = perf_counter()
    chunks, texts = steps.build(model, given.texts, given.index)
    spent = perf_counter() - loaded
    pieces = _pieces(given.model, texts)
    return {"load_s": loaded - began, "index_s": spent, "chunks": chunks, "pieces": pieces}


def _pieces(model: Path, texts: list[str]) -> int:
    """Word pieces that the model has read: what a text has beyond _READ is cut off."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_READ)
    return sum(len(one.ids) for one in tokenizer.encode_batch(texts))


def _ask(steps: Steps, given: argparse.Namespace) -> dict[str, Any]:
    questions = json.loads(given.questions.read_text(encoding="utf-8"))
    search = steps.open(steps.load(str(given.model)), given.index)
    if given.what == "cold":
        return {"found": [search(questions[0])]}
    for question in questions[:_WARM_UP]:
        search(question)
    found, spent = [], []
    for question in questions:
        began = perf_counter()
        found.append(search(question))
        spent.append(1000 * (perf_counter() - began))
    return {"found": found, "milliseconds": spent}


def _peak_mb() -> float:
    """The most memory that the process held so far (VmHWM)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmHWM in /proc/self/status: run the benchmark on Linux")
