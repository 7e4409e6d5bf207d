"""What `rag eval init` writes: a commented gold file and a workflow."""

from __future__ import annotations

from pathlib import Path

from rag.errors import UsageError

GOLD = """\
# Gold cases, one JSON object a line. Lines that begin with # are not read.
#
#   id            any text, used once
#   question      as a reader would ask it
#   history       earlier turns, [{"role": "user" | "assistant", "content": "…"}]; may be left out
#   type          factoid why how comparison timeline multi-hop numeric yes-no disagreement
#                 false-premise unanswerable multi-turn
#   answer        the right answer, for people who read the report
#   must_include  facts that a right answer states; alternatives stand between |
#   evidence      exact quotes: document (path below the indexed folder) and quote, copied from
#                 `rag show DOCUMENT --text`
#   answerable    false where the sources are silent: the assistant should refuse
#
# A dozen of your readers' real questions are worth more than a hundred invented ones. Make one in
# six unanswerable. Replace the two examples below, then run `rag eval --gold THIS-FILE`.
#
# {"id": "Q1", "question": "When does the rule apply from?", "type": "factoid", "answer": "From 1 May 2025.", "must_include": ["1 May 2025"], "evidence": [{"document": "rules.md", "quote": "This rule applies from 1 May 2025."}], "answerable": true}
# {"id": "Q2", "question": "What is the fine for late filing?", "type": "unanswerable", "answer": "The rule names no fine.", "must_include": [], "evidence": [], "answerable": false}
"""

WORKFLOW = """\
name: evals
on: [pull_request]
permissions:
  contents: read
  pull-requests: write
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: { python-version: "3.11", cache: pip }
      - run: pip install policy-rag
      - run: rag index corpus --index index
      - run: >
          rag eval --gold evals/gold/dev.jsonl --index index
          --baseline evals/baselines/main.json --gate --report-dir report
      - if: always()
        run: cat report/summary.md >> "$GITHUB_STEP_SUMMARY"
      - if: always()
        env: { GH_TOKEN: "${{ github.token }}" }
        run: gh pr comment "${{ github.event.number }}" --body-file report/summary.md --edit-last --create-if-none
      - if: always()
        uses: actions/upload-artifact@v4
        with: { name: evals, path: report }
"""

FILES = {
    Path("evals/gold/dev.jsonl"): GOLD,
    Path(".github/workflows/evals.yml"): WORKFLOW,
}


def write_starter(folder: Path) -> tuple[Path, ...]:
    """Writes both files below the folder. Raises UsageError, having written nothing, where one exists."""
    targets = {folder / path: content for path, content in FILES.items()}
    for path in targets:
        if path.exists():
            raise UsageError(
                f"{path} is there already: move it away, or run `rag eval init` in another folder."
            )
    for path, content in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tuple(targets)
