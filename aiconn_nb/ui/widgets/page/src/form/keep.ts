/** Stores a value in the encrypted user secrets, from within a setting. */
import { button, html, link, select, stop, type Content, type TemplateResult } from "../html";
import type { Kept } from "../protocol";
import { newId, together } from "../words";
import type { Combobox } from "./combobox";
import { errorLine } from "./field";
import { labelledField, textInput } from "./input";
import { knownKeys } from "./references";
import type { Setting } from "./setting";

/** Asks for a value (or takes the typed one, `key`), and for its environment. */
export class KeepPanel {
  private readonly id = newId("keep");
  private reference: string;
  private value = "";
  private scope: string;
  private error: Content = null;
  private isSending = false;
  private readonly combobox: Combobox;

  constructor(
    private readonly setting: Setting,
    private readonly key: string | null,
  ) {
    const { form, view } = setting;
    this.scope = form.view.environment;
    this.reference = key === null ? setting.text.trim() : (view.suggested ?? "");
    const pick = (words: string): void => {
      this.reference = words;
      form.draw();
    };
    this.combobox = knownKeys(() => form.check.keys(view), pick, form.draw);
  }
  /** Whether it has a value that is not stored yet. */
  get holds(): boolean {
    return this.key !== null || this.value !== "";
  }
  remind(): void {
    this.say("This value is not saved yet. Save it first, or choose Not now.");
    const { form } = this.setting;
    form.focus(`${this.id}-save`);
    // The button alone would be at the edge, without what it says above.
    form.ground.focused?.closest(".aiconn-panel")?.scrollIntoView({ block: "nearest" });
  }
  focus(): void {
    this.setting.form.focus(`${this.id}-${this.key === null ? "value" : "name"}`);
  }
  stop(): void {
    this.isSending = false;
  }
  answered(answer: Kept): void {
    this.stop();
    if (answer.reference) return this.setting.write(answer.reference, true);
    if (answer.exists) return this.say([answer.exists, " ", link("Replace it", () => this.send(true))]);
    this.say(together(answer.what, answer.hint));
    this.focus();
  }

  private say(words: Content): void {
    this.error = words;
    this.setting.form.draw();
  }
  private send(replace: boolean): void {
    const { reference, scope: environment } = this;
    const { form, key: field } = this.setting;
    this.isSending = true;
    form.draw();
    form.send("keep", { field, reference, value: this.key ?? this.value, environment, replace });
  }
  private readonly keydown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.target as Element).tagName === "INPUT") this.send(false);
    else if (event.key === "Escape") this.setting.closePanel();
    else return;
    stop(event);
  };

  template(): TemplateResult {
    const { id, combobox, setting, scope } = this;
    const { environment } = setting.form.view;
    const isNew = this.key === null;
    const input = (what: "name" | "value", value: string, take: (typed: string) => void): TemplateResult =>
      textInput({
        id: `${id}-${what}`,
        testid: `keep-${what}-${setting.key}`,
        describedby: `${id}-error`,
        value,
        input: take,
        ...(what === "value" ? { hides: "always" } : { combobox }),
      });
    const value = input("value", this.value, (typed) => (this.value = typed));
    const name = input("name", this.reference, (typed) => (this.reference = typed));
    const choices = [
      [environment, `in ${environment} only`],
      ["", "in every environment"],
    ];
    const scopes = select({ id: `${id}-scope`, choices, value: scope, change: (name) => (this.scope = name) });
    return html`<div class="aiconn-panel" role="group" aria-labelledby="${id}-title" @keydown=${this.keydown}>
      <p id="${id}-title" class="aiconn-strong">${isNew ? "Save a value for this key" : "Save it as a user secret"}</p>
      <p class="aiconn-help"
        >It is encrypted, for you on this machine, outside the notebook and the project. The connection has only the
        reference.</p
      >
      <div class="aiconn-row">
        ${isNew ? labelledField(`${id}-value`, "Value", value) : labelledField(`${id}-name`, "Reference", [name, combobox.template()])}
        ${labelledField(`${id}-scope`, "Applies", scopes)}
      </div>
      ${errorLine(`${id}-error`, this.error)}
      <div class="aiconn-actions">
        ${button({ id: `${id}-save`, text: "Save value", testid: `keep-${setting.key}`, disabled: this.isSending, click: () => this.send(false) })}
        ${button({ kind: "quiet", text: "Not now", click: this.setting.closePanel })}
      </div>
    </div>`;
  }
}
