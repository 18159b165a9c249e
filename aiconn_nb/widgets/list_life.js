// What lives in a list beside its rows: how it is looked at, what is told and asked in it, what can be undone. Joined behind list_parts.js.

/**
 * `list` is what the widget gives: model, ground, look (how it is looked at), unfiltered (the look that shows every row), columns,
 * span (how many there are, with those of no name), table, notices (what stands above it), search, empty, rows(), shown() (what
 * `pageOf` answered), draw(), remembers (whether an earlier page looked at it), home (the control of a row that gets the focus),
 * cleared() (after a deletion).
 */
function listLife(list) {
  const { model, ground, look, unfiltered, columns, span, table, notices, search, empty, draw, home } = list;
  const { root, ask, say } = ground;
  const rowOf = (id) => list.rows().find((row) => row.id === id);
  const details = new Map(); // id -> {node, tone}: what stands beneath a row; what was told has a tone, what is asked has none
  const undos = new Map(); // number -> {node, index, timer}: the deletions that can be undone, where the rows were
  let notice = null; // what stands above the rows
  let place; // where the row was that is being deleted
  let remembering;

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  function undoItem(node) {
    return el("tbody", { role: "rowgroup", class: "aiconn-item" },
      el("tr", { role: "row", class: "aiconn-detail" }, el("td", { role: "cell", colspan: span }, node)));
  }

  /** Draw the rows, what is told above them, and among them the deletions that can be undone. */
  function drawItems(page, isEmpty, make, update) {
    for (const id of [...details.keys()]) if (!rowOf(id)) details.delete(id);
    const above = notice ? [notice] : [];
    const items = page.slice();
    for (const [number, { node, index }] of undos)
      if (index === undefined || isEmpty || !page.length) above.push(node);
      else items.splice(Math.min(index, items.length), 0, { id: `undo-${number}`, undo: node });
    if (notices.childNodes.length !== above.length || above.some((node, i) => notices.childNodes[i] !== node)) {
      const focused = notices.contains(document.activeElement) ? document.activeElement : null;
      notices.replaceChildren(...above);
      if (notices.contains(focused)) focused.focus({ preventScroll: true });
    }
    keyed(table, items, (row) => row.id, (row) => (row.undo ? undoItem(row.undo) : make(row)), (node, row) => {
      if (!row.undo) update(node, row);
    }, table.tHead);
  }

  // ---- how it is looked at -----------------------------------------------------------------------------------------------

  function turn(change) {
    list.remembers = true; // no welcome that is still under way turns this back
    Object.assign(look, { page: 0 }, change);
    draw();
    clearTimeout(remembering);
    remembering = setTimeout(() => ask("look", { look }), LOOK_MS);
  }

  function sort(key) {
    turn({ sort: key, descending: look.sort === key && !look.descending });
    const { title } = columns.find((column) => column.key === key);
    say(`Sorted by ${title}, ${look.descending ? "descending" : "ascending"}.`);
  }

  function turnPage(step) {
    turn({ page: look.page + step });
    root.scrollIntoView({ block: "nearest" });
  }

  function focusRow(id, action = home) {
    table.querySelector(`[data-id="${CSS.escape(id)}"] [data-do="${action}"]`)?.focus();
  }

  /** Bring a row into sight, lit for a moment, with the focus. */
  function showRow(id) {
    settle();
    if (!list.shown().found.some((row) => row.id === id)) turn(unfiltered);
    const page = Math.floor(list.shown().found.findIndex((row) => row.id === id) / PAGE);
    if (page >= 0 && page !== look.page) turn({ page });
    focusRow(id);
    const item = table.querySelector(`[data-id="${CSS.escape(id)}"]`);
    item?.scrollIntoView({ block: "nearest" });
    item?.classList.add("aiconn-lit");
    setTimeout(() => item?.classList.remove("aiconn-lit"), 1600);
  }

  // ---- what is told and asked --------------------------------------------------------------------------------------------

  /** What was told of a row is over when something else is done with it; good news, when anything is. */
  function clearNotes(id) {
    for (const [other, { tone }] of details) if (tone && (other === id || tone === "good")) details.delete(other);
    notice = null;
  }

  function setNotice(next) {
    notice = next;
    draw();
  }

  function showNotice({ what, hint, tone }) {
    setNotice(noteBox({ what, hint, tone, close: () => { setNotice(null); rest(); } }));
  }

  /** The focus goes where one would go on. */
  function rest() {
    (empty.hidden ? search : empty.querySelector("button:not([hidden])")).focus();
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

  /** Ask something beneath a row, or above all where `id` is null. Answers what puts the question away again. */
  function askAt(id, node) {
    if (id) details.set(id, { node });
    else setNotice(node);
    draw();
    node.open();
    return () => {
      id ? details.delete(id) : setNotice(null);
      draw();
    };
  }

  function made({ id, what }) {
    say(what);
    showRow(id);
  }

  // ---- deletions that can be undone --------------------------------------------------------------------------------------

  /** Where the row is that is about to be deleted; null where there are several. */
  function deleting(id) {
    place = id ? list.shown().page.findIndex((row) => row.id === id) : undefined;
  }

  function deleted(message) {
    list.cleared?.();
    notice = null;
    showUndo(message, place);
    undos.get(message.number).node.querySelector("button").focus();
    say(`${message.what} ${message.hint ?? ""} Undo is offered for ${message.seconds} seconds.`);
  }

  /** "Undo", for some seconds; at `index` among the rows, where the deleted one was, or above them. */
  function showUndo({ number, what, hint, seconds }, index) {
    const node = undoBar({ what, hint, seconds }, () => ask("undo", { number }));
    const timer = setTimeout(() => dropUndo(number), seconds * 1000);
    undos.set(number, { node, index, timer });
    draw();
  }

  /** What could be brought back is among the rows again; what could not is offered further in its place, with the reason. */
  function undone({ number, id, what, left }) {
    const index = undos.get(number)?.index;
    if (id || left) endUndo(number);
    else dropUndo(number); // another page has undone it
    say([what, left?.what, left?.hint].filter(Boolean).join(" "));
    if (id) showRow(id);
    if (!left) return;
    showUndo(left, index);
    undos.get(number).node.querySelector("button").focus();
  }

  /** It is not offered any more, and the focus goes on among the rows. */
  function dropUndo(number) {
    const focused = undos.get(number)?.node.contains(document.activeElement);
    endUndo(number);
    if (!focused) return;
    const first = table.querySelector("[data-do]");
    first ? first.focus() : rest();
  }

  function endUndo(number) {
    clearTimeout(undos.get(number)?.timer);
    undos.delete(number);
    draw();
  }

  // ---- living ------------------------------------------------------------------------------------------------------------

  function welcome(message) {
    if (!list.remembers) {
      Object.assign(look, message.look);
      draw();
    }
    for (const deletion of message.deleted) if (!undos.has(deletion.number)) showUndo(deletion);
    if (message.note) showNotice(message.note);
    if (message.focus) {
      const row = list.rows().find((each) => each.alias === message.focus);
      if (row) showRow(row.id);
      else search.focus();
    }
  }

  /** What is out of sight is laid out a moment later than what is in it: a hundred rows are shown about as soon as ten. */
  function arrive() {
    root.classList.add("aiconn-arriving");
    const seen = new ResizeObserver(([entry]) => {
      if (!entry.contentRect.height) return;
      seen.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(settle));
    });
    seen.observe(root);
    return () => seen.disconnect();
  }

  /** From now on all of it is, as a screen reader and a way to a row need it. */
  function settle() {
    root.classList.remove("aiconn-arriving");
  }

  /** Draw, and go on drawing; answers what ends it. */
  function begin() {
    const arrived = arrive();
    const redraw = () => draw();
    model.on("change:view", redraw);
    ground.onReturn(() => ask("refresh"));
    const ages = setInterval(() => root.querySelectorAll("time").forEach(ageAgain), AGES_MS);
    draw();
    ground.onHere(() => ask("hello"));
    return () => {
      arrived();
      model.off("change:view", redraw);
      clearInterval(ages);
      for (const { timer } of undos.values()) clearTimeout(timer);
      ground.remove();
    };
  }

  return {
    details, drawItems, rowOf, turn, sort, turnPage, focusRow, clearNotes, askAt, deleting, begin,
    answers: { welcome, note, made, deleted, undone },
  };
}

/** Let a row have what stands beneath it, or nothing. */
function drawDetail(node, detail, span) {
  if (node.detail === detail) return;
  node.detail = detail;
  node.children[1]?.remove();
  if (detail)
    node.append(el("tr", { role: "row", class: "aiconn-detail" }, el("td", { role: "cell", colspan: span }, detail.node)));
}
