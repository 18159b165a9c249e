// The list: draws the view, asks the kernel. Filtering, sorting and paging of what is shown happen here, at every key.

/** How a list is looked at, by widget: it outlives the element that shows it. */
const looks = new WeakMap();

function render({ model, el: host }) {
  const known = looks.has(model);
  if (!known)
    looks.set(model, {
      look: { text: "", provider: "", active: "", sort: "name", descending: false, page: 0 },
      selected: new Set(),
      dismissed: new Set(), // failures that were read
    });
  const { look, selected, dismissed } = looks.get(model);
  const details = new Map(); // id -> {node}: what stands beneath a row
  const failureNodes = new Map();
  const testing = new Set(); // ids
  const undos = new Map(); // number -> {node, index}: the deletions that can be undone, where the rows were
  let notice = null; // what stands above the rows
  let place; // where the row was that is being deleted

  const ground = face({ model, el: host, label: "Connections", answers: {
    welcome, rows: rowsChanged, note, made, ask_delete: askDelete, deleted, changed,
  } });
  const { root, ask, say } = ground;
  const view = () => model.get("view");
  const rows = () => view().rows ?? [];
  const rowOf = (id) => rows().find((row) => row.id === id);
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
    "aria-label": "Filter connections", autocomplete: "off", spellcheck: "false", oninput: () => turn({ text: search.value }) });
  const provider = el("select", { class: "aiconn-select", "aria-label": "Provider", onchange: () => turn({ provider: provider.value }) });
  const active = el("select", { class: "aiconn-select", "aria-label": "Active or inactive", onchange: () => turn({ active: active.value }) },
    el("option", { value: "" }, "Active or not"), el("option", { value: "yes" }, "Active"), el("option", { value: "no" }, "Inactive"));
  const filters = el("div", { class: "aiconn-filters", role: "search", "aria-label": "Filter" },
    el("div", { class: "aiconn-search" }, icon("search"), search), provider, active);
  const warnings = el("div");
  const notices = el("div");
  const all = el("input", { type: "checkbox", "aria-label": "Select all that are shown", onchange: () => {
    for (const row of shown.page) all.checked ? selected.add(row.id) : selected.delete(row.id);
    draw();
  } });
  const heads = sortHeads(COLUMNS, sort);
  const table = el("table", { class: "aiconn-table", role: "table", "aria-label": "Connections", onclick, onkeydown: arrows },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
      el("th", { role: "columnheader", scope: "col", class: "aiconn-c-select" }, all), heads,
      el("th", { role: "columnheader", scope: "col", class: "aiconn-c-actions" }, el("span", { class: "aiconn-voice" }, "Actions")))));
  const nothing = el("div", { class: "aiconn-empty" }, el("div", { class: "aiconn-empty-title" }, "No connection matches."),
    button({ text: "Clear the filter", onclick: () => { turn({ text: "", provider: "", active: "" }); search.focus(); } }));
  const pages = pager(turnPage);
  const empty = el("div", { class: "aiconn-empty" }, icon("plug"),
    el("div", { class: "aiconn-empty-title" }, "No connections"),
    el("p", {}, "A connection is a named account with an AI provider. It remembers the provider, the settings and where the key comes from, so that a notebook only needs its name."),
    el("p", { class: "aiconn-quiet-text" }, "Keys stay out of the notebook: they are references such as ", el("code", { class: "aiconn-code" }, "$OpenAI:ApiKey"), ", or kept sealed."),
    el("div", { class: "aiconn-actions" },
      button({ kind: "primary", icon: "add", text: "Create a connection", onclick: () => ask("create") }),
      button({ icon: "use", text: "Try the offline demo", "data-demo": true, onclick: () => ask("demo") })));
  const failed = failedBox(() => ask("refresh"));
  root.append(title, selection, filters, warnings, notices, table, nothing, pages.node, empty, failed);

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
      for (const id of [...details.keys()]) if (!rowOf(id)) details.delete(id);
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
    const { page, found, first } = shown;
    const above = notice ? [notice] : [];
    const items = page.slice();
    for (const [number, { node, index }] of undos)
      if (index === undefined || isEmpty || !page.length) above.push(node);
      else items.splice(Math.min(index, items.length), 0, { id: `undo-${number}`, undo: node });
    if (notices.childNodes.length !== above.length || above.some((node, i) => notices.childNodes[i] !== node))
      notices.replaceChildren(...above);
    const { providers, failures, environment: { name } } = view();
    keyed(table, items, (row) => row.id, (row) => (row.undo ? undoItem(row.undo) : makeItem(row)), (node, row) => {
      if (!row.undo)
        updateItem(node, row, { selected: selected.has(row.id), provider: providers[row.provider] ?? row.provider, environment: name, detail: detailOf(row, failures) });
    }, table.tHead);
    const chosenHere = page.filter((row) => selected.has(row.id)).length;
    all.checked = page.length > 0 && chosenHere === page.length;
    all.indeterminate = chosenHere > 0 && chosenHere < page.length;
    pages.draw(shown, rows().length, look);
  }

  function undoItem(node) {
    return el("tbody", { role: "rowgroup", class: "aiconn-item" },
      el("tr", { role: "row", class: "aiconn-detail" }, el("td", { role: "cell", colspan: 8 }, node)));
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
    const node = noteBox({ tone: "bad", what: `${failure.rung}: ${failure.what}`, hint: failure.hint,
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
    resolves: (row) => (row.missing ? 1 : 0),
    test: (row) => (!row.test ? "3" : row.test.running ? "2" : row.test.ok ? "1" : "0") + (row.test?.at ?? ""),
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

  let remembering;
  function turn(change) {
    Object.assign(look, { page: 0 }, change);
    draw();
    clearTimeout(remembering);
    remembering = setTimeout(() => ask("look", { look }), LOOK_MS);
  }

  function sort(key) {
    turn({ sort: key, descending: look.sort === key && !look.descending });
    const { title } = COLUMNS.find((column) => column.key === key);
    say(`Sorted by ${title}, ${look.descending ? "descending" : "ascending"}.`);
  }

  function turnPage(step) {
    turn({ page: look.page + step });
    root.scrollIntoView({ block: "nearest" });
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

  function focusRow(id, action = "edit") {
    table.querySelector(`[data-id="${CSS.escape(id)}"] [data-do="${action}"]`)?.focus();
  }

  // ---- what the kernel says ----------------------------------------------------------------------------------------------

  function welcome(message) {
    if (!known) {
      Object.assign(look, message.look);
      draw();
    }
    for (const deletion of message.deleted) showUndo(deletion);
    if (message.note) showNotice(message.note);
    if (message.focus) {
      const row = rows().find((each) => each.alias === message.focus);
      if (row) showRow(row.id, "edit");
      else search.focus();
    }
  }

  /** Some rows are different; the view has them already. */
  function rowsChanged(message) {
    for (const { id, alias, test, failure } of message.rows) {
      if (test?.running) testing.add(id);
      else if (testing.delete(id) && test)
        say(`${alias}: the test ${failure ? `failed at ${failure.rung}. ${failure.what} ${failure.hint}` : "passed."}`);
    }
    draw();
  }

  function note(message, asked) {
    say(`${message.what} ${message.hint ?? ""}`);
    const id = asked?.id;
    if (!id || !rowOf(id)) {
      showNotice(message);
      return;
    }
    details.set(id, { tone: message.tone, node: noteBox({ ...message, close: () => { clearNotes(id); draw(); focusRow(id); } }) });
    draw();
  }

  /** What was told of a row is over when something else is done with it; good news, when anything is. */
  function clearNotes(id) {
    for (const [other, { tone }] of details) if (tone && (other === id || tone === "good")) details.delete(other);
    notice = null;
  }

  function showNotice({ what, hint, tone }) {
    setNotice(noteBox({ what, hint, tone, close: () => { setNotice(null); search.focus(); } }));
  }

  function setNotice(next) {
    notice = next;
    draw();
  }

  /** Bring a row into sight, lit for a moment, with the focus. */
  function showRow(id, action) {
    if (!shown.found.some((row) => row.id === id)) turn({ text: "", provider: "", active: "" });
    const page = Math.floor(shown.found.findIndex((row) => row.id === id) / PAGE);
    if (page >= 0 && page !== look.page) turn({ page });
    focusRow(id, action);
    const item = table.querySelector(`[data-id="${CSS.escape(id)}"]`);
    item?.scrollIntoView({ block: "nearest" });
    item?.classList.add("aiconn-lit");
    setTimeout(() => item?.classList.remove("aiconn-lit"), 1600);
  }

  function made({ id, what }, asked) {
    say(what);
    if (asked?.number) endUndo(asked.number);
    showRow(id, "edit");
  }

  function askDelete(message, asked) {
    const ids = message.rows.map((row) => row.id);
    const single = asked?.id && ids.length === 1 ? ids[0] : null;
    const end = (focus) => {
      single ? details.delete(single) : setNotice(null);
      draw();
      if (focus) single ? focusRow(single, "delete") : search.focus();
    };
    const node = deleteQuestion(message, (kind) => {
      if (kind === "cancel") end(true);
      else if (kind === "disable") {
        end(true);
        ask("switch", { id: single, rows: message.rows, active: false });
      } else {
        place = single ? shown.page.findIndex((row) => row.id === single) : undefined;
        ask("delete", { id: single, rows: message.rows, force: message.profiles.length > 0 });
      }
    });
    if (single) details.set(single, { node });
    else setNotice(node);
    draw();
    node.open();
  }

  function deleted(message) {
    selected.clear();
    notice = null;
    showUndo(message, place);
    undos.get(message.number).node.querySelector("button").focus();
    say(`${message.what} ${message.hint ?? ""} Undo is offered for ${message.seconds} seconds.`);
  }

  /** "Undo", for some seconds; at `index` among the rows, where the deleted one was, or above them. */
  function showUndo({ number, what, hint, seconds }, index) {
    const node = undoBar({ what, hint, seconds }, () => ask("undo", { number }));
    const timer = setTimeout(() => {
      const focused = node.contains(document.activeElement);
      endUndo(number);
      if (focused) (table.querySelector("[data-do]") ?? (empty.hidden ? search : empty.querySelector("button"))).focus();
    }, seconds * 1000);
    undos.set(number, { node, index, timer });
    draw();
  }

  function endUndo(number) {
    clearTimeout(undos.get(number)?.timer);
    undos.delete(number);
    draw();
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

  const redraw = () => draw();
  model.on("change:view", redraw);
  ground.onReturn(() => ask("refresh"));
  const ages = setInterval(() => root.querySelectorAll("time").forEach(ageAgain), AGES_MS);
  draw();
  ask("hello");
  return () => {
    model.off("change:view", redraw);
    clearInterval(ages);
    for (const { timer } of undos.values()) clearTimeout(timer);
    ground.remove();
  };
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
