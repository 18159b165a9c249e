/* The model of a profile: any text, with what the first connection lists as suggestions. Joined behind profile_connections.js. */

/** `form` is what the form gives: first() (the first connection, or null), capability(), changed(key), ask(connection id, again). */
function modelField(form) {
  let models = [];
  let asked = ""; // of whom, and for what
  let typing = false;
  let unlisted = "";
  let line = null; // what is said of the list
  const input = textInput({ class: "aiconn-input aiconn-code", "aria-required": "true" });
  input.addEventListener("input", () => {
    typing = true;
    unlisted = "";
    drawState();
  });
  input.addEventListener("blur", () => (typing = false));
  const combobox = suggest(input, { label: "Models", matching, words: ({ id }) => id, eager: true });
  const state = el("div", { "aria-live": "polite", "data-testid": "models" });
  const field = textField(form, { key: "model", label: "Model", optional: false }, { input, around: el("div", { class: "aiconn-control" }, input, combobox.list) });
  field.node.append(state);

  /** All of them until something is typed; then those that begin with it before those that hold it. */
  function matching(typed) {
    const wanted = typed.trim().toLowerCase();
    if (!typing || !wanted) return models;
    const held = models.filter(({ id, note }) => `${id}\n${note}`.toLowerCase().includes(wanted));
    const begins = ({ id }) => id.toLowerCase().startsWith(wanted);
    return [...held.filter(begins), ...held.filter((each) => !begins(each))];
  }

  function drawState() {
    state.replaceChildren(...[unlisted ? told("warn", unlisted) : line].filter(Boolean));
  }
  function said(...parts) {
    line = el("p", { class: "aiconn-said" }, parts);
    drawState();
  }

  function ask(again) {
    const first = form.first();
    models = [];
    unlisted = "";
    if (!first || first.state === "gone") {
      asked = "";
      said("Its list is offered here once there is a connection.");
      return;
    }
    asked = `${first.id} ${form.capability()}`;
    said(icon("spinner"), el("span", {}, `Asking ${first.alias} for its models…`));
    line.classList.add("aiconn-asking");
    form.ask(first.id, again);
  }

  return {
    ...field,
    get text() {
      return input.value;
    },
    /** Look whether another connection, or another capability, has another list. */
    follow() {
      const first = form.first();
      if ((first && first.state !== "gone" ? `${first.id} ${form.capability()}` : "") !== asked || !line) ask(false);
    },
    unlisted(words) {
      unlisted = words;
      drawState();
    },
    /** The kernel's answer: the list, or why it cannot be had. */
    listed(answer) {
      const first = form.first();
      if (answer.id !== first?.id) return;
      if (answer.models) {
        models = answer.models;
        said(el("span", {}, answer.said));
        combobox.update();
        if (document.activeElement === input && typing) input.dispatchEvent(new Event("input", { bubbles: true }));
        return;
      }
      const why = answer.what + (/[.!?]$/.test(answer.what) ? "" : ".");
      const words = [`${first.alias} cannot be asked for its models now: `, el("span", {}, why), answer.hint && ` ${answer.hint}`, " Any name can be typed."];
      line = told("warn", words.filter(Boolean), [link("Try again", () => (ask(true), input.focus()), { "data-testid": "again" })], { "data-testid": "no-models" });
      drawState();
    },
  };
}
