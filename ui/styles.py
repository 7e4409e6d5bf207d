"""Small pieces of text that Streamlit has no element for, and the one style sheet of the pages.

Whatever is not written here is escaped before it becomes HTML; no script runs in it.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.types import Answer, Refusal


def style_sheet() -> None:
    sheet = (files("ui") / "frontend" / "page.css").read_text(encoding="utf-8")
    st.html(f"<style>{sheet}</style>")


def question(asked: str, turn: int) -> None:
    st.html(question_html(asked, turn))


def small(said: str) -> None:
    st.html(small_html(said))


def growing(place: DeltaGenerator, result: Answer | Refusal | None, waits: int) -> None:
    """An answer that is being written, or a sign that something happens."""
    place.html(growing_html(result, waits))


def question_html(asked: str, turn: int) -> str:
    return f'<h2 class="asked" data-turn="{turn}">{escape(asked)}</h2>'


def small_html(said: str) -> str:
    return f'<p class="small">{escape(said)}</p>'


def growing_html(result: Answer | Refusal | None, waits: int) -> str:
    if isinstance(result, Answer):
        return "".join(f'<p class="growing">{escape(claim.text)}</p>' for claim in result.claims)
    return f'<p class="small" role="status">Reading the documents{" ." * (1 + waits // 5 % 3)}</p>'
