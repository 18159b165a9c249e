/* The form as a whole: what it holds, what it asks of the kernel, and what it does with the answers. Joined behind the other parts.

Nothing typed is written into the model, which a notebook saves and the kernel repeats to every client: it travels in messages,
a secret only with a save, a test, or the wish to keep it. */

const CHECK_AFTER = 300; // ms after the last key
const UNDO_FOR = 10_000; // ms

function renderForm({ model, el: host }) {
  let view = model.get("view");
  let chosen; // the provider's id
  let parts, frame, identity, fields; // what is drawn
  let initial; // what it held when it was drawn
  let turn = 0; // counts what is asked, so that a stale answer is known
  let testing = 0; // the turn of the running test
  let checkTimer = null;
  let keys = []; // the known ones,
  let mark = null; // and the kernel's mark of them
  let busy = false; // saving
  let dead = false; // the kernel is gone
  let taking = false; // what is stored is to be shown, whatever is typed
  let welcomed = false;
  let warned = ""; // of what somebody else did
  let restored = null; // what to do once it is back
  let arriving = null; // what to do once the view is there that belongs to a save
  let past = null; // the history of what is edited,
  let inPast = false; // and whether it is what is shown

  const answers = {};
  const ground = face({ model, el: host, label: "Connection", answers });
  const { root } = ground;
  root.classList.add("aiconn-form");
  root.dataset.testid = "form";
  const send = (intent, data) => (dead ? Promise.resolve() : ground.ask(intent, data));
  const stored = () => view.stored;
  const provider = () => view.providers.find((each) => each.id === chosen) ?? null;
  const shapes = () => view.shapes.map((each) => ({ ...each, test: new RegExp(`^(?:${each.pattern})`) }));

  /** Whose key a text looks like, also behind a $. Asked here, so that nothing has to be sent for it. */
  function owner(text) {
    const plain = text.trim().replace(/^\$+/, "");
    return plain ? (shapes().find((each) => each.test.test(plain)) ?? null) : null;
  }

  /* ---- drawing ---- */

  function build() {
    clearTimeout(checkTimer);
    const edits = stored();
    chosen = edits ? edits.provider : chosen || view.picked;
    identity = identityPart(edits, {
      owner,
      changed,
      secret: emptySecret,
      switched: { label: "Active", about: "Switched off, it stays here and cannot be used." },
      follows: "Profiles follow a new alias; notebooks that name the old one do not.",
    });
    parts = {
      provider: el("div", {}),
      fields: el("div", { class: "aiconn-fields" }),
      rest: el("div", { class: "aiconn-rest" }),
      test: testPanel(closeTest),
    };
    const title = edits ? edits.name : view.title;
    frame = formFrame(root, {
      title,
      noun: "Connection",
      about: "A named account with an AI provider.",
      mark: edits?.in_use ? "in use" : "",
      edits,
      environment: view.environment,
      between: parts.test.node,
      foot,
    });
    parts.rest.append(identity.node, parts.fields);
    const top = edits ? fixedProvider(edits, provider()) : providerPicker(view.providers, chosen, pick);
    frame.body.append(top, parts.provider, parts.rest);
    drawFields(edits?.settings ?? {});
    frame.drawFoot();
    initial = snapshot();
    past = null;
    if (edits)
      past = historyTabs(root, frame, {
        history: inPast,
        turned: (history) => (inPast = history),
        shown: () => send("history"),
        compare: (version) => send("diff", { with: version }),
        rollBack,
      });
    if (edits?.untrusted) frame.tell("warn", `Untrusted host: ${edits.alias} ${edits.untrusted.what}.`, trustOffer());
  }

  function drawFields(settings) {
    const found = provider();
    const known = found && !found.broken ? found.fields : [];
    const lacking = sdkNote(found);
    parts.provider.replaceChildren(...(lacking ? [lacking] : []));
    parts.rest.hidden = !stored() && !found;
    if (found && !stored()) identity.suggest(`${found.name} Development`);
    if (parts.testButton) parts.testButton.hidden = parts.rest.hidden;
    fields = new Map(known.map((field) => [field.key, formField(context, field, settings[field.key])]));
    parts.fields.replaceChildren(...grouped(known, fields));
  }

  function foot() {
    const hidden = parts.rest.hidden;
    parts.testButton = button({ icon: "test", text: "Test", onclick: test, hidden, "data-testid": "test-button" });
    parts.save = button({ kind: "primary", text: stored() ? "Save" : "Create", onclick: save, "data-testid": "save" });
    const remove = () => send("dependents");
    const node = el(
      "div",
      { class: `aiconn-foot${stored() ? " aiconn-foot-many" : ""}` },
      parts.testButton,
      stored() && button({ kind: "quiet", icon: "delete", text: "Delete…", onclick: remove, "data-testid": "delete" }),
      el("span", { class: "aiconn-space" }),
      button({ text: "Cancel", onclick: cancel, "data-testid": "cancel" }),
      parts.save,
    );
    return { node, first: parts.save };
  }

  /* ---- what the fields ask ---- */

  const context = {
    environment: () => view.environment,
    owner,
    keys(field) {
      const usual = field.suggested.slice(1);
      const known = keys.filter((key) => key.toLowerCase() !== usual.toLowerCase()).map((key) => ({ key, note: "" }));
      const there = keys.find((key) => key.toLowerCase() === usual.toLowerCase());
      return [{ key: there ?? usual, note: there ? "usual name" : `usual name, not in ${view.environment}` }, ...known];
    },
    changed,
    keep: (request) => send("keep", request),
    offers(field, found) {
      const now = provider();
      const wrong = now.shapes.length > 0 && !now.shapes.includes(found.owner);
      const other =
        stored() || !wrong ? null : view.providers.find((each) => !each.broken && each.shapes.includes(found.owner));
      const secret = emptySecret();
      return {
        wrong,
        provider: now.name,
        other: other && {
          name: other.name,
          take: (key) => {
            field.write("", false);
            pick(other.id);
            emptySecret()?.write(key);
          },
        },
        move: wrong || !secret ? null : { label: secret.field.label, take: (key) => secret.write(key) },
      };
    },
  };
  /** Where a key belongs that stands somewhere else. */
  const emptySecret = () =>
    [...fields.values()].find((each) => each.field.sensitive && each.mode === "typed" && !each.text) ?? null;

  function pick(id) {
    const carried = new Map(
      [...fields.values()].filter((each) => each.text).map((each) => [each.field.key, each.text]),
    );
    chosen = id;
    for (const input of frame.body.querySelectorAll(".aiconn-picker input")) input.checked = input.value === id;
    drawFields({});
    for (const [key, text] of carried) fields.get(key)?.write(text, false);
    changed();
  }

  /* ---- what it holds ---- */

  /** Everything typed; a secret only where it is to be saved or tested. */
  function collect(secrets) {
    const open = (text) => (!secrets && owner(text) ? "" : text);
    const own = identity.read();
    const found = {
      provider: chosen,
      ...own,
      name: open(own.name),
      alias: open(own.alias),
      fields: {},
      cleared: [],
      replaced: [],
      typed: [],
    };
    for (const [key, field] of fields) {
      if (field.mode === "cleared") found.cleared.push(key);
      else if (field.untouched) {
        if (field.mode === "typed") found.replaced.push(key);
      } else if (!secrets && field.secret) found.typed.push(key);
      else found.fields[key] = field.text;
    }
    return found;
  }
  function snapshot() {
    const { provider: _, replaced: __, ...rest } = collect(true);
    const filled = Object.entries(rest.fields).filter(([key, text]) => text || stored()?.settings[key]);
    return JSON.stringify({ ...rest, fields: Object.fromEntries(filled) });
  }
  const dirty = () => snapshot() !== initial;

  /** Put typed things into a form that was just built. */
  function fill(draft) {
    if (!stored() && draft.provider && draft.provider !== chosen) pick(draft.provider);
    identity.write(draft);
    for (const [key, words] of Object.entries(draft.fields)) {
      const field = fields.get(key);
      if (field && (field.mode !== "typed" || field.text !== words)) field.write(words, false);
    }
    for (const key of draft.replaced) fields.get(key)?.replace();
    for (const key of draft.cleared) fields.get(key)?.clear();
    for (const key of draft.typed) {
      fields.get(key)?.replace();
      fields.get(key)?.forgotten();
    }
  }

  /* ---- asking the kernel while one types ---- */

  function changed() {
    parts.test.changed();
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
    if (answer.keys) {
      keys = answer.keys;
      mark = answer.mark;
    }
    if (answer.environment !== view.environment) {
      view = { ...view, environment: answer.environment };
      frame.environment(answer.environment);
    }
    if (answer.turn !== turn) return; // something was typed since
    for (const [key, field] of fields) if (answer.references[key]) field.referenced(answer.references[key]);
    identity.checked(answer.alias);
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
        : `${meanwhile.by || "Somebody"} saved this connection ${age(meanwhile.modified)}. When you save, both versions are shown.`,
    );
  }

  /* ---- errors ---- */

  function showProblems(problems) {
    const places = ["name", "alias", ...fields.keys()];
    for (const key of places) {
      if (fields.has(key)) fields.get(key).problem(problems[key] ?? "");
      else identity.problem(key, problems[key] ?? "");
    }
    const first = places.find((key) => problems[key]);
    const homeless = Object.entries(problems).filter(([key]) => !places.includes(key));
    const count = Object.keys(problems).length;
    if (homeless.length) frame.tell("bad", homeless.map(([key, words]) => `${key}: ${words}`).join("; "));
    else frame.hush();
    ground.say(`${count === 1 ? "One field needs" : `${count} fields need`} attention. Nothing was saved.`);
    if (fields.has(first)) fields.get(first).focus();
    else if (first) identity.focus(first);
    else frame.focusMessage();
  }

  /* ---- saving ---- */

  function setBusy(on) {
    busy = on;
    root.classList.toggle("aiconn-busy", on);
    root.setAttribute("aria-busy", String(on));
    text(parts.save.querySelector("span"), on ? "Saving…" : stored() ? "Save" : "Create");
  }
  /** `trust` are the answers to what was asked before a key goes to another host. */
  function save(_, trust = null) {
    if (busy) return;
    clearTimeout(checkTimer);
    checkTimer = null;
    if (!chosen) {
      frame.tell("bad", "Choose a provider.");
      frame.body.querySelector(".aiconn-picker input")?.focus();
      return;
    }
    frame.hush();
    setBusy(true);
    turn += 1; // no answer to an earlier check is about this any more
    send("save", { version: stored()?.version, trust, ...collect(true) }).then(() => {
      if (busy && !arriving) setBusy(false);
    });
  }
  function failed(answer) {
    const waited = busy || testing;
    setBusy(false);
    if (testing) {
      testing = 0;
      parts.test.stop();
    }
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
      taking = false;
      setBusy(false);
      view = next;
      build();
      tellSaved(answer);
    };
    arriving();
  }
  function tellSaved(answer) {
    const use = answer.created ? el("p", {}, "Use it in a cell: ", copyLine(`%aiconn use ${answer.alias}`)) : null;
    const warnings = answer.warnings.length
      ? el("ul", { class: "aiconn-warnings" }, ...answer.warnings.map((each) => el("li", {}, each)))
      : null;
    frame.tell(answer.warnings.length ? "warn" : "good", answer.what, warnings, trustOffer(), use);
    frame.focusMessage();
  }

  /* ---- a key belongs to a host ---- */

  const GETS_THE_KEY = "Whoever runs this host gets the key. Allow it only if this is the host that you mean.";

  /** A button for what is stored and may not go to its host yet. */
  function trustOffer() {
    const answers = stored()?.untrusted?.answers ?? [];
    if (!answers.length) return null;
    const trust = button({ text: "Trust this host", onclick: () => send("trust", { answers }), "data-testid": "trust" });
    return [el("p", { class: "aiconn-help" }, GETS_THE_KEY), el("div", { class: "aiconn-actions" }, trust)];
  }
  function askTrust({ what, answers }) {
    setBusy(false);
    frame.hush();
    frame.ask(
      `${identity.read().name.trim() || "This connection"} ${what}`,
      [el("p", {}, GETS_THE_KEY)],
      [
        ["Trust and save", () => save(null, answers)],
        ["Go on editing", null, "primary"],
      ],
      "warn",
    );
  }

  /** Somebody else saved it meanwhile: show both values of what they changed, where it is not the same. */
  function conflict({ theirs, changed: own, settings }) {
    setBusy(false);
    frame.hush();
    const differs = differences({ before: stored(), theirs, own, settings, mine: collect(true), fields });
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
      "This connection was changed meanwhile",
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
    frame.ask(
      `${answer.alias} was deleted meanwhile`,
      [el("p", {}, "Another kernel deleted it. What you typed is still here.")],
      [
        [
          "Bring it back and save",
          () => {
            restored = () => {
              fill(mine);
              save();
            };
            taking = true;
            send("restore");
          },
          "primary",
        ],
        ["Go on editing", null],
      ],
    );
  }

  /* ---- former versions ---- */

  function rollBack(to) {
    if (busy) return;
    const go = () => {
      taking = true;
      send("rollback", { to, version: stored().version }).then(() => (taking = false));
    };
    if (!dirty()) {
      go();
      return;
    }
    frame.ask(
      `Roll back to version ${to}?`,
      [el("p", {}, "What you changed here and did not save is discarded.")],
      [
        ["Discard it and roll back", go, "danger"],
        ["Go on editing", null],
      ],
    );
  }

  /* ---- testing ---- */

  function test() {
    if (busy) return;
    if (!chosen) {
      save();
      return;
    }
    testing = ++turn;
    parts.test.start();
    parts.test.node.scrollIntoView({ block: "nearest" });
    send("test", { turn: testing, ...collect(true) });
  }
  function closeTest() {
    testing = 0;
    parts.test.stop();
    parts.testButton.focus();
  }
  function tested(answer) {
    testing = 0;
    if (answer.rungs) {
      parts.test.finish(answer);
      return;
    }
    parts.test.stop();
    if (answer.problems) {
      showProblems(answer.problems);
      ground.say("The test needs a complete form.");
    } else failed(answer);
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
      [el("p", {}, stored() ? "The connection stays as it is stored." : "Nothing has been saved yet.")],
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
    chosen = "";
    inPast = false;
    build();
    send("cancel");
    frame.focus();
    taking = false;
  }
  function confirmDelete({ profiles }) {
    const { alias, active, in_use: used } = stored();
    const several = profiles.length > 1;
    const body = [
      profiles.length
        ? el(
            "p",
            {},
            `The ${several ? "profiles" : "profile"} `,
            ...profiles.flatMap((each, i) => (i ? [", ", code(each)] : [code(each)])),
            ` ${several ? "depend" : "depends"} on it and will not work any more.`,
          )
        : el("p", {}, used ? "It is in use in this kernel. " : "", "It can be brought back for 30 days."),
    ];
    const remove = () => {
      setBusy(true);
      send("delete", { force: profiles.length > 0 });
    };
    frame.ask(
      `Delete ${alias}?`,
      body,
      [
        [profiles.length ? "Delete all the same" : "Delete", remove, "danger"],
        ...(active
          ? [
              [
                "Disable instead",
                () => {
                  taking = true;
                  send("disable");
                },
              ],
            ]
          : []),
        ["Keep it", null],
      ],
      "danger",
    );
  }
  function deleted(answer) {
    setBusy(false);
    const undo = button({
      icon: "undo",
      text: "Undo",
      onclick: () => {
        taking = true;
        restored = null;
        send("restore");
      },
    });
    root.replaceChildren(
      el(
        "div",
        { class: "aiconn-message aiconn-note aiconn-good", role: "status", "data-testid": "message" },
        icon("good"),
        el(
          "div",
          { class: "aiconn-note-words" },
          el("p", {}, answer.what),
          answer.warnings.map((each) => el("p", {}, each)),
        ),
        undo,
      ),
    );
    setTimeout(() => undo.remove(), UNDO_FOR);
    undo.focus();
  }

  /* ---- messages and keys ---- */

  Object.assign(answers, {
    welcome(answer) {
      welcomed = true;
      if (answer.draft && !dirty()) fill(answer.draft);
      const wanted = answer.focus && !root.contains(document.activeElement); // who types already stays there
      if (wanted && (stored() || chosen)) identity.focus("name");
      else if (wanted) frame.body.querySelector(".aiconn-picker input")?.focus();
      check();
    },
    checked,
    saved,
    failed,
    changed: conflict,
    ask_trust: askTrust,
    trusted(answer) {
      frame.tell("good", answer.what);
      frame.focusMessage();
    },
    gone,
    deleted,
    history: (answer) => past?.versions(answer.versions),
    differs: (answer) => past?.differs(answer),
    dependents: confirmDelete,
    kept(answer) {
      fields.get(answer.field)?.kept(answer);
      if (answer.reference) ground.say(answer.done);
    },
    tested(answer) {
      if (answer.turn === testing) tested(answer);
    },
    rung(answer) {
      if (answer.turn === testing) parts.test.rung(answer.rung);
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
    if (next === view) return;
    const same =
      next.stored?.id === stored()?.id &&
      next.stored?.version === stored()?.version &&
      Boolean(next.stored) === Boolean(stored());
    const mayBuild = taking || !dirty();
    if (same || mayBuild) view = next;
    if (same) frame.environment(view.environment);
    else if (mayBuild) {
      build();
      taking = false;
    } else frame.tell("info", "This connection was saved elsewhere meanwhile. When you save, both versions are shown.");
  }

  const beyond = () => {
    if (!parts.rest.hidden) identity.focus("name");
  };
  formLife(ground, { busy: () => busy, save, cancel, past: beyond, flush, look });
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

export default { render: renderForm };
