/* The connections of a profile, in the order in which they are asked. Joined behind profile_controls.js. */

Object.assign(ICONS, { raise: "M8 12.5v-9M4.5 7 8 3.5 11.5 7", lower: "M8 3.5v9M4.5 9 8 12.5 11.5 9" });

/**
 * `form` is what the form gives: connections() (all, with what each `can`), capability(), changed(key), say(words).
 * `ids` are the chosen ones in order; a text that names none goes along with them, for the kernel to say what is wrong with it.
 */
function connectionsField(form) {
  let chosen = [];
  const input = textInput({ placeholder: "Add a connection" });
  const combobox = suggest(input, {
    label: "Connections to add",
    matching,
    words: ({ alias }) => alias,
    take: ({ id }) => (add(id), ""),
    eager: true,
  });
  const list = el("ol", { class: "aiconn-order", "aria-label": "Connections in order", onkeydown: keys });
  const none = el("p", { class: "aiconn-help", hidden: true });
  const adding = el("div", { class: "aiconn-adding" }, icon("add"), input, combobox.list);
  const { node, problem } = fieldFrame(
    { key: "connections", label: "Connections", optional: false, help: "The first answers. Where it cannot, the next one is asked." },
    input,
    list,
    none,
    adding,
  );
  input.addEventListener("input", () => problem(""));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || !input.value.trim()) return;
    const found = matching(input.value);
    const meant = found.find(({ alias }) => alias === input.value.trim().toLowerCase()) ?? (found.length === 1 && found[0]);
    if (!meant) return;
    event.preventDefault();
    event.stopPropagation();
    input.value = "";
    add(meant.id);
    combobox.update();
  });

  const known = (id) => form.connections().find((each) => each.id === id) ?? { id, alias: id, name: "", provider: "", can: [], state: "gone", tone: "bad", words: "gone" };
  const able = () => form.connections().filter(({ can, state }) => state !== "gone" && can.includes(form.capability()));

  function matching(typed) {
    const wanted = typed.trim().toLowerCase();
    return able()
      .filter(({ id, alias, name, provider }) => !chosen.includes(id) && `${alias}\n${name}\n${provider}`.toLowerCase().includes(wanted))
      .map((each) => ({ ...each, note: [each.name, each.provider, each.state !== "ready" && each.words].filter(Boolean).join(" · ") }));
  }

  /* ---- drawing ---- */

  function draw() {
    keyed(list, chosen.map(known), ({ id }) => id, makeItem, updateItem);
    list.hidden = !chosen.length;
    const others = able().length - chosen.length;
    adding.hidden = others < 1 && !input.value;
    none.hidden = able().length > 0;
    text(none, form.connections().length ? `None of the connections can be used for ${form.capability()}.` : "There are no connections yet: make one first.");
  }

  function makeItem({ id }) {
    const act = (name, drawing, onclick) => button({ kind: "quiet", icon: drawing, "data-do": name, onclick });
    return el(
      "li",
      { class: "aiconn-order-item", "data-id": id },
      el("span", { class: "aiconn-place", "aria-hidden": "true" }),
      el(
        "span",
        { class: "aiconn-order-words" },
        el("span", { class: "aiconn-order-name" }, el("span", { class: "aiconn-code" }), el("span", { class: "aiconn-order-state" })),
        el("span", { class: "aiconn-quiet-text" }),
      ),
      el("span", { class: "aiconn-order-role aiconn-quiet-text" }),
      el(
        "span",
        { class: "aiconn-order-actions" },
        act("raise", "raise", () => move(id, -1)),
        act("lower", "lower", () => move(id, 1)),
        act("remove", "close", () => remove(id)),
      ),
    );
  }

  function updateItem(item, { id, alias, name, provider, state, tone, words }) {
    const at = chosen.indexOf(id);
    const [place, said, role] = item.children;
    text(place, String(at + 1));
    text(said.firstChild.firstChild, alias);
    text(said.firstChild.lastChild, state === "ready" ? "" : words);
    attr(said.firstChild.lastChild, "data-tone", tone);
    text(said.lastChild, [name, provider].filter(Boolean).join(" · "));
    text(role, chosen.length < 2 ? "" : at ? "fallback" : "asked first");
    for (const [action, label, off] of [
      ["raise", `Move ${alias} up`, at === 0],
      ["lower", `Move ${alias} down`, at === chosen.length - 1],
      ["remove", `Remove ${alias}`, false],
    ]) {
      const control = item.querySelector(`[data-do="${action}"]`);
      attr(control, "aria-label", label);
      attr(control, "title", { raise: "Move up (Alt+↑)", lower: "Move down (Alt+↓)", remove: "Remove" }[action]);
      attr(control, "aria-disabled", off ? "true" : null);
      if (action !== "remove") control.style.visibility = chosen.length < 2 ? "hidden" : "visible";
    }
  }

  /* ---- changing ---- */

  function turned(words) {
    problem("");
    draw();
    if (words) form.say(words);
    form.changed("connections");
  }
  function add(id) {
    chosen = [...chosen, id];
    turned(`${known(id).alias} is ${chosen.length} of ${chosen.length}.`);
  }
  function move(id, step) {
    const at = chosen.indexOf(id);
    const to = at + step;
    if (to < 0 || to >= chosen.length) return;
    chosen = chosen.filter((each) => each !== id);
    chosen.splice(to, 0, id);
    turned(`${known(id).alias} is now ${to + 1} of ${chosen.length}.`);
  }
  function remove(id) {
    const at = chosen.indexOf(id);
    chosen = chosen.filter((each) => each !== id);
    turned(`${known(id).alias} is removed.`);
    const next = list.children[Math.min(at, chosen.length - 1)];
    (next?.querySelector('[data-do="remove"]') ?? input).focus();
  }

  /** With Alt up and down move the connection; alone they go to the same button of the next one. */
  function keys(event) {
    const item = event.target.closest("[data-id]");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!item || !step) return;
    if (event.altKey) move(item.dataset.id, step);
    else (step < 0 ? item.previousElementSibling : item.nextElementSibling)?.querySelector(`[data-do="${event.target.dataset.do}"]`)?.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  return {
    key: "connections",
    node,
    problem,
    draw,
    focus: () => input.focus(),
    /** The first one, which says what models there are. */
    get first() {
      return chosen[0] ?? "";
    },
    get ids() {
      const typed = input.value.trim();
      return typed ? [...chosen, typed] : [...chosen];
    },
    name: (id) => known(id).alias,
    write(ids) {
      const all = form.connections();
      chosen = ids.filter((id) => all.some((each) => each.id === id));
      input.value = ids.find((id) => !chosen.includes(id)) ?? "";
      draw();
      form.changed("connections");
    },
    /** Another capability: what cannot do it goes, and what alone can do it is taken. */
    fit() {
      chosen = chosen.filter((id) => known(id).can.includes(form.capability()));
      if (!chosen.length && able().length === 1) chosen = [able()[0].id];
      draw();
    },
  };
}
