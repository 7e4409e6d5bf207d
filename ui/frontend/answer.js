// One answer or refusal. `data` is {view: ui.view.ResultView, active, more}.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = ownRoot(parentElement, "answer");
  listen(root, data.heard, setTriggerValue);
  const { thumb, ...more } = data.more || {};
  const written = JSON.stringify([data.view, more]);
  if (root.written !== written) {
    const opened = openExplanations(root);
    root.replaceChildren(...everything(root, data.view, more));
    root.written = written;
    reopen(root, opened);
  }
  markThumb(root, thumb);
  markActive(root, data.active);
  root.active = data.active;
  if (data.come && root.came !== data.come) scrollToTurn(data.come);
  root.came = data.come;
  if (!root.listens) {
    root.listens = (event) => {
      if (event.detail === root.active) root.querySelector(`.chip[data-n="${event.detail}"]`)?.focus();
    };
    window.addEventListener("policy-rag-back", root.listens);
  }
  return () => {
    window.removeEventListener("policy-rag-back", root.listens);
    root.listens = null;
  };
}

function markActive(root, active) {
  for (const chip of root.querySelectorAll(".chip")) {
    chip.setAttribute("aria-pressed", String(Number(chip.dataset.n) === active));
  }
}

// Apart from the rest, so that a thumb does not rebuild a report that is being written.
function markThumb(root, thumb) {
  for (const button of root.querySelectorAll("[data-thumb]")) {
    button.setAttribute("aria-pressed", String(button.dataset.thumb === thumb));
  }
}

function openExplanations(root) {
  return [...root.querySelectorAll(".verdict[aria-expanded=true]")].map((button) => button.dataset.at);
}

function reopen(root, opened) {
  for (const at of opened) root.querySelector(`.verdict[data-at="${at}"]`)?.click();
}

function everything(root, view, more) {
  const open = (n, byKeyboard) => {
    markActive(root, n);
    root.send({ kind: "open", n, keyboard: byKeyboard });
  };
  let at = 0;
  const sentence = (one, struck) => sentenceParts(one, open, String(at++), struck);
  return [
    view.read_as ? element("p", { class: "read-as" }, `Read as: ${view.read_as}`) : null,
    ...view.before.map((one) => callout(one, open)),
    view.refused ? refusal(root, view, more, open) : null,
    ...view.groups.map((group) =>
      element(
        "section",
        { class: "group" },
        group.source
          ? element(
              "p",
              { class: "source" },
              element("span", { class: "title", title: group.source }, group.source),
              element("span", { class: "byline" }, group.byline),
            )
          : null,
        element("p", { class: "said" }, ...group.sentences.flatMap((one) => [...sentence(one, false), " "])),
      ),
    ),
    ...view.after.map((one) => callout(one, open)),
    struckOnes(view.struck, sentence),
    footer(root, view, more),
  ].filter(Boolean);
}

function sentenceParts(one, open, at, struck) {
  const text = one.pieces.map((piece) => (piece.strong ? element("strong", {}, piece.text) : piece.text));
  const note = element("span", { class: "why", hidden: true, role: "note" }, one.verdict + ". ", one.reasons.join(" "));
  const verdict = element(
    "button",
    {
      type: "button",
      class: `verdict ${one.quoted ? "quoted" : ""}`,
      "data-at": at,
      "aria-expanded": "false",
      "aria-label": `${one.verdict}: why?`,
      title: one.verdict,
      onclick: () => {
        note.hidden = !note.hidden;
        verdict.setAttribute("aria-expanded", String(!note.hidden));
      },
    },
    one.mark,
  );
  const said = element(struck ? "s" : "span", { class: "sentence" }, ...text);
  return [said, element("span", { class: "chips" }, "\u00a0", ...one.chips.map((chip) => chipButton(chip, null, open)), verdict), note];
}

