/** Changes by others to the form's entry: they are reported, and never overwritten. */
import type { FormView, Meanwhile } from "../protocol";
import type { Form } from "./form";

export class Others {
  /** What was reported already. */
  private warned = "";

  constructor(private readonly form: Form) {}

  private get next(): FormView {
    return this.form.model.get("view") as FormView;
  }
  show(view: FormView): void {
    this.form.view = view;
    this.form.build();
  }
  /** It was saved or deleted elsewhere: report each event once. */
  tellMeanwhile(meanwhile: Meanwhile | null): void {
    const { form } = this;
    if (!meanwhile || !form.isDirty || form.frame.asks || this.warned === meanwhile.mark) return;
    this.warned = meanwhile.mark;
    form.frame.say("info", meanwhile.what);
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
      form.frame.say("info", form.words.elsewhere);
    }
  };
  /** Shown above the fields, or in place of the form. */
  readonly ended = (): boolean => {
    const { form } = this;
    form.check.forget();
    form.saving.setBusy(false);
    form.frame.end();
    return true;
  };
}
