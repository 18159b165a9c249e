/** Rotating a key: the new key is entered, tested, and replaces the old one only if it passes. */
import { button, html, nothing, type Content } from "../html";
import type { AskedKey, Problem, Rotated, RotationAsked } from "../protocol";
import { newId, together } from "../words";
import { errorLine } from "./field";
import type { Form } from "./form";
import { labelledInput } from "./input";

export class RotatePanel {
  private readonly id = newId("rotate");
  private field = "";
  private asks: readonly AskedKey[] = [];
  private readonly values = new Map<string, string>();
  private model = "";
  private error = "";
  private isBusy = false;

  constructor(private readonly form: Form) {}

  begin(field: string): void {
    this.form.send("plan_rotation", { field });
  }
  readonly asked = ({ field, asks }: RotationAsked): void => {
    this.field = field;
    this.asks = asks;
    this.error = "";
    this.values.clear();
    this.form.draw();
    this.form.focus(`${this.id}-${asks[0]?.key ?? ""}`);
  };
  readonly failed = ({ what = "", hint = "" }: Problem): void => {
    const words = together(what, hint);
    this.stop();
    this.form.test.refuse();
    if (!this.asks.length) return this.form.frame.tell("warn", words);
    this.error = words;
    this.form.ground.say(words);
    this.form.draw();
  };
  readonly rotated = ({ what, more }: Rotated): void => {
    this.end();
    this.form.test.stop();
    this.form.saving.tell(
      "good",
      what,
      more.length ? html`<ul>${more.map((each) => html`<li>${each}</li>`)}</ul>` : nothing,
    );
  };
  stop(): void {
    this.isBusy = false;
  }
  private readonly end = (): void => {
    this.asks = [];
    this.values.clear();
    this.stop();
    this.form.draw();
  };
  private readonly send = (): void => {
    if (this.isBusy) return;
    const turn = this.form.check.nextTurn();
    this.isBusy = true;
    this.error = "";
    this.form.test.start(turn, "Active");
    this.form.send("rotate", { turn, field: this.field, values: Object.fromEntries(this.values), model: this.model });
  };
  template(): Content {
    const { id, asks } = this;
    if (!asks.length) return nothing;
    const describedby = `${id}-error`;
    const keys = asks.map(({ key, label }) =>
      labelledInput(`New ${label}`, {
        id: `${id}-${key}`,
        testid: `rotate-${key}`,
        describedby,
        value: this.values.get(key) ?? "",
        hides: "always",
        input: (typed) => this.values.set(key, typed),
      }),
    );
    const model = labelledInput("Model to ask, if the test cannot tell", {
      id: `${id}-model`,
      testid: "rotate-model",
      describedby,
      value: this.model,
      input: (typed) => (this.model = typed),
    });
    return html`<section class="aiconn-panel aiconn-test" aria-labelledby=${id} data-testid="rotate">
      <p class="aiconn-strong" id=${id}>Rotate the key</p>
      <p class="aiconn-help">The old key stays until the new one has passed the test.</p>
      <div class="aiconn-row">${keys}${model}</div>
      ${errorLine(describedby, this.error)}
      <div class="aiconn-actions">
        ${button({ text: this.isBusy ? "Testing…" : "Test and replace", testid: "rotate-send", disabled: this.isBusy, click: this.send })}
        ${button({ kind: "quiet", text: "Not now", click: this.end })}
      </div>
    </section>`;
  }
}
