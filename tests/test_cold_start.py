"""What a question must not load: asserted by module, since times say little on a busy machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "torch transformers sentence_transformers huggingface_hub scipy sklearn pandas kreuzberg pypdfium2 trafilatura "
    "streamlit langchain langchain_core"
).split()
USED = "numpy onnxruntime tokenizers faiss".split()
"""What a question needs, but not a page of help."""
RUN = """
import sys
from rag.cli import main
main(sys.argv[1:], standalone_mode=False)
print([name for name in %r if name in sys.modules])
"""


def printed(forbidden: list[str], *arguments: str | Path) -> list[str]:
    """The lines of a command's output, the last one the forbidden modules that it loaded."""
    command = [sys.executable, "-c", RUN % forbidden, *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return run.stdout.splitlines()


@pytest.mark.model
def test_a_question_is_answered_without_torch(real_index: Path) -> None:
    *answer, loaded = printed(
        HEAVY, "ask", "--index", real_index, "How many river mines did Velmark destroy?"
    )
    assert "4,200" in "".join(answer)
    assert loaded == "[]"


@pytest.mark.model
def test_nor_does_indexing_need_it(library: Path, tmp_path: Path) -> None:
    *_, loaded = printed(["torch", "sentence_transformers"], "index", library, "--index", tmp_path / "index")
    assert loaded == "[]"


def test_help_loads_nothing_that_a_question_needs() -> None:
    *_, loaded = printed(HEAVY + USED, "--help")
    assert loaded == "[]"
