/** A text field. */
import { link, note, type Content, type TemplateResult } from "../html";
import type { FieldView, Stored } from "../protocol";
import { newId } from "../words";
import { aKey, fieldFrame, type Draft, type Field } from "./field";
import type { Form } from "./form";
import { textArea, textInput, type AreaOptions, type InputOptions } from "./input";

/** An empty field is not sent. */
export class TextField implements Field {
  readonly id: string;
  readonly key: string;
  readonly label: string;
  text = "";
  protected error = "";

  constructor(
    readonly form: Form,
    readonly view: FieldView,
  ) {
    this.key = view.key;
    this.label = view.label;
    this.id = newId(view.key);
    this.text = form.stored?.settings[view.key]?.text ?? "";
  }
  focus(): void {
    this.form.focus(this.id);
  }
  problem(words: string): void {
    this.error = words;
    this.form.draw();
  }
  write(text: string, focus = false): void {
    this.typed(text);
    if (focus) this.focus();
  }
  protected readonly typed = (text: string): void => {
    this.take(text);
    this.error = "";
    this.form.changed();
  };
  protected take(text: string): void {
    this.text = text;
  }
  /** The input without anything that looks like a key. */
  open(saving: boolean): string {
    return saving || !this.form.owner(this.text) ? this.text : "";
  }
  collect(draft: Draft, saving: boolean): void {
    draft.fields[this.key] = this.open(saving);
  }
  fill({ fields }: Draft): void {
    const text = fields[this.key];
    if (text !== undefined && text !== this.text) this.write(text);
  }
  mine(_before: Stored): string {
    return this.text.trim();
  }
  shown(stored: Stored | null): string {
    return stored?.settings[this.key]?.text ?? "";
  }

  get isWrong(): boolean {
    return this.error !== "";
  }
  protected get help(): string {
    return this.view.help;
  }
  /** A key in a visible field: reported at once, never sent. */
  shownKeyNote(): Content {
    const owner = this.form.owner(this.text);
    if (!owner) return null;
    const secret = this.form.content.emptySecret;
    const move = (): void => {
      const key = this.text.trim();
      this.write("");
      secret?.write(key, true);
    };
    return note({
      tone: "warn",
      what: `This looks like ${aKey(owner)}. ${this.label} is not secret: it is stored and shown as plain text.`,
      actions: [
        secret ? link(`Move it to ${secret.label}`, move) : null,
        link("Remove it", () => this.write("", true)),
      ],
      testid: `note-${this.key}`,
    });
  }
  protected get describedby(): string {
    return `${this.id}-error ${this.id}-state${this.help ? ` ${this.id}-help` : ""}`;
  }
  private get given(): Omit<AreaOptions, "rows"> {
    const { id, text: value, describedby, typed: input } = this;
    return { id, value, testid: `input-${this.key}`, describedby, isInvalid: this.error !== "", input };
  }
  protected input(more: Partial<InputOptions> = {}): TemplateResult {
    const { placeholder, required: isRequired } = this.view;
    return textInput({ ...this.given, placeholder, isRequired, ...more });
  }
  protected area(rows: number, more: Partial<AreaOptions>): TemplateResult {
    return textArea({ ...this.given, rows, ...more });
  }
  protected control(_more?: Partial<InputOptions>): Content {
    return this.input();
  }
  protected said(): Content {
    return this.shownKeyNote();
  }
  template(): TemplateResult {
    const { id, view, error, help } = this;
    return fieldFrame({ id, view, error, help, control: this.control(), state: this.said() });
  }
}
