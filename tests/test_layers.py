"""Who may import what: read from the source, so that nothing has to run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rag

PACKAGE = Path(rag.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.glob("*.py"))
PURE = (
    "types errors chunks terms datespans dates numbers acronyms questions selection premises citations conversation "
    "alignment agreement checks parts foreign presuppositions windows sentence_stream drafts statements disagreement "
    "structure blocks headings numbering labels hyphens titles metadata lines reflow running markdown plaintext"
).split()
HEAVY = frozenset(
    "faiss torch sentence_transformers transformers tokenizers langchain langchain_core streamlit sqlite3 httpx "
    "kreuzberg pypdfium2 trafilatura rich click tiktoken".split()
)
IMPURE = HEAVY | {"socket", "subprocess", "requests", "urllib", "tempfile"}


def imports(tree: ast.AST, *, at_load: bool) -> Iterator[str]:
    """Dotted names that a module imports; `at_load` leaves out functions and TYPE_CHECKING blocks."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif at_load and (_is_function(node) or _is_for_types(node)):
            continue
        else:
            yield from imports(node, at_load=at_load)


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imported(path: Path, *, at_load: bool = False) -> set[str]:
    return set(imports(ast.parse(path.read_text(encoding="utf-8")), at_load=at_load))


def roots(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_imports_nothing_that_acts(name: str) -> None:
    assert roots(imported(PACKAGE / f"{name}.py")) & IMPURE == set()


@pytest.mark.parametrize("name", PURE)
def test_nor_through_what_it_imports_when_it_loads(name: str) -> None:
    seen, todo = set[str](), [name]
    while todo:
        module = todo.pop()
        if module in seen:
            continue
        seen.add(module)
        found = imported(PACKAGE / f"{module}.py", at_load=True)
        assert roots(found) & HEAVY == set(), module
        todo += [
            part
            for dotted in found
            if dotted.startswith("rag.")
            and (part := dotted.split(".")[1])
            and (PACKAGE / f"{part}.py").exists()
        ]


@pytest.mark.xfail(
    strict=True, reason="refusal says it is pure but imports reranking, and with it index and sqlite3"
)
def test_refusal_is_as_pure_as_it_says() -> None:
    assert "(pure)" in (
        ast.get_docstring(ast.parse((PACKAGE / "refusal.py").read_text(encoding="utf-8"))) or ""
    )
    assert imported(PACKAGE / "refusal.py", at_load=True).isdisjoint({"rag.reranking", "rag.index"})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_faces_and_evals_are_not_imported_by_the_package(path: Path) -> None:
    allowed = {"evals", "ui"} if path.stem == "cli" else set()
    assert roots(imported(path)) & {"evals", "ui", "tests"} <= allowed
    assert roots(imported(path, at_load=True)) & {"evals", "ui", "tests"} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_heavy_libraries_load_where_they_are_used(path: Path) -> None:
    heavy = {
        "torch",
        "sentence_transformers",
        "transformers",
        "faiss",
        "kreuzberg",
        "pypdfium2",
        "trafilatura",
    }
    assert roots(imported(path, at_load=True)) & (heavy | {"streamlit", "langchain_community"}) == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_types_are_the_bottom(path: Path) -> None:
    if path.stem in ("types", "errors"):
        third = roots(imported(path)) - set(sys.stdlib_module_names) - {"numpy"}
        assert third == set()


def test_langchain_stands_at_the_face_alone() -> None:
    users = {path.stem for path in MODULES if "langchain_core" in roots(imported(path))}
    assert "assistant" in users
    assert not users & {
        *PURE,
        "index",
        "indexing",
        "documents",
        "embedding",
        "retrieval",
        "reranking",
        "answering",
    }


def test_nothing_is_pickled() -> None:
    for path in MODULES:
        assert not roots(imported(path)) & {"pickle", "shelve", "marshal", "dill", "joblib"}, path.name


def test_the_public_names_are_there() -> None:
    assert set(rag.__all__) >= {"Assistant", "Answer", "Refusal", "RagError"}
    for name in rag.__all__:
        assert getattr(rag, name).__name__ == name
