// A document, or a page of it, with the marked passage in view. `data` is ui.reader_view.ReaderView.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = ownRoot(parentElement, "reader");
  const { focus, come, take_focus, heard, ...shown } = data;
  listen(root, heard, setTriggerValue);
  const written = JSON.stringify(shown);
  if (root.written !== written) {
    root.classList.toggle("tall", data.tall);
    root.replaceChildren(head(root, data), body(root, data), ...foot(data));
    root.written = written;
  }
  if (root.focusedOn !== focus) {
    root.focusedOn = focus;
    reveal(root, come, take_focus);
  }
  root.onkeydown = (event) => keyPressed(root, data, event);
}

function keyPressed(root, data, event) {
  if (event.target.matches("select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowRight") step(root, data, 1);
  else if (event.key === "ArrowLeft") step(root, data, -1);
  else if (event.key === "Escape" && data.position) {
    backToAnswer(data);
  }
}

function backToAnswer(data) {
  window.dispatchEvent(new CustomEvent("policy-rag-back", { detail: data.numbers[data.position[0] - 1] }));
}

function step(root, data, by) {
  if (!data.position) return;
  const n = data.numbers[data.position[0] - 1 + by];
  if (n !== undefined) root.send({ kind: "open", n, keyboard: root.contains(root.getRootNode().activeElement) });
}

// Scrolls within the reader; the page itself only where the reader is out of sight (narrow screens).
function reveal(root, come, takeFocus) {
  const mark = root.querySelector(".active") || root.querySelector("header");
  const scroller = root.querySelector(".body");
  if (!mark) return;
  const place = () => {
    if (scroller.contains(mark)) {
      const within = mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      scroller.scrollTop += within - Math.max(24, (scroller.clientHeight - mark.getBoundingClientRect().height) * 0.35);
    }
    const now = mark.getBoundingClientRect();
    if (come && (now.bottom > window.innerHeight - 90 || now.top < 60)) mark.scrollIntoView({ block: "center" });
  };
  place();
  requestAnimationFrame(place);
  if (takeFocus) mark.focus({ preventScroll: true });
}

function head(root, data) {
  const button = (label, title, by) =>
    element(
      "button",
      {
        type: "button",
        class: "plain step",
        "aria-label": title,
        title,
        disabled: data.position[0] - 1 + by < 0 || data.position[0] - 1 + by >= data.numbers.length,
        onclick: () => step(root, data, by),
      },
      label,
    );
  const views = data.views.map((name) =>
    element(
      "button",
      { type: "button", class: "plain", "aria-pressed": String(name === data.shown_as), onclick: () => root.send({ kind: "view", as: name }) },
      name === "page" ? "Page" : "Text",
    ),
  );
  const title = data.title ? element("h2", { title: data.tall ? null : data.title }, data.title) : null;
  return element(
    "header",
    { tabindex: "-1" },
    data.position || data.closable
      ? element(
          "div",
          { class: "bar" },
          data.position ? button("‹", "Previous citation", -1) : null,
          data.position
            ? element("span", { class: "count", role: "status" }, `Citation ${data.position[0]} of ${data.position[1]}`)
            : null,
          data.position ? button("›", "Next citation", 1) : null,
          element("span", { class: "gap" }),
          data.position
            ? element("button", { type: "button", class: "plain narrow", onclick: () => backToAnswer(data) }, "Back to the answer")
            : null,
          ...views,
          data.tall ? null : opened(data, "wide"),
          data.closable
            ? element("button", { type: "button", class: "plain", "aria-label": "Close the source", title: "Close", onclick: () => root.send({ kind: "close" }) }, "✕")
            : null,
        )
      : views.length
        ? element("div", { class: "bar" }, ...views)
        : null,
    title,
    element("p", { class: "byline" }, data.byline),
    data.place ? element("p", { class: "place" }, data.place) : null,
    data.notice ? element("p", { class: "notice", role: "status" }, data.notice) : null,
    tools(data),
  );
}

function tools(data) {
  const absolute = () => new URL(data.link, location.href).href;
  const copied = Object.keys(data.copies).map((name) =>
    copyButton(name, () => data.copies[name], { "aria-label": `Copy the citation as ${name}` }),
  );
  return element(
    "div",
    { class: "tools" },
    copied.length ? element("span", { class: "label" }, "Copy as") : null,
    ...copied,
    copyButton("Link", absolute, { "aria-label": "Copy a link to this place" }),
    data.tall ? null : opened(data, "narrow"),
    data.original ? outside(data.original, "Original ↗") : null,
  );
}

function opened(data, where) {
  return element("a", { class: `plain ${where}`, href: data.link, target: "_blank", rel: "noopener" }, "Open ↗");
}

function outside(address, label, described = null) {
  const attributes = { class: "plain", href: address, target: "_blank", rel: "noopener noreferrer nofollow" };
  return element("a", { ...attributes, "aria-label": described }, label);
}

function body(root, data) {
  const more = (label, kind) =>
    element("button", { type: "button", class: "plain more", onclick: () => root.send({ kind }) }, label);
  const content = data.image ? [page(root, data)] : lines(root, data);
  return element(
    "div",
    { class: "body", tabindex: "0", role: "region", "aria-label": `Text of ${data.title}` },
    data.before && !data.image ? more("Show what comes before", "earlier") : null,
    ...content,
    data.after && !data.image ? more("Show what comes after", "later") : null,
  );
}

function lines(root, data) {
  const made = [];
  let table = null;
  for (const block of data.blocks) {
    if (block.kind === "row") {
      if (!table) made.push((table = element("table", {})));
      const cell = made.at(-1).childElementCount === 0 ? "th" : "td";
      table.append(element("tr", {}, ...block.cells.map((runs) => element(cell, {}, ...runs.map((one) => run(root, one))))));
      continue;
    }
    table = null;
    const runs = block.cells.flat().map((one) => run(root, one));
    const tag = block.kind === "heading" ? `h${Math.min(block.level + 2, 6)}` : "p";
    made.push(element(tag, { class: `${block.kind}${block.cut ? " cut" : ""}` }, ...runs));
  }
  return made;
}

function run(root, one) {
  if (one.active) return element("mark", { class: "active", tabindex: "-1" }, one.text);
  if (one.n !== null) {
    const open = () => root.send({ kind: "open", n: one.n, keyboard: false });
    return element("mark", { class: "other", title: `Citation ${one.n}`, onclick: open }, one.text);
  }
  return one.quiet ? element("span", { class: "quiet" }, one.text) : one.text;
}

function page(root, data) {
  const { image } = data;
  const turn = (label, by) =>
    element(
      "button",
      {
        type: "button",
        class: "plain",
        disabled: image.number + by < 1 || image.number + by > image.pages,
        onclick: () => root.send({ kind: "page", number: image.number + by }),
      },
      label,
    );
  const boxes = image.boxes.map((box, i) =>
    element("span", {
      class: `box${i === 0 ? " active" : ""}`,
      tabindex: i === 0 ? "-1" : null,
      style: `left:${box.left}%;top:${box.top}%;width:${box.width}%;height:${box.height}%`,
    }),
  );
  return element(
    "figure",
    {},
    element("div", { class: "pages" }, turn("‹ Page before", -1), element("span", { class: "count" }, `Page ${image.number} of ${image.pages}`), turn("Page after ›", 1)),
    element(
      "div",
      { class: "sheet", style: `aspect-ratio:${image.width} / ${image.height}` },
      element("img", { src: image.source, alt: `Page ${image.number} of ${data.title}`, width: image.width, height: image.height }),
      ...boxes,
    ),
    element("figcaption", { class: "hidden" }, boxes.length ? `Highlighted on this page: ${data.quote}` : "Nothing is highlighted on this page"),
  );
}

function foot(data) {
  if (!data.cited.length) return [];
  const items = data.cited.map((one) =>
    element("li", {}, one.text, " ", one.address ? outside(one.address, "↗", `Open ${one.text}`) : null),
  );
  const counted = data.cited.length === 1 ? "1 source" : `${data.cited.length} sources`;
  return [
    element("footer", {}, element("details", {}, element("summary", {}, `The document cites ${counted} for this`), element("ul", {}, ...items))),
  ];
}
