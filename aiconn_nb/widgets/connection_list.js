// The list: draws the view, asks the kernel. Filtering, sorting and paging of what is shown happen here, at every key.

const UNFILTERED = { text: "", provider: "", active: "" };

/** How a list is looked at, by widget: it outlives the element that shows it. */
const looks = new WeakMap();

function render({ model, el: host }) {
  const known = looks.has(model);
  if (!known)
    looks.set(model, {
      look: { ...UNFILTERED, sort: "name", descending: false, page: 0 },
      selected: new Set(),
      dismissed: new Set(), // failures that were read
    });
  const { look, selected, dismissed } = looks.get(model);
  const failureNodes = new Map();
  const testing = new Set(); // ids

  const answers = { rows: rowsChanged, ask_delete: askDelete, ask_trust: askTrust, changed };
  const ground = face({ model, el: host, label: "Connections", answers });
  const { root, ask, say } = ground;
  const view = () => model.get("view");
  const rows = () => view().rows ?? [];
  const seen = (ids) => ids.map(rowOf).filter(Boolean).map(({ id, alias, name, active, version }) => ({ id, alias, name, active, version }));

  // ---- the frame ---------------------------------------------------------------------------------------------------------

  const count = el("span", { class: "aiconn-count" });
  const environment = el("select", { class: "aiconn-select", "aria-label": "Environment", onchange: () => ask("environment", { name: environment.value }) });
  const create = button({ kind: "primary", icon: "add", text: "Create connection", onclick: () => ask("create") });
  const title = el("div", { class: "aiconn-bar" },
    el("div", { class: "aiconn-title", role: "heading", "aria-level": "2" }, "Connections", count),
    el("label", { class: "aiconn-labelled" }, el("span", { class: "aiconn-quiet-text", "aria-hidden": "true" }, "Environment"), environment),
    button({ kind: "quiet", icon: "refresh", label: "Refresh", onclick: () => ask("refresh").then(() => say("The list is up to date.")) }),
    create,
  );
  const chosen = el("div", { class: "aiconn-title", role: "status" });
  const selection = el("div", { class: "aiconn-bar aiconn-selection", role: "toolbar", "aria-label": "Selected connections", hidden: true },
    chosen,
    button({ text: "Enable", onclick: () => switchAll(true) }),
    button({ text: "Disable", onclick: () => switchAll(false) }),
    button({ icon: "test", text: "Test", onclick: () => test([...selected]) }),
    button({ icon: "delete", text: "Delete", onclick: () => ask("ask_delete", { rows: seen([...selected]) }) }),
    button({ kind: "quiet", icon: "close", label: "Clear the selection", onclick: () => { selected.clear(); draw(); search.focus(); } }),
  );
  const search = el("input", { class: "aiconn-input", type: "search", placeholder: "Filter by name, alias or provider",
    "aria-label": "Filter connections", autocomplete: "off", spellcheck: "false", oninput: () => life.turn({ text: search.value }) });
  const provider = el("select", { class: "aiconn-select", "aria-label": "Provider", onchange: () => life.turn({ provider: provider.value }) });
  const active = el("select", { class: "aiconn-select", "aria-label": "Active or inactive", onchange: () => life.turn({ active: active.value }) },
    el("option", { value: "" }, "Active or not"), el("option", { value: "yes" }, "Active"), el("option", { value: "no" }, "Inactive"));
  const filters = el("div", { class: "aiconn-filters", role: "search", "aria-label": "Filter" },
    el("div", { class: "aiconn-search" }, icon("search"), search), provider, active);
  const warnings = el("div");
  const notices = el("div");
  const all = el("input", { type: "checkbox", "aria-label": "Select all that are shown", onchange: () => {
    for (const row of shown.page) all.checked ? selected.add(row.id) : selected.delete(row.id);
    draw();
  } });
  const heads = sortHeads(COLUMNS, (key) => life.sort(key));
  const table = el("table", { class: "aiconn-table", role: "table", "aria-label": "Connections", onclick, onkeydown: arrows },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
      el("th", { role: "columnheader", scope: "col", class: "aiconn-c-select" }, all), heads,
      el("th", { role: "columnheader", scope: "col", class: "aiconn-c-actions" }, el("span", { class: "aiconn-voice" }, "Actions")))));
  const nothing = el("div", { class: "aiconn-empty" }, el("div", { class: "aiconn-empty-title" }, "No connection matches."),
    button({ text: "Clear the filter", onclick: () => { life.turn(UNFILTERED); search.focus(); } }));
  const pages = pager((step) => life.turnPage(step));
  const empty = el("div", { class: "aiconn-empty" }, icon("plug"),
    el("div", { class: "aiconn-empty-title" }, "No connections"),
    el("p", {}, "A connection is a named account with an AI provider. It remembers the provider, the settings and where the key comes from, so that a notebook only needs its name."),
    el("p", { class: "aiconn-quiet-text" }, "Keys stay out of the notebook: they are references such as ", el("code", { class: "aiconn-code" }, "$OpenAI:ApiKey"), ", or kept sealed."),
    el("div", { class: "aiconn-actions" },
      button({ kind: "primary", icon: "add", text: "Create a connection", onclick: () => ask("create") }),
      button({ icon: "use", text: "Try the offline demo", "data-demo": true, onclick: () => ask("demo") })));
  const failed = failedBox(() => ask("refresh"));
  root.append(title, selection, filters, warnings, notices, table, nothing, pages.node, empty, failed);
  const life = listLife({ model, ground, look, unfiltered: UNFILTERED, columns: COLUMNS, span: COLUMNS.length + 2, table, notices, search, empty,
    rows, shown: () => shown, draw, remembers: known, home: "edit", cleared: () => selected.clear() });
  const { details, rowOf, clearNotes, focusRow } = life;
  Object.assign(answers, life.answers);

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  let shown = { page: [], found: [], first: 0 };

  function draw() {
    const { kind, what, hint } = view();
    const isError = kind === "error";
    const isEmpty = !isError && !rows().length;
    failed.hidden = !isError;
    empty.hidden = !isEmpty;
    empty.querySelector("[data-demo]").hidden = !view().has_demo;
    for (const part of [filters, table, pages.node]) part.hidden = isError || isEmpty;
    title.hidden = isError;
    if (isError) {
      text(failed.children[1], what);
      text(failed.children[2], hint);
    } else {
      for (const id of [...selected]) if (!rowOf(id)) selected.delete(id);
      find();
      drawBars(isEmpty);
      drawRows(isEmpty);
    }
    nothing.hidden = isError || isEmpty || shown.found.length > 0;
  }

  function drawBars(isEmpty) {
    const { environment: { name, origin, choices }, providers, notes } = view();
    text(count, isEmpty ? "" : rows().length.toLocaleString());
    options(environment, choices.map((each) => [each, each]), name);
    attr(environment, "title", origin ? `From ${origin}` : null);
    options(provider, [["", "All providers"], ...Object.entries(providers)], look.provider);
    if (search.value !== look.text) search.value = look.text;
    if (active.value !== look.active) active.value = look.active;
    create.hidden = isEmpty;
    title.hidden = selected.size > 0;
    selection.hidden = !selected.size;
    text(chosen, selected.size ? `${selected.size.toLocaleString()} selected` : "");
    warnings.replaceChildren(...notes.map((what) => noteBox({ tone: "warn", what })));
    markSorted(heads, look);
  }

  function drawRows(isEmpty) {
    const { page } = shown;
    const { providers, failures, environment: { name } } = view();
    life.drawItems(page, isEmpty, makeItem, (node, row) => updateItem(node, row, {
      selected: selected.has(row.id), provider: providers[row.provider] ?? row.provider, environment: name, detail: detailOf(row, failures) }));
    const chosenHere = page.filter((row) => selected.has(row.id)).length;
    all.checked = page.length > 0 && chosenHere === page.length;
    all.indeterminate = chosenHere > 0 && chosenHere < page.length;
    pages.draw(shown, rows().length, look);
  }

  /** What stands beneath a row: what was asked or told last, else why its test failed. */
  function detailOf(row, failures) {
    const own = details.get(row.id);
    if (own) return own;
    const failure = !row.test?.running && failures[row.id];
    const key = failure && `${row.id} ${row.test?.at}`;
    if (!failure || dismissed.has(key)) return null;
    const cached = failureNodes.get(key);
    if (cached) return cached;
    const node = noteBox({ tone: failure.unknown ? "warn" : "bad", what: `${failure.rung}: ${failure.what}`, hint: failure.hint,
      close: () => { dismissed.add(key); draw(); focusRow(row.id, "test"); } });
    const detail = { node };
    failureNodes.set(key, detail);
    return detail;
  }

  // ---- how it is looked at -----------------------------------------------------------------------------------------------

  const RANK = {
    name: (row) => row.name,
    provider: (row) => view().providers[row.provider] ?? row.provider,
    active: (row) => (row.active ? 0 : 1),
    resolves: (row) => (row.untrusted ? 2 : row.missing ? 1 : 0),
    test: (row) => (!row.test ? "3" : row.test.running ? "2" : row.test.ok ? "1" : row.test.unknown ? "0.5" : "0") + (row.test?.at ?? ""),
    modified: (row) => -Date.parse(row.modified),
  };

  function find() {
    const wanted = look.text.trim().toLowerCase();
    const names = view().providers;
    const found = rows().filter((row) =>
      (!look.provider || row.provider === look.provider) &&
      (!look.active || row.active === (look.active === "yes")) &&
      (!wanted || `${row.name}\n${row.alias}\n${row.provider}\n${names[row.provider] ?? ""}`.toLowerCase().includes(wanted)));
    shown = pageOf(sortRows(found, RANK[look.sort] ?? RANK.name, look.descending), look);
  }

  // ---- what is asked for -------------------------------------------------------------------------------------------------

  function onclick(event) {
    const hit = event.target.closest("[data-do]");
    const item = hit?.closest("[data-id]");
    if (!item || hit.getAttribute("aria-disabled") === "true") return;
    const { id } = item.dataset;
    const row = rowOf(id);
    if (!row) return;
    const doing = {
      select: () => { hit.checked ? selected.add(id) : selected.delete(id); draw(); },
      switch: () => wait(hit, ask("switch", { id, rows: seen([id]), active: !row.active })),
      use: () => ask(row.used ? "stop" : "use", { id }),
      test: () => test([id]),
      trust: () => ask("trust", { id }),
      edit: () => ask("edit", { id }),
      duplicate: () => ask("duplicate", { id }),
      delete: () => ask("ask_delete", { id, rows: seen([id]) }),
    }[hit.dataset.do];
    clearNotes(id);
    doing();
  }

  function wait(node, done) {
    attr(node, "aria-busy", "true");
    done.then(() => attr(node, "aria-busy", null));
  }

  function test(ids) {
    for (const id of ids) clearNotes(id);
    ask("test", { rows: seen(ids) });
    say(ids.length === 1 ? "Testing." : `Testing ${ids.length} connections.`);
  }

  function switchAll(wanted) {
    ask("switch", { rows: seen([...selected]), active: wanted }).then(() => say(wanted ? "Enabled." : "Disabled."));
  }

  /** Besides walking through the rows, Escape leaves the selection. */
  function arrows(event) {
    if (walkRows(event) || event.key !== "Escape" || !selected.size || !event.target.dataset?.do) return;
    selected.clear();
    draw();
    event.preventDefault();
  }

  // ---- what the kernel says ----------------------------------------------------------------------------------------------

  /** Some rows are different; the view has them already. */
  function rowsChanged(message) {
    for (const { id, alias, test, failure } of message.rows) {
      if (test?.running) testing.add(id);
      else if (testing.delete(id) && test)
        say(`${alias}: the test ${failure ? `${failure.unknown ? "cannot tell" : "failed"} at ${failure.rung}. ${failure.what} ${failure.hint}` : "passed."}`);
    }
    draw();
  }

  function askDelete(message, asked) {
    const ids = message.rows.map((row) => row.id);
    const single = asked?.id && ids.length === 1 ? ids[0] : null;
    const end = (focus) => {
      close();
      if (focus) single ? focusRow(single, "delete") : search.focus();
    };
    const node = deleteQuestion(message, (kind) => {
      if (kind === "cancel") end(true);
      else if (kind === "disable") {
        end(true);
        ask("switch", { id: single, rows: message.rows, active: false });
      } else {
        life.deleting(single);
        ask("delete", { id: single, rows: message.rows, force: message.profiles.length > 0 });
      }
    });
    const close = life.askAt(single, node);
  }

  function askTrust({ what, answers }, { id }) {
    const { alias } = rowOf(id);
    const close = life.askAt(id, trustQuestion({ alias, what }, (kind) => {
      close();
      focusRow(id, kind === "trust" ? "use" : "trust");
      if (kind === "trust") ask("trust", { id, answers });
    }));
  }

  function changed(message) {
    for (const each of message.rows) {
      const end = () => { details.delete(each.id); draw(); focusRow(each.id, "switch"); };
      const node = changedQuestion(each, message.active, (kind) => {
        end();
        if (kind === "switch") ask("switch", { id: each.id, rows: seen([each.id]), active: message.active });
      });
      details.set(each.id, { node });
    }
    draw();
    const first = message.rows[0];
    if (!first) return;
    details.get(first.id)?.node.open();
    say("It was changed by somebody else meanwhile. Nothing was overwritten.");
  }

  // ---- living ------------------------------------------------------------------------------------------------------------

  return life.begin();
}

/**
 * Some rows are different: they are changed in the view itself, whether anything shows it or not. It is not sent back.
 * The kernel's threads send in no common order, so every message has a turn, and what is older than what is known is dropped.
 */
function initialize({ model }) {
  const latest = new Map(); // id -> {turn, row, failure}

  function apply() {
    const view = model.get("view");
    if (!view.rows) return;
    for (const [id, { turn }] of latest) if (turn < view.turn) latest.delete(id);
    view.rows = view.rows.map((row) => latest.get(row.id)?.row ?? row);
    for (const [id, { failure }] of latest)
      if (failure) view.failures[id] = failure;
      else delete view.failures[id];
  }

  model.on("change:view", apply);
  model.on("msg:custom", ({ kind, turn, rows }) => {
    if (kind !== "rows") return;
    for (const { failure, ...row } of rows)
      if (turn > (latest.get(row.id)?.turn ?? 0)) latest.set(row.id, { turn, row, failure });
    apply();
  });
}

export default { initialize, render };
