/* The form of a connection as a whole: its parts, and what each of them hears from the kernel. Joined behind the other parts.

Nothing typed is written into the model, which a notebook saves and the kernel repeats to every client: it travels in messages,
a secret only with a save, a test, or the wish to keep it. */

function renderForm({ model, el: host }) {
  const answers = {};
  const ground = face({ model, el: host, label: "Connection", answers });
  const { root } = ground;
  root.classList.add("aiconn-form");
  root.dataset.testid = "form";
  const form = { model, ground, noun: "connection" };
  const life = formLife(form);
  const fields = connectionFields(form, life);
  const trust = connectionTrust(form, life);
  const test = connectionTest(form, life);
  const deletion = connectionDeletion(form, life);
  const { stored, send } = life;
  let past = null; // the history of what is edited,
  let inPast = false; // and whether it is what is shown

  /* ---- drawing ---- */

  function draw() {
    const edits = stored();
    form.chosen = edits ? edits.provider : form.chosen || form.view.picked;
    form.identity = identityPart(edits, {
      owner: life.owner,
      changed: fields.changed,
      secret: fields.emptySecret,
      switched: { label: "Active", about: "Switched off, it stays here and cannot be used." },
      follows: "Profiles follow a new alias; notebooks that name the old one do not.",
    });
    form.parts = {
      provider: el("div", {}),
      fields: el("div", { class: "aiconn-fields" }),
      rest: el("div", { class: "aiconn-rest" }),
      test: testPanel(test.close),
    };
    form.frame = formFrame(root, {
      title: edits ? edits.name : form.view.title,
      noun: "Connection",
      about: "A named account with an AI provider.",
      mark: edits?.in_use ? "in use" : "",
      edits,
      environment: form.view.environment,
      between: form.parts.test.node,
      foot,
    });
    form.parts.rest.append(form.identity.node, form.parts.fields);
    const top = edits
      ? fixedProvider(edits, fields.provider())
      : providerPicker(form.view.providers, form.chosen, fields.pick);
    form.frame.body.append(top, form.parts.provider, form.parts.rest);
    fields.draw(edits?.settings ?? {});
    form.frame.drawFoot();
    past = edits ? drawPast() : null;
    if (edits?.untrusted) form.frame.tell("warn", `Untrusted host: ${edits.alias} ${edits.untrusted.what}.`, trust.offer());
  }

  function drawPast() {
    return historyTabs(root, form.frame, {
      history: inPast,
      turned: (history) => (inPast = history),
      shown: () => send("history"),
      compare: (version) => send("diff", { with: version }),
      rollBack,
    });
  }

  function foot() {
    const hidden = form.parts.rest.hidden;
    const remove = { kind: "quiet", icon: "delete", text: "Delete…", onclick: deletion.begin, "data-testid": "delete" };
    form.parts.testButton = button({
      icon: "test",
      text: "Test",
      onclick: test.start,
      hidden,
      "data-testid": "test-button",
    });
    const node = el(
      "div",
      { class: `aiconn-foot${stored() ? " aiconn-foot-many" : ""}` },
      form.parts.testButton,
      stored() && button(remove),
      el("span", { class: "aiconn-space" }),
      ...life.endings(),
    );
    return { node, first: form.parts.save };
  }

  /* ---- what it does ---- */

  const picker = () => form.frame.body.querySelector(".aiconn-picker input");

  function ready() {
    if (form.chosen) return true;
    form.frame.tell("bad", "Choose a provider.");
    picker()?.focus();
    return false;
  }
  function rollBack(to) {
    const go = () => {
      form.taking = true;
      send("rollback", { to, version: stored().version }).then(() => (form.taking = false));
    };
    const lost = "What you changed here and did not save is discarded.";
    life.discarding([`Roll back to version ${to}?`, lost, "Discard it and roll back"], go);
  }
  function welcome(focus) {
    if (focus && (stored() || form.chosen)) form.identity.focus("name");
    else if (focus) picker()?.focus();
  }

  Object.assign(form, {
    draw,
    ready,
    welcome,
    collect: fields.collect,
    snapshot: fields.snapshot,
    fill: fields.fill,
    learned: fields.learned,
    checked: fields.checked,
    offer: trust.offer,
    stop: test.stop,
    differ: ({ theirs, changed: own, settings }) =>
      differences({ before: stored(), theirs, own, settings, mine: form.collect(true), fields: form.fields }),
    homeless: (problems) => problems.map(([key, words]) => `${key}: ${words}`).join("; "),
    useLine: (alias) => `%aiconn use ${alias}`,
    past() {
      if (!form.parts.rest.hidden) form.identity.focus("name");
    },
    leaving() {
      form.chosen = "";
      inPast = false;
    },
  });
  Object.assign(answers, life.answers, trust.answers, test.answers, deletion.answers, {
    history: (answer) => past?.versions(answer.versions),
    differs: (answer) => past?.differs(answer),
    kept(answer) {
      form.fields.get(answer.field)?.kept(answer);
      if (answer.reference) ground.say(answer.done);
    },
  });
  return life.begin();
}

export default { render: renderForm };
