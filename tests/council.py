"""Twenty documents that each answer one question, and the gold cases over them."""

from __future__ import annotations

from evals.cases import Case, CaseType, GoldQuote

NUMBERS = range(20)
TEXTS = {f"d{i}.md": f"In {1900 + i} the council of Varn built {i + 3} bridges. It rained." for i in NUMBERS}
CASES = tuple(
    Case(
        id=f"Q{i:02}",
        question=f"What was built in {1900 + i}?",
        type=CaseType.NUMERIC if i % 2 else CaseType.FACTOID,
        answer="Bridges.",
        must_include=((f"{i + 3} bridges",),),
        evidence=(GoldQuote(f"d{i}.md", f"In {1900 + i} the council of Varn built {i + 3} bridges."),),
        answerable=True,
        split="dev",
    )
    for i in NUMBERS
)
