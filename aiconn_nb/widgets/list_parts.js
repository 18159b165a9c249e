// What the lists share: states, ages, notes, sorting, pages, undo. Joined behind face.js.

const PAGE = 100;
const LOOK_MS = 300;
const AGES_MS = 30000;
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

// ---- in a row ------------------------------------------------------------------------------------------------------------

function drawState(node, tone, drawing, words, title) {
  if (node.dataset.tone !== tone) {
    node.dataset.tone = tone;
    node.firstChild.replaceChildren(...(drawing ? [icon(drawing)] : []));
  }
  text(node.lastChild, words);
  attr(node, "title", title);
}

/** A moment as an age, the exact time on hover. `ageAgain` keeps it young. */
function drawAge(node, moment, rest = "") {
  if (node.dateTime !== moment) {
    node.dateTime = moment;
    node.title = exact(moment);
  }
  node.dataset.rest = rest;
  ageAgain(node);
}

function ageAgain(node) {
  if (node.dateTime) text(node, age(node.dateTime) + (node.dataset.rest ?? ""));
}

// ---- told in place -------------------------------------------------------------------------------------------------------

/** A note: what, and what to do. */
function noteBox({ tone, what, hint, close, extra = [] }) {
  const drawing = { good: "check", bad: "cross", warn: "warn" }[tone] ?? "info";
  return el("div", { class: `aiconn-note aiconn-${tone}` },
    icon(drawing),
    el("div", { class: "aiconn-note-words" }, el("div", {}, what), hint && el("div", { class: "aiconn-hint" }, hint)),
    extra,
    close && button({ kind: "quiet", icon: "close", label: "Dismiss", onclick: close }),
  );
}

/** "Undo", for some seconds, which a bar counts down. */
function undoBar({ what, hint, seconds }, undo) {
  const bar = el("span", { class: "aiconn-countdown", "aria-hidden": "true" });
  bar.style.animationDuration = `${seconds}s`;
  const extra = [button({ icon: "undo", text: "Undo", onclick: undo })];
  return el("div", { class: "aiconn-undo" }, noteBox({ tone: "plain", what, hint, extra }), bar);
}

/** What the kernel could not show, and a way to try again. */
function failedBox(again) {
  return el("div", { class: "aiconn-empty aiconn-failed", role: "alert" }, icon("warn"),
    el("div", { class: "aiconn-empty-title" }), el("p", {}),
    el("div", { class: "aiconn-actions" }, button({ icon: "refresh", text: "Try again", onclick: again })));
}

// ---- around the rows -----------------------------------------------------------------------------------------------------

/** Let a select offer these [value, words], and show `value`. */
function options(select, pairs, value) {
  const signature = JSON.stringify(pairs);
  if (select.signature !== signature) {
    select.signature = signature;
    select.replaceChildren(...pairs.map(([id, name]) => el("option", { value: id }, name)));
  }
  if (select.value !== value) select.value = value;
}

/** The heads of columns {key, title}, by which one sorts. */
function sortHeads(columns, sort) {
  return columns.map(({ key, title }) => el("th", { role: "columnheader", scope: "col", class: `aiconn-c-${key}`, "data-sort": key },
    el("button", { type: "button", class: "aiconn-sort", onclick: () => sort(key) }, title, icon("up"))));
}

function markSorted(heads, look) {
  for (const head of heads) {
    const sorted = head.dataset.sort === look.sort;
    attr(head, "aria-sort", sorted ? (look.descending ? "descending" : "ascending") : null);
  }
}

/** Sort rows by what `rank` says of each, numbers or texts; equal ones by alias. */
function sortRows(rows, rank, descending) {
  const keys = new Map(rows.map((row) => [row, rank(row)]));
  return rows.sort((a, b) => {
    const [one, two] = [keys.get(a), keys.get(b)];
    const order = typeof one === "number" ? one - two : collator.compare(one, two);
    return (descending ? -order : order) || (a.alias < b.alias ? -1 : 1);
  });
}

/** The page of the rows that is looked at; `look.page` is moved to where there are rows. */
function pageOf(found, look) {
  look.page = Math.max(0, Math.min(look.page, Math.ceil(found.length / PAGE) - 1));
  const first = look.page * PAGE;
  return { found, first, page: found.slice(first, first + PAGE) };
}

/** What is shown of how many, and the way to the other pages. */
function pager(turnPage) {
  const range = el("span", { class: "aiconn-quiet-text", role: "status" });
  const back = button({ kind: "quiet", icon: "back", label: "Previous page", onclick: () => turnPage(-1) });
  const next = button({ kind: "quiet", icon: "next", label: "Next page", onclick: () => turnPage(1) });
  const node = el("nav", { class: "aiconn-pages", "aria-label": "Pages" }, range, back, next);
  return {
    node,
    draw({ page, found, first }, all, look) {
      const total = found.length.toLocaleString();
      text(range, found.length > PAGE ? `${(first + 1).toLocaleString()}–${(first + page.length).toLocaleString()} of ${total}`
        : found.length < all ? `${total} of ${all.toLocaleString()}` : "");
      node.hidden = found.length <= PAGE && found.length === all || !found.length;
      back.hidden = next.hidden = found.length <= PAGE;
      attr(back, "disabled", look.page === 0);
      attr(next, "disabled", first + PAGE >= found.length);
    },
  };
}

/** Up and down go to the same control of the next row, left and right to the next of this one; Delete asks. Answers whether it did. */
function walkRows(event) {
  const item = event.target.closest("[data-id]");
  const name = event.target.dataset?.do;
  if (!item || !name) return false;
  const step = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
  if (step) {
    let other = item[step];
    while (other && !other.dataset.id) other = other[step];
    other?.querySelector(`[data-do="${name}"]`)?.focus();
  } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    const controls = [...item.querySelectorAll("[data-do]:not([hidden])")];
    controls[controls.indexOf(event.target) + (event.key === "ArrowRight" ? 1 : -1)]?.focus();
  } else if (event.key === "Delete") item.querySelector('[data-do="delete"]').click();
  else return false;
  event.preventDefault();
  return true;
}
