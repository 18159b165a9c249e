/** Saving and testing a form: it is busy meanwhile, and shows the result. */
import { button, copyLine, html, nothing, type Content } from "../html";
import type { Answers } from "../ground";
import type { FormMessages, FormView, Inserted, Problem, Rotated, Saved } from "../protocol";
import { sentence } from "../words";
import type { Form } from "./form";

export class Saving {
  isBusy = false;
  /** Whether to show the stored entry, whatever the input. */
  isTaking = false;
  /** What to do once the view after a save has arrived. */
  private arriving: (() => void) | null = null;

  constructor(private readonly form: Form) {}

  get answers(): Answers<FormMessages> {
    return {
      saved: this.saved,
      failed: this.failed,
      trusted: ({ what }) => this.tell("good", what),
      // A save waits for these answers.
      ask_trust: ({ what, warning, answers }) => {
        this.setBusy(false);
        this.form.frame.clearMessage();
        this.form.frame.ask({
          title: `${this.form.content.name.text.trim() || "This connection"} ${what}`,
          body: html`<p>${warning}</p>`,
          answers: [
            ["Trust and save", () => this.save({ trust: answers })],
            ["Go on editing", null, "primary"],
          ],
          tone: "warn",
        });
      },
    };
  }
  tell(tone: string, what: Content, more: Content = nothing): void {
    this.form.frame.tell(tone, what, more);
    this.form.frame.focusMessage();
  }
  setBusy(isBusy: boolean): void {
    this.isBusy = isBusy;
    this.form.root.setAttribute("aria-busy", String(isBusy));
    this.form.draw();
  }

  // ---- saving ------------------------------------------------------------------------------------------------------------

  private isReady(): boolean {
    const { content, frame, words } = this.form;
    if (content.isPicked) return !content.all.some((field) => field.waits?.());
    frame.tell("bad", `Choose a ${words.pick}.`);
    this.form.focusFirst();
    return false;
  }
  /** `more` is sent with it, besides the input. */
  save(more: Record<string, unknown> = {}): void {
    const { form } = this;
    form.check.forget();
    if (this.isBusy || !this.isReady()) return;
    form.frame.clearMessage();
    this.setBusy(true);
    form.check.nextTurn(); // answers to earlier checks no longer apply
    const data = {
      version: form.stored?.version,
      tested: form.panels.holds("test"),
      ...more,
      ...form.content.collect(true),
    };
    void form.ground.ask("save", data).then(() => {
      if (this.isBusy && !this.arriving) this.setBusy(false);
    });
  }
  readonly failed = ({ what, hint, problems }: Problem): void => {
    const { form } = this;
    const isWaitedFor = this.isBusy;
    this.setBusy(false);
    if (problems) {
      this.showProblems(problems);
      return form.check.now();
    }
    form.frame.tell("bad", what, hint ? html`<p class="aiconn-help">${hint}</p>` : nothing);
    if (isWaitedFor) form.frame.focusMessage();
  };
  private showProblems(problems: Readonly<Record<string, string>>): void {
    const { content, frame, ground } = this.form;
    const keys = Object.keys(problems);
    for (const field of content.all) field.problem(problems[field.key] ?? "");
    const homeless = Object.entries(problems).filter(([key]) => !content.all.some((field) => field.key === key));
    frame.clearMessage();
    if (homeless.length) frame.tell("bad", homeless.map(([key, words]) => sentence(key, words)).join(" "));
    ground.say(`${keys.length === 1 ? "One field needs" : `${keys.length} fields need`} attention. Nothing was saved.`);
    const first = content.all.find((field) => problems[field.key]);
    if (first) first.focus();
    else frame.focusMessage();
  }
  /** The view after a save is sent separately, before or after this. */
  private readonly saved = (answer: Saved): void => {
    this.arriving = (): void => {
      const next = this.form.model.get("view") as FormView;
      if ((next.stored?.version ?? 0) < answer.version) return;
      this.arriving = null;
      this.isTaking = false;
      this.setBusy(false);
      this.form.view = next;
      this.form.build();
      this.tellSaved(answer);
    };
    this.arriving();
  };
  /** A view has arrived. */
  arrived(): void {
    this.arriving?.();
  }
  private tellSaved({ what, warnings, created, alias }: Saved): void {
    const line = this.form.content.kind?.use.replace("{alias}", alias) ?? "";
    const use = created && line ? html`<p>Use it in a cell: ${copyLine(line)}</p>` : nothing;
    const list = warnings.length ? html`<ul>${warnings.map((each) => html`<li>${each}</li>`)}</ul>` : nothing;
    this.tell(warnings.length ? "warn" : "good", what, [list, this.offerTrust(), use]);
  }

  readonly rotated = ({ what, more }: Rotated): void =>
    this.tell("good", what, more.length ? html`<ul>${more.map((each) => html`<li>${each}</li>`)}</ul>` : nothing);
  /** A cell was inserted, or its code must be copied. */
  readonly inserted = ({ line, done, why }: Inserted): void =>
    done
      ? this.tell("good", "Inserted a cell below the active one.")
      : this.tell("info", why, html`<p>${copyLine(line)}</p>`);

  // ---- testing and trusting ----------------------------------------------------------------------------------------------

  readonly startTest = (): void => {
    const { form } = this;
    if (this.isBusy) return;
    if (!form.content.isPicked) return this.save(); // which reports what is missing
    form.send("test", form.content.collect(true));
  };
  /** The form was redrawn: the stored entry may not send its key to its host yet. */
  began(): void {
    const { stored, frame } = this.form;
    if (stored?.untrusted)
      frame.tell("warn", `Untrusted host: ${stored.alias} ${stored.untrusted.what}.`, this.offerTrust());
  }
  private offerTrust(): Content {
    const { answers = [], warning } = this.form.stored?.untrusted ?? {};
    if (!answers.length) return nothing;
    const click = (): void => this.form.send("trust", { answers });
    const trust = button({ text: "Trust this host", testid: "trust", click });
    return [html`<p class="aiconn-help">${warning}</p>`, html`<div class="aiconn-actions">${trust}</div>`];
  }
}
