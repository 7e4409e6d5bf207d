"""Stands in for the provider's package where a server is started with this folder on its path: a model
that writes slowly, one true sentence and one that is made up."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
from chat_models import Scripted


class ChatOllama(Scripted):
    def __init__(self, model: str, **_: Any) -> None:
        super().__init__(
            answers=[os.environ["SCRIPTED_ANSWER"]],
            pause=float(os.environ.get("SCRIPTED_PAUSE", "0")),
            usage={"input_tokens": 1234, "output_tokens": 21, "total_tokens": 1255},
        )
