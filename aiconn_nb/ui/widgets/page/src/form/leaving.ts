/** Leaving, rolling back, deleting and restoring: a form asks before it loses input. */
import { html, spoken } from "../html";
import type { Answers } from "../ground";
import type { FormMessages, FormView, Panel } from "../protocol";
import { deletionBody } from "../questions";
import type { Form } from "./form";

export class Leaving {
  /** What to do once the deleted entry is restored. */
  private restored: (() => void) | null = null;

  constructor(private readonly form: Form) {}

  get answers(): Answers<FormMessages> {
    const { form } = this;
    return {
      deleted: (answer) => {
        form.saving.setBusy(false);
        form.deletion.deleted(answer);
      },
      restored: ({ what }) => {
        form.view = form.model.get("view") as FormView; // it may be equal to the previous view, which causes no change event
        form.build();
        form.saving.isTaking = false;
        const then = this.restored;
        this.restored = null;
        form.saving.tell("good", what);
        then?.();
      },
      note: (answer) => {
        this.restored = null; // it was not restored
        if (form.deletion.isDone) form.deletion.failed(answer);
        else form.saving.failed(answer);
        form.stop();
      },
      ask_delete: (answer) => {
        const { depends: force = false } = answer;
        const remove = (): void => {
          form.saving.setBusy(true);
          form.send("delete", { force });
        };
        const disable = (): void => {
          form.saving.isTaking = true;
          form.send("disable");
        };
        form.frame.ask({
          title: `Delete ${form.stored?.alias}?`,
          body: deletionBody(answer),
          answers: [
            [force ? "Delete anyway" : "Delete", remove, "danger"],
            ...(answer.active ? [["Disable instead", disable] as const] : []),
            ["Keep it", null],
          ],
          tone: "danger",
        });
      },
    };
  }

  /** Do it; ask first if that would lose input. */
  private discarding(title: string, lost: string, yes: string, act: () => void): void {
    if (this.form.saving.isBusy) return;
    if (!this.form.isDirty) return act();
    const answers = [[yes, act, "danger"] as const, ["Go on editing", null] as const];
    this.form.frame.ask({ title, body: html`<p>${lost}</p>`, answers });
  }
  readonly cancel = (): void => {
    const { form } = this;
    const stays = `The ${form.words.noun.toLowerCase()} stays as it is stored.`;
    const lost = form.stored ? stays : "Nothing has been saved yet.";
    this.discarding("Discard your changes?", lost, "Discard", () => {
      form.saving.isTaking = true;
      form.content.picked = "";
      form.history.isShown = false;
      form.build();
      form.send("cancel");
      form.frame.focus();
      form.saving.isTaking = false;
    });
  };
  ask({ title, help = [], answers = [] }: Panel): void {
    const put = answers.map((each) => [each.text, () => this.form.press(each, {}), each.kind ?? ""] as const);
    this.form.frame.ask({ title, body: help.map((parts) => html`<p>${spoken(parts)}</p>`), answers: put });
  }
  /** Restore the deleted entry, and continue with `then`. */
  restore(then: (() => void) | null = null): void {
    this.restored = then;
    this.form.saving.isTaking = true;
    this.form.send("restore");
  }
}
