/** A setting of a connection: text, number, choice, reference or secret. A stored secret never reaches the page. */
import { classes, html, icon, link, nothing, select, unseen, type Content, type TemplateResult } from "../html";
import { answerButton, type Values } from "../panel";
import type { Answer, Checked, FieldView, ReferenceView, SettingView } from "../protocol";
import type { Combobox } from "./combobox";
import { fieldFrame, type Draft } from "./field";
import type { Form } from "./form";
import { settingNote } from "./notes";
import { isReference, knownKeys, mayBeReference } from "./references";
import { TextField } from "./text";

type Mode = "kept" | "cleared" | "typed";

export class Setting extends TextField {
  mode: Mode;
  /** Whether the offer to store the key elsewhere was declined. */
  sealsIt = false;
  /** The last result from the kernel. */
  reference: ReferenceView | null = null;
  /** After a reload: whether there was input here that is not returned to pages. */
  isLost = false;
  readonly combobox: Combobox;
  /** The suggestions for another reference, in a panel. */
  private readonly names: Combobox;
  private readonly stored: SettingView | undefined;
  /** Whether a choice is written as a reference instead. */
  private asReference = false;

  constructor(form: Form, view: FieldView) {
    super(form, view);
    this.stored = form.stored?.settings[view.key];
    this.mode = this.stored?.sealed ? "kept" : "typed";
    this.combobox = knownKeys(() => form.check.keys(view), this.typed, form.draw);
    this.names = knownKeys(
      () => form.check.keys(view),
      (words) => this.names.write(words),
      form.draw,
    );
  }

  // ---- what it holds -----------------------------------------------------------------------------------------------------

  /** Whether it has content that may only travel with a save or a test. */
  private get isSecret(): boolean {
    const isLiteral = this.view.sensitive === true && !isReference(this.text);
    return this.mode === "typed" && this.text.trim() !== "" && (isLiteral || this.form.owner(this.text) !== null);
  }
  /** Replace was chosen without input: the stored value stays. */
  private get isUntouched(): boolean {
    return this.mode === "kept" || (this.mode === "typed" && Boolean(this.stored?.sealed) && this.text.trim() === "");
  }
  override collect(draft: Draft, saving: boolean): void {
    const { key, mode, isUntouched } = this;
    if (mode === "cleared") draft.cleared.push(key);
    else if (isUntouched) draft.replaced.push(...(mode === "typed" ? [key] : []));
    else if (!saving && this.isSecret) draft.typed.push(key);
    else draft.fields[key] = this.text;
  }
  override fill({ fields, replaced, cleared, typed }: Draft): void {
    const { key } = this;
    const text = fields[key];
    if (text !== undefined && (this.mode !== "typed" || text !== this.text)) this.write(text);
    if (cleared.includes(key)) this.turn("cleared", false);
    if (!replaced.includes(key) && !typed.includes(key)) return;
    this.mode = "typed";
    this.take("");
    this.isLost = typed.includes(key);
  }
  override write(text: string, focus = false): void {
    this.mode = "typed";
    super.write(text, focus);
  }
  override checked({ references }: Checked): void {
    this.reference = references?.[this.key] ?? this.reference;
  }
  override focus(): void {
    if (this.mode === "typed") return super.focus();
    this.form.ground.find(`[aria-labelledby="${this.id}-label"] button`)?.focus();
  }
  protected override take(text: string): void {
    this.text = text;
    this.sealsIt = this.isLost = false;
    this.reference = null;
    this.form.panels.forget(this.key);
  }
  private turn(mode: Mode, focus = true): void {
    this.mode = mode;
    this.typed("");
    if (focus) this.focus();
  }
  /** Store the typed key as a user secret, for the usual reference. */
  readonly keepElsewhere = (): void =>
    this.form.send("keep", { field: this.key, reference: this.view.suggested, typed: true });
  seal(): void {
    this.sealsIt = true;
    this.form.draw();
    this.focus();
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  private get values(): readonly string[] {
    return (this.view.choices ?? []).map(([value = ""]) => value);
  }
  /** A choice written as text. */
  private get isWritten(): boolean {
    const { text, values } = this;
    return values.length > 0 && (this.asReference || mayBeReference(text) || (text !== "" && !values.includes(text)));
  }
  private set(): TemplateResult {
    const { mode, id, stored, form } = this;
    const draw = (each: Answer): TemplateResult => answerButton(each, form.press);
    const isKept = mode === "kept";
    const act = (words: string, to: Mode, rest: Content): Content => link([words, rest], () => this.turn(to));
    const named = unseen(` ${this.label}`);
    const words = isKept ? [icon("lock"), "stored, sealed"] : "will be taken away when you save";
    const acts = isKept
      ? [act("Replace", "typed", named), act("Clear", "cleared", named), stored?.answers?.map(draw)]
      : act("Undo", "kept", nothing);
    return html`<div class="aiconn-line aiconn-set" role="group" aria-labelledby="${id}-label">
      <span class=${classes("aiconn-line", isKept && "aiconn-good")}>${words}</span>${acts}
    </div>`;
  }
  protected override control(): Content {
    const { view, values, combobox } = this;
    if (this.mode !== "typed") return this.set();
    if (values.length && !this.isWritten) return this.choice();
    if (view.type === "headers") return this.area(2, true);
    const input = this.input({
      isCode: mayBeReference(this.text),
      combobox,
      pasted: this.form.draw,
      hides: view.sensitive ? "literals" : undefined,
    });
    const keep = this.stored?.sealed ? link("Keep the stored one", () => this.turn("kept")) : nothing;
    return html`<div class="aiconn-line">${input}${combobox.template()}${keep}</div>`;
  }
  private choice(): TemplateResult {
    const { given, view, text, typed } = this;
    return select({ ...given, isRequired: view.required, choices: view.choices ?? [], value: text, change: typed });
  }
  protected override said(): Content {
    const add = (values: Values): Values => ({ value: this.text.trim(), ...values });
    return [settingNote(this), this.form.panels.at(this.key, add, this.names)];
  }
  private readonly turnReference = (): void => {
    const asList = this.isWritten;
    this.asReference = !asList;
    this.write(asList ? "" : "$", true);
  };
  override template(): TemplateResult {
    const { id, view, error, help, values } = this;
    const words = this.isWritten ? "Choose from the list" : "Use a reference";
    const beside = values.length && this.mode === "typed" ? link(words, this.turnReference) : nothing;
    const isGroup = this.mode !== "typed";
    return fieldFrame({ id, view, error, help, control: this.control(), state: this.said(), beside, isGroup });
  }
}
