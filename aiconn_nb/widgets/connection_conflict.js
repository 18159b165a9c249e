/* What somebody else saved of a connection meanwhile, beside what is typed here. Joined behind form_choices.js. */

const OWN = { name: "Name", alias: "Alias", active: "Active" };

/**
 * The differences, and what comes of the choice.
 *
 * `before` is what the form began with, `theirs` what is stored now; `own` and `settings` are the names of what they changed,
 * `mine` is all that is typed here. Only what they changed is asked about, and only where it is not the same here; of a secret
 * that nobody touched here theirs is the one to keep. `wins()` answers what is to be put over theirs.
 */
function differences({ before, theirs, own, settings, mine, fields }) {
  const shown = (setting) => (setting?.sealed ? "stored, sealed" : (setting?.text ?? ""));
  const rows = [];
  const row = (key, label, my, former, other) => {
    if (my !== other) rows.push({ key, label, mine: my, theirs: other, take: my === former ? "theirs" : "mine" });
  };
  const word = (value) => (typeof value === "boolean" ? (value ? "yes" : "no") : value);
  const typed = { ...mine, alias: mine.open ? mine.alias : before.alias };
  for (const key of own) row(key, OWN[key], word(typed[key]), word(before[key]), word(theirs[key]));
  for (const [key, field] of fields) {
    if (!settings.includes(key) || (field.untouched && theirs.settings[key]?.sealed)) continue;
    const former = shown(before.settings[key]);
    const here = { kept: former, cleared: "", typed: field.secret ? "what you typed, hidden" : field.text.trim() };
    row(
      `field-${key}`,
      field.field.label,
      field.untouched ? former : here[field.mode],
      former,
      shown(theirs.settings[key]),
    );
  }
  const choice = choices(rows);
  const isMine = (key, changed) => (choice.taken.has(key) ? choice.taken.get(key) === "mine" : !changed);

  function wins() {
    const pick = (key) => (isMine(key, own.includes(key)) ? typed[key] : theirs[key]);
    const keys = [...fields.keys()].filter((key) => isMine(`field-${key}`, settings.includes(key)));
    return {
      name: pick("name"),
      alias: pick("alias"),
      open: pick("alias") !== theirs.alias,
      active: pick("active"),
      fields: Object.fromEntries(keys.filter((key) => key in mine.fields).map((key) => [key, mine.fields[key]])),
      cleared: mine.cleared.filter((key) => keys.includes(key)),
      replaced: [],
      typed: [],
    };
  }
  return { node: choice.node, any: rows.length > 0, wins };
}
