/* The frame around a form: head, message, body, foot, and the questions that are asked in the foot. Joined behind form_parts.js. */

/**
 * Before a form is drawn anew: where its cursor is, and what is marked there. Answers what puts it back, at what goes by the same
 * name (its test id), or else does `otherwise`: somebody may be about to type.
 */
function keepCursor(root, otherwise) {
  const before = document.activeElement;
  if (!root.contains(before)) return () => {};
  const { selectionStart: start, selectionEnd: end, value } = before;
  const all = start === 0 && end > 0 && end === before.value?.length;
  return () => {
    const now = drawnAnew(root, before);
    if (!now) return otherwise();
    now.focus({ preventScroll: true });
    // What is typed next takes the place of a text that nobody has seen yet.
    if (all || now.value !== value) now.select?.();
    else if (typeof start === "number") now.setSelectionRange?.(start, end);
  };
}

/** What goes by the same name as a node that was there before; null where nothing does. */
function drawnAnew(root, { dataset: { testid: name } }) {
  return name ? root.querySelector(`[data-testid="${CSS.escape(name)}"]`) : null;
}

/**
 * `edits` is what is stored, or null; `noun` is what it is, `about` says it of a new one, `mark` of one that stands out. `foot()` makes the buttons anew and answers {node, first}: `first` gets the focus
 * where what had it before a question is gone. `between` stands between body and foot.
 */
function formFrame(root, { title, noun, about, mark = "", edits, environment, between = null, foot }) {
  const heading = el("div", { class: "aiconn-title", role: "heading", "aria-level": "2", tabindex: "-1" }, title);
  const place = el(
    "span",
    { class: "aiconn-chip", title: "The environment that references are resolved in" },
    environment,
  );
  const message = el("div", { class: "aiconn-message", tabindex: "-1", hidden: true, "data-testid": "message" });
  const body = el("div", { class: "aiconn-body" });
  const bottom = el("div", {});
  const by = edits?.by ? ` by ${edits.by}` : "";
  const when = () => el("span", { title: exact(edits.modified) }, ` · saved ${age(edits.modified)}${by}`);
  root.setAttribute("aria-label", edits ? `${noun} ${edits.name}` : title);
  root.replaceChildren(
    el(
      "div",
      { class: "aiconn-head" },
      el(
        "div",
        { class: "aiconn-titles" },
        heading,
        el(
          "p",
          { class: "aiconn-subtitle" },
          edits ? [code(edits.alias), when()] : about,
        ),
      ),
      el(
        "div",
        { class: "aiconn-chips" },
        mark && el("span", { class: "aiconn-chip aiconn-chip-good" }, icon("check"), mark),
        place,
      ),
    ),
    message,
    body,
    ...(between ? [between] : []),
    bottom,
  );
  let first = null;

  function drawFoot() {
    const made = foot();
    first = made.first;
    bottom.replaceChildren(made.node);
    body.inert = false;
  }

  return {
    body,
    drawFoot,
    focus: () => heading.focus(),
    environment: (name) => text(place, name),
    /** Whether a question is open: the form rests meanwhile. */
    get asks() {
      return body.inert;
    },

    /** Say something above the fields. */
    tell(tone, what, ...more) {
      message.className = `aiconn-message aiconn-note aiconn-${tone}`;
      message.setAttribute("role", tone === "bad" ? "alert" : "status");
      const close = () => {
        message.hidden = true;
        heading.focus();
      };
      message.replaceChildren(
        icon(tone),
        el("div", { class: "aiconn-note-words" }, el("p", {}, what), more),
        button({ icon: "close", label: "Close the message", onclick: close }),
      );
      message.hidden = false;
    },
    hush() {
      message.hidden = true;
    },
    focusMessage: () => message.focus(),

    /** Ask in the place of the buttons. `answers` are [words, do, kind], the harmless one last. */
    ask(title, words, answers, tone = "") {
      const back = document.activeElement;
      const close = (act) => () => {
        drawFoot();
        (root.contains(back) ? back : (drawnAnew(root, back) ?? first)).focus();
        act?.();
      };
      const actions = answers.map(([name, act, kind], i) =>
        button({ text: name, kind, onclick: close(act), "data-first": i === answers.length - 1 }),
      );
      const asked = question({ title, body: words, actions, cancel: close(null), tone });
      asked.dataset.testid = "ask";
      bottom.replaceChildren(asked);
      body.inert = true;
      asked.open();
      asked.scrollIntoView({ block: "nearest" });
    },
  };
}
