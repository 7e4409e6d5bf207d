"""Question answering over policy texts: every sentence quoted, cited and checked.

from rag import Assistant
Assistant.open("index").ask("Why did QTTA usage take 28 years?")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.errors import RagError
    from rag.types import Answer, Citation, Claim, Filters, Refusal, Turn, Verdict

__version__ = "0.1.0"
__all__ = ["Answer", "Assistant", "Citation", "Claim", "Filters", "RagError", "Refusal", "Turn", "Verdict"]
_MODULES = {"Assistant": "rag.assistant", "RagError": "rag.errors"}


def __getattr__(name: str) -> object:
    """Names load on first use, so that `import rag` and `rag --help` stay light."""
    if name in __all__:
        return getattr(import_module(_MODULES.get(name, "rag.types")), name)
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
