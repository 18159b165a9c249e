/** Checks of the input by the kernel, a moment after the last key. */
import type { Checked, FieldView, Reply } from "../protocol";
import type { Offer } from "./combobox";
import type { Form } from "./form";

const CHECK_AFTER = 300; // ms after the last key

export class Check {
  /** Counts the requests, to detect a stale answer. */
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** The known keys of settings, and the references that come first for each field, with a note. */
  private known: readonly string[] = [];
  private usual: Readonly<Record<string, readonly (readonly string[])[]>> = {};

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
    this.form.send("check", { turn: this.nextTurn(), dirty, ...content.collect(false) });
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
    const { turn, keys = this.known, usual = this.usual, connections, environment } = answer;
    this.known = keys;
    this.usual = usual;
    form.view = { ...form.view, environment, ...(connections ? { connections } : {}) };
    if (connections) form.content.follow();
    if (turn === this.turn) {
      for (const field of form.content.all) field.checked(answer);
      form.saving.tellMeanwhile(answer.meanwhile);
    } // otherwise, there was more input since
    form.saving.setBusy(form.saving.isBusy);
  };
  /** The references to suggest for a field. */
  keys({ key }: FieldView): readonly Offer[] {
    const first = (this.usual[key] ?? []).map(([words = "", note]) => ({ words, note }));
    const named = new Set(first.map(({ words }) => words.toLowerCase()));
    const rest = this.known.filter((each) => !named.has(`$${each}`.toLowerCase()));
    return [...first, ...rest.map((each) => ({ words: `$${each}` }))];
  }
}
