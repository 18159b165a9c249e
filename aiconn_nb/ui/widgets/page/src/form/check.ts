/** Asking the kernel while one types: what would become of it, a moment after the last key. */
import type { Checked, FieldView, Reply } from "../protocol";
import type { Offer } from "./combobox";
import type { Form } from "./form";

const CHECK_AFTER = 300; // ms after the last key

export class Check {
  /** Counts what is asked, so that a stale answer is known. */
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** The known keys of settings; `mark` is the kernel's name for what a check found out. */
  private known: readonly string[] = [];
  private mark: unknown = null;

  constructor(private readonly form: Form) {}

  nextTurn(): number {
    return ++this.turn;
  }
  forget(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
  soon(): void {
    this.forget();
    this.timer = setTimeout(this.now, CHECK_AFTER);
  }
  readonly now = (): void => {
    const { content, saving, isDirty } = this.form;
    this.forget();
    if (saving.isBusy) return;
    const dirty = isDirty && !saving.isTaking;
    this.form.send("check", { turn: this.nextTurn(), dirty, mark: this.mark, ...content.collect(false) });
  };
  /** Something was typed and not asked about yet. */
  readonly flush = (): void => {
    if (this.timer !== null) this.now();
  };
  readonly look = (): void => {
    if (this.form.isWelcome && this.timer === null) this.now();
  };
  readonly answered = (answer: Checked & Reply): void => {
    const { form } = this;
    const { turn, keys, connections, environment, mark = this.mark } = answer;
    this.mark = mark;
    this.known = keys ?? this.known;
    form.view = { ...form.view, environment, ...(connections ? { connections } : {}) };
    if (connections) form.content.follow();
    if (turn === this.turn) {
      for (const field of form.content.all) field.checked?.(answer);
      form.others.tellMeanwhile(answer.meanwhile);
    } // else something was typed since
    form.saving.setBusy(form.saving.isBusy);
  };
  /** The keys to offer to a field: its usual one before all others. */
  keys({ suggested = "" }: FieldView): readonly Offer[] {
    const isUsual = (key: string): boolean => `$${key}`.toLowerCase() === suggested.toLowerCase();
    const there = this.known.find(isUsual);
    const note = there ? "usual name" : `usual name, not in ${this.form.view.environment}`;
    const rest = this.known.filter((key) => !isUsual(key)).map((key) => ({ words: `$${key}` }));
    return [{ words: there ? `$${there}` : suggested, note }, ...rest];
  }
}
