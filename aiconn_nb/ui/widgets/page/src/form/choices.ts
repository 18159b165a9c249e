/** Of two versions, which value of each to keep. */
import { html, newId, type TemplateResult } from "../html";

export interface Choice {
  readonly key: string;
  readonly label: string;
  readonly mine: string;
  readonly theirs: string;
  readonly take: "mine" | "theirs";
}
/** Both values of everything that differs, one of each to choose. */
export class Choices {
  private readonly id = newId("choice");
  readonly taken: Map<string, "mine" | "theirs">;

  constructor(readonly rows: readonly Choice[]) {
    this.taken = new Map(rows.map((row) => [row.key, row.take]));
  }
  /** Whether mine is kept: as chosen, or else where they did not change it. */
  isMine(key: string, changed: boolean): boolean {
    const taken = this.taken.get(key);
    return taken ? taken === "mine" : !changed;
  }
  readonly template = (): TemplateResult => {
    const line = (row: Choice): TemplateResult => {
      const name = `${this.id}-${row.key}`;
      const cell = (which: "mine" | "theirs"): TemplateResult =>
        html`<label class="aiconn-choice"
          ><input
            type="radio"
            name=${name}
            value=${which}
            data-testid="${which}-${row.key}"
            ?checked=${this.taken.get(row.key) === which}
            @change=${() => this.taken.set(row.key, which)}
          /><span><span class="aiconn-quiet-text">${which === "mine" ? "Yours" : "Theirs"}</span><span>${row[which] || "not set"}</span></span></label
        >`;
      return html`<fieldset class="aiconn-difference"><legend class="aiconn-label">${row.label}</legend>${cell("mine")}${cell("theirs")}</fieldset>`;
    };
    return html`<div class="aiconn-differences">${this.rows.map(line)}</div>`;
  };
}
