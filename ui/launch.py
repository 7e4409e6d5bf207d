"""`rag ui`: starts Streamlit on the application, with an index."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

APPLICATION = Path(__file__).with_name("app.py")


@click.command("ui")
@click.option("--index", "index_dir", type=click.Path(), help="The index folder [default: index].")
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option(
    "--address",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen; 0.0.0.0 lets other machines in: set RAG_UI_PASSWORD first.",
)
def ui_command(index_dir: str | None, port: int, address: str) -> None:
    """Open the assistant in a browser."""
    if index_dir:
        os.environ["RAG_INDEX"] = str(Path(index_dir).resolve())
    sys.stdout.flush()
    os.execv(sys.executable, command(port, address))


def command(port: int, address: str) -> list[str]:
    return [
        *(sys.executable, "-m", "streamlit", "run", str(APPLICATION)),
        *("--server.port", str(port), "--server.address", address),
    ]
