/* A key belongs to a host: what is asked before it goes to another one. Joined behind form_life.js. */

const GETS_THE_KEY = "Whoever runs this host gets the key. Allow it only if this is the host that you mean.";

/** `form` is what all parts of the form share, `life` what form_life.js makes of it. */
function connectionTrust(form, life) {
  /** A button for what is stored and may not go to its host yet. */
  function offer() {
    const answers = life.stored()?.untrusted?.answers ?? [];
    if (!answers.length) return null;
    const trust = button({
      text: "Trust this host",
      onclick: () => life.send("trust", { answers }),
      "data-testid": "trust",
    });
    return [el("p", { class: "aiconn-help" }, GETS_THE_KEY), el("div", { class: "aiconn-actions" }, trust)];
  }

  /** A save waits for these answers. */
  function ask({ what, answers }) {
    life.setBusy(false);
    form.frame.hush();
    form.frame.ask(
      `${form.identity.read().name.trim() || "This connection"} ${what}`,
      [el("p", {}, GETS_THE_KEY)],
      [
        ["Trust and save", () => life.save({ trust: answers })],
        ["Go on editing", null, "primary"],
      ],
      "warn",
    );
  }
  function trusted(answer) {
    form.frame.tell("good", answer.what);
    form.frame.focusMessage();
  }

  return { offer, answers: { ask_trust: ask, trusted } };
}
