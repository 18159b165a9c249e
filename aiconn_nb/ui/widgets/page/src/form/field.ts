/** What every field of a form is, whatever its type, and what it asks of the form that it is in. */
import { html, icon, nothing, sentence, type Content, type TemplateResult } from "../html";
import type { Choosable, FieldView, Shape } from "../protocol";

export interface Owner extends Shape {
  readonly test: RegExp;
}
export interface Field {
  readonly key: string;
  readonly label: string;
  readonly text: string;
  write(text: string, focus?: boolean): void;
  problem(words: string): void;
  template(): TemplateResult;
  /** The id of what its label names. */
  readonly id: string;
}
export interface Host {
  readonly environment: string;
  readonly root: HTMLElement;
  draw(): void;
  changed(key: string): void;
  say(words: string): void;
  /** Whose key a text looks like, also behind a $. Asked here, so that nothing has to be sent for it. */
  owner(text: string): Owner | null;
  focus(id: string): void;
}
/** What a profile's fields ask beside. */
export interface ProfileHost extends Host {
  readonly capability: string;
  readonly connections: readonly Choosable[];
  readonly first: Choosable | null;
  askModels(id: string, again: boolean): void;
}

export const aKey = (owner: Owner): string => `${/^[AEIOU]/.test(owner.name) ? "an" : "a"} ${owner.name} key`;

export const errorLine = (id: string, label: string, words: string): TemplateResult =>
  html`<p id="${id}-error" class="aiconn-error" role="alert" ?hidden=${!words}
    >${words ? [icon("bad"), html`<span>${sentence(label, words)}</span>`] : nothing}</p
  >`;

/** The frame of a field: its label, its control, what is wrong with it, what is said of it, what it is for. */
export function fieldFrame(it: {
  readonly id: string;
  readonly view: Pick<FieldView, "key" | "label" | "required" | "group">;
  readonly control: Content;
  readonly error: string;
  readonly state?: Content;
  readonly below?: Content;
  readonly help?: string;
  readonly beside?: Content;
  /** It names the control where that is a group. */
  readonly isGroup?: boolean;
}): TemplateResult {
  return html`<div class="aiconn-field ${it.error ? "aiconn-invalid" : ""}" data-field=${it.view.key} data-testid="field-${it.view.key}">
    <div class="aiconn-label-row">
      <label id="${it.id}-label" class="aiconn-label" for=${it.isGroup ? nothing : it.id}>${it.view.label}</label
      >${it.view.required || it.view.group === "Options" ? nothing : html`<span class="aiconn-quiet-text">optional</span>`}${it.beside ?? nothing}
    </div>
    ${it.control} ${errorLine(it.id, it.view.label, it.error)}
    <div id="${it.id}-state" class="aiconn-state" aria-live="polite">${it.state ?? nothing}</div>
    ${it.below ? html`<div>${it.below}</div>` : nothing}
    ${it.help ? html`<p id="${it.id}-help" class="aiconn-help">${it.help}</p>` : nothing}
  </div>`;
}
export const describedby = (id: string, help: boolean): string => `${id}-error ${id}-state${help ? ` ${id}-help` : ""}`;
