/* The history of what a form edits, in a tab beside its fields: versions, what differs, the way back. Joined behind form_frame.js. */

/** `form` is what all parts of the form share, `life` what form_life.js makes of it. */
function formHistory(form, life) {
  let tabs = null; // of what is edited; null where something is made
  let inPast = false; // whether the history is what is shown

  function rollBack(to) {
    const go = () => {
      form.taking = true;
      life.send("rollback", { to, version: life.stored().version }).then(() => (form.taking = false));
    };
    const lost = "What you changed here and did not save is discarded.";
    life.discarding([`Roll back to version ${to}?`, lost, "Discard it and roll back"], go);
  }

  return {
    /** Behind the frame, when that was drawn. */
    draw() {
      tabs = null;
      if (!life.stored()) return;
      tabs = historyTabs(form.ground.root, form.frame, {
        history: inPast,
        turned: (history) => (inPast = history),
        shown: () => life.send("history"),
        compare: (version) => life.send("diff", { with: version }),
        rollBack,
      });
    },
    leave() {
      inPast = false;
    },
    answers: {
      history: (answer) => tabs?.versions(answer.versions),
      differs: (answer) => tabs?.differs(answer),
    },
  };
}

/**
 * Two tabs over the body of a form: its fields, and its history, which is asked for when it is looked at.
 *
 * `form` is what the form gives: shown() asks for the versions, compare(version) for what differs from now, rollBack(version) for
 * the way back; `history` says whether the history is the one to begin with, `turned(history)` hears which is shown.
 */
function historyTabs(root, frame, form) {
  const ids = { body: formId("body"), fields: formId("tab"), history: formId("tab") };
  const list = el("ol", { class: "aiconn-versions" });
  const node = el("section", { class: "aiconn-history", "aria-label": "History", "data-testid": "history" }, list);
  const tab = (id, words, history) =>
    el(
      "button",
      {
        type: "button",
        role: "tab",
        id,
        class: "aiconn-turn",
        "aria-controls": ids.body,
        "data-testid": history ? "tab-history" : "tab-fields",
        onclick: () => choose(history),
      },
      words,
    );
  const tabs = [tab(ids.fields, "Settings", false), tab(ids.history, "History", true)];
  const bar = el("div", { class: "aiconn-turns", role: "tablist", "aria-label": "What is shown", onkeydown: walk }, tabs);
  const compared = new Map(); // version -> where what differs is shown
  frame.body.id = ids.body;
  frame.body.setAttribute("role", "tabpanel");
  frame.body.append(node);
  root.firstElementChild.after(bar);
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    choose(false);
    tabs[0].focus();
    event.preventDefault();
    event.stopPropagation();
  });

  function choose(history) {
    root.classList.toggle("aiconn-in-history", history);
    frame.body.setAttribute("aria-labelledby", history ? ids.history : ids.fields);
    for (const [i, each] of tabs.entries()) {
      const chosen = Boolean(i) === history;
      each.setAttribute("aria-selected", String(chosen));
      each.tabIndex = chosen ? 0 : -1;
    }
    form.turned(history);
    if (history) form.shown();
  }
  function walk(event) {
    const at = { ArrowLeft: 0, ArrowRight: 1, Home: 0, End: 1 }[event.key];
    if (at === undefined) return;
    choose(Boolean(at));
    tabs[at].focus();
    event.preventDefault();
    event.stopPropagation();
  }

  function versionItem(each) {
    const title = `Version ${each.version}`;
    const place = el("div", { id: formId("differs"), class: "aiconn-compare", hidden: true });
    const compare = button({
      text: "Compare with now",
      kind: "quiet",
      "aria-label": `Compare with now: ${title.toLowerCase()}`,
      "aria-expanded": "false",
      "aria-controls": place.id,
      "data-testid": `compare-${each.version}`,
      onclick: () => {
        place.hidden = !place.hidden;
        compare.setAttribute("aria-expanded", String(!place.hidden));
        if (!place.hidden) form.compare(each.version);
      },
    });
    const back = button({
      icon: "undo",
      text: "Roll back to this version",
      "aria-label": `Roll back to this version: ${title.toLowerCase()}`,
      "data-testid": `roll-back-${each.version}`,
      onclick: () => form.rollBack(each.version),
    });
    compared.set(each.version, place);
    return el(
      "li",
      { class: `aiconn-version${each.current ? " aiconn-version-now" : ""}`, "data-testid": `version-${each.version}` },
      el(
        "div",
        { class: "aiconn-version-head" },
        el("span", { class: "aiconn-version-name" }, title),
        each.current && el("span", { class: "aiconn-chip aiconn-chip-good" }, icon("check"), "now"),
        el(
          "span",
          { class: "aiconn-quiet-text" },
          el("time", { datetime: each.modified, title: exact(each.modified) }, age(each.modified)),
          each.by ? ` by ${each.by}` : " by somebody unknown",
        ),
      ),
      whatChanged(each),
      !each.current && el("div", { class: "aiconn-actions" }, back, compare),
      place,
    );
  }

  function whatChanged({ version, first, changes }) {
    if (first) {
      const words = version === 1 ? "Created." : "The oldest version that is kept: what it changed cannot be told.";
      return el("p", { class: "aiconn-help" }, words);
    }
    if (!changes.length) return el("p", { class: "aiconn-help" }, "Saved without a change.");
    const line = ({ field, before, after }) =>
      el("li", {}, el("span", { class: "aiconn-version-field" }, field), fromTo(before, after));
    return el("ul", { class: "aiconn-changes" }, changes.map(line));
  }

  /** Of a secret that was another one, only that. */
  function fromTo(before, after) {
    if (after === "sealed, changed") return el("span", {}, "changed, sealed");
    const arrow = el("span", { "aria-hidden": "true", class: "aiconn-quiet-text" }, " → ");
    return el("span", {}, el("bdi", {}, code(before)), arrow, unseen(" became "), el("bdi", {}, code(after)));
  }

  choose(form.history);
  return {
    versions(rows) {
      compared.clear();
      list.replaceChildren(...rows.map(versionItem));
    },
    /** What a version has (`before`), and what holds now (`after`). */
    differs({ version, changes }) {
      const place = compared.get(version);
      if (!place) return;
      if (!changes.length) {
        place.replaceChildren(el("p", { class: "aiconn-help" }, "Nothing differs."));
        return;
      }
      const head = ["Field", `Version ${version}`, "Now"].map((words) => el("th", { scope: "col" }, words));
      const hidden = (words) => (words === "sealed, changed" ? "sealed, another" : words);
      const row = ({ field, before, after }) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, field),
          [before, hidden(after)].map((words) => el("td", {}, el("bdi", {}, code(words)))),
        );
      const caption = el("caption", { class: "aiconn-voice" }, `What differs between version ${version} and now`);
      place.replaceChildren(
        el("table", {}, caption, el("thead", {}, el("tr", {}, head)), el("tbody", {}, changes.map(row))),
      );
    },
  };
}
