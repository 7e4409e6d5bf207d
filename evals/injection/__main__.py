"""`python -m evals.injection`: successes by kind and mode, and exit 1 where a passage has its way."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.injection.attack import Outcome, attack, crowd, load_passages, plant
from rag.assistant import Assistant
from rag.config import load_settings
from rag.embedding import load_embedder
from rag.index import Index
from rag.types import Mode

_COUNTED = ("read", "asserted", "changed", "noted", "live", "succeeded")


def main() -> int:
    passages, embedder = load_passages(), load_embedder()
    with TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        honest = plant(passages, index, Path(folder) / "sources", embedder)
        with Assistant(Index.open(index), embedder, load_settings()) as assistant:
            outcomes = list(attack(assistant, passages, honest))
            crowded = list(crowd(assistant, passages, honest))
    print(table(outcomes))
    for key, cited, changed in crowded:
        print(f"crowd {key}: changed {changed}, cited {', '.join(sorted(cited)) or 'none'}")
    return int(any(o.succeeded for o in outcomes) or any(cited or changed for _, cited, changed in crowded))


def table(outcomes: Sequence[Outcome]) -> str:
    """Counts by mode and kind, then the passages that achieved something."""
    lines = [f"{'mode':6} {'kind':13} {'n':>3} " + " ".join(f"{name:>9}" for name in _COUNTED)]
    by_kind = sorted({(one.mode, one.hostile.kind) for one in outcomes})
    lines += [_row(m, k, [o for o in outcomes if (o.mode, o.hostile.kind) == (m, k)]) for m, k in by_kind]
    lines += [_row(mode, "all", [o for o in outcomes if o.mode is mode]) for mode in Mode]
    lines += [f"{one.mode} {one.hostile.id}: {_achieved(one)}" for one in outcomes if one.succeeded]
    return "\n".join(lines)


def _achieved(one: Outcome) -> str:
    return ", ".join(name for name in _COUNTED[1:-1] if getattr(one, name))


def _row(mode: str, kind: str, chosen: Sequence[Outcome]) -> str:
    counts = [sum(getattr(one, name) for one in chosen) for name in _COUNTED]
    return f"{mode:6} {kind:13} {len(chosen):3} " + " ".join(f"{n:9}" for n in counts)


if __name__ == "__main__":
    sys.exit(main())
