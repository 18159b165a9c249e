/** A conflicting save: both values of each field that it changed, to choose from. */
import { html, quiet, type TemplateResult } from "../html";
import type { FormChanged, Stored } from "../protocol";
import { newId } from "../words";
import type { FormContent } from "./content";
import type { Draft, Field } from "./field";

type Side = "mine" | "theirs";
interface Row {
  readonly key: string;
  readonly label: string;
  readonly mine: string;
  readonly theirs: string;
}

export class Conflict {
  private readonly id = newId("choice");
  private readonly rows: readonly Row[];
  private readonly changed: ReadonlySet<string>;
  private readonly taken = new Map<string, Side>();

  private readonly draft: Draft;

  /** It asks only about fields that the other save changed and that differ here. */
  constructor(content: FormContent, before: Stored, { theirs, changed, settings }: FormChanged) {
    this.draft = content.collect(true);
    this.changed = new Set([...changed, ...settings.map((key) => `field-${key}`)]);
    const asked = named(content).filter(([key, field]) => this.changed.has(key) && !field.keeps?.(theirs));
    const rows = asked.map(([key, field]) => {
      const [mine, former] = [field.mine(before), field.shown(before)];
      this.taken.set(key, mine === former ? "theirs" : "mine");
      return { key, label: field.label, mine, theirs: field.shown(theirs) };
    });
    this.rows = rows.filter(({ mine, theirs: other }) => mine !== other);
  }
  get isAsked(): boolean {
    return this.rows.length > 0;
  }
  /** Apply the choices over the other save, in a form that was just built. */
  fill(content: FormContent): void {
    const asked = new Set(this.rows.map(({ key }) => key));
    for (const [key, field] of named(content))
      if (asked.has(key) ? this.taken.get(key) === "mine" : !this.changed.has(key)) field.fill(this.draft);
  }
  readonly template = (): TemplateResult => {
    const line = ({ key, label, ...values }: Row): TemplateResult => {
      const cell = (side: Side): TemplateResult =>
        html`<label class="aiconn-choice"
          ><input type="radio" name="${this.id}-${key}" value=${side} data-testid="${side}-${key}"
            ?checked=${this.taken.get(key) === side} @change=${() => this.taken.set(key, side)}
          /><span>${quiet(side === "mine" ? "Yours" : "Theirs")}<span>${values[side] || "not set"}</span></span></label
        >`;
      return html`<fieldset class="aiconn-row"><legend class="aiconn-strong">${label}</legend>${cell("mine")}${cell("theirs")}</fieldset>`;
    };
    return html`<div class="aiconn-stack">${this.rows.map(line)}</div>`;
  };
}
/** The changed fields by key: a setting may have the same key as one of the form's own fields. */
const named = ({ own, fields }: FormContent): (readonly [string, Field])[] => [
  ...own.map((field) => [field.key, field] as const),
  ...[...fields.values()].map((field) => [`field-${field.key}`, field] as const),
];
