/* The plain fields of a profile's form: texts, numbers, a number with a slider. Joined behind form_identity.js.

A field is {key, node, text, write(text), problem(words), focus()}. `form` is what it asks of the form it stands in:
changed(key), owner(text). */

/** The frame of a field: its label, its control, what is wrong with it, what is said of it. `input` is what its label names. */
function fieldFrame({ key, label, optional = true, help = "", beside = null }, input, ...rest) {
  const id = formId(key);
  const error = el("p", { id: `${id}-error`, class: "aiconn-error", role: "alert", hidden: true });
  const explained = help && el("p", { id: `${id}-help`, class: "aiconn-help" }, help);
  attr(input, "id", id);
  attr(input, "aria-describedby", [error.id, explained && explained.id].filter(Boolean).join(" "));
  attr(input, "data-testid", `input-${key}`);
  const node = el(
    "div",
    { class: "aiconn-field", "data-testid": `field-${key}` },
    el(
      "div",
      { class: "aiconn-label-row" },
      el("label", { class: "aiconn-label", for: id }, label),
      optional && el("span", { class: "aiconn-quiet-text" }, "optional"),
      beside,
    ),
    ...rest.filter(Boolean),
    error,
    explained,
  );
  function problem(words) {
    error.hidden = !words;
    error.replaceChildren(...(words ? [icon("bad"), el("span", {}, sentence(label, words))] : []));
    attr(input, "aria-invalid", words ? "true" : null);
  }
  return { node, problem };
}

/** A field of one text; `more` are the properties of its input. */
function textField(form, described, { input = textInput(), around = input, wrote = () => {} } = {}) {
  const { key } = described;
  const { node, problem } = fieldFrame(described, input, around);
  const note = el("div", { "aria-live": "polite" });
  node.append(note);
  input.addEventListener("input", () => {
    problem("");
    pointOutKey();
    form.changed(key);
  });

  /** A key where everybody sees it: said at once, never sent. */
  function pointOutKey() {
    const found = form.owner(input.value);
    const words = found && `This looks like ${aKey(found)}. A profile is not kept secret: it is stored and shown as it is.`;
    note.replaceChildren(...(found ? [told("warn", words, [link("Take it out", () => write(""))])] : []));
  }
  function write(text) {
    input.value = text;
    wrote();
    problem("");
    pointOutKey();
    form.changed(key);
  }
  return {
    key,
    node,
    problem,
    write,
    focus: () => input.focus(),
    get text() {
      return input.value;
    },
  };
}

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
const NOT_SENT = "not sent";

/** A field for an option of a capability, as the kernel describes it. Left empty it is not sent. */
function optionField(form, { key, label, help, type, least, most }) {
  const described = { key, label, help: `${capital(help)}.`, optional: false };
  if (type === "text") return textField(form, described, { input: textArea() });
  const mode = type === "integer" ? "numeric" : "decimal";
  const input = textInput({ class: "aiconn-input aiconn-number", inputmode: mode, placeholder: NOT_SENT });
  if (type === "integer") return textField(form, described, { input });
  const slide = slider(input, { label, least, most });
  return textField(form, described, { input, around: slide.node, wrote: slide.follow });
}

/** Several lines, which grow with what is typed. */
function textArea() {
  return el("textarea", { class: "aiconn-input aiconn-area", rows: 3, placeholder: NOT_SENT, ...PRIVATE, spellcheck: "true" });
}

/** A slider beside a number: each follows the other, and the slider rests where nothing is sent. */
function slider(input, { label, least, most }) {
  const range = el("input", {
    type: "range",
    class: "aiconn-slider",
    min: least,
    max: most,
    step: (most - least) / 20,
    "aria-label": `${label}, as a slider`,
    oninput: () => {
      input.value = String(Number(Number(range.value).toFixed(2)));
      input.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  const clear = button({
    kind: "quiet",
    icon: "close",
    label: `Do not send ${label.toLowerCase()}`,
    onclick: () => {
      input.value = "";
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    },
  });
  function follow() {
    const number = input.value.trim() === "" ? NaN : Number(input.value.trim());
    const isSet = number >= least && number <= most;
    range.value = isSet ? number : (least + most) / 2;
    range.style.setProperty("--aiconn-part", `${((range.value - least) / (most - least)) * 100}%`);
    range.classList.toggle("aiconn-unset", !isSet);
    attr(range, "aria-valuetext", isSet ? String(number) : NOT_SENT);
    clear.style.visibility = input.value ? "visible" : "hidden";
  }
  input.addEventListener("input", follow);
  follow();
  return { node: el("div", { class: "aiconn-slide" }, range, el("div", { class: "aiconn-clearable" }, input, clear)), follow };
}

/* ---- the capability ---------------------------------------------------------------------------------------------- */

function capabilityPicker(capabilities, chosen, onpick) {
  const name = formId("capability");
  const cards = capabilities.map(({ id, title, about }) => {
    const input = el("input", { type: "radio", name, value: id, "data-testid": `capability-${id}`, onchange: () => onpick(id) });
    input.checked = id === chosen;
    return el(
      "label",
      { class: "aiconn-card" },
      input,
      el("span", { class: "aiconn-card-name" }, title),
      el("span", { class: "aiconn-quiet-text" }, about),
    );
  });
  return el(
    "fieldset",
    { class: "aiconn-picker" },
    el("legend", { class: "aiconn-label" }, "What for"),
    el("div", { class: "aiconn-cards" }, ...cards),
  );
}

/** The capability of a stored profile: shown, and why it cannot be another. */
function fixedCapability({ title, about }) {
  return el(
    "div",
    { class: "aiconn-field" },
    el("div", { class: "aiconn-label-row" }, el("span", { class: "aiconn-label" }, "What for")),
    el("div", { class: "aiconn-fixed", "data-testid": "capability" }, title, el("span", { class: "aiconn-quiet-text" }, about)),
    el("p", { class: "aiconn-help" }, "This never changes: notebooks count on it. For another, make a new profile."),
  );
}
