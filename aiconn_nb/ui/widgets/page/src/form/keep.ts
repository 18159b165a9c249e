/** Keeping a value in the sealed user secrets, from within a field. */
import { button, html, icon, link, newId, nothing, type Content, type TemplateResult } from "../html";
import type { FieldView } from "../protocol";
import type { Host } from "./field";
import { Combobox, matchingKeys, mayBeReference, textInput, type Known } from "./input";

export interface Keeping {
  readonly field: string;
  readonly reference: string;
  readonly value: string;
  readonly environment: string;
  readonly replace: boolean;
}
export interface Kept {
  readonly field: string;
  readonly reference?: string;
  readonly done?: string;
  readonly exists?: string;
  readonly what?: string;
  readonly hint?: string;
}
interface Acts {
  readonly keys: () => readonly Known[];
  readonly send: (request: Keeping) => void;
  readonly close: () => void;
  readonly kept: (reference: string) => void;
}

/** Asks for a value (or takes the one typed already, as `key`) and where it holds. */
export class KeepPanel {
  private readonly id = newId("keep");
  private value = "";
  private scope: string;
  private error: Content = null;
  private isSending = false;
  private readonly combobox: Combobox<Known>;

  constructor(
    private readonly host: Host,
    private readonly field: FieldView,
    private reference: string,
    private readonly key: string | null,
    private readonly acts: Acts,
  ) {
    this.scope = host.environment;
    this.combobox = new Combobox<Known>({
      label: "Known keys",
      matching: (typed) => (mayBeReference(typed) ? matchingKeys(acts.keys(), typed) : []),
      words: (it) => `$${it.key}`,
      pick: (it) => {
        this.reference = `$${it.key}`;
        host.draw();
      },
      draw: () => host.draw(),
    });
  }
  /** Whether there is a value in it that is not kept yet. */
  get holds(): boolean {
    return this.key !== null || this.value !== "";
  }
  remind(): void {
    this.say("This value is not kept yet: save it first, or choose Not now.");
    this.host.focus(`${this.id}-save`);
  }
  focus(): void {
    this.host.focus(`${this.id}-${this.key === null ? "value" : "name"}`);
  }
  answered(answer: Kept): void {
    this.isSending = false;
    if (answer.reference) return this.acts.kept(answer.reference);
    if (answer.exists) return this.say([answer.exists, link("Replace it", () => this.send(true))]);
    this.say([answer.what, answer.hint].filter(Boolean).join(" "));
    this.focus();
  }

  private say(words: Content): void {
    this.error = words;
    this.host.draw();
  }
  private send(replace: boolean): void {
    this.isSending = true;
    this.host.draw();
    this.acts.send({
      field: this.field.key,
      reference: this.reference,
      value: this.key ?? this.value,
      environment: this.scope,
      replace,
    });
  }
  private readonly keydown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.target as Element).tagName === "INPUT") this.send(false);
    else if (event.key === "Escape") this.acts.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  template(): TemplateResult {
    const part = (what: string, words: string, control: Content): TemplateResult =>
      html`<div class="aiconn-part"><label class="aiconn-label" for="${this.id}-${what}">${words}</label>${control}</div>`;
    const name = textInput({
      id: `${this.id}-name`,
      value: this.reference,
      testid: `keep-name-${this.field.key}`,
      describedby: `${this.id}-error`,
      combobox: this.combobox,
      input: (value) => {
        this.reference = value;
      },
    });
    const value = textInput({
      id: `${this.id}-value`,
      value: this.value,
      testid: `keep-value-${this.field.key}`,
      describedby: `${this.id}-error`,
      hides: "always",
      input: (typed) => {
        this.value = typed;
      },
    });
    const where = this.host.environment;
    return html`<div class="aiconn-panel" role="group" aria-labelledby="${this.id}-title" @keydown=${this.keydown}>
      <p id="${this.id}-title" class="aiconn-panel-title"
        >${this.key === null ? "Save a value for this key" : "Keep it as a user secret"}</p
      >
      <p class="aiconn-help"
        >It is kept sealed, for you on this machine: neither in the notebook nor in the project. The connection only has the
        reference.</p
      >
      <div class="aiconn-row">
        ${this.key === null ? part("value", "Value", value) : part("name", "Reference", [name, this.combobox.template()])}
        ${part(
          "scope",
          "It holds",
          html`<select
            id="${this.id}-scope"
            class="aiconn-select"
            @change=${(event: Event) => (this.scope = (event.target as HTMLSelectElement).value)}
          >
            <option value=${where} ?selected=${this.scope === where}>only in ${where}</option>
            <option value="" ?selected=${this.scope === ""}>in every environment</option>
          </select>`,
        )}
      </div>
      <p id="${this.id}-error" class="aiconn-error" role="alert" ?hidden=${!this.error}
        >${this.error ? [icon("bad"), html`<span>${this.error}</span>`] : nothing}</p
      >
      <div class="aiconn-actions">
        <button
          type="button"
          id="${this.id}-save"
          class="aiconn-button"
          data-testid="keep-${this.field.key}"
          ?disabled=${this.isSending}
          @click=${() => this.send(false)}
          ><span>Save value</span></button
        >
        ${button({ kind: "quiet", text: "Not now", click: this.acts.close })}
      </div>
    </div>`;
  }
}
