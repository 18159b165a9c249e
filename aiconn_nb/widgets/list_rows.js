// One connection of the list: a group of one row and, where there is more to say, what stands beneath it.

const COLUMNS = [
  { key: "name", title: "Name" },
  { key: "provider", title: "Provider" },
  { key: "active", title: "Active" },
  { key: "resolves", title: "Resolves here" },
  { key: "test", title: "Last test" },
  { key: "modified", title: "Modified" },
];
const ACTIONS = [
  ["use", "plug", "Use"],
  ["test", "test", "Test"],
  ["edit", "edit", "Edit"],
  ["duplicate", "copy", "Duplicate"],
  ["delete", "delete", "Delete"],
];

/** A row is copied from this one: that is a third of the time of making each anew. */
function rowTemplate() {
  const titles = Object.fromEntries(COLUMNS.map(({ key, title }) => [key, title]));
  const cell = (name, ...children) => el("td", { role: "cell", class: `aiconn-c-${name}`, "data-label": name !== "active" && titles[name] }, children);
  const state = (part) => el("span", { class: "aiconn-state", "data-part": part }, el("span", { class: "aiconn-mark" }), el("span"));
  return el("tbody", { role: "rowgroup", class: "aiconn-item" },
    el("tr", { role: "row", class: "aiconn-row" },
      cell("select", el("input", { type: "checkbox", "data-do": "select" })),
      el("th", { role: "rowheader", scope: "row", class: "aiconn-c-name" },
        el("span", { class: "aiconn-name" }, el("bdi", { "data-part": "name" }), el("span", { class: "aiconn-badge", "data-part": "used" }, "in use")),
        el("span", { class: "aiconn-alias aiconn-code", "data-part": "alias" })),
      cell("provider", el("span", { "data-part": "provider" })),
      cell("active", el("button", { type: "button", role: "switch", class: "aiconn-switch", "data-do": "switch" }, el("span", { class: "aiconn-knob" }))),
      cell("resolves", state("resolves"), el("button", { type: "button", class: "aiconn-button aiconn-trust", "data-do": "trust", hidden: true })),
      cell("test", state("test"), el("time", { class: "aiconn-age", "data-part": "tested" })),
      cell("modified", el("time", { class: "aiconn-age", "data-part": "modified" })),
      cell("actions", ACTIONS.map(([action, drawing]) => {
        const node = button({ kind: "quiet", icon: drawing });
        node.dataset.do = action;
        return node;
      })),
    ));
}

let template = null;

function makeItem(row) {
  template ??= rowTemplate();
  const node = template.cloneNode(true);
  node.dataset.id = row.id;
  node.parts = {};
  node.controls = {};
  for (const part of node.querySelectorAll("[data-part]")) node.parts[part.dataset.part] = part;
  for (const control of node.querySelectorAll("[data-do]")) node.controls[control.dataset.do] = control;
  return node;
}

/** Draw a row as it is now. `more`: {selected, provider, environment, detail}. */
function updateItem(node, row, more) {
  if (node.row !== row || node.environment !== more.environment) drawRow(node, row, more);
  node.row = row;
  node.environment = more.environment;
  const { select } = node.controls;
  if (select.checked !== more.selected) select.checked = more.selected;
  node.classList.toggle("aiconn-selected", more.selected);
  drawDetail(node, more.detail, COLUMNS.length + 2);
}

function drawRow(node, row, { provider, environment }) {
  const { parts, controls } = node;
  const who = `${row.name} (${row.alias})`;
  text(parts.name, row.name);
  attr(parts.name, "title", row.name);
  text(parts.alias, row.alias);
  parts.used.hidden = !row.used;
  node.classList.toggle("aiconn-used", !!row.used);
  node.classList.toggle("aiconn-off", !row.active);
  text(parts.provider, provider);
  attr(controls.select, "aria-label", `Select ${who}`);
  attr(controls.switch, "aria-checked", String(row.active));
  attr(controls.switch, "aria-label", `Active: ${who}`);
  attr(controls.switch, "title", row.active ? "On" : "Off");
  if (row.missing) drawState(parts.resolves, "bad", "cross", row.missing, `Does not resolve in ${environment}: ${row.missing}`);
  else drawState(parts.resolves, "good", "check", "yes", `All references resolve in ${environment}`);
  if (row.untrusted) drawState(parts.resolves, "bad", "warn", "untrusted host", `Untrusted host: ${row.alias} ${row.untrusted}`);
  controls.trust.hidden = !row.untrusted;
  text(controls.trust, row.untrusted ? "Trust…" : "");
  attr(controls.trust, "aria-label", `Trust the host of ${who}`);
  parts.resolves.classList.toggle("aiconn-missing", !!row.missing && !row.untrusted);
  drawTest(parts, row.test);
  drawAge(parts.modified, row.modified);
  for (const [action, , words] of ACTIONS) {
    attr(controls[action], "aria-label", `${words} ${who}`);
    attr(controls[action], "title", words);
  }
  attr(controls.use, "aria-pressed", String(!!row.used));
  if (row.used) attr(controls.use, "title", "In use by this kernel; press to use none");
  attr(controls.test, "aria-disabled", row.test?.running ? "true" : null);
}

