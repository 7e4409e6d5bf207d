"""Texts that others wrote, made inert: nothing in them acts as Markdown, HTML, a link or a path (pure)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_BREAK = "\u200b"
"""Zero width space. Streamlit's Markdown looks for emoji, icons and addresses in the text that is left
after escapes have been resolved, so a backslash alone does not stop them."""
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_SHORTCODE = re.compile(r":(?=[\w+/-])")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(?=:)|\b(www)(?=\.)")
_SPACE = re.compile(r"\s+")
_UNSAFE_IN_NAMES = re.compile(r"[^\w.-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def escape_markdown(text: str) -> str:
    """One line of Markdown that shows the text and does nothing else: no emphasis, heading, list, link,
    image, HTML, LaTeX, emoji, icon or colour. Runs of white space become one space."""
    line = _CONTROL.sub("", _SPACE.sub(" ", text.replace(_BREAK, ""))).strip()
    broken = _ADDRESS.sub(lambda found: found[0] + _BREAK, _SHORTCODE.sub(f":{_BREAK}", line))
    broken = broken.replace("@", f"@{_BREAK}")
    return re.sub(r"^(\d+)(?=[.)])", rf"\1{_BREAK}", _PUNCTUATION.sub(r"\\\1", broken))


def shortened(text: str, most: int) -> str:
    """The text on one line, cut after a word where it has more than `most` characters."""
    line = _SPACE.sub(" ", text).strip()
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip(" ,;:.–-") + "…"


def safe_address(address: str | None) -> str | None:
    """The address if it is one http or https address, else None."""
    written = (address or "").strip()
    if _CONTROL.search(written) or _SPACE.search(written) or "\\" in written:
        return None
    try:
        parts = urlsplit(written)
    except ValueError:
        return None
    return written if parts.scheme in ("http", "https") and parts.hostname else None


def file_name(text: str, suffix: str) -> str:
    """A file's name made of the words of a text: no separators, no hidden file, 60 characters at most."""
    stem = _UNSAFE_IN_NAMES.sub("-", text).strip("-._")[:60].rstrip("-._")
    return f"{stem or 'conversation'}{suffix}"
