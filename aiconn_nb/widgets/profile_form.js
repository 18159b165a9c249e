/* The form of a profile: what it holds, what it asks of the kernel, and what it does with the answers. Joined behind its parts.

Nothing typed is written into the model, which a notebook saves and the kernel repeats to every client: it travels in messages. */

const CHECK_AFTER = 300; // ms after the last key
const ASK_LINES = { chat: (alias) => `%%aiconn ask ${alias}`, embedding: (alias) => `%aiconn embed ${alias} TEXT` };
const EXAMPLES = { chat: "Writer", embedding: "Search" };

function renderForm({ model, el: host }) {
  let view = model.get("view");
  let capability; // its id
  let parts, frame, identity, connections, asked, fields; // what is drawn
  let initial; // what it held when it was drawn
  let texts = {}; // what was typed into fields that the capability does not have
  let turn = 0; // counts what is asked, so that a stale answer is known
  let checkTimer = null;
  let mark = null; // the kernel's mark of the connections
  let busy = false; // saving
  let dead = false; // the kernel is gone
  let taking = false; // what is stored is to be shown, whatever is typed
  let welcomed = false;
  let warned = ""; // of what somebody else did
  let restored = null; // what to do once it is back
  let arriving = null; // what to do once the view is there that belongs to a save

  const answers = {};
  const ground = face({ model, el: host, label: "Profile", answers });
  const { root } = ground;
  root.classList.add("aiconn-form", "aiconn-profile-form");
  root.dataset.testid = "profile-form";
  const send = (intent, data) => (dead ? Promise.resolve() : ground.ask(intent, data));
  const stored = () => view.stored;
  const chosen = () => view.capabilities.find(({ id }) => id === capability);
  const shapes = () => view.shapes.map((each) => ({ ...each, test: new RegExp(`^(?:${each.pattern})`) }));

  /** Whose key a text looks like, also behind a $. Asked here, so that nothing has to be sent for it. */
  function owner(words) {
    const plain = words.trim().replace(/^\$+/, "");
    return plain ? (shapes().find((each) => each.test.test(plain)) ?? null) : null;
  }

  /* ---- drawing ---- */

  const form = {
    owner,
    say: (words) => ground.say(words),
    capability: () => capability,
    connections: () => view.connections,
    first: () => view.connections.find(({ id }) => id === connections.first) ?? null,
    ask: (id, again) => welcomed && send("models", { id, capability, again }),
    changed,
    secret: () => null,
    switched: { label: "Default", about: "The one that is asked where no profile is named." },
    follows: "Notebooks that name the old alias do not follow.",
  };

  function build() {
    clearTimeout(checkTimer);
    const edits = stored();
    capability = edits ? edits.capability : view.capabilities[0].id;
    texts = {};
    fields = new Map();
    identity = identityPart(edits, form);
    connections = connectionsField(form);
    asked = modelField(form);
    parts = { rest: el("div", { class: "aiconn-rest" }), options: el("fieldset", { class: "aiconn-group" }) };
    const tags = textField(form, { key: "tags", label: "Tags", help: "Words to find it by, with commas between them." });
    frame = formFrame(root, {
      title: edits ? edits.name : view.title,
      noun: "Profile",
      about: "A name for how to ask: connections, a model and options.",
      mark: edits?.active ? "default" : "",
      edits,
      environment: view.environment,
      foot,
    });
    const top = edits ? fixedCapability(chosen()) : capabilityPicker(view.capabilities, capability, pick);
    parts.rest.append(identity.node, el("div", { class: "aiconn-fields" }, connections.node, asked.node, parts.options, tags.node));
    frame.body.append(top, parts.rest);
    fields.set("model", asked);
    fields.set("tags", tags);
    drawOptions();
    if (edits) {
      for (const [key, field] of fields) field.write(edits.texts[key] ?? "");
      connections.write(edits.connections);
    } else {
      identity.suggest(EXAMPLES[capability]);
      identity.switchTo(!chosen().default);
      connections.fit();
    }
    frame.drawFoot();
    asked.follow();
    initial = snapshot();
  }

  /** The options that the capability knows; short ones stand beside each other. */
  function drawOptions() {
    for (const key of [...fields.keys()]) if (key !== "model" && key !== "tags") fields.delete(key);
    const made = chosen().options.map((option) => [option, optionField(form, option)]);
    for (const [{ key }, field] of made) {
      fields.set(key, field);
      if (texts[key]) field.write(texts[key]);
    }
    const short = made.filter(([{ type }]) => type !== "text").map(([, { node }]) => node);
    const long = made.filter(([{ type }]) => type === "text").map(([, { node }]) => node);
    parts.options.replaceChildren(
      el("legend", { class: "aiconn-group-name" }, "Options"),
      el("p", { class: "aiconn-help" }, "What is left empty is not sent: then the model's own default holds."),
      el("div", { class: "aiconn-row" }, short),
      ...long,
    );
  }

  function foot() {
    parts.save = button({ kind: "primary", text: stored() ? "Save" : "Create", onclick: save, "data-testid": "save" });
    const node = el(
      "div",
      { class: "aiconn-foot" },
      el("span", { class: "aiconn-space" }),
      button({ text: "Cancel", onclick: cancel, "data-testid": "cancel" }),
      parts.save,
    );
    return { node, first: parts.save };
  }

  /** Another capability: other options, other connections; what was typed comes back with the former one. */
  function pick(id) {
    const wasProposed = identity.read().active === !chosen().default;
    for (const [key, field] of fields) texts[key] = field.text;
    capability = id;
    for (const input of frame.body.querySelectorAll(".aiconn-picker input")) input.checked = input.value === id;
    identity.suggest(EXAMPLES[id]);
    if (wasProposed) identity.switchTo(!chosen().default);
    drawOptions();
    connections.fit();
    changed("connections");
  }

  /* ---- what it holds ---- */

  /** Everything typed; what looks like a key only where it is to be saved, which refuses it. */
  function collect(saving) {
    const open = (words) => (!saving && owner(words) ? "" : words);
    const own = identity.read();
    return {
      ...own,
      name: open(own.name),
      alias: open(own.alias),
      capability,
      connections: connections.ids.map(open).filter(Boolean),
      fields: Object.fromEntries([...fields].map(([key, field]) => [key, open(field.text)])),
    };
  }
  function snapshot() {
    const all = collect(true);
    return JSON.stringify({ ...all, fields: Object.entries(all.fields).filter(([, words]) => words) });
  }
  const dirty = () => snapshot() !== initial;

  /** Put typed things into a form that was just built. */
  function fill(draft) {
    if (!stored() && draft.capability && draft.capability !== capability) pick(draft.capability);
    identity.write(draft);
    connections.write(draft.connections);
    for (const [key, words] of Object.entries(draft.fields)) if (fields.get(key)?.text !== words) fields.get(key)?.write(words);
  }

  /* ---- asking the kernel while one types ---- */

  function changed(key) {
    if (!frame) return;
    if (key === "connections") asked.follow();
    clearTimeout(checkTimer);
    checkTimer = setTimeout(check, CHECK_AFTER);
  }
  function check() {
    clearTimeout(checkTimer);
    checkTimer = null;
    if (busy) return;
    send("check", { turn: ++turn, dirty: dirty() && !taking, mark, ...collect(false) });
  }
  const flush = () => {
    if (checkTimer !== null) check();
  };
  const look = () => {
    if (welcomed && checkTimer === null) check();
  };

  function checked(answer) {
    if (answer.connections) {
      mark = answer.mark;
      view = { ...view, connections: answer.connections };
      connections.draw();
      asked.follow();
    }
    if (answer.environment !== view.environment) {
      view = { ...view, environment: answer.environment };
      frame.environment(answer.environment);
    }
    if (answer.turn !== turn) return; // something was typed since
    identity.checked(answer.alias);
    asked.unlisted(answer.model);
    tellMeanwhile(answer.meanwhile);
  }
  /** Somebody else saved or deleted it: said once for each time. */
  function tellMeanwhile(meanwhile) {
    if (!meanwhile || !dirty() || frame.asks || warned === JSON.stringify(meanwhile)) return;
    warned = JSON.stringify(meanwhile);
    frame.tell(
      "info",
      meanwhile.gone
        ? `${stored().alias} was deleted meanwhile. You can bring it back by saving.`
        : `${meanwhile.by || "Somebody"} saved this profile ${age(meanwhile.modified)}. When you save, both versions are shown.`,
    );
  }

  /* ---- errors ---- */

  function showProblems(problems) {
    const places = new Map([
      ["name", { problem: (words) => identity.problem("name", words), focus: () => identity.focus("name") }],
      ["alias", { problem: (words) => identity.problem("alias", words), focus: () => identity.focus("alias") }],
      ["connections", connections],
      ["model", asked],
      ...fields,
    ]);
    for (const [key, place] of places) place.problem(problems[key] ?? "");
    const homeless = Object.entries(problems).filter(([key]) => !places.has(key));
    const count = Object.keys(problems).length;
    if (homeless.length) frame.tell("bad", homeless.map(([key, words]) => sentence(key, words)).join(" "));
    else frame.hush();
    ground.say(`${count === 1 ? "One field needs" : `${count} fields need`} attention. Nothing was saved.`);
    const first = [...places.keys()].find((key) => problems[key]);
    if (first) places.get(first).focus();
    else frame.focusMessage();
  }

  /* ---- saving ---- */

  function setBusy(on) {
    busy = on;
    root.classList.toggle("aiconn-busy", on);
    root.setAttribute("aria-busy", String(on));
    text(parts.save.querySelector("span"), on ? "Saving…" : stored() ? "Save" : "Create");
  }
  function save() {
    if (busy) return;
    clearTimeout(checkTimer);
    checkTimer = null;
    frame.hush();
    setBusy(true);
    turn += 1; // no answer to an earlier check is about this any more
    send("save", { version: stored()?.version, ...collect(true) }).then(() => {
      if (busy && !arriving) setBusy(false);
    });
  }
  function failed(answer) {
    const waited = busy;
    setBusy(false);
    if (answer.problems) {
      showProblems(answer.problems);
      check();
    } else {
      frame.tell("bad", answer.what, answer.hint ? el("p", { class: "aiconn-help" }, answer.hint) : null);
      if (waited) frame.focusMessage();
    }
  }
  /** The view of what was saved comes by itself, before or after this. */
  function saved(answer) {
    arriving = () => {
      const next = model.get("view");
      if ((next.stored?.version ?? 0) < answer.version) return;
      arriving = null;
      setBusy(false);
      view = next;
      build();
      tellSaved(answer);
    };
    arriving();
  }
  function tellSaved(answer) {
    const use = answer.created ? el("p", {}, "Use it in a cell: ", copyLine(ASK_LINES[capability](answer.alias))) : null;
    const warnings = answer.warnings.length
      ? el("ul", { class: "aiconn-warnings" }, ...answer.warnings.map((each) => el("li", {}, each)))
      : null;
    frame.tell(answer.warnings.length ? "warn" : "good", answer.what, warnings, use);
    frame.focusMessage();
  }

  /** Somebody else saved it meanwhile: show both values of what they changed, where it is not the same. */
  function conflict({ theirs, changed: keys, connections: there }) {
    setBusy(false);
    frame.hush();
    view = { ...view, connections: there };
    const mine = collect(true);
    const differs = profileDifferences({ before: stored(), theirs, keys, mine, fields, name: connections.name });
    const merge = () => {
      const wins = differs.wins();
      view = { ...view, stored: theirs };
      build();
      fill(wins);
      save();
    };
    const who = `${theirs.by || "Somebody"} saved ${theirs.alias} ${age(theirs.modified)}, while you were editing. Nothing was overwritten.`;
    const what = differs.any ? "Choose what to save:" : "What they changed is not what you changed.";
    frame.ask(
      "This profile was changed meanwhile",
      [el("p", {}, `${who} ${what}`), differs.node],
      [
        ["Save what is chosen", merge, "primary"],
        ["Take theirs", takeTheirs],
        ["Go on editing", null],
      ],
    );
  }

  function takeTheirs() {
    const next = model.get("view");
    if (next.stored?.version !== stored().version) {
      view = next;
      build();
    } else taking = true;
    check();
  }

  function gone(answer) {
    setBusy(false);
    const mine = collect(true);
    const back = () => {
      restored = () => {
        fill(mine);
        save();
      };
      taking = true;
      send("restore");
    };
    frame.ask(
      `${answer.alias} was deleted meanwhile`,
      [el("p", {}, "Another kernel deleted it. What you typed is still here.")],
      [
        ["Bring it back and save", back, "primary"],
        ["Go on editing", null],
      ],
    );
  }

  /* ---- leaving ---- */

  function cancel() {
    if (busy) return;
    if (!dirty()) {
      leave();
      return;
    }
    frame.ask(
      "Discard what you changed?",
      [el("p", {}, stored() ? "The profile stays as it is stored." : "Nothing has been saved yet.")],
      [
        ["Discard", leave, "danger"],
        ["Go on editing", null],
      ],
    );
  }
  function leave() {
    clearTimeout(checkTimer);
    checkTimer = null;
    taking = true;
    build();
    send("cancel");
    frame.focus();
    taking = false;
  }

  /* ---- messages and keys ---- */

  Object.assign(answers, {
    welcome(answer) {
      welcomed = true;
      if (answer.draft && !dirty()) fill(answer.draft);
      if (answer.focus && !root.contains(document.activeElement)) identity.focus("name");
      if (form.first()) form.ask(form.first().id, false);
      check();
    },
    checked,
    saved,
    failed,
    changed: conflict,
    gone,
    models(answer) {
      asked.listed(answer);
      if (!busy && !frame.asks) check();
    },
    restored(answer) {
      view = model.get("view"); // it may be the same as before, and then no change was told
      build();
      taking = false;
      frame.tell("good", answer.what);
      if (restored) restored();
      else frame.focusMessage();
      restored = null;
    },
    stir: look,
    note: failed,
  });
  function onView() {
    if (arriving) arriving();
    if (busy) return; // what somebody else saved just then is told with the answer to this save
    const next = model.get("view");
    const same = next.stored?.id === stored()?.id && next.stored?.version === stored()?.version;
    const mayBuild = taking || !dirty();
    if (next === view) return;
    if (same || mayBuild) view = next;
    if (same) frame.environment(view.environment);
    else if (mayBuild) {
      build();
      taking = false;
    } else frame.tell("info", "This profile was saved elsewhere meanwhile. When you save, both versions are shown.");
  }
  formLife(ground, { busy: () => busy, save, cancel, past: () => identity.focus("name"), flush, look });
  const ended = () => {
    dead = true;
    setBusy(false);
    frame.tell("warn", "The kernel has ended, and this form with it. Run the cell again.");
  };
  model.on("change:view", onView);
  model.on("comm_live_update", ended);

  build();
  send("hello");
  return () => {
    clearTimeout(checkTimer);
    model.off("change:view", onView);
    model.off("comm_live_update", ended);
    ground.remove();
  };
}