function drawTest(parts, test) {
  parts.tested.hidden = !test || !!test.running;
  if (!test) drawState(parts.test, "none", null, "not tested", "Not tested in this environment since the kernel started");
  else if (test.running) drawState(parts.test, "running", null, `${test.running}…`, "The test is running");
  else {
    const seconds = `${test.seconds.toFixed(test.seconds < 10 ? 1 : 0)} s`;
    if (test.ok) drawState(parts.test, test.outdated ? "old" : "good", "check", `passed · ${seconds}`, "Every rung of the test passed");
    else if (test.unknown)
      drawState(parts.test, test.outdated ? "old" : "warn", "warn", `cannot tell · ${seconds}`, "The test cannot tell whether it works");
    else drawState(parts.test, "bad", "cross", `${test.failed} · ${seconds}`, `The test failed at: ${test.failed}`);
    drawAge(parts.tested, test.at, test.outdated ? " · outdated" : "");
    if (test.outdated) parts.tested.title = `${exact(test.at)}, before the last change`;
  }
}

// ---- what stands beneath a row -------------------------------------------------------------------------------------------

/** Before a deletion: what depends on it, and the gentler way. `act(kind)`: "delete", "disable" or "cancel". */
function deleteQuestion({ what, aliases, profiles, broken, active, changed }, act) {
  const many = aliases.length > 1;
  const them = many ? "them" : "it";
  const body = [];
  if (many) body.push(el("div", {}, aliases.map((name, i) => [i ? ", " : "", el("code", { class: "aiconn-code" }, name)])));
  if (profiles.length) body.push(...brokenProfiles(profiles, broken, them));
  else body.push(el("div", {}, `No profile depends on ${them}. You can undo this right afterwards.`));
  for (const each of changed)
    body.push(el("div", {}, "Somebody changed it since it was shown here."), differences(each));
  return question({
    tone: "danger",
    title: what,
    body,
    cancel: () => act("cancel"),
    actions: [
      button({ kind: "danger", text: profiles.length ? "Delete all the same" : "Delete", onclick: () => act("delete"), "data-first": !profiles.length }),
      active && button({ text: "Disable instead", onclick: () => act("disable"), "data-first": !!profiles.length }),
      button({ kind: "quiet", text: "Cancel", onclick: () => act("cancel"), "data-first": !active && !!profiles.length }),
    ].filter(Boolean),
  });
}

/** Before a key goes to a host that it was not allowed for. `act(kind)`: "trust" or "cancel". */
function trustQuestion({ alias, what }, act) {
  return question({
    tone: "warn",
    title: `${alias} ${what}.`,
    body: [el("div", {}, "Whoever runs this host gets the key. Allow it only if this is the host that you mean.")],
    cancel: () => act("cancel"),
    actions: [
      button({ text: "Allow it", onclick: () => act("trust") }),
      button({ kind: "primary", text: "Cancel", onclick: () => act("cancel"), "data-first": true }),
    ],
  });
}

/** The two values of whatever differs. */
function differences({ pairs }) {
  if (!pairs.length) return el("div", { class: "aiconn-quiet-text" }, "Its settings are different now; name, alias and switch are the same.");
  return el("table", { class: "aiconn-differences" },
    el("thead", {}, el("tr", {}, el("td"), el("th", { scope: "col" }, "Here"), el("th", { scope: "col" }, "Stored now"))),
    el("tbody", {}, pairs.map((pair) => el("tr", {},
      el("th", { scope: "row" }, pair.label), el("td", {}, el("bdi", {}, pair.here)), el("td", {}, el("bdi", {}, pair.stored))))),
  );
}

/** A row was saved by somebody else before it was switched here. `act(kind)`: "switch" or "keep". */
function changedQuestion(each, active, act) {
  return question({
    tone: "warn",
    title: `Changed ${age(each.at)} by ${each.by || "somebody else"}. Nothing was overwritten.`,
    body: [differences(each)],
    cancel: () => act("keep"),
    actions: [
      button({ kind: "primary", text: "Keep what is stored", onclick: () => act("keep"), "data-first": true }),
      button({ text: active ? "Switch it on all the same" : "Switch it off all the same", onclick: () => act("switch") }),
    ],
  });
}
