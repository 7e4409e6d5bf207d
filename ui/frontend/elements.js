// Builds elements. Whatever comes from documents arrives here as a child string and becomes a text node.
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

// The component's own element, made once; later calls find it again.
function ownRoot(parent, name) {
  let root = [...parent.children].find((child) => child.classList.contains(name));
  if (!root) {
    root = element("div", { class: name });
    parent.appendChild(root);
  }
  return root;
}

async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // refused: the way below asks for no permission
    }
  }
  const area = element("textarea", { style: "position:fixed;opacity:0", "aria-hidden": "true" });
  area.value = text;
  document.body.appendChild(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

// A button that copies and says so for a moment, also to a screen reader.
function copyButton(label, textOf, properties = {}) {
  const said = element("span", {}, label);
  const told = element("span", { class: "hidden", role: "status" });
  const button = element("button", { type: "button", class: "plain", ...properties }, said);
  button.addEventListener("click", async () => {
    const done = await copyText(textOf());
    said.textContent = told.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => {
      said.textContent = label;
      told.textContent = "";
    }, 1500);
  });
  return element("span", { class: "copying" }, button, told);
}

function chipButton(chip, active, open) {
  const attributes = {
    type: "button",
    class: "chip",
    "data-n": chip.n,
    "aria-label": chip.label,
    "aria-pressed": chip.n === active,
    title: chip.label.replace(/^Citation \d+: /, ""),
    onclick: (event) => open(chip.n, event.detail === 0),
  };
  return element("button", attributes, String(chip.n));
}

function scrollToTurn(turn) {
  const scroll = () => document.querySelector(`.asked[data-turn="${Number(turn)}"]`)?.scrollIntoView({ block: "start" });
  scroll();
  requestAnimationFrame(scroll);
}

// Sends what a reader does, again and again until Python has heard it; numbers only ever grow.
function listen(root, heard, setTriggerValue) {
  root.waiting = (root.waiting || []).filter((event) => event.id > heard);
  root.send = (event) => {
    root.lastId = Math.max((root.lastId || 0) + 1, Date.now());
    root.waiting.push({ ...event, id: root.lastId });
    setTriggerValue("events", [...root.waiting]);
  };
}
