"""What a folder holds, what a sidecar says, and what identifies a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from samples import pdf

from rag.documents import Reader, find_files
from rag.errors import DamagedDocument


class TestFiles:
    def test_what_a_folder_holds(self, tmp_path: Path) -> None:
        outside = tmp_path / "outside.md"
        root = tmp_path / "corpus"
        for name in (
            "b.md",
            "a/c.pdf",
            "a/README.md",
            "README.md",
            ".hidden.md",
            ".git/x.md",
            "b.md.meta.yaml",
            "t.xyz",
        ):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("x")
        outside.write_text("x")
        (root / "leaves.md").symlink_to(outside)
        (root / "stays.md").symlink_to(root / "b.md")
        (root / "loop").symlink_to(root)
        found = [str(path.relative_to(root)) for path in find_files(root)]
        assert found == ["a/README.md", "a/c.pdf", "b.md", "stays.md", "t.xyz"]

    def test_a_sidecar_describes_any_format(self, read, tmp_path: Path) -> None:
        (tmp_path / "a.pdf.meta.yaml").write_text("title: The Treaty\ntype: treaty\njurisdictions: [China]\n")
        made = read("a.pdf", pdf(["Some words that are long enough."]))
        assert (made.metadata.title, made.metadata.type, made.metadata.jurisdictions) == (
            "The Treaty",
            "treaty",
            ("China",),
        )
        assert "title" not in made.metadata.inferred
        (tmp_path / "a.pdf.meta.yaml").write_text("date: soon\n")
        with pytest.raises(
            DamagedDocument, match=r"^a\.pdf has metadata whose `date` .*correct a\.pdf\.meta\.yaml$"
        ):
            read("a.pdf", pdf(["Some words that are long enough."]))

    def test_the_hash_is_that_of_the_bytes_and_the_name_is_kept(self, reader: Reader, tmp_path: Path) -> None:
        path = tmp_path / "a.md"
        path.write_text("Words.")
        made = reader.read(path, "folder/a.md")
        assert (made.path, made.content_hash) == ("folder/a.md", hashlib.sha256(b"Words.").hexdigest())
