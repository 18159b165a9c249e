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
  const history = formHistory(form, life);
  const deletion = formDeletion(form, life, breaking);
  const { stored } = life;

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
    history.draw();
    if (edits?.untrusted) form.frame.tell("warn", `Untrusted host: ${edits.alias} ${edits.untrusted.what}.`, trust.offer());
  }

  function foot() {
    const hidden = form.parts.rest.hidden;
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
      stored() && deletion.button(),
      el("span", { class: "aiconn-space" }),
      ...life.endings(),
    );
    return { node, first: form.parts.save };
  }

  /* ---- what it does ---- */

  const picker = () => form.frame.body.querySelector(".aiconn-picker input");

  function ready() {
    if (form.chosen) return ![...form.fields.values()].some((field) => field.waits());
    form.frame.tell("bad", "Choose a provider.");
    picker()?.focus();
    return false;
  }
  /** What a deletion would break, and what can be done instead. */
  function breaking({ profiles, broken }) {
    const body = profiles.length
      ? brokenProfiles(profiles, broken, "it")
      : el("p", {}, stored().in_use ? "It is in use in this kernel. " : "", "It can be brought back for 30 days.");
    return { body, force: profiles.length > 0, instead: stored().active ? [["Disable instead", disable]] : [] };
  }
  function disable() {
    form.taking = true;
    life.send("disable");
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
      history.leave();
    },
  });
  Object.assign(answers, life.answers, trust.answers, test.answers, history.answers, deletion.answers, {
    kept(answer) {
      form.fields.get(answer.field)?.kept(answer);
      if (answer.reference) ground.say(answer.done);
    },
  });
  return life.begin();
}

export default { render: renderForm };
