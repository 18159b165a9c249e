/** What every field of a form is, whatever its type, and what it asks of the form that it is in. */
import { classes, html, icon, nothing, quiet, type Content, type TemplateResult } from "../html";
import type { Checked, FieldView, Shape, Stored } from "../protocol";
import { sentence } from "../words";

/** What a form holds and was not saved yet. */
export interface Draft {
  name: string;
  alias: string;
  open: boolean;
  active: boolean;
  readonly fields: Record<string, string>;
  connections: readonly string[];
  /** Settings that are taken away, that are to be typed anew, and that were: a secret does not come back to a page. */
  readonly cleared: string[];
  readonly replaced: string[];
  readonly typed: string[];
  readonly [kind: string]: unknown;
}
export const emptyDraft = (): Draft => ({
  name: "",
  alias: "",
  open: false,
  active: true,
  fields: {},
  connections: [],
  cleared: [],
  replaced: [],
  typed: [],
});
export interface Field {
  readonly key: string;
  readonly label: string;
  /** What it holds is the same whatever was picked. */
  readonly stays?: boolean;
  /** What a page may see of it. */
  readonly text: string;
  template(): TemplateResult;
  focus(): void;
  problem(words: string): void;
  write(text: string, focus?: boolean): void;
  /** Add what is typed; a secret only where it is to be saved or tested. */
  collect(draft: Draft, saving: boolean): void;
  /** Take what was typed before. */
  fill(draft: Draft): void;
  /** What is here, and what a version has, as the two are compared. */
  mine(before: Stored): string;
  shown(stored: Stored): string;
  /** A secret that was not touched here. */
  keeps?(theirs: Stored): boolean;
  /** The kernel's word on what is typed. */
  checked?(answer: Checked): void;
  /** Something else in the form is different. */
  follow?(): void;
  /** Whether a save has to wait for something in it, which it points out. */
  waits?(): boolean;
  leave?(): void;
}
/** Whose key a text looks like. */
export type Owner = Shape;
export const aKey = (owner: Owner): string => `${/^[AEIOU]/.test(owner.name) ? "an" : "a"} ${owner.name} key`;
export const errorLine = (id: string, words: Content): TemplateResult =>
  html`<p id=${id} class="aiconn-error aiconn-line" role="alert" ?hidden=${!words}
    >${words ? [icon("bad"), html`<span>${words}</span>`] : nothing}</p
  >`;

/** The frame of a field: its label, its control, what is wrong with it, what is said of it, what it is for. */
export function fieldFrame(it: {
  readonly id: string;
  readonly view: Pick<FieldView, "key" | "label" | "help" | "optional">;
  readonly control: Content;
  readonly error: string;
  readonly more?: Content;
  readonly state?: Content;
  readonly help?: string | undefined;
  readonly beside?: Content;
  /** Its control is a group. */
  readonly isGroup?: boolean;
}): TemplateResult {
  const { id, view, error, help = view.help } = it;
  const words = error ? [sentence(view.label, error), " ", it.more] : null;
  return html`<div class="aiconn-field" data-field=${view.key} data-testid="field-${view.key}">
    <div class="aiconn-label-row">
      <label id="${id}-label" class="aiconn-strong" for=${it.isGroup ? nothing : id}>${view.label}</label>
      ${view.optional ? quiet("optional") : nothing}${it.beside ?? nothing}
    </div>
    ${it.control} ${errorLine(`${id}-error`, words)}
    <div id="${id}-state" class="aiconn-state-of" aria-live="polite">${it.state ?? nothing}</div>
    ${help ? html`<p id="${id}-help" class="aiconn-help">${help}</p>` : nothing}
  </div>`;
}

/** Fields in one group, below each other, or beside where there is room. */
export const fieldset = (name: string, help: string, rows: Content): TemplateResult =>
  html`<fieldset class=${classes("aiconn-stack", name && "aiconn-group")}>
    ${name ? html`<legend class="aiconn-group-name">${name}</legend>` : nothing}
    ${help ? html`<p class="aiconn-help">${help}</p>` : nothing}${rows}
  </fieldset>`;
