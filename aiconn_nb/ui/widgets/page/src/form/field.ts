/** The content of a form, and the frames of its fields. */
import { classes, html, icon, nothing, small, type Content, type TemplateResult } from "../html";
import type { FieldView } from "../protocol";

export const emptyDraft = () => ({
  name: "",
  alias: "",
  open: false,
  active: true,
  fields: {} as Record<string, string>,
  connections: [] as readonly string[],
  /** The own models of connections, by their ids. */
  models: {} as Readonly<Record<string, string>>,
  /** Settings that are removed, that will be replaced, and that had secret input: a secret does not return to a page. */
  cleared: [] as string[],
  replaced: [] as string[],
  typed: [] as string[],
});
/** The unsaved content of a form. */
export type Draft = ReturnType<typeof emptyDraft> & { readonly [kind: string]: unknown };

export const errorLine = (id: string, words: Content): TemplateResult =>
  html`<p id=${id} class="aiconn-error aiconn-line" role="alert" ?hidden=${!words}
    >${words ? [icon("bad"), html`<span>${words}</span>`] : nothing}</p
  >`;

/** The frame of a field: its label, control, problem, notes and help. */
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
  const words = error ? [error, " ", it.more] : null;
  return html`<div class="aiconn-field" data-field=${view.key} data-testid="field-${view.key}">
    <div class="aiconn-line aiconn-label">
      <label id="${id}-label" class="aiconn-strong" for=${it.isGroup ? nothing : id}>${view.label}</label>
      ${view.optional ? small("optional") : nothing}${it.beside ?? nothing}
    </div>
    ${it.control} ${errorLine(`${id}-error`, words)}
    <div id="${id}-state" class="aiconn-state-of" aria-live="polite">${it.state ?? nothing}</div>
    ${help ? html`<p id="${id}-help" class="aiconn-help">${help}</p>` : nothing}
  </div>`;
}

/** Fields of one group, below each other, or side by side if there is room. */
export const fieldset = (name: string, help: string, rows: Content): TemplateResult =>
  html`<fieldset class=${classes("aiconn-stack", name && "aiconn-group")}>
    ${name ? html`<legend class="aiconn-help aiconn-group-name">${name}</legend>` : nothing}
    ${help ? html`<p class="aiconn-help">${help}</p>` : nothing}${rows}
  </fieldset>`;

/** The same, collapsed until it is opened or something in it must be seen. */
export const foldedFieldset = (name: string, help: string, rows: Content, isOpen: boolean): TemplateResult =>
  html`<details class="aiconn-group" data-testid="group-${name}" ?open=${isOpen}>
    <summary class="aiconn-help aiconn-group-name">${name}</summary>
    <fieldset class="aiconn-stack" aria-label=${name}>
      ${help ? html`<p class="aiconn-help">${help}</p>` : nothing}${rows}
    </fieldset>
  </details>`;
