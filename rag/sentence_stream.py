"""Tokens of a chat model → whole sentences with the passages they cite, as they complete (pure).

A sentence is complete when the first character after it shows that it has ended: how the text is split
into tokens changes nothing. Nothing that could act when shown survives: no link, image, tag or control
character.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.chunks import split_sentences

LONGEST = 1_500
"""Characters without a sentence's end, after which a model is taken to run away."""
_TIMES, _RUN = 3, 240
"""How often a sentence may come again, and the characters that are searched for a shorter loop."""
_MOST_CITED = 12

_WORD = r"(?:(?:sources?|passages?|documents?|docs?|evidence|refs?|references?|no\.?)[\s:#]*)?"
_NUMBER = rf"{_WORD}\^?\d{{1,3}}"
_CITED = rf"(?:\[{{1,2}}\s*{_NUMBER}(?:\s*(?:[,;&–—-]|and|to)\s*{_NUMBER})*\s*\]{{1,2}})"
_MARKS = re.compile(_CITED, re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,3})(?:\s*(?:[–—-]|to)\s*(\d{1,3}))?")
_ENDED = re.compile(rf"[.!?…]+[\"'”’»)*_]*(?:\s*{_CITED})*[*_]*$", re.IGNORECASE)
_ENDS_CITED = re.compile(rf"{_CITED}[*_]*$", re.IGNORECASE)
_BRACKETS = str.maketrans({"【": "[", "】": "]", "［": "[", "］": "]"})

_LIST_MARK = re.compile(r"\A(?:(?:[-*•+–—>]|#{1,6}|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+)+")
_ONLY_A_MARK = re.compile(r"(?:[-*•+–—>]|#{1,6}|\(?\d{1,3}[.)]|\(?[a-z][.)])$")
_FENCE = re.compile(r"`{3,}\s*\w*$")
_LABEL = re.compile(r"(?:\W*)(?:final answer|answer|response|summary)\s*:\W*(?=\w)", re.IGNORECASE)
_HEADING = re.compile(r"(?:\S+\s+){0,5}\S+:[\s,;]*$")

_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)?|\[[^\]]*\])?")
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+[\"'(][^)]*)?\)")
_ADDRESS = re.compile(
    r"<?\b(?:https?|ftp|file|data|javascript|vbscript|mailto|tel):[^\s<>]*>?|\bwww\.[^\s<>]+", re.IGNORECASE
)
_BROKEN_LINK = re.compile(r"!?\[?\]\([^)\s]*\)?|\]\[[^\]]*\]|!\[")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>|<!--.*?(?:-->|$)")
_SOURCE_MARK = re.compile(r"\[\^?[A-Za-z]{1,2}\d{1,3}\]")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|[*]{2,}|`+|~~")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as a chat model wrote it, without its marks: `cited` are the numbers of passages in the
    order given. It is not `complete` where the text broke off inside it."""

    text: str
    cited: tuple[int, ...]
    complete: bool = True


class SentenceStream:
    """Feed it tokens, close it at the end; both give the sentences that have become complete.

    After `looping` is set, by the same sentence or words again and again or by a sentence without end,
    it reads no further.
    """

    def __init__(self) -> None:
        self.looping = False
        self._pending = ""
        self._thinking = False
        self._seen: Counter[str] = Counter()

    def feed(self, token: str) -> list[Written]:
        found: list[Written] = []
        for character in token.translate(_BRACKETS):
            if self.looping:
                break
            if _is_shown(character):
                found += self._read("\n" if character == "\r" else character)
        return found

    def close(self) -> list[Written]:
        """The last sentence, complete or not."""
        rest, self._pending = self._pending, ""
        if self._thinking or self.looping:
            return []
        stripped = rest.rstrip()
        whole = bool(_ENDED.search(stripped) or _ENDS_CITED.search(stripped) or rest.endswith("\n"))
        return self._counted(rest, whole)

    def _read(self, character: str) -> list[Written]:
        before = self._pending
        self._pending += character
        if self._thinking or character == ">":
            return self._skip_thoughts()
        self.looping = len(self._pending) > LONGEST or (
            len(self._pending) % 16 == 0 and _loops(self._pending[-_RUN:])
        )
        cut = _boundary(before, character)
        if cut is None:
            return []
        self._pending = self._pending[cut:]
        return self._counted(before[:cut], complete=True)

    def _skip_thoughts(self) -> list[Written]:
        """What a reasoning model thinks aloud is no part of its answer."""
        if self._thinking:
            if self._pending.endswith(("</think>", "</thinking>")):
                self._thinking, self._pending = False, ""
            return []
        opened = re.search(r"<think(?:ing)?>$", self._pending)
        if opened:
            said, self._pending, self._thinking = self._pending[: opened.start()], "", True
            return self._counted(said, complete=True)
        closed = re.search(r"</think(?:ing)?>$", self._pending)
        if closed:
            self._pending = ""
        return []

    def _counted(self, raw: str, complete: bool) -> list[Written]:
        written = read_sentence(raw, complete=complete)
        if written is None:
            return []
        key = written.text.casefold()
        self._seen[key] += 1
        if self._seen[key] >= _TIMES:
            self.looping = True
        return [written] if self._seen[key] == 1 else []


def sentences(tokens: Iterable[str]) -> Iterator[Written]:
    """Every sentence of a stream that ends."""
    stream = SentenceStream()
    for token in tokens:
        yield from stream.feed(token)
    yield from stream.close()


def read_sentence(raw: str, *, complete: bool = True) -> Written | None:
    """One raw sentence as plain text with its citations; None where it states nothing (a heading, a
    fence, a mark alone)."""
    raw = _LIST_MARK.sub("", raw.strip(), count=1) if not raw.lstrip().startswith("#") else raw.strip()
    if _FENCE.match(raw) or raw.startswith("#"):
        return None
    raw = re.sub(r"^`{3,}", "", raw)
    raw = _LINK.sub(_link_text, _IMAGE.sub(" ", raw))
    cited = tuple(dict.fromkeys(n for marks in _MARKS.findall(raw) for n in _numbers(marks)))
    text = _plain(_MARKS.sub(" ", raw))
    if cited:
        text = re.sub(r"([.!?…]['\"”’»)]*)(?:\s*[.,;])+$", r"\1", text)
    return Written(text, cited, complete) if re.search(r"\w", text) and not _announces(text) else None


