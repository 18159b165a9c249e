/* What somebody else saved of a profile meanwhile, beside what is typed here. Joined behind form_choices.js. */

/**
 * The differences, and what comes of the choice. `keys` are the names of what they changed; only that is asked about, and only
 * where it is not the same here.
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
