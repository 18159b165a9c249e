/** Changes by others to the form's entry: they are reported, and never overwritten. */
import { html } from "../html";
import type { Answers } from "../ground";
import type { FormMessages, FormView, Meanwhile } from "../protocol";
import { age } from "../words";
import { Conflict } from "./conflict";
import type { Form } from "./form";

export class Others {
  /** What was reported already. */
  private warned = "";

  constructor(private readonly form: Form) {}

  private get noun(): string {
    return this.form.words.noun.toLowerCase();
  }
  private get next(): FormView {
    return this.form.model.get("view") as FormView;
  }
  private show(view: FormView): void {
    this.form.view = view;
    this.form.build();
  }
  /** It was saved or deleted elsewhere: report each event once. */
  tellMeanwhile(meanwhile: Meanwhile | null): void {
    const { form, noun } = this;
    if (!meanwhile || !form.isDirty || form.frame.asks || this.warned === JSON.stringify(meanwhile)) return;
    this.warned = JSON.stringify(meanwhile);
    const when = age(meanwhile.modified ?? "");
    const saved = `This ${noun} was saved elsewhere ${when}. When you save, both versions are shown.`;
    const gone = `${form.stored?.alias} was deleted in the meantime. Save to restore it.`;
    form.frame.tell("info", meanwhile.gone ? gone : saved);
  }

  get answers(): Answers<FormMessages> {
    const { form } = this;
    return {
      // It was saved: show both values of the fields that differ.
      changed: (answer) => {
        const { theirs, connections } = answer;
        form.saving.setBusy(false);
        form.frame.clearMessage();
        if (!form.stored) return;
        if (connections) form.view = { ...form.view, connections };
        const conflict = new Conflict(form.content, form.stored, answer);
        const merge = (): void => {
          this.show({ ...form.view, stored: theirs });
          conflict.fill(form.content);
          form.saving.save();
        };
        const saved = `${theirs.alias} was saved elsewhere ${age(theirs.modified)}, while you were editing.`;
        const what = conflict.isAsked ? "Choose what to save:" : "Your changes and theirs are in different fields.";
        form.frame.ask({
          title: `This ${this.noun} was changed in the meantime`,
          body: [html`<p>${saved} Nothing was overwritten. ${what}</p>`, conflict.template()],
          answers: [
            ["Save the chosen values", merge, "primary"],
            ["Take theirs", () => this.takeTheirs()],
            ["Go on editing", null],
          ],
        });
      },
      gone: ({ alias }) => {
        form.stop();
        const mine = form.content.collect(true);
        const again = (): void => {
          form.content.fill(mine);
          form.saving.save();
        };
        form.frame.ask({
          title: `${alias} was deleted in the meantime`,
          body: html`<p>Another kernel deleted it. What you typed is still here.</p>`,
          answers: [
            ["Restore it and save", () => form.leaving.restore(again), "primary"],
            ["Go on editing", null],
          ],
        });
      },
    };
  }
  private takeTheirs(): void {
    const { form, next } = this;
    if (next.stored?.version !== form.stored?.version) this.show(next);
    else form.saving.isTaking = true;
    form.check.now();
  }
  readonly viewChanged = (): void => {
    const { form, next } = this;
    form.saving.arrived();
    if (form.saving.isBusy || next === form.view) return; // a save in progress is reported by its own answer
    const isSame = next.stored?.id === form.stored?.id && next.stored?.version === form.stored?.version;
    if (isSame) {
      form.view = next;
      form.draw();
    } else if (form.saving.isTaking || !form.isDirty) {
      this.show(next);
      form.saving.isTaking = false;
    } else {
      const saved = `This ${this.noun} was saved elsewhere in the meantime.`;
      form.frame.tell("info", `${saved} When you save, both versions are shown.`);
    }
  };
  /** Shown above the fields, or in place of the form. */
  readonly ended = (): boolean => {
    const { form } = this;
    form.check.forget();
    form.saving.setBusy(false);
    if (form.deletion.isDone) form.deletion.ended();
    else form.frame.tell("warn", "The kernel has ended, and this form with it. Run the cell again.");
    return true;
  };
}
