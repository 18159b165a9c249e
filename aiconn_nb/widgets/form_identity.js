/* Name, alias and a switch: what every connection has, whatever its provider, and every profile. Joined behind form_parts.js. */

/**
 * `edits` is what is stored, or null for a new one. `form` is what the form gives: owner(text), changed(), secret() (the field
 * that a key belongs into, or null), switched ({label, about}), follows (who follows a new alias, and who does not).
 */
function identityPart(edits, form) {
  const ids = { name: formId("name"), alias: formId("alias") };
  let open = false;
  const name = textInput({
    id: ids.name,
    "data-testid": "name",
    "aria-required": "true",
    maxlength: "200",
    "aria-describedby": `${ids.name}-error`,
  });
  const alias = textInput({
    id: ids.alias,
    "data-testid": "alias",
    class: "aiconn-input aiconn-code",
    "aria-describedby": `${ids.alias}-error ${ids.alias}-help`,
  });
  const lock = button({ icon: "lock", label: "Edit the alias", "data-testid": "lock", onclick: turnLock });
  const active = toggle({
    label: form.switched.label,
    "data-testid": "active",
    onchange: (wanted) => (switchTo(wanted), form.changed()),
  });
  const help = el("p", { id: `${ids.alias}-help`, class: "aiconn-help" });
  const inputs = { name, alias };
  const errors = {
    name: el("div", { id: `${ids.name}-error` }),
    alias: el("div", { id: `${ids.alias}-error`, "aria-live": "polite" }),
  };
  for (const which of ["name", "alias"])
    inputs[which].addEventListener("input", () => {
      problem(which, "");
      if (which === "name" && !open) problem("alias", "");
      pointOutKey(which);
      form.changed();
    });

  const label = (words, id) =>
    el("div", { class: "aiconn-label-row" }, el("label", { class: "aiconn-label", for: id }, words));
  const node = el(
    "div",
    {},
    el(
      "div",
      { class: "aiconn-row" },
      el("div", { class: "aiconn-field" }, label("Name", ids.name), name, errors.name),
      el(
        "div",
        { class: "aiconn-field" },
        label("Alias", ids.alias),
        el("div", { class: "aiconn-locked" }, alias, lock),
        errors.alias,
        help,
      ),
    ),
    el(
      "div",
      { class: "aiconn-field aiconn-switch-row" },
      active,
      el("span", { class: "aiconn-switch-words", "aria-hidden": "true" }, form.switched.label),
      el("span", { class: "aiconn-quiet-text" }, form.switched.about),
    ),
  );

  function switchTo(on) {
    active.setAttribute("aria-checked", String(on));
  }
  function drawLock() {
    alias.readOnly = !open;
    lock.setAttribute("aria-pressed", String(open));
    lock.title = !open ? "Edit the alias" : edits ? "Keep the alias as it is" : "Make the alias from the name again";
    lock.replaceChildren(icon(open ? "unlock" : "lock"));
    const words = {
      true: form.follows,
      false: "It stays when the name changes: notebooks use it.",
    };
    const wordsOfNew = {
      true: "a-z, 0-9 and -. This is what notebooks name.",
      false: "Made from the name. This is what notebooks name.",
    };
    help.textContent = (edits ? words : wordsOfNew)[open];
  }
  function turnLock() {
    open = !open;
    if (!open && edits) alias.value = edits.alias;
    problem("alias", "");
    drawLock();
    form.changed();
    if (!open) return;
    alias.focus();
    alias.select();
  }

  /** A key where everybody sees it: said at once, never sent. */
  function pointOutKey(which) {
    const found = form.owner(inputs[which].value);
    if (!found) return;
    const empty = (then) => () => {
      const key = inputs[which].value.trim();
      inputs[which].value = "";
      errors[which].replaceChildren();
      form.changed();
      then(key);
    };
    const secret = form.secret();
    const move =
      secret &&
      link(
        `Move it to ${secret.field.label}`,
        empty((key) => secret.write(key)),
      );
    const out = link(
      "Take it out",
      empty(() => inputs[which].focus()),
    );
    const words = `This looks like ${aKey(found)}. The ${which} is shown to everybody.`;
    errors[which].replaceChildren(told("warn", words, [move, out], { "data-testid": `note-${which}` }));
  }

  function problem(which, words, ...more) {
    if (words && form.owner(inputs[which].value)) return; // the note says it, with what can be done
    const said = () => el("span", {}, sentence(which === "name" ? "Name" : "Alias", words), " ", more.filter(Boolean));
    errors[which].replaceChildren(...(words ? [el("p", { class: "aiconn-error" }, icon("bad"), said())] : []));
    attr(inputs[which], "aria-invalid", words ? "true" : null);
  }

  name.value = edits?.name ?? "";
  alias.value = edits?.alias ?? "";
  switchTo(edits?.active ?? true);
  drawLock();

  return {
    node,
    problem,
    focus: (which) => inputs[which].focus(),
    suggest: (words) => name.setAttribute("placeholder", words),
    switchTo,
    /** What is typed; a closed alias is not: the kernel makes it, or keeps it. */
    read: () => ({
      name: name.value,
      alias: open ? alias.value : "",
      open,
      active: active.getAttribute("aria-checked") === "true",
    }),
    write(typed) {
      name.value = typed.name;
      open = typed.open;
      if (open) alias.value = typed.alias;
      switchTo(typed.active);
      drawLock();
    },
    /** The kernel's word on the alias. */
    checked({ value, problem: wrong, free }) {
      if (!open && !edits) alias.value = value;
      const use = () => {
        open = true;
        alias.value = free;
        drawLock();
        problem("alias", "");
        alias.focus();
        form.changed();
      };
      if (!form.owner(alias.value)) problem("alias", wrong, free && link(`Use ${free}`, use));
    },
  };
}