/**
 * What somebody else saved meanwhile, beside what is typed here, and what comes of the choice. `keys` are the names of what they
 * changed; only that is asked about, and only where it is not the same here.
 */
function profileDifferences({ before, theirs, keys, mine, fields, name }) {
  const ORDER = (ids) => ids.map(name).join(" → ");
  const typed = { ...mine, alias: mine.open ? mine.alias : before.alias };
  const shown = (of, key, own) => (key === "connections" ? ORDER(of.connections) : key in own ? own[key] : of[key]);
  const LABELS = { name: "Name", alias: "Alias", connections: "Connections", model: "Model", tags: "Tags" };
  const label = (key) => LABELS[key] ?? fields.get(key).node.querySelector("label").textContent;
  const rows = keys.flatMap((key) => {
    const [my, former, other] = [shown(typed, key, typed.fields), shown(before, key, before.texts), shown(theirs, key, theirs.texts)];
    return my === other ? [] : [{ key, label: label(key), mine: my, theirs: other, take: my === former ? "theirs" : "mine" }];
  });
  const choice = choices(rows);
  const isMine = (key) => (choice.taken.has(key) ? choice.taken.get(key) === "mine" : !keys.includes(key));

  function wins() {
    const pick = (key) => (isMine(key) ? typed[key] : theirs[key]);
    const taken = Object.keys(typed.fields).map((key) => [key, isMine(key) ? typed.fields[key] : (theirs.texts[key] ?? "")]);
    return {
      name: pick("name"),
      alias: pick("alias"),
      open: pick("alias") !== theirs.alias,
      active: typed.active,
      connections: pick("connections"),
      fields: Object.fromEntries(taken),
    };
  }
  return { node: choice.node, any: rows.length > 0, wins };
}

export default { render: renderForm };
