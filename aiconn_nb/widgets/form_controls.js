/* The controls of a form: an input that hides secrets, the suggestions behind a $, choices, switches. Joined behind face.js. */

const FORM_MARK = Math.random().toString(36).slice(2, 8); // two forms on one page share no id
let formIds = 0;
const formId = (what) => `aiconn-${FORM_MARK}-${what}-${++formIds}`;

Object.assign(ICONS, {
  bad: "M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM8 5v3.5M8 10.8v.2",
  good: ICONS.check,
  dash: "M5 8h6",
  unknown: "M6.2 6.3a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.9.6-.9 1.2M8 11.4v.2",
  spinner: "M8 2.5a5.5 5.5 0 1 1-5.5 5.5",
});

const isReference = (text) => /^\s*\$[^$]/.test(text) && !/^\s*\$\$/.test(text);
const mayBeReference = (text) => /^\s*\$(?!\$)/.test(text);

/** Nobody offers to remember, correct or translate what is typed here. */
const PRIVATE = {
  autocomplete: "off",
  autocapitalize: "off",
  autocorrect: "off",
  spellcheck: "false",
  translate: "no",
  "data-1p-ignore": "true",
  "data-lpignore": "true",
  "data-bwignore": "true",
  "data-form-type": "other",
};
/** The dots are drawn by style, not by type="password": to a browser that is a login form, which it offers to remember. */
const CAN_MASK = typeof CSS !== "undefined" && CSS.supports?.("-webkit-text-security", "disc");

function textInput(props = {}) {
  return el("input", { type: "text", class: "aiconn-input", ...PRIVATE, ...props });
}

/** Hide what is typed, unless it is a reference. */
function hideSecrets(input) {
  const hidden = () => input.value !== "" && !mayBeReference(input.value);
  const show = () => {
    if (CAN_MASK) input.classList.toggle("aiconn-masked", hidden());
    else if (input.type !== (hidden() ? "password" : "text")) input.type = hidden() ? "password" : "text";
  };
  const hold = (event) => {
    if (hidden()) event.preventDefault();
  }; // as a password input does
  input.addEventListener("input", show);
  for (const name of ["copy", "cut", "dragstart"]) input.addEventListener(name, hold);
  show();
  return show;
}

/* ---- suggestions ------------------------------------------------------------------------------------------------- */

/** Known keys that match what stands behind the $: those that begin with it, then those with a part that does, then the rest. */
function matchingKeys(keys, typed) {
  const text = typed.trim().replace(/^\$/, "").toLowerCase();
  // Behind the $ alone those of files and secrets, which have sections, are offered; every variable of a shell would bury them.
  const sectioned = text ? [] : keys.filter(({ key }) => key.includes(":"));
  if (sectioned.length) return sectioned;
  const rank = ({ key }) => {
    const lower = key.toLowerCase();
    if (lower.startsWith(text)) return 0;
    if (lower.split(/[:_]/).some((part) => part.startsWith(text))) return 1;
    return lower.includes(text) ? 2 : 3;
  };
  return keys
    .map((each) => [rank(each), each])
    .filter(([n]) => n < 3)
    .sort((a, b) => a[0] - b[0])
    .map(([, each]) => each);
}

const MOST_KEYS = 50;

/** Make a combobox of a text input: after a $ it suggests keys. `keys()` answers [{key, note}], `turned()` hears of open and shut. */
function suggestKeys(input, keys, turned = () => {}) {
  const matching = (typed) => (mayBeReference(typed) ? matchingKeys(keys(), typed) : []);
  return suggest(input, { label: "Known keys", matching, words: ({ key }) => `$${key}` }, turned);
}

/**
 * Make a combobox of a text input. `matching(typed)` answers what is offered, each with `words(it)` and a `note`; `take(it)` is
 * what becomes of one that is picked, the input's text by default. An `eager` one opens before anything is typed.
 */
