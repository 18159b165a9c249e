/* What a form edits is deleted from within it: what is asked before, and the way back. Joined behind form_life.js. */

/**
 * `form` is what all parts of the form share, `life` what form_life.js makes of it. `question(answer)` says what is asked, from what
 * the kernel says would come of it: body, and where something breaks `force`; `instead` are other answers than yes and no.
 */
function formDeletion(form, life, question) {
  let box = null; // what stands in the place of the form once it is gone
  let undo = null;
  let seconds; // for which it is offered
  let said; // of the deletion
  let timer = null;
  let waiting = false; // for the answer to a click

  function remove(force) {
    life.setBusy(true);
    life.send("delete", { force });
  }

  function confirm(answer) {
    const { body, force = false, instead = [] } = question(answer);
    form.frame.ask(
      `Delete ${life.stored().alias}?`,
      body,
      [[force ? "Delete all the same" : "Delete", () => remove(force), "danger"], ...instead, ["Keep it", null]],
      "danger",
    );
  }

  /** In the place of the form stands that it is gone, and for some seconds the way back. */
  function deleted(answer) {
    life.setBusy(false);
    ({ seconds, what: said } = answer);
    offer("good", [said, ...answer.warnings]);
  }

  function offer(tone, lines) {
    undo = button({ icon: "undo", text: "Undo", onclick: bringBack });
    tell(tone, lines);
    undo.focus();
    waiting = false;
    clearTimeout(timer);
    timer = setTimeout(end, seconds * 1000);
  }

  /** Clicked in time it is in time, however long the kernel is busy. */
  function bringBack() {
    clearTimeout(timer);
    waiting = true;
    life.restore();
  }

  function tell(tone, lines) {
    box = el(
      "div",
      { class: `aiconn-message aiconn-note aiconn-${tone}`, role: tone === "bad" ? "alert" : "status", tabindex: "-1", "data-testid": "message" },
      icon(tone),
      el("div", { class: "aiconn-note-words" }, lines.map((each) => el("p", {}, each))),
      undo,
    );
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // there is no form that could be left
      event.stopPropagation();
    });
    form.ground.root.replaceChildren(box);
  }

  function end() {
    const focused = document.activeElement === undo;
    undo.remove();
    if (focused) box.focus();
    undo = null;
  }

  /** Why it cannot be brought back, and the way to try again; anything else is told in the form. */
  function note(answer) {
    if (!box?.isConnected) {
      life.answers.note(answer);
      return;
    }
    const lines = [answer.what, answer.hint].filter(Boolean);
    if (waiting) offer("bad", lines);
    else {
      tell("bad", lines);
      (undo ?? box).focus();
    }
  }

  /** The kernel is gone: said in the place of the form, if that is gone too. Answers whether it was. */
  form.ended = () => {
    if (!box?.isConnected) return false;
    const focused = box.contains(document.activeElement);
    clearTimeout(timer);
    undo = null;
    tell("warn", [said, "The kernel has ended. It can be brought back for 30 days."]);
    if (focused) box.focus();
    return true;
  };

  return {
    button: () =>
      button({ kind: "quiet", icon: "delete", text: "Delete…", onclick: () => life.send("ask_delete"), "data-testid": "delete" }),
    answers: { ask_delete: confirm, deleted, note },
  };
}
