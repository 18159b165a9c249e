// What the widgets share. A widget's module is this text and its own, joined in Python: nothing here is imported or exported.
// Whatever came from a user, a file or a provider becomes a text node; no markup is ever parsed.

/** An element. `on...` is a listener, null and false are left out; texts among the children become text nodes. */
function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Set or remove an attribute; touches nothing where it is so already. */
function attr(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value === true ? "" : String(value));
}

/** Set the text of a node, unless it is so already: an unchanged live region stays silent. */
function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

// Outlines on a grid of 16, drawn with a stroke of the text's own colour.
const ICONS = {
  add: "M8 3v10M3 8h10",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2.5v2.6h-2.6",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 13.5 13.5",
  use: "M5 3.2v9.6L12.5 8z",
  test: "M6 2.5v4L2.8 12a1 1 0 0 0 .9 1.5h8.6a1 1 0 0 0 .9-1.5L10 6.5v-4M5 2.5h6M4.6 10h6.8",
  edit: "M3 13l.6-2.8 7-7 2.2 2.2-7 7zM9.2 4.6l2.2 2.2",
  copy: "M6 6h7v7H6zM10 3.5V3H3v7h.5",
  delete: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5M6.8 7v3.5M9.2 7v3.5",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3.5 8.5l3 3 6-7",
  cross: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  warn: "M8 3 2.5 12.5h11zM8 6.8v2.7M8 11v.2",
  info: "M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM8 7.5V11M8 5v.2",
  lock: "M4 7.5h8v5.5H4zM5.5 7.5V5.5a2.5 2.5 0 0 1 5 0v2",
  unlock: "M4 7.5h8v5.5H4zM5.5 7.5V5.5a2.5 2.5 0 0 1 4.8-1",
  key: "M5.5 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 8h5.5v2M11.5 8v1.5",
  back: "M9.5 3.5 5 8l4.5 4.5",
  next: "M6.5 3.5 11 8l-4.5 4.5",
  up: "M4 9.8 8 5.8l4 4",
  down: "M4 6.2l4 4 4-4",
  plug: "M6 2.5v3M10 2.5v3M4.5 5.5h7V8a3.5 3.5 0 0 1-7 0zM8 11.5v2",
  undo: "M5.5 4 3 6.5 5.5 9M3 6.5h6a3.5 3.5 0 0 1 0 7H7",
};

/** A small drawing beside a text; it says nothing of its own to a screen reader. */
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({ class: "aiconn-icon", viewBox: "0 0 16 16", "aria-hidden": "true" }))
    svg.setAttribute(key, value);
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button. `kind`: "primary", "danger", "quiet" or "". With `label` the drawing stands alone and the label is its name. */
function button({ kind = "", icon: drawing, label, text: words, onclick, ...props }) {
  return el(
    "button",
    {
      type: "button",
      class: ["aiconn-button", kind && `aiconn-${kind}`, !words && "aiconn-icon-button"].filter(Boolean).join(" "),
      "aria-label": label,
      title: label,
      onclick,
      ...props,
    },
    drawing && icon(drawing),
    words && el("span", {}, words),
  );
}

/** A switch that a keyboard and a screen reader know. `onchange(wanted)`; it turns when the kernel says so. */
function toggle({ label, onchange, ...props }) {
  const node = el("button", { type: "button", role: "switch", class: "aiconn-switch", "aria-label": label, ...props });
  node.append(el("span", { class: "aiconn-knob" }));
  node.addEventListener("click", () => onchange(node.getAttribute("aria-checked") !== "true"));
  return node;
}

/**
 * Let the children of `parent` (those behind the child `behind`) be one node per item, reusing the nodes of items with the same
 * key; the focus stays.
 */
function keyed(parent, items, keyOf, make, update, behind = null) {
  const known = parent._keyed ?? (parent._keyed = new Map());
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const wanted = new Set(items.map(keyOf));
  for (const [key, node] of known)
    if (!wanted.has(key)) {
      node.remove();
      known.delete(key);
    }
  let before = behind ? behind.nextSibling : parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    let node = known.get(key);
    if (!node) known.set(key, (node = make(item)));
    update(node, item);
    if (node === before) before = before.nextSibling;
    else parent.insertBefore(node, before);
  }
  if (focused && focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}

/**
 * A question asked in place: `open` gives it the focus, and Escape is its `cancel`.
 * `actions` are buttons in reading order; the one with the attribute `data-first` gets the focus.
 */
