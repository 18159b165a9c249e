/** Checks of the input by the kernel, a moment after the last key. */
import type { Checked, FieldView, Reply } from "../protocol";
import type { Offer } from "./combobox";
import type { Form } from "./form";

const CHECK_AFTER = 300; // ms after the last key

export class Check {
  /** Counts the requests, to detect a stale answer. */
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** The known keys of settings; `mark` is the kernel's id for the result of a check. */
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
  /** Whether there is unchecked input. */
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
      for (const field of form.content.all) field.checked(answer);
      form.saving.tellMeanwhile(answer.meanwhile);
    } // otherwise, there was more input since
    form.saving.setBusy(form.saving.isBusy);
  };
  /** The keys to suggest for a field: a key that is set for its provider and its usual key come first. */
  keys({ suggested = "", set = "" }: FieldView): readonly Offer[] {
    const same = (key: string, written: string): boolean => `$${key}`.toLowerCase() === written.toLowerCase();
    const there = this.known.find((key) => same(key, suggested));
    const note = there ? "usual name" : `usual name, not in ${this.form.view.environment}`;
    const usual = { words: there ? `$${there}` : suggested, note };
    const isOther = set !== "" && !(there && same(there, set));
    const rest = this.known.filter((key) => !same(key, suggested) && !same(key, set));
    return [
      ...(isOther ? [{ words: set, note: "set here" }] : []),
      usual,
      ...rest.map((key) => ({ words: `$${key}` })),
    ];
  }
}
