/* A connection is deleted from within its form: what is asked before, and the way back. Joined behind form_life.js. */

const UNDO_FOR = 10_000; // ms

/** `form` is what all parts of the form share, `life` what form_life.js makes of it. */
function connectionDeletion(form, life) {
  function remove(force) {
    life.setBusy(true);
    life.send("delete", { force });
  }
  function disable() {
    form.taking = true;
    life.send("disable");
  }

  function confirm({ profiles }) {
    const { alias, active, in_use: used } = life.stored();
    const several = profiles.length > 1;
    const consequence = profiles.length
      ? el(
          "p",
          {},
          `The ${several ? "profiles" : "profile"} `,
          ...profiles.flatMap((each, i) => (i ? [", ", code(each)] : [code(each)])),
          ` ${several ? "depend" : "depends"} on it and will not work any more.`,
        )
      : el("p", {}, used ? "It is in use in this kernel. " : "", "It can be brought back for 30 days.");
    form.frame.ask(
      `Delete ${alias}?`,
      [consequence],
      [
        [profiles.length ? "Delete all the same" : "Delete", () => remove(profiles.length > 0), "danger"],
        ...(active ? [["Disable instead", disable]] : []),
        ["Keep it", null],
      ],
      "danger",
    );
  }

  /** In the place of the form stands that it is gone, and for some seconds the way back. */
  function deleted(answer) {
    life.setBusy(false);
    const undo = button({ icon: "undo", text: "Undo", onclick: () => life.restore() });
    form.ground.root.replaceChildren(
      el(
        "div",
        { class: "aiconn-message aiconn-note aiconn-good", role: "status", "data-testid": "message" },
        icon("good"),
        el(
          "div",
          { class: "aiconn-note-words" },
          el("p", {}, answer.what),
          answer.warnings.map((each) => el("p", {}, each)),
        ),
        undo,
      ),
    );
    setTimeout(() => undo.remove(), UNDO_FOR);
    undo.focus();
  }

  return { begin: () => life.send("dependents"), answers: { dependents: confirm, deleted } };
}
