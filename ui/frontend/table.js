// Tables of text. `data` is {tables: [ui.tables.Table]}.
export default function ({ data, parentElement }) {
  const root = ownRoot(parentElement, "tables");
  const written = JSON.stringify(data.tables);
  if (root.written === written) return;
  root.replaceChildren(...data.tables.map(one));
  root.written = written;
}

function one(table) {
  if (!table.fold.length) return grid(table);
  return element("details", {}, element("summary", {}, ...table.fold.map(piece)), grid(table));
}

function grid(table) {
  const head = table.columns.map((column) => element("th", { scope: "col", role: "columnheader", class: column.look }, column.title));
  const rows = table.rows.map((row) => element("tr", { role: "row" }, ...row.map((cell, at) => box(cell, table.columns[at]))));
  return element(
    "table",
    { role: "table" },
    element("caption", { class: "hidden" }, table.caption),
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...head)),
    element("tbody", { role: "rowgroup" }, ...rows),
  );
}

function box(cell, column) {
  const lines = cell.lines.map((line) => element("p", {}, ...line.map(piece)));
  const empty = !lines.length && !cell.bar;
  const look = [column.look, cell.look, empty ? "empty" : ""].join(" ");
  return element("td", { role: "cell", class: look, "data-column": column.title }, ...lines, cell.bar ? bar(cell.bar) : null);
}

function piece(one) {
  if (one.link && /^source\?/.test(one.link)) {
    return element("a", { href: one.link, target: "_blank", rel: "noopener", class: one.look, title: "Opens in a new tab" }, one.text);
  }
  if (one.look === "found") return element("mark", {}, one.text);
  return one.look ? element("span", { class: one.look }, one.text) : one.text;
}

const percent = (share) => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;

function bar({ low, value, high, was }) {
  const at = (share, name) => element("span", { class: name, style: `left: ${percent(share)}` });
  const reach = element("span", { class: "reach", style: `left: ${percent(low)}; width: ${percent(high - low)}` });
  return element("div", { class: "bar", "aria-hidden": "true" }, reach, was === null ? null : at(was, "was"), at(value, "value"));
}
