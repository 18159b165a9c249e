/* Of two versions, which value of each to keep. Joined behind form_controls.js. */

/** Both values of everything that differs, one of each to choose. `rows` are {key, label, mine, theirs, take}. */
function choices(rows) {
  const taken = new Map(rows.map((row) => [row.key, row.take]));
  const lines = rows.map((row) => {
    const name = formId("choice");
    const cell = (which, words) => {
      const input = el("input", {
        type: "radio",
        name,
        value: which,
        checked: row.take === which,
        "data-testid": `${which}-${row.key}`,
        onchange: () => taken.set(row.key, which),
      });
      const whose = el("span", { class: "aiconn-quiet-text" }, which === "mine" ? "Yours" : "Theirs");
      return el("label", { class: "aiconn-choice" }, input, el("span", {}, whose, el("span", {}, words || "not set")));
    };
    const legend = el("legend", { class: "aiconn-label" }, row.label);
    return el("fieldset", { class: "aiconn-difference" }, legend, cell("mine", row.mine), cell("theirs", row.theirs));
  });
  return { node: el("div", { class: "aiconn-differences" }, lines), taken };
}
