"""What a reader does and sees, in the words of the tests. CSS selectors see into the components."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}

_DEEP = """
const deep = (selector, root = document) => {
  const found = root.querySelector(selector);
  if (found) return found;
  for (const element of root.querySelectorAll('*')) {
    if (element.shadowRoot) { const inside = deep(selector, element.shadowRoot); if (inside) return inside; }
  }
  return null;
};
const all = (selector, root = document) => [...root.querySelectorAll('*')].flatMap(
  element => [...(element.matches(selector) ? [element] : []), ...(element.shadowRoot ? all(selector, element.shadowRoot) : [])]
);
const settled = () => {
  const app = document.querySelector('.stApp');
  return app?.dataset.testScriptState === 'notRunning' && all('.answer, .reader').every(root => !root.waiting?.length);
};
const timed = (act, done) => new Promise((resolve, reject) => {
  const began = performance.now();
  const look = () => {
    if (done()) requestAnimationFrame(() => resolve((performance.now() - began) / 1000));
    else if (performance.now() - began > 30000) reject(new Error('nothing came'));
    else requestAnimationFrame(look);
  };
  act();
  look();
});
"""
"""`timed` resolves to the seconds from an act to the frame in which its effect is on the screen."""


class Visitor:
    """One browser profile with one page open; keeps what must not happen in `alarms`."""

    def __init__(self, context: BrowserContext, address: str, is_elsewhere: Callable[[str], bool]) -> None:
        self.address = address
        self.alarms: list[str] = []
        self.context = context
        context.set_default_timeout(60_000)
        context.on("request", lambda r: self._alarm("request", r.url) if is_elsewhere(r.url) else None)
        context.on("page", self._watch)
        self.page: Page = context.new_page()

    def _watch(self, page: Page) -> None:
        page.on("dialog", lambda dialog: (self._alarm("dialog", dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: self._alarm("error", str(error)))

    def _alarm(self, kind: str, what: str) -> None:
        self.alarms.append(f"{kind}: {what}")

    def open(self, path: str = "/") -> Visitor:
        self.page.goto(self.address + path)
        return self

    def enter(self) -> Visitor:
        """Open the Ask page and wait until it can be asked."""
        self.open()
        self.box.wait_for()
        return self

    def settle(self) -> None:
        """Until the server has heard what was done, has shown what comes of it, and it is on the screen."""
        self.page.wait_for_function(f"() => {{ {_DEEP} return settled(); }}")
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    @property
    def box(self) -> Locator:
        return self.page.get_by_placeholder("Ask the documents")

    @property
    def answers(self) -> Locator:
        """Results that have come, one a question."""
        return self.page.locator(".answer:has(.footer)")

    @property
    def mark(self) -> Locator:
        return self.page.locator(".reader mark.active")

    def ask(self, question: str) -> Locator:
        """The answer, once all that comes with it is there."""
        answer = self.ask_in_haste(question)
        self.settle()
        return answer

    def ask_in_haste(self, question: str) -> Locator:
        """The answer as soon as it can be read, while the page still goes on with what stands beside it."""
        before = self.answers.count()
        self.box.fill(question)
        self.box.press("Enter")
        answer = self.answers.nth(before)
        answer.wait_for()
        return answer

    def open_citation(self, answer: Locator, n: int) -> None:
        answer.locator(f".chip[data-n='{n}']").first.click()
        self.page.locator(".reader .count", has_text=re.compile(rf"^Citation {n} of ")).wait_for()
        self.settle()

    def marked(self) -> str:
        """The text that is highlighted in the reader."""
        return "\n".join(self.mark.all_text_contents())

    def sees(self, locator: Locator) -> bool:
        """Whether the middle of the element's first line is on the screen and nothing covers it."""
        seen: Any = locator.first.evaluate(
            """element => {
              const box = element.getClientRects()[0];
              const x = box.left + Math.min(box.width / 2, 60), y = box.top + box.height / 2;
              let top = document.elementFromPoint(x, y);
              while (top && top.shadowRoot) {
                const inside = top.shadowRoot.elementFromPoint(x, y);
                if (!inside || inside === top) break;
                top = inside;
              }
              return top === element || element.contains(top);
            }"""
        )
        return bool(seen)

    def seconds_to_answer(self, question: str) -> float:
        """From pressing Enter to the answer's first sentence on the screen, in a new conversation."""
        self.box.fill(question)
        return float(
            self.page.evaluate(
                f"""() => {{ {_DEEP}
                  const box = document.querySelector('textarea[placeholder="Ask the documents"]');
                  const enter = new KeyboardEvent('keydown', {{ key: 'Enter', code: 'Enter', keyCode: 13, bubbles: true }});
                  return timed(() => box.dispatchEvent(enter), () => deep('.answer .sentence'));
                }}"""
            )
        )

    def seconds_to_highlight(self, n: int) -> float:
        """From a click on a chip of the first answer to its passage highlighted on the screen."""
        return float(
            self.page.evaluate(
                f"""n => {{ {_DEEP}
                  const chip = deep(`.answer .chip[data-n="${{n}}"]`);
                  const shown = () => {{
                    const count = deep('.reader .count'), mark = deep('.reader mark.active');
                    if (!count || !mark || !count.textContent.startsWith(`Citation ${{n}} of`)) return false;
                    const box = mark.getBoundingClientRect();
                    return box.top < innerHeight && box.bottom > 0;
                  }};
                  return timed(() => chip.click(), shown);
                }}""",
                n,
            )
        )

    def model_loads(self) -> int:
        """How often the server's process has loaded a model, as the foot of the page or its sidebar says."""
        # Between two pages it may be there twice, or not at all: only what a settled page says counts.
        said = self.page.wait_for_function(
            f"""() => {{ {_DEEP}
              const facts = document.querySelectorAll('.facts');
              return settled() && facts.length === 1 && Number(facts[0].dataset.modelLoads);
            }}"""
        )
        return int(said.json_value())


Arrive = Callable[..., Visitor]
"""Makes a reader: `arrive(address, **options of the browser profile)`."""
