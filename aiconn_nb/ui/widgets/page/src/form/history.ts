/** The history of the form's entry, in a tab beside its fields. */
import { html, stop, type TemplateResult } from "../html";
import { tablist } from "../tabs";
import { newId } from "../words";
import type { Form } from "./form";

export class History {
  readonly bodyId = newId("body");
  isShown = false;
  private readonly ids = { fields: newId("tab"), history: newId("tab") };
  constructor(private readonly form: Form) {}

  get labelledby(): string {
    return this.isShown ? this.ids.history : this.ids.fields;
  }
  /** The form was redrawn: request the history again if it is visible. */
  begin(): void {
    if (this.isShown) this.form.send("history");
  }
  private show(isShown: boolean): void {
    this.isShown = isShown;
    this.form.draw();
    if (isShown) this.form.send("history");
  }
  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.isComposing) return;
    this.show(false);
    this.form.focus(this.ids.fields);
    stop(event);
  };
  tabs(): TemplateResult {
    const items = [
      { id: this.ids.fields, title: "Settings", testid: "tab-fields" },
      { id: this.ids.history, title: "History", testid: "tab-history" },
    ];
    return tablist("What is shown", items, this.labelledby, (id) => this.show(id === this.ids.history), this.bodyId);
  }
  template(): TemplateResult {
    return html`<section class="aiconn-history" aria-label="History" data-testid="history" @keydown=${this.escape}
      >${this.form.panels.content("history")}</section
    >`;
  }
}
