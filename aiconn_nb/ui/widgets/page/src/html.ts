/** The parts of every template. Data from users, files and providers is bound as text; no markup is ever parsed. */
import { html, noChange, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { repeat as keyed } from "lit-html/directives/repeat.js";
import { ICONS } from "./icons";
import type { Answer, Environment } from "./protocol";

export { html, noChange, nothing, render } from "lit-html";
export type { TemplateResult } from "lit-html";
export { live } from "lit-html/directives/live.js";
export { ref } from "lit-html/directives/ref.js";
export type Content = TemplateResult | Node | string | number | symbol | null | undefined | readonly Content[];

/** One template per item; an item with the same key keeps its node. */
export const repeat = keyed as unknown as <T>(
  items: readonly T[],
  key: (item: T) => string,
  template: (item: T) => Content,
) => TemplateResult;

/** Set attributes of a node; null removes one. */
export function set(node: Element | null | undefined, attributes: Readonly<Record<string, string | null>>): void {
  for (const [name, value] of Object.entries(attributes))
    if (value === null) node?.removeAttribute(name);
    else node?.setAttribute(name, value);
}

/** The names with a true value, as one attribute. */
export const classes = (...names: readonly unknown[]): string => names.filter(Boolean).join(" ");
/** An ARIA state, or no attribute if it is undefined. */
export const state = (value: boolean | undefined) => (value === undefined ? nothing : String(value));
/** An event handled here is not handled again by the surrounding page. */
export function stop(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
export const valueOf = (event: Event): string => (event.target as HTMLInputElement).value;

/** A small drawing beside a text, hidden from screen readers. */
export const icon = (name: string): TemplateResult =>
  html`<svg class="aiconn-icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${ICONS[name] ?? ""}></path></svg>`;
export const code = (words: Content): TemplateResult => html`<code class="aiconn-code">${words}</code>`;
export const quiet = (words: Content): TemplateResult => html`<span class="aiconn-quiet-text">${words}</span>`;
/** The same, smaller. */
export const small = (words: Content): TemplateResult =>
  html`<span class="aiconn-small aiconn-quiet-text">${words}</span>`;
export const goodChip = (words: Content): TemplateResult =>
  html`<span class="aiconn-chip aiconn-tone-good">${icon("good")}${words}</span>`;
/** Words only for screen readers. */
export const unseen = (words: Content): TemplateResult => html`<span class="aiconn-voice">${words}</span>`;
/** A text in which every second part is code. */
export const spoken = (parts: readonly string[]): Content => parts.map((part, i) => (i % 2 ? code(part) : part));

/** What a button of the kernel has, and what only the page knows. A drawing without a text beside it needs a label. */
interface ButtonOptions extends Partial<Omit<Answer, "text" | "kind">> {
  readonly kind?: string;
  readonly text?: Content;
  readonly hidden?: boolean;
  readonly pressed?: boolean;
  readonly controls?: string;
  /** What it does in its row. */
  readonly does?: string;
  readonly click?: (event: Event) => void;
}
export function button(it: ButtonOptions): TemplateResult {
  const look = classes(it.kind && `aiconn-${it.kind}`, !it.text && "aiconn-icon-button");
  const kinds = it.kind === "link" ? "aiconn-link" : classes("aiconn-button", look);
  return html`<button type="button" class=${kinds} data-do=${it.does ?? nothing}
    aria-label=${it.label ?? nothing} title=${it.title ?? it.label ?? nothing} data-testid=${it.testid || nothing}
    aria-pressed=${state(it.pressed)} aria-expanded=${state(it.expanded)} aria-controls=${it.controls ?? nothing}
    aria-disabled=${it.off ? "true" : nothing}
    ?data-first=${it.first ?? false} ?hidden=${it.hidden ?? false}
    @click=${it.click ?? nothing}
    >${it.icon ? icon(it.icon) : nothing}${it.text ? html`<span>${it.text}</span>` : nothing}</button
  >`;
}
export const link = (text: Content, click: () => void, testid = ""): TemplateResult =>
  button({ kind: "link", text, click, testid });

/** A line to copy, with a copy button. */
export function copyLine(line: string): TemplateResult {
  const copy = async (event: Event): Promise<void> => {
    const words = event.currentTarget as HTMLElement;
    try {
      await navigator.clipboard.writeText(line); // works only in a secure context with permission
      words.textContent = "Copied";
    } catch {
      words.textContent = "Select it and copy";
    }
    setTimeout(() => (words.textContent = "Copy"), 2000);
  };
  return html`<span class="aiconn-line"
    >${code(line)}<button type="button" class="aiconn-link" aria-live="polite" @click=${copy}>Copy</button></span
  >`;
}

/** What an input, a text area and a select have. */
export interface Control {
  readonly id?: string;
  readonly name?: string;
  readonly testid?: string | undefined;
  readonly describedby?: string;
  readonly isRequired?: boolean;
  readonly isInvalid?: boolean;
}
interface SelectOptions extends Control {
  readonly label?: string;
  /** Value and label of each. */
  readonly choices: readonly (readonly string[])[];
  readonly value: string;
  readonly change?: (value: string) => void;
  readonly title?: string | undefined;
}
/** A list to choose from. With an `id`, it needs no `label` of its own: a label elsewhere names it. */
export function select(it: SelectOptions): TemplateResult {
  const option = ([id = "", name = ""]: readonly string[]): TemplateResult =>
    html`<option value=${id} ?selected=${id === it.value}>${name}</option>`;
  return html`<select class="aiconn-select" id=${it.id ?? nothing} name=${it.name ?? nothing} aria-label=${it.label ?? nothing} title=${it.title || nothing}
    data-testid=${it.testid ?? nothing} aria-describedby=${it.describedby ?? nothing}
    aria-required=${it.isRequired ? "true" : nothing} aria-invalid=${it.isInvalid ? "true" : nothing} .value=${it.name ? noChange : live(it.value)} @change=${(event: Event) => it.change?.(valueOf(event))}
    >${it.choices.map(option)}</select
  >`;
}
/** The same, with its label beside it. */
export const labelled = (it: SelectOptions): TemplateResult =>
  html`<label class="aiconn-labelled"><span class="aiconn-quiet-text" aria-hidden="true">${it.label}</span>${select(it)}</label>`;

/** The choice of the kernel's environment. */
export function environmentSelect(
  environment: Environment | undefined,
  change: (name: string) => void,
  testid?: string,
): TemplateResult {
  const { name = "", origin = "", choices = [] } = environment ?? {};
  const pairs = choices.map((each) => [each, each]);
  const title = origin && `From ${origin}`;
  return labelled({ label: "Environment", choices: pairs, value: name, change, title, testid });
}

export interface Note {
  readonly tone: string;
  readonly what: Content;
  readonly hint?: Content;
  readonly more?: Content;
  readonly actions?: readonly Content[];
  readonly beside?: Content;
  readonly close?: (() => void) | undefined;
  readonly testid?: string;
}
/** A message in place: words, and a remedy. */
export function note({ tone, what, hint, more, actions = [], beside, close, testid }: Note): TemplateResult {
  const offered = actions.filter((each) => each && each !== nothing);
  return html`<div class="aiconn-note aiconn-${tone}" data-testid=${testid ?? nothing}>
    ${icon(tone === "plain" ? "info" : tone)}
    <div class="aiconn-note-words">
      <p>${what}</p>
      ${hint ? html`<p class="aiconn-help">${hint}</p>` : nothing} ${more ?? nothing}
      ${offered.length ? html`<div class="aiconn-line">${offered}</div>` : nothing}
    </div>
    ${beside ?? nothing} ${close ? button({ icon: "close", label: "Dismiss", click: close }) : nothing}
  </div>`;
}
