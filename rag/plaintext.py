"""Plain text: bytes → characters → paragraphs, with the hard wraps of old files undone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from rag.blocks import Block, Parsed, clean, squeeze, tidy
from rag.errors import DamagedDocument
from rag.headings import opens_block
from rag.hyphens import joined, vocabulary

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_RULE = re.compile(r"^[\W_]*$")
_WRAP_MIN, _WRAP_MAX = 45, 100


def decode(content: bytes) -> str:
    """Characters of a text file: byte-order mark, UTF-8, UTF-16 without mark, else the encoding that
    charset-normalizer finds most coherent. Raises DamagedDocument for what is no text."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    for encoding in _candidates(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _guess(content)


def _candidates(content: bytes) -> list[str]:
    head = content[:4000]
    if head[1::2].count(0) > len(head) / 5:
        return ["utf-16-le"]
    if head[0::2].count(0) > len(head) / 5:
        return ["utf-16-be"]
    return ["utf-8"]


def _guess(content: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(content[:200_000]).best()
    if best is None or b"\x00" in content[:4000]:
        raise DamagedDocument("is not text in any known encoding: save it as UTF-8 and index it again")
    return content.decode(best.encoding, errors="replace")


def read_text(content: bytes) -> Parsed:
    return Parsed(tidy(text_blocks(decode(content))))


def text_blocks(text: str) -> list[Block]:
    """Paragraphs of plain text; wrapped lines are joined only in a file that is hard wrapped."""
    paragraphs = [part.split("\n") for part in re.split(r"\n\s*\n", clean(text))]
    if not _hard_wrapped(paragraphs):
        return [_line_block(line, i) for lines in paragraphs for i, line in enumerate(lines)]
    words = vocabulary([text])
    return [
        Block(squeeze(line), tight=i > 0)
        for lines in paragraphs
        for i, line in enumerate(_unwrap(lines, words))
        if not _RULE.match(line)
    ]


def _line_block(line: str, position: int) -> Block:
    return Block(clean(line), tight=position > 0)


def _hard_wrapped(paragraphs: Sequence[Sequence[str]]) -> bool:
    """Most lines that are followed by another are about as long as each other, 45 to 100 characters."""
    followed = [len(line) for lines in paragraphs for line in lines[:-1]]
    if len(followed) < 3:
        return False
    middle = median(followed)
    near = sum(abs(length - middle) <= 14 for length in followed)
    return _WRAP_MIN <= middle <= _WRAP_MAX and near >= 0.6 * len(followed)


def _unwrap(lines: Sequence[str], words: Counter[str]) -> list[str]:
    width = max(len(line) for line in lines)
    whole = [lines[0]]
    previous = lines[0]
    for line in lines[1:]:
        if len(previous) < 0.6 * width or _RULE.match(line) or _RULE.match(previous) or opens_block(line):
            whole.append(line)
        else:
            whole[-1] = joined(whole[-1].rstrip(), line.strip(), words)
        previous = line
    return whole
