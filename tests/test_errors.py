"""The tree drawn in rag/errors.py is the tree, and every error can be caught as RagError."""

from __future__ import annotations

import inspect
import re

import rag
from rag import errors


def drawn() -> dict[str, str]:
    """Class → base, read off the indentation of the docstring's tree."""
    found: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if m := re.match(r"([│├└─ ]*)([A-Z]\w+) {2,}\S", line):
            depth = len(m[1]) // 4
            path[depth:] = [m[2]]
            found[m[2]] = path[depth - 1] if depth else "Exception"
    return found


def real() -> dict[str, str]:
    classes = inspect.getmembers(errors, inspect.isclass)
    return {name: cls.__mro__[1].__name__ for name, cls in classes if issubclass(cls, errors.RagError)}


def test_the_drawn_tree_is_the_real_one() -> None:
    assert drawn() == real()
    assert len(real()) > 15


def test_the_root_is_public() -> None:
    assert rag.RagError is errors.RagError


def test_every_class_says_what_it_is_for() -> None:
    for line in (errors.__doc__ or "").splitlines():
        if re.search(r"[├└]", line):
            assert re.search(r"\w {2,}\S+ \S+", line), line