function suggest(input, { label, matching, words, take = (it) => words(it), eager = false }, turned = () => {}) {
  const list = el("ul", { id: formId("keys"), class: "aiconn-keys", role: "listbox", "aria-label": label });
  const layered = typeof list.showPopover === "function";
  if (layered)
    list.setAttribute("popover", "manual"); // above whatever the notebook clips
  else list.hidden = true;
  let found = [];
  let active = -1;
  let open = false;
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  }))
    input.setAttribute(name, value);

  function place() {
    const box = input.getBoundingClientRect();
    const below = window.innerHeight - box.bottom - 12;
    const up = below < 160 && box.top > below;
    Object.assign(list.style, {
      position: "fixed",
      margin: "0",
      inset: "auto",
      left: `${box.left}px`,
      width: `${box.width}px`,
      maxHeight: `${Math.max(96, Math.min(260, up ? box.top - 12 : below))}px`,
      ...(up ? { bottom: `${window.innerHeight - box.top + 4}px` } : { top: `${box.bottom + 4}px` }),
    });
  }
  /** Stay with the input while the page moves. */
  function follow(event) {
    if (event.target !== list && layered) place();
  }
  function show() {
    if (!open) {
      open = true;
      if (layered) {
        list.showPopover();
        place();
      } else list.hidden = false;
      document.addEventListener("scroll", follow, true);
      window.addEventListener("resize", follow);
      input.setAttribute("aria-expanded", "true");
      turned();
    }
  }
  function close() {
    if (!open) return;
    open = false;
    activate(-1);
    if (layered) {
      if (list.isConnected) list.hidePopover();
    } else list.hidden = true;
    document.removeEventListener("scroll", follow, true);
    window.removeEventListener("resize", follow);
    input.setAttribute("aria-expanded", "false");
    turned();
  }
  function activate(index) {
    active = index;
    [...list.children].forEach((node, i) => node.setAttribute("aria-selected", String(i === index)));
    const node = list.children[index];
    if (node) {
      input.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }
  function option(it) {
    return el(
      "li",
      {
        id: formId("key"),
        role: "option",
        "aria-selected": "false",
        class: "aiconn-key",
        onmousedown: (event) => event.preventDefault(), // the cursor stays where it is
        onclick: () => pick(it),
      },
      el("span", { class: "aiconn-code" }, words(it)),
      it.note ? el("span", { class: "aiconn-quiet-text" }, it.note) : null,
    );
  }
  function pick(it) {
    input.value = take(it);
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }
  function update() {
    const exact = input.value.trim().toLowerCase();
    found = matching(input.value).slice(0, MOST_KEYS);
    if (!found.length || (found.length === 1 && words(found[0]).toLowerCase() === exact)) {
      close();
      return;
    }
    list.replaceChildren(...found.map(option));
    activate(-1);
    show();
  }
  input.addEventListener("input", update);
  input.addEventListener("blur", close);
  if (eager) input.addEventListener("click", () => open || update());
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && (open || eager || mayBeReference(input.value))) {
      if (!open) update();
      if (open)
        activate(active < 0 ? (step > 0 ? 0 : found.length - 1) : (active + step + found.length) % found.length);
    } else if (open && event.key === "Enter" && active >= 0) pick(found[active]);
    else if (open && event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    list,
    update: () => open && update(),
    get open() {
      return open;
    },
  };
}

/* ---- choices ----------------------------------------------------------------------------------------------------- */

const WORDS = { true: "Yes", false: "No" };

/** A list to choose from; '' is what holds where nothing is chosen. */
function choiceInput(field, values, props) {
  const word = (value) => (field.type === "boolean" ? (WORDS[value] ?? value) : value);
  const none = field.default != null ? `${word(field.default)} (default)` : field.required ? "Choose…" : "Not set";
  return el(
    "select",
    { ...props, class: "aiconn-select" },
    el("option", { value: "" }, none),
    values.map((value) => el("option", { value }, word(value))),
  );
}

const link = (words, onclick, props = {}) =>
  el("button", { type: "button", class: "aiconn-link", onclick, ...props }, words);
const code = (words) => el("code", { class: "aiconn-code" }, words);
/** Words that are heard and not seen. */
const unseen = (words) => el("span", { class: "aiconn-voice" }, words);

/** Something told in place: words, and what can be done about it. */
function told(tone, words, actions = [], props = {}) {
  const offered = actions.filter(Boolean);
  return el(
    "div",
    { class: `aiconn-note aiconn-${tone}`, ...props },
    icon(tone),
    el(
      "div",
      { class: "aiconn-note-words" },
      el("p", {}, words),
      offered.length ? el("div", { class: "aiconn-offers" }, offered) : null,
    ),
  );
}

const aKey = (owner) => `${/^[AEIOU]/.test(owner.name) ? "an" : "a"} ${owner.name} key`;
/** An error as a sentence: most of them are meant to stand behind what they are about. */
const sentence = (about, words) => {
  const whole = /^(is|are|must|has|have|holds|may|looks|exists|cannot|never|resolve[sd])\b/.test(words)
    ? `${about} ${words}`
    : words.charAt(0).toUpperCase() + words.slice(1);
  return whole + (/[.!?)]$/.test(whole) ? "" : ".");
};