function question({ title, body = [], actions, cancel, tone = "" }) {
  const id = `aiconn-${Math.random().toString(36).slice(2)}`;
  const node = el(
    "div",
    { class: `aiconn-question ${tone && `aiconn-${tone}`}`, role: "alertdialog", "aria-labelledby": id, "aria-describedby": `${id}-b` },
    el("div", { class: "aiconn-question-title", id }, title),
    el("div", { class: "aiconn-question-body", id: `${id}-b` }, body),
    el("div", { class: "aiconn-actions" }, actions),
  );
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    cancel();
  });
  node.open = () => (node.querySelector("[data-first]") ?? node.querySelector("button")).focus();
  return node;
}

/** What a deletion of connections does to `profiles`: which are left `broken`, and which go on with others. `them`: "it" or "them". */
function brokenProfiles(profiles, broken, them) {
  const line = (names, one, several) =>
    names.length &&
    el("div", {}, names.length > 1 ? "The profiles " : "The profile ",
      names.map((name, i) => [i ? ", " : "", el("code", { class: "aiconn-code" }, name)]), names.length > 1 ? several : one);
  return [
    line(broken, ` depends on ${them} and would be left broken.`, ` depend on ${them} and would be left broken.`),
    line(profiles.filter((name) => !broken.includes(name)), " goes on with its other connections.", " go on with their other connections."),
  ].filter(Boolean);
}

/** What a browser tab is called: the same for all that it shows, and after it is loaded again. Another window is another one. */
const SEAT = (() => {
  const fresh = () => Math.random().toString(36).slice(2);
  try {
    const known = sessionStorage.getItem("aiconn-seat") ?? fresh();
    sessionStorage.setItem("aiconn-seat", known);
    return known;
  } catch {
    return fresh(); // a frame that may not store anything
  }
})();

const GONE = "The kernel has ended. Run the cell again to work with it.";
const KERNEL_BUSY_MS = 600;
const KERNEL_SILENT_MS = 15000;
const RETURN_MS = 500;

/**
 * The ground a widget stands on.
 *
 *   const ground = face({ model, el: host, label: "Connections", answers: { saved(message) {...} } });
 *   ground.root                      put everything into it
 *   ground.ask("save", { draft })    send an intent; resolves when the kernel is done with it, `face` shows when it is busy or gone
 *   ground.say("Saved.")             read out to a screen reader
 *   ground.onReturn(callback)        the page, or the tab with this widget, is looked at again
 *   ground.onHere(callback)          it is shown on this page: at once where it is, and whenever it is again
 *   return ground.remove;            from `render`
 *
 * `answers` has one function per kind of message: (message, the data of the intent that it answers, if it does). Those that
 * answer another page are not handed on. `ground.onEnd()` says that the kernel is gone, where the widget has a better place for it; it
 * answers whether it did.
 */
