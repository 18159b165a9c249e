/* What a form edits is deleted from within it: what is asked before, and the way back. Joined behind form_life.js. */

const UNDO_FOR = 10_000; // ms

/**
 * `form` is what all parts of the form share, `life` what form_life.js makes of it. `question(answer)` says what is asked, from what
 * the kernel says would come of it: body, and where something breaks `force`; `instead` are other answers than yes and no.
 */
function formDeletion(form, life, question) {
  let box = null; // what stands in the place of the form once it is gone
  let undo = null;
  let timer = null;

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
    undo = button({ icon: "undo", text: "Undo", onclick: () => life.restore() });
    tell("good", [answer.what, ...answer.warnings]);
    undo.focus();
    clearTimeout(timer);
    timer = setTimeout(end, UNDO_FOR);
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

  /** Why it cannot be brought back; anything else is told in the form. */
  function note(answer) {
    if (!box?.isConnected) {
      life.answers.note(answer);
      return;
    }
    tell("bad", [answer.what, answer.hint].filter(Boolean));
    (undo ?? box).focus();
  }

  return {
    button: () =>
      button({ kind: "quiet", icon: "delete", text: "Delete…", onclick: () => life.send("ask_delete"), "data-testid": "delete" }),
    answers: { ask_delete: confirm, deleted, note },
  };
}
