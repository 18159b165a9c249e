/** Name, alias and a switch: the fields of every connection and profile. */
import { button, html, link, nothing, type Content, type TemplateResult } from "../html";
import type { Checked, FieldView } from "../protocol";
import { fieldFrame, type Draft } from "./field";
import type { Form } from "./form";
import { TextField } from "./text";

const own = (key: string, label: string): FieldView => ({ key, label, help: "", type: "string", required: true });

export class Name extends TextField {
  placeholder = "";

  constructor(form: Form) {
    super(form, own("name", "Name"));
    this.text = form.stored?.name ?? "";
  }
  override collect(draft: Draft, saving: boolean): void {
    draft.name = this.open(saving);
  }
  override fill({ name }: Draft): void {
    if (name !== this.text) this.write(name);
  }
  protected override control(): Content {
    return this.input({ testid: "name", placeholder: this.placeholder, longest: 200 });
  }
}

/** While it is locked, the kernel derives it from the name, or keeps it. */
export class Alias extends TextField {
  private isOpen = false;
  private free = "";

  constructor(form: Form) {
    super(form, own("alias", "Alias"));
    this.text = form.stored?.alias ?? "";
  }
  override collect(draft: Draft, saving: boolean): void {
    draft.open = this.isOpen;
    draft.alias = this.isOpen ? this.open(saving) : "";
  }
  override fill({ open, alias }: Draft): void {
    this.isOpen = open;
    if (open) this.take(alias);
    this.form.changed();
  }
  override checked({ alias: { value, problem, free } }: Checked): void {
    if (!this.isOpen && !this.form.stored) this.text = value;
    this.free = free;
    this.problem(this.form.owner(this.text) ? "" : problem); // a key was not sent, so it is not missing
  }
  /** Another name changes it. */
  override follow(): void {
    if (!this.isOpen) this.error = "";
  }
  private readonly turnLock = (): void => {
    this.isOpen = !this.isOpen;
    this.typed(this.isOpen ? this.text : (this.form.stored?.alias ?? this.text));
    if (!this.isOpen) return;
    this.focus();
    this.form.ground.find<HTMLInputElement>(`#${this.id}`)?.select();
  };
  private readonly useFree = (): void => {
    this.isOpen = true;
    this.write(this.free, true);
  };
  protected override get help(): string {
    const { open, locked } = this.form.words;
    return this.isOpen ? open : locked;
  }
  private lock(): TemplateResult {
    const { isOpen, turnLock: click } = this;
    const title = isOpen ? this.form.words.lock : "Edit the alias";
    const drawing = isOpen ? "unlock" : "lock";
    return button({ icon: drawing, label: "Edit the alias", title, testid: "lock", pressed: isOpen, click });
  }
  override template(): TemplateResult {
    const { id, view, error, help, isOpen } = this;
    const input = this.input({ testid: "alias", isCode: true, isRequired: false, isReadOnly: !isOpen });
    const control = html`<div class="aiconn-within aiconn-locked">${input}${this.lock()}</div>`;
    const more = this.free ? link(`Use ${this.free}`, this.useFree) : nothing;
    return fieldFrame({ id, view, error, more, help, control, state: this.said() });
  }
}

export class Switch extends TextField {
  isOn: boolean;

  constructor(form: Form) {
    super(form, own("active", form.words.switch));
    this.isOn = form.stored?.active ?? this.proposed;
  }
  /** The first of its kind becomes the default. */
  get proposed(): boolean {
    return !this.form.content.kind?.default;
  }
  override collect(draft: Draft): void {
    draft.active = this.isOn;
  }
  override fill({ active }: Draft): void {
    this.isOn = active;
  }
  override template(): TemplateResult {
    const turn = (): void => {
      this.isOn = !this.isOn;
      this.form.changed();
    };
    return html`<div class="aiconn-line">
      <button type="button" role="switch" class="aiconn-switch" data-testid="active" aria-label=${this.label}
        aria-checked=${String(this.isOn)} @click=${turn}></button
      ><span class="aiconn-strong" aria-hidden="true">${this.label}</span><span class="aiconn-help">${this.form.words.switch_about}</span>
    </div>`;
  }
}
