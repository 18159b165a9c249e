/* One field of a form: its label, its control, what is said of it, and what is offered. Joined behind form_controls.js.

`form` is what the field asks of the form it stands in: environment(), keys(), owners(text), changed(field), keep(request),
offers(field, owner). */

/** The state in which a stored secret is left alone. It never reaches the page; only that it is there. */
const KEPT = "kept",
  CLEARED = "cleared",
  TYPED = "typed";

function formField(form, field, stored) {
  const id = formId(field.key);
  const ids = { label: `${id}-label`, help: `${id}-help`, state: `${id}-state`, error: `${id}-error` };
  let mode = stored?.sealed ? KEPT : TYPED;
  let text = stored?.text ?? "";
  let input = null,
    combobox = null,
    panel = null;
  let sealIt = false; // the offer to keep the key elsewhere was answered
  let reference = null; // what the kernel last said of it
  let asReference = false; // a choice that is written as a reference instead

  const values = field.type === "boolean" ? ["true", "false"] : field.choices;
  const label = el("label", { id: ids.label, class: "aiconn-label", for: id }, field.label);
  const asLink = values.length ? link("", switchControl) : null;
  const control = el("div", { class: "aiconn-control" });
  const state = el("div", { id: ids.state, class: "aiconn-state", "aria-live": "polite" });
  const below = el("div", {});
  const error = el("p", { id: ids.error, class: "aiconn-error", hidden: true });
  const help = [field.help, field.default != null && !values.length ? `Default: ${field.default}.` : ""]
    .filter(Boolean)
    .join(" ");
  const node = el(
    "div",
    { class: "aiconn-field", "data-field": field.key, "data-testid": `field-${field.key}` },
    el(
      "div",
      { class: "aiconn-label-row" },
      label,
      field.required ? null : el("span", { class: "aiconn-quiet-text" }, "optional"),
      asLink,
    ),
    control,
    error,
    state,
    below,
    help ? el("p", { id: ids.help, class: "aiconn-help" }, help) : null,
  );

  /* ---- the control ---- */

  function draw(focus = false) {
    input = combobox = null;
    closePanel();
    control.classList.toggle("aiconn-control-set", mode !== TYPED);
    if (mode === KEPT) drawKept();
    else if (mode === CLEARED) drawCleared();
    else drawInput();
    attr(label, "for", mode === TYPED ? id : null); // a button is named by its own words
    attr(control, "role", mode === TYPED ? null : "group");
    attr(control, "aria-labelledby", mode === TYPED ? null : ids.label);
    if (asLink) asLink.textContent = asReference ? "Choose from the list" : "Use a reference";
    drawState();
    if (focus) focusIn();
  }
  function drawKept() {
    control.replaceChildren(
      el("span", { class: "aiconn-set" }, icon("lock"), "stored, sealed"),
      el(
        "button",
        { type: "button", class: "aiconn-link", onclick: () => to(TYPED) },
        "Replace",
        unseen(` ${field.label}`),
      ),
      el(
        "button",
        { type: "button", class: "aiconn-link", onclick: () => to(CLEARED) },
        "Clear",
        unseen(` ${field.label}`),
      ),
    );
  }
  function drawCleared() {
    control.replaceChildren(
      el("span", { class: "aiconn-set" }, "will be taken away when you save"),
      el("button", { type: "button", class: "aiconn-link", onclick: () => to(KEPT) }, "Undo"),
    );
  }
  function drawInput() {
    const props = {
      id,
      "aria-describedby": `${ids.error} ${ids.state}${help ? ` ${ids.help}` : ""}`,
      "data-testid": `input-${field.key}`,
      ...(field.required ? { "aria-required": "true" } : {}),
    };
    const written = values.length && (asReference || mayBeReference(text) || (text && !values.includes(text)));
    if (values.length && !written) {
      input = choiceInput(field, values, props);
      input.value = text;
      control.replaceChildren(input);
    } else {
      asReference = values.length > 0;
      const numeric = { integer: "numeric", number: "decimal", url: "url" }[field.type];
      input = textInput({
        ...props,
        placeholder: field.placeholder || (field.default ?? ""),
        ...(numeric ? { inputmode: numeric } : {}),
      });
      input.value = text;
      combobox = suggestKeys(
        input,
        () => form.keys(field),
        () => drawState(),
      );
      if (field.sensitive) hideSecrets(input);
      control.replaceChildren(input, combobox.list);
      if (stored?.sealed) {
        control.append(link("Keep the stored one", () => to(KEPT)));
      }
    }
    input.addEventListener("input", () => typed(input.value));
    if (input.tagName === "INPUT") input.addEventListener("paste", () => queueMicrotask(drawState));
  }
  function to(next) {
    mode = next;
    text = "";
    sealIt = false;
    problem("");
    draw(true);
    form.changed(api);
  }
  function switchControl() {
    asReference = !asReference;
    text = asReference ? "$" : "";
    draw(true);
    form.changed(api);
  }
  function typed(value) {
    closePanel();
    text = value;
    sealIt = false;
    reference = null;
    problem("");
    drawState();
    form.changed(api);
  }

  /* ---- what is said of it ---- */

  function drawState() {
    if (input?.tagName === "INPUT") input.classList.toggle("aiconn-code", mayBeReference(text));
    const said = mode === TYPED ? [shapeNote() ?? referenceNote() ?? sealNote()].flat().filter(Boolean) : [];
    state.replaceChildren(...said);
  }
  function shapeNote() {
    const owner = form.owner(text);
    if (!owner || panel) return null;
    const offers = form.offers(api, owner);
    if (text.trim().startsWith("$")) {
      return note(
        "warn",
        `This looks like ${aKey(owner)} with a $ before it. With the $ it would be a reference, and not kept secret.`,
        link("Take the $ away", () => write(text.trim().replace(/^\$+/, ""))),
      );
    }
    if (!field.sensitive) {
      return note(
        "warn",
        `This looks like ${aKey(owner)}. ${field.label} is not kept secret: it is stored and shown as it is.`,
        offers.move
          ? link(`Move it to ${offers.move.label}`, () => {
              const key = text.trim();
              write("");
              offers.move.take(key);
            })
          : null,
        link("Take it out", () => write("")),
      );
    }
    if (offers.wrong) {
      return note(
        "warn",
        `This looks like ${aKey(owner)}, and this connection is with ${offers.provider}.`,
        offers.other
          ? link(`Make it a connection with ${offers.other.name}`, () => offers.other.take(text.trim()))
          : null,
      );
    }
    if (sealIt) return null;
    return note(
      "info",
      `This looks like ${aKey(owner)}.`,
      link(`Keep it as a user secret and store ${field.suggested}`, () => openPanel(text.trim())),
      link("Seal it in the store", () => {
        sealIt = true;
        drawState();
        focusIn();
      }),
    );
  }
  function referenceNote() {
    if (!mayBeReference(text)) return null;
    const where = form.environment();
    if (panel) return [];
    if (text.trim() === "$")
      return quiet("Type a key, such as ", el("span", { class: "aiconn-code" }, field.suggested));
    if (!reference) return quiet("Looking it up…");
    if (reference.resolved) {
      const hides = reference.hidden.length
        ? el("span", { class: "aiconn-quiet-text" }, ` It hides ${reference.hidden.join(", ")}.`)
        : null;
      const value =
        field.sensitive || !reference.shown ? null : el("span", { class: "aiconn-code" }, ` ${reference.shown}`);
      return el(
        "p",
        { class: "aiconn-good-text", "data-testid": `resolves-${field.key}` },
        icon("check"),
        el(
          "span",
          {},
          `Resolves in ${where}, from `,
          el("span", { class: "aiconn-code" }, reference.source),
          value ? ":" : ".",
          value,
          hides,
        ),
      );
    }
    if (combobox?.open) return quiet("Choose one of the known keys, or type on.");
    return note(
      "warn",
      [reference.problem, reference.hint].filter(Boolean).join(" "),
      link("Save a value for this key", () => openPanel(null)),
    );
  }
  function sealNote() {
    if (!field.sensitive || !text.trim() || panel) return panel ? [] : null;
    return quiet(
      icon("lock"),
      "Sealed when you save. To write a reference instead, begin with $. ",
      sealIt || form.owner(text) ? null : link("Keep it as a user secret", () => openPanel(text.trim())),
    );
  }
  const quiet = (...parts) =>
    el("p", { class: "aiconn-said" }, parts[0] instanceof SVGElement ? parts.shift() : null, el("span", {}, parts));
  const note = (tone, words, ...actions) => told(tone, words, actions, { "data-testid": `note-${field.key}` });

  /* ---- keeping a value in the user secrets ---- */

  function openPanel(key) {
    panel = keepPanel(form, field, key === null ? text.trim() : field.suggested, key, {
      close: () => {
        closePanel();
        drawState();
        focusIn();
      },
      kept: (written) => {
        closePanel();
        write(written, true);
      },
    });
    below.replaceChildren(panel.node);
    drawState();
    panel.focus();
  }
  function closePanel() {
    panel = null;
    below.replaceChildren();
  }

  /* ---- what the form does with it ---- */

  function problem(words) {
    const said = words && form.owner(text) && mode === TYPED; // by the note beneath it, with what can be done
    error.hidden = !words || said;
    error.replaceChildren(...(words && !said ? [icon("bad"), el("span", {}, sentence(field.label, words))] : []));
    if (input) input[words ? "setAttribute" : "removeAttribute"]("aria-invalid", "true");
    node.classList.toggle("aiconn-invalid", Boolean(words));
  }
  function write(value, focus = true) {
    mode = TYPED;
    text = value;
    sealIt = false;
    reference = null;
    problem("");
    draw(focus);
    form.changed(api);
  }
  function focusIn() {
    (input ?? control.querySelector("button"))?.focus();
  }

  const api = {
    field,
    node,
    write,
    problem,
    focus: focusIn,
    get mode() {
      return mode;
    },
    get text() {
      return text;
    },
    /** Whether there is something in it that must only travel with a save or a test. */
    get secret() {
      return (
        mode === TYPED && text.trim() !== "" && ((field.sensitive && !isReference(text)) || Boolean(form.owner(text)))
      );
    },
    /** Replace was chosen, and nothing typed: what is stored stays. */
    get untouched() {
      return mode === KEPT || (mode === TYPED && Boolean(stored?.sealed) && text.trim() === "");
    },
    referenced(found) {
      reference = found;
      drawState();
    },
    kept(answer) {
      panel?.answered(answer);
    },
    /** Whether it waits for a value to be kept as a user secret; then that is pointed out. */
    waits() {
      if (!panel?.holds) return false;
      panel.remind();
      return true;
    },
    redraw: drawState,
    clear() {
      to(CLEARED);
    },
    replace() {
      mode = TYPED;
      text = "";
      draw();
    },
    closed() {
      if (!panel) return false;
      closePanel();
      drawState();
      focusIn();
      return true;
    },
    /** After a reload: something was typed here that no page gives back. */
    forgotten() {
      state.replaceChildren(note("info", "What you typed here was not kept when the page was left: type it again."));
    },
  };
  draw();
  return api;
}