def _announces(text: str) -> bool:
    """A heading or the opening of a list, which states nothing itself."""
    return text.rstrip().endswith(":") or bool(_HEADING.match(text))


def _plain(text: str) -> str:
    """Without anything that Markdown, HTML or a terminal would act on."""
    for pattern in (_TAG, _ADDRESS, _BROKEN_LINK, _SOURCE_MARK):
        text = pattern.sub(" ", text)
    text = _EMPHASIS.sub("", text)
    text = re.sub(r"[\[\]<>|\\]", " ", text)
    text = _ADDRESS.sub(" ", text).replace("://", " ")
    text = re.sub(r"\(\s*\)", " ", text)
    text = " ".join(text.split())
    text = re.sub(r"\s+([.,;:!?…)])", r"\1", text)
    return _LABEL.sub("", text, count=1) if _LABEL.match(text) else text


def _link_text(found: re.Match[str]) -> str:
    inner = found[1].strip()
    return f"[{inner}]" if _MARKS.fullmatch(f"[{inner}]") else inner


def _numbers(marks: str) -> Iterator[int]:
    """ "[1, 3-5]" → 1, 3, 4, 5; of a longer range its ends alone."""
    for first, last in _RANGE.findall(marks):
        a, b = int(first), int(last or first)
        yield from range(a, b + 1) if a <= b < a + _MOST_CITED else dict.fromkeys((a, b))


def _boundary(before: str, character: str) -> int | None:
    """Where in `before` a sentence ends, now that `character` follows; None if none does yet."""
    if character.isspace():
        return None
    opening = before.endswith("[") and before[-2:-1].isspace()
    if opening and not (character.isdigit() or character in "[^" or character.isalpha()):
        opening, before = False, before[:-1]
    elif opening:
        cites = character.isdigit() or character in "[^" or character.lower() in "spdern"
        if cites and "\n\n" not in _gap(before[:-1]):
            return None
        before, character = before[:-1], "A"
    elif character == "[" or not before[-1:].isspace():
        return None
    said = before.rstrip()
    if not said or _ONLY_A_MARK.match(said.lstrip()):
        return None
    return len(before) if _ends(said, _gap(before), character) else None


def _gap(before: str) -> str:
    """The white space at the end, without blanks."""
    return re.sub(r"[^\S\n]", "", before[len(before.rstrip()) :])


def _ends(said: str, gap: str, character: str) -> bool:
    if gap.startswith("\n\n"):
        return True
    ended = bool(_ENDED.search(said))
    if gap:
        return ended or bool(_ENDS_CITED.search(said) or _FENCE.search(said)) or not character.islower()
    return ended and not character.islower() and _is_no_abbreviation(said, character)


def _is_no_abbreviation(said: str, character: str) -> bool:
    bare = _LIST_MARK.sub("", " ".join(_MARKS.sub("", said).split()), count=1)
    bare = re.sub(r"[*_]+$", "", bare)
    follows = character if character.isalnum() else "A"
    last = split_sentences(f"x {bare} {follows}")[-1]
    return last.text == follows


def _loops(tail: str) -> bool:
    """Whether the tail is the same few words over and over."""
    return len(tail) == _RUN and bool(re.search(r"(.{2,40}?)\1{5,}$", tail, re.DOTALL))


def _is_shown(character: str) -> bool:
    """Letters may need joiners; other control and format characters act on terminals or hide text."""
    if character in "\n\r\t\u200c\u200d":
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")