function callout(one, open) {
  const rows = one.sides.map((side) =>
    element(
      "tr",
      {},
      element("td", {}, element("span", { class: "date" }, side.date), element("span", { class: "from" }, side.source)),
      element("td", {}, side.text, " ", ...side.chips.map((chip) => chipButton(chip, null, open))),
    ),
  );
  const head = element("tr", {}, element("th", { scope: "col" }, "Source"), element("th", { scope: "col" }, "What it says"));
  return element(
    "aside",
    { class: `callout ${one.kind}`, "aria-label": one.title },
    element("p", { class: "callout-title" }, one.title),
    element("p", {}, one.text, " ", ...(rows.length ? [] : one.chips.map((chip) => chipButton(chip, null, open)))),
    rows.length ? element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)) : null,
  );
}

function refusal(root, view, more, open) {
  const passages = view.passages.map((one) =>
    element(
      "li",
      {},
      element("q", { class: "said" }, one.quote),
      " ",
      chipButton(one.chip, null, open),
      element("p", { class: "source" }, one.source),
    ),
  );
  return element(
    "section",
    { class: "refusal" },
    element("p", { class: "refused" }, "The documents do not answer this question."),
    view.said ? element("p", {}, view.said) : null,
    passages.length ? element("p", { class: "label" }, "Nearest passages") : null,
    passages.length ? element("ul", { class: "passages" }, ...passages) : null,
    more.search
      ? element("button", { type: "button", class: "plain framed", onclick: () => root.send({ kind: "search" }) }, "Search instead")
      : null,
  );
}

function struckOnes(struck, sentence) {
  if (!struck.length) return null;
  const counted = struck.length === 1 ? "1 sentence was struck" : `${struck.length} sentences were struck`;
  return element(
    "details",
    { class: "struck" },
    element("summary", {}, `${counted}: not supported by the passages cited`),
    ...struck.map((one) => element("p", { class: "said" }, ...sentence(one, true))),
  );
}

function footer(root, view, more) {
  const thumb = (kind, label) =>
    element(
      "button",
      {
        type: "button",
        class: "plain",
        "aria-pressed": "false",
        "data-thumb": kind,
        onclick: () => {
          markThumb(root, kind);
          root.send({ kind: "feedback", feedback: kind });
        },
      },
      label,
    );
  const form = reportForm(root, view);
  const report = element(
    "button",
    {
      type: "button",
      class: "plain",
      "aria-expanded": "false",
      onclick: () => {
        form.hidden = !form.hidden;
        report.setAttribute("aria-expanded", String(!form.hidden));
        if (!form.hidden) form.querySelector("select, textarea").focus();
      },
    },
    "Report",
  );
  return element(
    "div",
    { class: "footer" },
    element(
      "div",
      { class: "actions", role: "group", "aria-label": "Actions on this answer" },
      copyButton("Copy", () => more.markdown),
      thumb("good", "Helpful"),
      thumb("bad", "Not helpful"),
      report,
      element("button", { type: "button", class: "plain", onclick: () => root.send({ kind: "retry" }) }, "Ask again"),
      element("span", { class: "note" }, view.note),
    ),
    form,
  );
}

function reportForm(root, view) {
  const about = element(
    "select",
    { "aria-label": "What the report is about" },
    element("option", { value: "" }, "The answer as a whole"),
    ...view.numbers.map((n) => element("option", { value: n }, `Wrong citation: ${n}`)),
  );
  const text = element("textarea", { rows: 2, maxlength: 2000, placeholder: "What is wrong or missing?", "aria-label": "Comment" });
  const sent = element("span", { class: "note", role: "status" });
  const form = element(
    "form",
    {
      class: "report",
      hidden: true,
      onsubmit: (event) => {
        event.preventDefault();
        if (!about.value && !text.value.trim()) {
          text.focus();
          return;
        }
        const citation = about.value ? Number(about.value) : null;
        root.send({ kind: "feedback", feedback: citation ? "wrong citation" : "comment", citation, comment: text.value });
        text.value = "";
        about.value = "";
        sent.textContent = "Noted, thank you.";
      },
    },
    about,
    text,
    element("button", { type: "submit", class: "plain framed" }, "Send"),
    sent,
  );
  return form;
}
