/* What stands in the form of a connection: a provider, and the fields that it has. Joined behind form_fields.js and form_parts.js. */

/**
 * `form` is what all parts of the form share, `life` what form_life.js makes of it. The provider that is chosen is `form.chosen`;
 * its fields are `form.fields`, by key.
 */
function connectionFields(form, life) {
  const { stored, owner } = life;
  let keys = []; // the known ones
  const provider = () => form.view.providers.find((each) => each.id === form.chosen) ?? null;
  /** Where a key belongs that stands somewhere else. */
  const emptySecret = () =>
    [...form.fields.values()].find((each) => each.field.sensitive && each.mode === "typed" && !each.text) ?? null;

  function changed() {
    form.parts.test.changed();
    life.changed();
  }

  /* ---- what the fields ask ---- */

  const context = {
    environment: () => form.view.environment,
    owner,
    keys(field) {
      const usual = field.suggested.slice(1);
      const known = keys.filter((key) => key.toLowerCase() !== usual.toLowerCase()).map((key) => ({ key, note: "" }));
      const there = keys.find((key) => key.toLowerCase() === usual.toLowerCase());
      const note = there ? "usual name" : `usual name, not in ${form.view.environment}`;
      return [{ key: there ?? usual, note }, ...known];
    },
    changed,
    keep: (request) => life.send("keep", request),
    offers(field, found) {
      const now = provider();
      const wrong = now.shapes.length > 0 && !now.shapes.includes(found.owner);
      const others = form.view.providers.filter((each) => !each.broken && each.shapes.includes(found.owner));
      const other = stored() || !wrong ? null : others[0];
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

  /* ---- drawing ---- */

  function draw(settings) {
    const { parts, identity } = form;
    const found = provider();
    const known = found && !found.broken ? found.fields : [];
    const lacking = sdkNote(found);
    parts.provider.replaceChildren(...(lacking ? [lacking] : []));
    parts.rest.hidden = !stored() && !found;
    if (found && !stored()) identity.suggest(`${found.name} Development`);
    if (parts.testButton) parts.testButton.hidden = parts.rest.hidden;
    form.fields = new Map(known.map((field) => [field.key, formField(context, field, settings[field.key])]));
    parts.fields.replaceChildren(...grouped(known, form.fields));
  }

  /** Another provider: other fields; what was typed goes along where it has the same field. */
  function pick(id) {
    const carried = new Map(
      [...form.fields.values()].filter((each) => each.text).map((each) => [each.field.key, each.text]),
    );
    form.chosen = id;
    form.frame.hush();
    for (const input of form.frame.body.querySelectorAll(".aiconn-picker input")) input.checked = input.value === id;
    draw({});
    for (const [key, text] of carried) form.fields.get(key)?.write(text, false);
    changed();
  }

  /* ---- what it holds ---- */

  /** Everything typed; a secret only where it is to be saved or tested. */
  function collect(secrets) {
    const open = (text) => (!secrets && owner(text) ? "" : text);
    const own = form.identity.read();
    const found = {
      provider: form.chosen,
      ...own,
      name: open(own.name),
      alias: open(own.alias),
      fields: {},
      cleared: [],
      replaced: [],
      typed: [],
    };
    for (const [key, field] of form.fields) {
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

  /** Put typed things into a form that was just built. */
  function fill(draft) {
    if (!stored() && draft.provider && draft.provider !== form.chosen) pick(draft.provider);
    form.identity.write(draft);
    for (const [key, words] of Object.entries(draft.fields)) {
      const field = form.fields.get(key);
      if (field && (field.mode !== "typed" || field.text !== words)) field.write(words, false);
    }
    for (const key of draft.replaced) form.fields.get(key)?.replace();
    for (const key of draft.cleared) form.fields.get(key)?.clear();
    for (const key of draft.typed) {
      form.fields.get(key)?.replace();
      form.fields.get(key)?.forgotten();
    }
  }

  /* ---- what a check found out ---- */

  function learned(answer) {
    if (!answer.keys) return;
    keys = answer.keys;
    form.mark = answer.mark;
  }
  function checked(answer) {
    for (const [key, field] of form.fields) if (answer.references[key]) field.referenced(answer.references[key]);
    form.identity.checked(answer.alias);
  }

  return { provider, emptySecret, changed, draw, pick, collect, snapshot, fill, learned, checked };
}
