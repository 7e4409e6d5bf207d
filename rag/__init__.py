"""Question answering over policy texts: every sentence quoted, cited and checked.

from rag import Assistant
Assistant.open("index").ask("Why did QTTA usage take 28 years?")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.errors import RagError
from rag.types import Answer, Citation, Claim, Filters, Refusal, Turn, Verdict

if TYPE_CHECKING:
    from rag.assistant import Assistant

__version__ = "0.1.0"
__all__ = ["Answer", "Assistant", "Citation", "Claim", "Filters", "RagError", "Refusal", "Turn", "Verdict"]


def __getattr__(name: str) -> object:
    """Assistant loads on first use, so that `import rag` stays light."""
    if name == "Assistant":
        from rag.assistant import Assistant

        return Assistant
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
