// The list of profiles: draws the view, asks the kernel. Filtering, sorting and paging of what is shown happen here, at every key.

const UNFILTERED = { text: "", capability: "", health: "" };

/** How a list is looked at, by widget: it outlives the element that shows it. */
const looks = new WeakMap();

function render({ model, el: host }) {
  const known = looks.has(model);
  if (!known) looks.set(model, { ...UNFILTERED, sort: "name", descending: false, page: 0 });
  const look = looks.get(model);

  const answers = { ask_delete: askDelete };
  const ground = face({ model, el: host, label: "Profiles", answers });
  const { root, ask, say } = ground;
  const view = () => model.get("view");
  const rows = () => view().rows ?? [];

  // ---- the frame ---------------------------------------------------------------------------------------------------------

  const count = el("span", { class: "aiconn-count" });
  const environment = el("select", { class: "aiconn-select", "aria-label": "Environment", onchange: () => ask("environment", { name: environment.value }) });
  const create = button({ kind: "primary", icon: "add", text: "Create profile", onclick: () => ask("create") });
  const title = el("div", { class: "aiconn-bar" },
    el("div", { class: "aiconn-title", role: "heading", "aria-level": "2" }, "Profiles", count),
    el("label", { class: "aiconn-labelled" }, el("span", { class: "aiconn-quiet-text", "aria-hidden": "true" }, "Environment"), environment),
    button({ kind: "quiet", icon: "refresh", label: "Refresh", onclick: () => ask("refresh").then(() => say("The list is up to date.")) }),
    create,
  );
  const search = el("input", { class: "aiconn-input", type: "search", placeholder: "Filter by name, alias, model, connection or tag",
    "aria-label": "Filter profiles", autocomplete: "off", spellcheck: "false", oninput: () => life.turn({ text: search.value }) });
  const capability = el("select", { class: "aiconn-select", "aria-label": "Capability", onchange: () => life.turn({ capability: capability.value }) });
  const health = el("select", { class: "aiconn-select", "aria-label": "Health", onchange: () => life.turn({ health: health.value }) },
    el("option", { value: "" }, "Any health"), el("option", { value: "good" }, "Ready"), el("option", { value: "warn" }, "Answers, but"), el("option", { value: "bad" }, "Cannot answer"));
  const filters = el("div", { class: "aiconn-filters", role: "search", "aria-label": "Filter" },
    el("div", { class: "aiconn-search" }, icon("search"), search), capability, health);
  const warnings = el("div");
  const notices = el("div");
  const heads = sortHeads(COLUMNS, (key) => life.sort(key));
  const table = el("table", { class: "aiconn-table aiconn-profiles", role: "table", "aria-label": "Profiles", onclick, onkeydown: walkRows },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, heads,
      el("th", { role: "columnheader", scope: "col", class: "aiconn-c-actions" }, el("span", { class: "aiconn-voice" }, "Actions")))));
  const nothing = el("div", { class: "aiconn-empty" }, el("div", { class: "aiconn-empty-title" }, "No profile matches."),
    button({ text: "Clear the filter", onclick: () => { life.turn(UNFILTERED); search.focus(); } }));
  const pages = pager((step) => life.turnPage(step));
  const first = button({ kind: "primary", icon: "add", text: "Create a profile", onclick: () => ask("create") });
  const toConnections = button({ kind: "primary", icon: "plug", text: "Create a connection first", onclick: () => ask("connections") });
  const lacking = el("p", { class: "aiconn-quiet-text" }, "There are no connections yet, and a profile needs one.");
  const empty = el("div", { class: "aiconn-empty" }, icon("layers"),
    el("div", { class: "aiconn-empty-title" }, "No profiles"),
    el("p", {}, "A profile is a name for how to ask: a connection, a model and options such as the temperature. Further connections are fallbacks, in order."),
    el("p", { class: "aiconn-quiet-text" }, "A notebook names the profile: ", el("code", { class: "aiconn-code" }, "%%aiconn ask writer"), ". What stands behind it can change without the notebook."),
    lacking,
    el("div", { class: "aiconn-actions" }, toConnections, first));
  const failed = failedBox(() => ask("refresh"));
  root.append(title, filters, warnings, notices, table, nothing, pages.node, empty, failed);
  const life = listLife({ model, ground, look, unfiltered: UNFILTERED, columns: COLUMNS, span: COLUMNS.length + 1, table, notices, search, empty,
    rows, shown: () => shown, draw, remembers: known, home: "edit" });
  const { details, rowOf } = life;
  Object.assign(answers, life.answers);

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  let shown = { page: [], found: [], first: 0 };

  function draw() {
    const { kind, what, hint, has_connections: able } = view();
    const isError = kind === "error";
    const isEmpty = !isError && !rows().length;
    failed.hidden = !isError;
    empty.hidden = !isEmpty;
    lacking.hidden = toConnections.hidden = !!able;
    first.hidden = !able;
    for (const part of [filters, table, pages.node]) part.hidden = isError || isEmpty;
    title.hidden = isError;
    if (isError) {
      text(failed.children[1], what);
      text(failed.children[2], hint);
    } else {
      find();
      drawBars(isEmpty);
      drawRows(isEmpty);
    }
    nothing.hidden = isError || isEmpty || shown.found.length > 0;
  }

  function drawBars(isEmpty) {
    const { environment: { name, origin, choices }, notes } = view();
    text(count, isEmpty ? "" : rows().length.toLocaleString());
    options(environment, choices.map((each) => [each, each]), name);
    attr(environment, "title", origin ? `From ${origin}` : null);
    const able = [...new Set(rows().map((row) => row.capability))].sort();
    options(capability, [["", "All capabilities"], ...able.map((each) => [each, each])], look.capability);
    if (search.value !== look.text) search.value = look.text;
    if (health.value !== look.health) health.value = look.health;
    create.hidden = isEmpty;
    warnings.replaceChildren(...notes.map((what) => noteBox({ tone: "warn", what })));
    markSorted(heads, look);
  }

  function drawRows(isEmpty) {
    life.drawItems(shown.page, isEmpty, makeItem, (node, row) => updateItem(node, row, details.get(row.id) ?? null));
    pages.draw(shown, rows().length, look);
  }

  // ---- how it is looked at -----------------------------------------------------------------------------------------------

  const TONES = { good: 0, warn: 1, bad: 2 };
  const RANK = {
    name: (row) => row.name,
    capability: (row) => row.capability,
    connections: (row) => row.links.map(({ alias }) => alias).join(" "),
    model: (row) => row.model,
    health: (row) => TONES[row.health.tone],
    modified: (row) => -Date.parse(row.modified),
  };
  const words = (row) => [row.name, row.alias, row.model, ...(row.tags ?? []), ...row.links.map(({ alias }) => alias)].join("\n").toLowerCase();

  function find() {
    const wanted = look.text.trim().toLowerCase();
    const found = rows().filter((row) =>
      (!look.capability || row.capability === look.capability) &&
      (!look.health || row.health.tone === look.health) &&
      (!wanted || words(row).includes(wanted)));
    shown = pageOf(sortRows(found, RANK[look.sort] ?? RANK.name, look.descending), look);
  }

  // ---- what is asked for -------------------------------------------------------------------------------------------------

  function onclick(event) {
    const hit = event.target.closest("[data-do]");
    const id = hit?.closest("[data-id]")?.dataset.id;
    const row = id && rowOf(id);
    if (!row) return;
    life.clearNotes(id);
    draw();
    const doing = hit.dataset.do;
    if (doing === "default") ask("default", { id, wanted: !row.default });
    else if (doing === "delete") ask("ask_delete", { id, rows: [{ id, version: row.version }] });
    else ask(doing, { id });
  }

  // ---- what the kernel says ----------------------------------------------------------------------------------------------

  function askDelete(message) {
    const { id, version } = message;
    const node = deleteQuestion(message, (kind) => {
      if (kind === "delete") {
        life.deleting(id);
        ask("delete", { id, rows: [{ id, version }] });
      }
      close();
      life.focusRow(id, "delete");
    });
    const close = life.askAt(id, node);
  }

  // ---- living ------------------------------------------------------------------------------------------------------------

  return life.begin();
}

export default { render };
