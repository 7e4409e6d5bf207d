"""Asks every gold question, in parallel and resumably, and scores what comes back."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases import Case, TextOf
from evals.citing import Verifier
from evals.record import Run, RunRecord
from evals.responses import Response, failure, response_from_json, response_to_json
from evals.scoring import score
from rag.errors import UsageError

Ask = Callable[[Case], Mapping[str, Any]]
"""A case to the object of the JSON contract. Whatever it raises is recorded as that case's failure."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A case's recorded response, with milliseconds by stage."""

    id: str
    response: Response
    timings: Mapping[str, float]


def ask_all(
    cases: Sequence[Case],
    ask: Ask,
    workers: int = 2,
    journal: Path | None = None,
    on_done: Callable[[], None] = lambda: None,
) -> tuple[Asked, ...]:
    """Every case asked, in the order of `cases`.

    Cases found in `journal` are not asked again; each new one is appended to it as it completes.
    """
    asked = {entry.id: entry for entry in _read_journal(journal)}
    for _ in asked:
        on_done()
    waiting = [case for case in cases if case.id not in asked]
    with _appending(journal) as append, ThreadPoolExecutor(max_workers=workers) as pool:
        futures = {pool.submit(_timed, ask, case): case for case in waiting}
        for future in as_completed(futures):
            entry = _entry(futures[future], future)
            asked[entry.id] = entry
            append(entry)
            on_done()
    return tuple(asked[case.id] for case in cases)


def score_all(
    cases: Sequence[Case], asked: Iterable[Asked], record: RunRecord, text_of: TextOf, verifier: Verifier
) -> Run:
    by_id = {entry.id: entry.response for entry in asked}
    return Run(record, tuple(score(case, by_id[case.id], text_of, verifier) for case in cases))


def file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def current_commit(folder: Path) -> str:
    """The commit checked out there, "+changes" where the tree differs from it, "" outside git."""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return commit + ("+changes" if changed else "")


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _timed(ask: Ask, case: Case) -> tuple[Mapping[str, Any], float]:
    started = time.perf_counter()
    answer = ask(case)
    return answer, 1000 * (time.perf_counter() - started)


def _entry(case: Case, future: Future[tuple[Mapping[str, Any], float]]) -> Asked:
    error = future.exception()
    if error is not None:
        return Asked(case.id, failure(f"{type(error).__name__}: {error}"), {})
    answer, total = future.result()
    try:
        response = _as_recorded(response_from_json(answer))
    except UsageError as broken:
        return Asked(case.id, failure(str(broken)), {})
    stages = {str(stage): float(spent) for stage, spent in answer.get("timings_ms", {}).items()}
    return Asked(case.id, response, {**stages, "total": total})


def _as_recorded(response: Response) -> Response:
    """The response as it will be read back, so that a fresh run and a resumed one are the same."""
    return response_from_json(response_to_json(response))


@contextmanager
def _appending(journal: Path | None) -> Iterator[Callable[[Asked], None]]:
    if journal is None:
        yield lambda _: None
        return
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf-8") as lines:

        def append(entry: Asked) -> None:
            fields = {
                "id": entry.id,
                "response": response_to_json(entry.response),
                "timings": dict(entry.timings),
            }
            lines.write(json.dumps(fields, ensure_ascii=False) + "\n")
            lines.flush()

        yield append


def _read_journal(journal: Path | None) -> Iterator[Asked]:
    """Complete lines only: a run that was killed may have left half of one at the end."""
    if journal is None or not journal.is_file():
        return
    content = journal.read_text(encoding="utf-8")
    complete = content[: content.rfind("\n") + 1]
    if complete != content:
        journal.write_text(complete, encoding="utf-8")
    for line in complete.splitlines():
        fields = json.loads(line)
        yield Asked(fields["id"], response_from_json(fields["response"]), fields["timings"])
