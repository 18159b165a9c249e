/* What every form does, whatever it edits: it asks the kernel while one types, saves, tells what is wrong where it is wrong, and is
left. Joined behind form_keys.js, form_frame.js, form_identity.js and form_meanwhile.js. */

const CHECK_AFTER = 300; // ms after the last key

/**
 * `form` is what all parts of a form share. The widget gives: model, ground, noun (what is edited), draw() (makes frame, identity,
 * parts and fields anew), collect(saving) (everything typed), snapshot() (the same as one text), fill(draft), differ(answer) (what
 * two versions differ in), learned(answer) (what a check found out, of whatever is typed), checked(answer) (what it says of what is
 * typed now), welcome(focus), homeless(problems) (the words for those of no field), useLine(alias), past() (on behind the picker).
 * It may give: places() (what can be wrong beside name, alias and fields), ready() (whether there is something to save), offer()
 * (what belongs below a message), stop() (ends what is running; answers whether anything was), leaving(), ended() (says in the
 * place of a form that is gone that the kernel is gone too; answers whether it did).
 *
 * Held here for all: view, mark (the kernel's, of what a check found out), busy (saving), taking (what is stored is to be shown,
 * whatever is typed), welcomed.
 */
function formLife(form) {
  const { model, ground, noun } = form;
  const { root } = ground;
  let initial; // what it held when it was drawn
  let turn = 0; // counts what is asked, so that a stale answer is known
  let checkTimer = null;
  let restored = null; // what to do once it is back
  let arriving = null; // what to do once the view is there that belongs to a save

  Object.assign(form, { view: model.get("view"), mark: null, busy: false, taking: false, welcomed: false });
  const send = ground.ask;
  const stored = () => form.view.stored;
  const shapes = () => form.view.shapes.map((each) => ({ ...each, test: new RegExp(`^(?:${each.pattern})`) }));

  /** Whose key a text looks like, also behind a $. Asked here, so that nothing has to be sent for it. */
  function owner(words) {
    const plain = words.trim().replace(/^\$+/, "");
    return plain ? (shapes().find((each) => each.test.test(plain)) ?? null) : null;
  }

  /* ---- drawing ---- */

  function build() {
    clearTimeout(checkTimer);
    const putBack = keepCursor(root, () => form.frame.focus());
    form.draw();
    initial = form.snapshot();
    putBack();
  }
  const dirty = () => form.snapshot() !== initial;

  /** The buttons that end a form, which stand last in its foot. */
  function endings() {
    form.parts.save = button({
      kind: "primary",
      text: stored() ? "Save" : "Create",
      onclick: () => save(),
      "data-testid": "save",
    });
    return [button({ text: "Cancel", onclick: cancel, "data-testid": "cancel" }), form.parts.save];
  }

  /* ---- asking the kernel while one types ---- */

  const nextTurn = () => ++turn;
  function forgetCheck() {
    clearTimeout(checkTimer);
    checkTimer = null;
  }
  function changed() {
    clearTimeout(checkTimer);
    checkTimer = setTimeout(check, CHECK_AFTER);
  }
  function check() {
    forgetCheck();
    if (form.busy) return;
    send("check", { turn: nextTurn(), dirty: dirty() && !form.taking, mark: form.mark, ...form.collect(false) });
  }
  const flush = () => {
    if (checkTimer !== null) check();
  };
  const look = () => {
    if (form.welcomed && checkTimer === null) check();
  };
  function checked(answer) {
    form.learned(answer);
    if (answer.environment !== form.view.environment) {
      form.view = { ...form.view, environment: answer.environment };
      form.frame.environment(answer.environment);
    }
    if (answer.turn !== turn) return; // something was typed since
    form.checked(answer);
    meanwhile.tell(answer.meanwhile);
  }

  /* ---- errors ---- */

  function showProblems(problems) {
    const { frame, identity } = form;
    const own = (key) => [key, { problem: (words) => identity.problem(key, words), focus: () => identity.focus(key) }];
    const places = new Map([own("name"), own("alias"), ...(form.places?.() ?? []), ...form.fields]);
    for (const [key, place] of places) place.problem(problems[key] ?? "");
    const homeless = Object.entries(problems).filter(([key]) => !places.has(key));
    const count = Object.keys(problems).length;
    if (homeless.length) frame.tell("bad", form.homeless(homeless));
    else frame.hush();
    ground.say(`${count === 1 ? "One field needs" : `${count} fields need`} attention. Nothing was saved.`);
    const first = [...places.keys()].find((key) => problems[key]);
    if (first) places.get(first).focus();
    else frame.focusMessage();
  }

  /* ---- saving ---- */

  function setBusy(on) {
    form.busy = on;
    root.classList.toggle("aiconn-busy", on);
    root.setAttribute("aria-busy", String(on));
    text(form.parts.save.querySelector("span"), on ? "Saving…" : stored() ? "Save" : "Create");
  }
  /** `more` is what goes with it, beside what is typed. */
  function save(more = {}) {
    if (form.busy) return;
    forgetCheck();
    if (form.ready && !form.ready()) return;
    form.frame.hush();
    setBusy(true);
    turn += 1; // no answer to an earlier check is about this any more
    send("save", { version: stored()?.version, ...more, ...form.collect(true) }).then(() => {
      if (form.busy && !arriving) setBusy(false);
    });
  }
  function failed(answer) {
    const stopped = form.stop?.() ?? false;
    const waited = form.busy || stopped;
    setBusy(false);
    if (answer.problems) {
      showProblems(answer.problems);
      check();
    } else {
      form.frame.tell("bad", answer.what, answer.hint ? el("p", { class: "aiconn-help" }, answer.hint) : null);
      if (waited) form.frame.focusMessage();
    }
  }
  /** The view of what was saved comes by itself, before or after this. */
  function saved(answer) {
    arriving = () => {
      const next = model.get("view");
      if ((next.stored?.version ?? 0) < answer.version) return;
      arriving = null;
      form.taking = false;
      setBusy(false);
      form.view = next;
      build();
      tellSaved(answer);
    };
    arriving();
  }
  function tellSaved(answer) {
    const use = answer.created ? el("p", {}, "Use it in a cell: ", copyLine(form.useLine(answer.alias))) : null;
    const warnings = answer.warnings.length
      ? el("ul", { class: "aiconn-warnings" }, ...answer.warnings.map((each) => el("li", {}, each)))
      : null;
    form.frame.tell(answer.warnings.length ? "warn" : "good", answer.what, warnings, form.offer?.() ?? null, use);
    form.frame.focusMessage();
  }

  /** Bring back what was deleted, and go on with this. */
  function restore(then = null) {
    restored = then;
    form.taking = true;
    send("restore");
  }

  /* ---- leaving ---- */

  /** Do it; ask before where something typed would be lost. `words` are [question, what is lost, what to answer]. */
  function discarding([title, body, yes], act) {
    if (form.busy) return;
    if (!dirty()) {
      act();
      return;
    }
    form.frame.ask(
      title,
      [el("p", {}, body)],
      [
        [yes, act, "danger"],
        ["Go on editing", null],
      ],
    );
  }
  function cancel() {
    const stays = stored() ? `The ${noun} stays as it is stored.` : "Nothing has been saved yet.";
    discarding(["Discard what you changed?", stays, "Discard"], leave);
  }
  function leave() {
    forgetCheck();
    form.taking = true;
    form.leaving?.();
    build();
    send("cancel");
    form.frame.focus();
    form.taking = false;
  }

  /* ---- living ---- */

  function onView() {
    if (arriving) arriving();
    if (form.busy) return; // what somebody else saved just then is told with the answer to this save
    const next = model.get("view");
    if (next === form.view) return;
    const same = next.stored?.id === stored()?.id && next.stored?.version === stored()?.version;
    const mayBuild = form.taking || !dirty();
    if (same || mayBuild) form.view = next;
    if (same) form.frame.environment(form.view.environment);
    else if (mayBuild) {
      build();
      form.taking = false;
    } else form.frame.tell("info", `This ${noun} was saved elsewhere meanwhile. When you save, both versions are shown.`);
  }
  /** Said above the fields, or where the form was. */
  ground.onEnd = () => {
    clearTimeout(checkTimer);
    setBusy(false);
    if (!form.ended?.()) form.frame.tell("warn", "The kernel has ended, and this form with it. Run the cell again.");
    return true;
  };

  /** Draw, and go on; answers what ends it. */
  function begin() {
    formKeys(ground, { busy: () => form.busy, save: () => save(), cancel, past: form.past, flush, look });
    model.on("change:view", onView);
    build();
    ground.onHere(() => send("hello"));
    return () => {
      clearTimeout(checkTimer);
      model.off("change:view", onView);
      ground.remove();
    };
  }

  const life = {
    send, stored, owner, build, dirty, endings, nextTurn, changed, check, showProblems, setBusy, save, failed, restore, discarding, begin,
  };
  const meanwhile = formMeanwhile(form, life);
  life.answers = {
    welcome(answer) {
      form.welcomed = true;
      if (answer.draft && !dirty()) form.fill(answer.draft);
      form.welcome(answer.focus && !root.contains(document.activeElement)); // who types already stays there
      check();
    },
    checked,
    saved,
    failed,
    changed: meanwhile.conflict,
    gone: meanwhile.gone,
    restored(answer) {
      form.view = model.get("view"); // it may be the same as before, and then no change was told
      build();
      form.taking = false;
      form.frame.tell("good", answer.what);
      if (restored) restored();
      else form.frame.focusMessage();
      restored = null;
    },
    stir: look,
    note(answer) {
      restored = null; // it was not
      form.taking = false;
      failed(answer);
    },
  };
  return life;
}
