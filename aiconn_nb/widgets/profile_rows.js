// One profile of the list: a group of one row and, where there is more to say, what stands beneath it. Joined behind list_parts.js.

Object.assign(ICONS, {
  star: "M8 2.6l1.65 3.4 3.75.5-2.7 2.6.65 3.7L8 11l-3.35 1.8.65-3.7-2.7-2.6 3.75-.5z",
  layers: "M8 2.5 13.5 5.5 8 8.5 2.5 5.5zM2.5 8.2 8 11.2l5.5-3M2.5 10.9l5.5 3 5.5-3",
});

const COLUMNS = [
  { key: "name", title: "Name" },
  { key: "capability", title: "For" },
  { key: "connections", title: "Connections" },
  { key: "model", title: "Model" },
  { key: "health", title: "Health" },
  { key: "modified", title: "Modified" },
];
const ACTIONS = [
  ["default", "star", "Make the default"],
  ["edit", "edit", "Edit"],
  ["duplicate", "copy", "Duplicate"],
  ["delete", "delete", "Delete"],
];
const MARKS = { good: "check", warn: "warn", bad: "cross" };
/** State -> what stands behind the alias, and what a pointer or a screen reader is told. */
const SAID = {
  inactive: ["inactive", "It is switched off"],
  gone: ["gone", "It was deleted"],
  unresolved: ["unresolved", "A reference of it does not resolve here"],
  "untrusted host": ["untrusted host", "Its key is not allowed to go to its host yet"],
  "no provider": ["no provider", "Its provider is not installed here"],
  "no SDK": ["no SDK", "Its SDK is not installed here"],
};

function makeItem(row) {
  const titles = Object.fromEntries(COLUMNS.map(({ key, title }) => [key, title]));
  const part = (name, tag = "span", props = {}) => (node.parts[name] = el(tag, props));
  const cell = (name, ...children) => el("td", { role: "cell", class: `aiconn-c-${name}`, "data-label": titles[name] }, children);
  const node = el("tbody", { role: "rowgroup", class: "aiconn-item", "data-id": row.id });
  node.parts = {};
  node.controls = {};
  part("health", "span", { class: "aiconn-state" }).append(el("span", { class: "aiconn-mark" }), el("span"));
  node.append(el("tr", { role: "row", class: "aiconn-row" },
    el("th", { role: "rowheader", scope: "row", class: "aiconn-c-name" },
      el("span", { class: "aiconn-name" }, part("name", "bdi"), part("default", "span", { class: "aiconn-badge" })),
      el("span", { class: "aiconn-under" }, part("alias", "span", { class: "aiconn-alias aiconn-code" }), part("tags", "span", { class: "aiconn-labels" }))),
    cell("capability", part("capability")),
    cell("connections", part("links", "ol", { class: "aiconn-links" })),
    cell("model", part("model", "span", { class: "aiconn-code" })),
    cell("health", el("div", {}, node.parts.health, part("why", "div", { class: "aiconn-why" }))),
    cell("modified", part("modified", "time", { class: "aiconn-age" })),
    el("td", { role: "cell", class: "aiconn-c-actions" }, ACTIONS.map(([action, drawing]) => {
      const control = button({ kind: "quiet", icon: drawing, "data-do": action });
      node.controls[action] = control;
      return control;
    }))));
  return node;
}

/** Draw a row as it is now, with what stands beneath it. */
function updateItem(node, row, detail) {
  if (node.signature !== JSON.stringify(row)) drawRow(node, row);
  node.signature = JSON.stringify(row);
  drawDetail(node, detail, COLUMNS.length + 1);
}

function drawRow(node, row) {
  const { parts, controls } = node;
  const who = `${row.name} (${row.alias})`;
  text(parts.name, row.name);
  attr(parts.name, "title", row.name);
  text(parts.alias, row.alias);
  parts.default.hidden = !row.default;
  text(parts.default, "default");
  attr(parts.default, "title", `Asked where no profile is named for ${row.capability}`);
  node.classList.toggle("aiconn-used", !!row.default);
  drawTags(parts.tags, row);
  text(parts.capability, row.capability);
  drawLinks(parts.links, row);
  text(parts.model, row.model);
  attr(parts.model, "title", row.model);
  const { tone, title, words = "" } = row.health;
  drawState(parts.health, tone, MARKS[tone], title, words || title);
  parts.why.hidden = !words;
  text(parts.why, words);
  drawAge(parts.modified, row.modified);
  for (const [action, , words] of ACTIONS) {
    attr(controls[action], "aria-label", `${words} ${who}`);
    attr(controls[action], "title", words);
  }
  attr(controls.default, "aria-label", `Default for ${row.capability}: ${who}`);
  attr(controls.default, "aria-pressed", String(!!row.default));
  attr(controls.default, "title", row.default ? `The default for ${row.capability}; press to have none` : `Make it the default for ${row.capability}`);
}

function drawTags(node, { tags = [], more_tags: more }) {
  node.hidden = !tags.length && !more;
  node.replaceChildren(
    ...tags.map((tag) => el("span", { class: "aiconn-tag", title: `Tag: ${tag}` }, tag)),
    ...(more ? [el("span", { class: "aiconn-tag" }, `+${more}`)] : []));
}

/** The connections in the order in which they are asked; what is not ready says so. */
function drawLinks(node, { links, more_links: more }) {
  node.replaceChildren(...links.map(({ alias, state }) => {
    const [word, why] = SAID[state] ?? [state, state];
    return el("li", { class: `aiconn-link-item ${state ? `aiconn-link-${state.replace(" ", "-")}` : ""}`, title: state ? `${alias}: ${why}` : alias },
      el("span", { class: "aiconn-code" }, alias), state && [" ", el("span", { class: "aiconn-link-state" }, word)]);
  }), ...(more ? [el("li", { class: "aiconn-link-item aiconn-quiet-text" }, `and ${more} more`)] : []));
}

// ---- what stands beneath a row -------------------------------------------------------------------------------------------

/** Before a deletion. `act(kind)`: "delete" or "cancel". */
function deleteQuestion({ what, default: capability, changed }, act) {
  return question({
    tone: "danger",
    title: what,
    body: [
      changed && el("div", {}, `${changed.by || "Somebody"} saved it ${age(changed.at)}, after it was shown here.`),
      capability && el("div", {}, `It is the default for ${capability}; there would be none.`),
      el("div", {}, "Notebooks that name it will not find it. You can undo this right afterwards."),
    ].filter(Boolean),
    cancel: () => act("cancel"),
    actions: [
      button({ kind: "danger", text: "Delete", onclick: () => act("delete"), "data-first": true }),
      button({ kind: "quiet", text: "Cancel", onclick: () => act("cancel") }),
    ],
  });
}
