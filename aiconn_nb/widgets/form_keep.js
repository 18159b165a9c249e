/* Keeping a value in the sealed user secrets, from within a field. Joined behind form_controls.js. */

/** Ask for a value (or take the one typed already) and where it holds, and keep it in the sealed user secrets. */
function keepPanel(form, field, reference, key, { close, kept }) {
  const ids = {
    title: formId("keep"),
    name: formId("name"),
    value: formId("value"),
    scope: formId("scope"),
    error: formId("error"),
  };
  const name = textInput({ id: ids.name, "data-testid": `keep-name-${field.key}`, "aria-describedby": ids.error });
  name.value = reference;
  const combobox = suggestKeys(name, () => form.keys(field));
  const value = textInput({ id: ids.value, "data-testid": `keep-value-${field.key}`, "aria-describedby": ids.error });
  hideSecretAlways(value);
  const scope = el(
    "select",
    { id: ids.scope, class: "aiconn-select" },
    el("option", { value: form.environment() }, `only in ${form.environment()}`),
    el("option", { value: "" }, "in every environment"),
  );
  const error = el("p", { id: ids.error, class: "aiconn-error", role: "alert", hidden: true });
  const saveIt = button({ text: "Save value", "data-testid": `keep-${field.key}`, onclick: () => send(false) });
  const node = el(
    "div",
    { class: "aiconn-panel", role: "group", "aria-labelledby": ids.title },
    el(
      "p",
      { id: ids.title, class: "aiconn-panel-title" },
      key === null ? "Save a value for this key" : "Keep it as a user secret",
    ),
    el(
      "p",
      { class: "aiconn-help" },
      "It is kept sealed, for you on this machine: neither in the notebook nor in the project. The connection only has the reference.",
    ),
    el(
      "div",
      { class: "aiconn-row" },
      key === null ? null : part("Reference", name, combobox.list),
      key === null ? part("Value", value) : null,
      el("div", { class: "aiconn-part" }, el("label", { class: "aiconn-label", for: ids.scope }, "It holds"), scope),
    ),
    error,
    el("div", { class: "aiconn-actions" }, saveIt, button({ kind: "quiet", text: "Not now", onclick: close })),
  );

  function part(words, input, ...more) {
    return el(
      "div",
      { class: "aiconn-part" },
      el("label", { class: "aiconn-label", for: input.id }, words),
      input,
      ...more,
    );
  }
  function say(words, ...more) {
    error.hidden = false;
    error.replaceChildren(icon("bad"), el("span", {}, words), ...more);
  }
  function send(replace) {
    saveIt.disabled = true;
    form.keep({
      field: field.key,
      reference: key === null ? reference : name.value,
      value: key ?? value.value,
      environment: scope.value,
      replace,
    });
  }
  node.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && event.target.tagName === "INPUT") send(false);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    node,
    /** Whether there is a value in it that is not kept yet; told so, it says what to do. */
    get holds() {
      return key !== null || value.value !== "";
    },
    remind() {
      say("This value is not kept yet: save it first, or choose Not now.");
      saveIt.focus();
    },
    focus() {
      (key === null ? value : name).focus();
    },
    answered(answer) {
      saveIt.disabled = false;
      if (answer.reference) kept(answer.reference);
      else if (answer.exists)
        say(
          answer.exists,
          link("Replace it", () => send(true)),
        );
      else {
        say([answer.what, answer.hint].filter(Boolean).join(" "));
        (key === null ? value : name).focus();
      }
    },
  };
}

/** An input for a value, which is never a reference. */
function hideSecretAlways(input) {
  if (CAN_MASK) input.classList.add("aiconn-masked");
  else input.type = "password";
  for (const name of ["copy", "cut", "dragstart"]) input.addEventListener(name, (event) => event.preventDefault());
}
