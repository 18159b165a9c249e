/** A field for a text or a number, from which all other fields are derived. */
import { button, classes, html, link, live, note, valueOf, type Content, type TemplateResult } from "../html";
import type { Checked, FieldView, Models } from "../protocol";
import { newId } from "../words";
import { fieldFrame, type Draft } from "./field";
import type { Form } from "./form";
import { textArea, textInput, type InputOptions } from "./input";

/** An empty field is not sent. */
export class TextField {
  readonly id: string;
  readonly key: string;
  readonly label: string;
  /** Whether its content is independent of the chosen kind. */
  readonly stays: boolean = false;
  /** The fields within it. */
  get parts(): readonly TextField[] {
    return [];
  }
  /** The part of its content that a page may see. */
  text: string;
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
  /** Add the input; a secret only for a save or a test. */
  collect(draft: Draft, saving: boolean): void {
    draft.fields[this.key] = this.open(saving);
  }
  /** Take earlier input. */
  fill({ fields }: Draft): void {
    const text = fields[this.key];
    if (text !== undefined && text !== this.text) this.write(text);
  }

  /** Whether it shows a problem. */
  get isWrong(): boolean {
    return this.error !== "";
  }
  /** The kernel's result for the input, and its list of models. */
  checked(_answer: Checked): void {}
  listed(_answer: Models): void {}
  /** Something else in the form has changed. */
  follow(): void {}
  /** It waits for no answer any more. */
  stop(): void {}
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
      what: `This looks like ${owner.key}. ${this.label} is not secret: it is stored and shown as plain text.`,
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
  protected get given(): InputOptions {
    const { id, text: value, describedby, typed: input } = this;
    const { placeholder, inputmode } = this.view;
    const isInvalid = this.error !== "";
    return { id, value, testid: `input-${this.key}`, placeholder, inputmode, describedby, isInvalid, input };
  }
  protected input(more: InputOptions = {}): TemplateResult {
    return textInput({ ...this.given, isRequired: this.view.required, ...more });
  }
  protected area(rows: number, isCode = false): TemplateResult {
    return textArea({ ...this.given, isCode }, rows);
  }
  protected control(_more?: InputOptions): Content {
    const { type } = this.view;
    if (type === "lines") return this.area(3);
    const input = this.input({ isNumber: type !== "plain" });
    return type === "slider" ? this.slider(input) : input;
  }
  /** A slider beside a number: each follows the other, and the slider is inactive if nothing is sent. */
  private slider(input: TemplateResult): TemplateResult {
    const { least, most, placeholder } = this.view;
    if (least == null || most == null) return input;
    const number = this.text.trim() === "" ? NaN : Number(this.text);
    const isSet = number >= least && number <= most;
    const value = isSet ? number : (least + most) / 2;
    const slide = (event: Event): void => this.typed(String(Number(Number(valueOf(event)).toFixed(2))));
    const label = `Do not send ${this.label.toLowerCase()}`;
    const click = (): void => this.write("", true);
    return html`<div class="aiconn-line">
      <input type="range" class=${classes("aiconn-slider", !isSet && "aiconn-unset")} min=${least} max=${most}
        step=${(most - least) / 20} aria-label="${this.label}, as a slider" aria-valuetext=${isSet ? number : placeholder} .value=${live(String(value))} @input=${slide} />
      <div class="aiconn-within aiconn-clearable">
        ${input}${button({ kind: "quiet", icon: "close", label, hidden: !this.text, click })}
      </div>
    </div>`;
  }
  protected said(): Content {
    return this.shownKeyNote();
  }
  template(): TemplateResult {
    const { id, view, error, help } = this;
    return fieldFrame({ id, view, error, help, control: this.control(), state: this.said() });
  }
}