function face({ model, el: host, label, answers }) {
  const page = Math.random().toString(36).slice(2);
  const open = new Map();
  const endings = [];
  let seq = 0;
  let ended = false; // the kernel
  const voice = el("div", { class: "aiconn-voice", role: "status", "aria-live": "polite" });
  const wait = el("div", { class: "aiconn-wait", role: "status", hidden: true });
  const root = el("div", { class: "aiconn", role: "region", "aria-label": label });
  const shell = el("div", { class: "aiconn-shell" }, root, wait, voice);
  host.classList.add("aiconn-host");
  host.append(shell);

  function listen(target, type, handler, options) {
    target.addEventListener(type, handler, options);
    endings.push(() => target.removeEventListener(type, handler, options));
  }

  // JupyterLab's notebook would take d-d, x, m, Enter or the arrows for its own while a button, radio or list in an output has
  // the focus. Its shortcuts match the focused element itself, so that is where they have to be switched off. Saving the notebook
  // and the palette stay JupyterLab's. On the window, for it listens on the document first of all.
  listen(window, "keydown", (event) => {
    if (!shell.contains(event.target)) return;
    const ours = !(event.ctrlKey || event.metaKey) || event.key === "Enter" || event.key.toLowerCase() === "z";
    event.target.toggleAttribute("data-lm-suppress-shortcuts", ours);
  }, true);

  // What it does with these keys instead it does at the focused element: there it would keep a text from having a new line, and
  // what was typed from being undone.
  listen(root, "beforeinput", (event) => {
    if (["insertLineBreak", "historyUndo", "historyRedo"].includes(event.inputType)) event.stopPropagation();
  }, true);

  function showWait() {
    if (ended) return;
    const oldest = Math.min(...[...open.values()].map((each) => each.since));
    const age = open.size ? Date.now() - oldest : 0;
    wait.hidden = age < KERNEL_BUSY_MS;
    shell.classList.toggle("aiconn-waiting", !wait.hidden);
    if (!wait.hidden)
      text(wait, age < KERNEL_SILENT_MS
        ? "Waiting for the kernel: it is busy, this will be done when it is free."
        : "The kernel does not answer: it is busy, or this is a saved page. Run the cell again to work with it.");
  }

  /** From now on nothing is sent. It says so above all, and is looked at only. */
  function end() {
    if (ended) return;
    ended = true;
    for (const { resolve } of open.values()) resolve();
    open.clear();
    shell.classList.remove("aiconn-waiting");
    shell.classList.add("aiconn-ended");
    wait.hidden = true;
    if (!ground.onEnd?.()) {
      shell.prepend(wait);
      wait.classList.add("aiconn-note", "aiconn-warn");
      wait.hidden = false;
      wait.replaceChildren(icon("warn"), el("span", {}, GONE));
    }
    for (const input of shell.querySelectorAll("input, select, textarea"))
      if (input.tagName === "SELECT" || ["checkbox", "radio", "range"].includes(input.type)) input.disabled = true;
      else input.readOnly = true;
  }

  // A button stays where it is and says why it does nothing: one that were switched off could not be asked.
  for (const name of ["click", "keydown", "beforeinput", "change", "paste", "drop"])
    listen(shell, name, (event) => {
      if (!ended) return;
      const walks = name === "keydown" && ((event.ctrlKey || event.metaKey) || !["Enter", " ", "Escape", "Delete"].includes(event.key));
      if (walks) return;
      event.preventDefault();
      event.stopPropagation();
      if (name !== "click") return;
      say(GONE);
      shell.scrollIntoView({ block: "nearest" });
    }, true);

  function ask(intent, data = {}) {
    if (ended) return Promise.resolve();
    const number = ++seq;
    const done = new Promise((resolve) => open.set(number, { since: Date.now(), data, resolve }));
    for (const ms of [KERNEL_BUSY_MS, KERNEL_SILENT_MS]) setTimeout(showWait, ms + 20);
    try {
      model.send({ ...data, intent, page, seat: SEAT, seq: number });
    } catch {
      end(); // where the kernel has been shut down, sending is an error
    }
    return done;
  }

  function receive(message) {
    if (message.page && message.page !== page) return;
    const asked = open.get(message.seq)?.data;
    if (message.kind === "done") {
      open.get(message.seq)?.resolve();
      open.delete(message.seq);
      showWait();
    }
    answers[message.kind]?.(message, asked);
  }
  model.on("msg:custom", receive);
  endings.push(() => model.off("msg:custom", receive));
  model.on("comm_live_update", end);
  endings.push(() => model.off("comm_live_update", end));

  // What others opened, or chose, is not shown here: the kernel says where it is.
  const arrivals = [];
  function isHere() {
    const { seats = {}, others = true } = model.get("where") ?? {};
    return seats[SEAT] ?? others;
  }
  function place() {
    const came = shell.hidden && isHere();
    shell.hidden = host.hidden = !isHere();
    if (came) for (const callback of arrivals) callback();
  }
  model.on("change:where", place);
  endings.push(() => model.off("change:where", place));
  place();
  function onHere(callback) {
    arrivals.push(callback);
    if (!shell.hidden) callback();
  }
  function say(words) {
    voice.textContent = "";
    voice.textContent = words;
  }

  function onReturn(callback) {
    let last = 0;
    const come = () => {
      if (document.hidden || shell.hidden || !shell.isConnected || Date.now() - last < RETURN_MS) return;
      last = Date.now();
      callback();
    };
    listen(window, "focus", come);
    listen(document, "visibilitychange", come);
    // A JupyterLab tab that is shown again gives the page no focus.
    let seen = true;
    const watcher = new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting && !seen) come();
      seen = entry.isIntersecting;
    });
    watcher.observe(shell);
    endings.push(() => watcher.disconnect());
  }

  const ground = {
    root,
    seat: SEAT,
    ask,
    listen,
    onReturn,
    onHere,
    say,
    remove: () => {
      endings.forEach((end) => end());
      open.clear();
    },
  };
  return ground;
}

/** How long ago, in the coarsest unit that still tells. */
function age(moment, now = Date.now()) {
  const seconds = Math.floor((now - Date.parse(moment)) / 1000);
  for (const [length, unit] of [[86400, "d"], [3600, "h"], [60, "min"]])
    if (seconds >= length) return `${Math.floor(seconds / length)} ${unit} ago`;
  return "just now";
}

/** The moment in the reader's own words and time zone. */
function exact(moment) {
  return new Date(moment).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}
