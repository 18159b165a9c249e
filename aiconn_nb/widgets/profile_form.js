/* The form of a profile: what stands in it, what it holds, and what a check says of it. Joined behind its parts.

Nothing typed is written into the model, which a notebook saves and the kernel repeats to every client: it travels in messages. */

const ASK_LINES = { chat: (alias) => `%%aiconn ask ${alias}`, embedding: (alias) => `%aiconn embed ${alias} TEXT` };
const EXAMPLES = { chat: "Writer", embedding: "Search" };

function renderForm({ model, el: host }) {
  const answers = {};
  const ground = face({ model, el: host, label: "Profile", answers });
  const { root } = ground;
  root.classList.add("aiconn-form", "aiconn-profile-form");
  root.dataset.testid = "profile-form";
  const form = { model, ground, noun: "profile" };
  const life = formLife(form);
  const history = formHistory(form, life);
  const deletion = formDeletion(form, life, breaking);
  const { stored, owner } = life;
  let capability; // its id
  let connections, asked; // what is drawn, beside what all forms have
  let texts = {}; // what was typed into fields that the capability does not have
  const chosen = () => form.view.capabilities.find(({ id }) => id === capability);

  const context = {
    owner,
    say: (words) => ground.say(words),
    capability: () => capability,
    connections: () => form.view.connections,
    first: () => form.view.connections.find(({ id }) => id === connections.first) ?? null,
    ask: (id, again) => form.welcomed && life.send("models", { id, capability, again }),
    changed,
    secret: () => null,
    switched: { label: "Default", about: "The one that is asked where no profile is named." },
    follows: "Notebooks that name the old alias do not follow.",
  };

  /* ---- drawing ---- */

  function draw() {
    const edits = stored();
    capability = edits ? edits.capability : form.view.capabilities[0].id;
    texts = {};
    form.fields = new Map();
    form.identity = identityPart(edits, context);
    connections = connectionsField(context);
    asked = modelField(context);
    form.parts = { rest: el("div", { class: "aiconn-rest" }), options: el("fieldset", { class: "aiconn-group" }) };
    const tags = textField(context, { key: "tags", label: "Tags", help: "Words to find it by, with commas between them." });
    form.frame = formFrame(root, {
      title: edits ? edits.name : form.view.title,
      noun: "Profile",
      about: "A name for how to ask: connections, a model and options.",
      mark: edits?.active ? "default" : "",
      edits,
      environment: form.view.environment,
      foot,
    });
    const top = edits ? fixedCapability(chosen()) : capabilityPicker(form.view.capabilities, capability, pick);
    const { rest, options } = form.parts;
    rest.append(
      form.identity.node,
      el("div", { class: "aiconn-fields" }, connections.node, asked.node, options, tags.node),
    );
    form.frame.body.append(top, rest);
    form.fields.set("model", asked);
    form.fields.set("tags", tags);
    drawOptions();
    if (edits) {
      for (const [key, field] of form.fields) field.write(edits.texts[key] ?? "");
      connections.write(edits.connections);
    } else {
      form.identity.suggest(EXAMPLES[capability]);
      form.identity.switchTo(!chosen().default);
      connections.fit();
    }
    form.frame.drawFoot();
    history.draw();
    asked.follow();
  }

  /** The options that the capability knows; short ones stand beside each other. */
  function drawOptions() {
    for (const key of [...form.fields.keys()]) if (key !== "model" && key !== "tags") form.fields.delete(key);
    const made = chosen().options.map((option) => [option, optionField(context, option)]);
    for (const [{ key }, field] of made) {
      form.fields.set(key, field);
      if (texts[key]) field.write(texts[key]);
    }
    const short = made.filter(([{ type }]) => type !== "text").map(([, { node }]) => node);
    const long = made.filter(([{ type }]) => type === "text").map(([, { node }]) => node);
    form.parts.options.replaceChildren(
      el("legend", { class: "aiconn-group-name" }, "Options"),
      el("p", { class: "aiconn-help" }, "What is left empty is not sent: then the model's own default holds."),
      el("div", { class: "aiconn-row" }, short),
      ...long,
    );
  }

  function foot() {
    const remove = stored() && deletion.button();
    const node = el("div", { class: "aiconn-foot" }, remove, el("span", { class: "aiconn-space" }), ...life.endings());
    return { node, first: form.parts.save };
  }

  /** What a deletion would break. */
  function breaking({ default: of }) {
    const body = [
      of && el("p", {}, `It is the default for ${of}; there would be none.`),
      el("p", {}, "Notebooks that name it will not find it. It can be brought back for 30 days."),
    ];
    return { body };
  }

  /** Another capability: other options, other connections; what was typed comes back with the former one. */
  function pick(id) {
    const wasProposed = form.identity.read().active === !chosen().default;
    for (const [key, field] of form.fields) texts[key] = field.text;
    capability = id;
    for (const input of form.frame.body.querySelectorAll(".aiconn-picker input")) input.checked = input.value === id;
    form.identity.suggest(EXAMPLES[id]);
    if (wasProposed) form.identity.switchTo(!chosen().default);
    drawOptions();
    connections.fit();
    changed("connections");
  }

  /* ---- what it holds ---- */

  /** Everything typed; what looks like a key only where it is to be saved, which refuses it. */
  function collect(saving) {
    const open = (words) => (!saving && owner(words) ? "" : words);
    const own = form.identity.read();
    return {
      ...own,
      name: open(own.name),
      alias: open(own.alias),
      capability,
      connections: connections.ids.map(open).filter(Boolean),
      fields: Object.fromEntries([...form.fields].map(([key, field]) => [key, open(field.text)])),
    };
  }
  function snapshot() {
    const all = collect(true);
    return JSON.stringify({ ...all, fields: Object.entries(all.fields).filter(([, words]) => words) });
  }

  /** Put typed things into a form that was just built. */
  function fill(draft) {
    if (!stored() && draft.capability && draft.capability !== capability) pick(draft.capability);
    form.identity.write(draft);
    connections.write(draft.connections);
    for (const [key, words] of Object.entries(draft.fields)) {
      const field = form.fields.get(key);
      if (field?.text !== words) field?.write(words);
    }
  }

  /* ---- what it hears ---- */

  function changed(key) {
    if (!form.frame) return;
    if (key === "connections") asked.follow();
    life.changed();
  }
  function learned(answer) {
    if (!answer.connections) return;
    form.mark = answer.mark;
    form.view = { ...form.view, connections: answer.connections };
    connections.draw();
    asked.follow();
  }
  function checked(answer) {
    form.identity.checked(answer.alias);
    asked.unlisted(answer.model);
  }
  function welcome(focus) {
    if (focus) form.identity.focus("name");
    if (context.first()) context.ask(context.first().id, false);
  }
  function differ({ theirs, changed: keys, connections: there }) {
    form.view = { ...form.view, connections: there };
    const mine = collect(true);
    return profileDifferences({ before: stored(), theirs, keys, mine, fields: form.fields, name: connections.name });
  }

  Object.assign(form, {
    draw,
    collect,
    snapshot,
    fill,
    learned,
    checked,
    welcome,
    differ,
    places: () => [["connections", connections]],
    homeless: (problems) => problems.map(([key, words]) => sentence(key, words)).join(" "),
    useLine: (alias) => ASK_LINES[capability](alias),
    past: () => form.identity.focus("name"),
    leaving: history.leave,
  });
  Object.assign(answers, life.answers, history.answers, deletion.answers, {
    models(answer) {
      asked.listed(answer);
      if (!form.busy && !form.frame.asks) life.check();
    },
  });
  return life.begin();
}

export default { render: renderForm };
