/** What every template is made of. Whatever came from a user, a file or a provider is bound as text; no markup is ever parsed. */
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat as keyed } from "lit-html/directives/repeat.js";

export { html, nothing, render, svg } from "lit-html";
export type { TemplateResult } from "lit-html";
export { live } from "lit-html/directives/live.js";
export { ref } from "lit-html/directives/ref.js";
export type Content = TemplateResult | string | number | symbol | null | undefined | readonly Content[];

/** One template per item; the node of an item with the same key stays. */
export const repeat = keyed as unknown as <T>(
  items: readonly T[],
  key: (item: T) => string,
  template: (item: T) => Content,
) => TemplateResult;

/** Outlines on a grid of 16, drawn with a stroke of the text's own colour. */
const ICONS: Readonly<Record<string, string>> = {
  add: "M8 3v10M3 8h10",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2.5v2.6h-2.6",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 13.5 13.5",
  use: "M5 3.2v9.6L12.5 8z",
  test: "M6 2.5v4L2.8 12a1 1 0 0 0 .9 1.5h8.6a1 1 0 0 0 .9-1.5L10 6.5v-4M5 2.5h6M4.6 10h6.8",
  edit: "M3 13l.6-2.8 7-7 2.2 2.2-7 7zM9.2 4.6l2.2 2.2",
  copy: "M6 6h7v7H6zM10 3.5V3H3v7h.5",
  delete: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5M6.8 7v3.5M9.2 7v3.5",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3.5 8.5l3 3 6-7",
  good: "M3.5 8.5l3 3 6-7",
  cross: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  warn: "M8 3 2.5 12.5h11zM8 6.8v2.7M8 11v.2",
  info: "M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM8 7.5V11M8 5v.2",
  bad: "M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM8 5v3.5M8 10.8v.2",
  lock: "M4 7.5h8v5.5H4zM5.5 7.5V5.5a2.5 2.5 0 0 1 5 0v2",
  unlock: "M4 7.5h8v5.5H4zM5.5 7.5V5.5a2.5 2.5 0 0 1 4.8-1",
  up: "M4 9.8 8 5.8l4 4",
  plug: "M6 2.5v3M10 2.5v3M4.5 5.5h7V8a3.5 3.5 0 0 1-7 0zM8 11.5v2",
  undo: "M5.5 4 3 6.5 5.5 9M3 6.5h6a3.5 3.5 0 0 1 0 7H7",
  star: "M8 2.6l1.65 3.4 3.75.5-2.7 2.6.65 3.7L8 11l-3.35 1.8.65-3.7-2.7-2.6 3.75-.5z",
  layers: "M8 2.5 13.5 5.5 8 8.5 2.5 5.5zM2.5 8.2 8 11.2l5.5-3M2.5 10.9l5.5 3 5.5-3",
  raise: "M8 12.5v-9M4.5 7 8 3.5 11.5 7",
  lower: "M8 3.5v9M4.5 9 8 12.5 11.5 9",
  dash: "M5 8h6",
  unknown: "M6.2 6.3a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.9.6-.9 1.2M8 11.4v.2",
  spinner: "M8 2.5a5.5 5.5 0 1 1-5.5 5.5",
};

/** A small drawing beside a text; it says nothing of its own to a screen reader. */
export const icon = (name: string): TemplateResult =>
  html`<svg class="aiconn-icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${ICONS[name] ?? ""}></path></svg>`;

export interface ButtonOptions {
  readonly kind?: string;
  readonly icon?: string;
  /** The drawing stands alone, and this is its name. */
  readonly label?: string;
  readonly text?: string;
  readonly title?: string;
  readonly testid?: string;
  /** It gets the focus when what it stands in is opened. */
  readonly first?: boolean;
  readonly hidden?: boolean;
  readonly disabled?: boolean;
  readonly off?: boolean;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly controls?: string;
  readonly does?: string;
  readonly style?: string;
  readonly click?: (event: Event) => void;
}

export function button(it: ButtonOptions): TemplateResult {
  const kind = it.kind ? ` aiconn-${it.kind}` : "";
  return html`<button
    type="button"
    class="aiconn-button${kind}${it.text ? "" : " aiconn-icon-button"}"
    aria-label=${it.label ?? nothing}
    title=${it.title ?? it.label ?? nothing}
    aria-pressed=${it.pressed === undefined ? nothing : String(it.pressed)}
    aria-expanded=${it.expanded === undefined ? nothing : String(it.expanded)}
    aria-controls=${it.controls ?? nothing}
    aria-disabled=${it.off ? "true" : nothing}
    data-testid=${it.testid ?? nothing}
    data-do=${it.does ?? nothing}
    style=${it.style ?? nothing}
    ?data-first=${it.first ?? false}
    ?hidden=${it.hidden ?? false}
    ?disabled=${it.disabled ?? false}
    @click=${it.click ?? nothing}
    >${it.icon ? icon(it.icon) : nothing}${it.text ? html`<span>${it.text}</span>` : nothing}</button
  >`;
}

export const link = (words: Content, click: () => void, testid?: string): TemplateResult =>
  html`<button type="button" class="aiconn-link" data-testid=${testid ?? nothing} @click=${click}>${words}</button>`;
export const code = (words: Content): TemplateResult => html`<code class="aiconn-code">${words}</code>`;
/** Words that are heard and not seen. */
export const unseen = (words: Content): TemplateResult => html`<span class="aiconn-voice">${words}</span>`;

export interface NoteOptions {
  readonly tone: string;
  readonly what: Content;
  readonly actions?: readonly Content[];
  readonly testid?: string;
}

/** Something told in place: words, and what can be done about it. */
export function told({ tone, what, actions = [], testid }: NoteOptions): TemplateResult {
  const offered = actions.filter((each) => each && each !== nothing);
  return html`<div class="aiconn-note aiconn-${tone}" data-testid=${testid ?? nothing}>
    ${icon(tone)}
    <div class="aiconn-note-words">
      <p>${what}</p>
      ${offered.length ? html`<div class="aiconn-offers">${offered}</div>` : nothing}
    </div>
  </div>`;
}

/** [words, what to do, kind]: the one that is `first` gets the focus. */
export interface Answer {
  readonly text: string;
  readonly kind?: string;
  readonly first?: boolean;
  readonly act: () => void;
}

let ids = 0;
const MARK = Math.random().toString(36).slice(2, 8);
/** An id that no other widget of this page has. */
export const newId = (what: string): string => `aiconn-${MARK}-${what}-${++ids}`;

/** A question asked in place; Escape is its `cancel`. */
export function question(it: {
  readonly id: string;
  readonly title: Content;
  readonly body: Content;
  readonly answers: readonly Answer[];
  readonly cancel: () => void;
  readonly tone?: string;
  readonly testid?: string;
}): TemplateResult {
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    it.cancel();
  };
  return html`<div
    class="aiconn-question ${it.tone ? `aiconn-${it.tone}` : ""}"
    role="alertdialog"
    aria-labelledby=${it.id}
    aria-describedby="${it.id}-b"
    data-testid=${it.testid ?? nothing}
    @keydown=${escape}
  >
    <div class="aiconn-question-title" id=${it.id}>${it.title}</div>
    <div class="aiconn-question-body" id="${it.id}-b">${it.body}</div>
    <div class="aiconn-actions">
      ${it.answers.map((each) => button({ kind: each.kind ?? "", text: each.text, first: each.first ?? false, click: each.act }))}
    </div>
  </div>`;
}

/** Give the focus to what an opened question begins with. */
export function enter(node: ParentNode | null | undefined): void {
  const first = node?.querySelector<HTMLElement>("[data-first]") ?? node?.querySelector<HTMLElement>("button");
  first?.focus();
}

/** How long ago, in the coarsest unit that still tells. */
export function age(moment: string, now = Date.now()): string {
  const seconds = Math.floor((now - Date.parse(moment)) / 1000);
  const units: readonly (readonly [number, string])[] = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
  ];
  for (const [length, unit] of units) if (seconds >= length) return `${Math.floor(seconds / length)} ${unit} ago`;
  return "just now";
}

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" }); // to make one takes its time
/** The moment in the reader's own words and time zone. */
export const exact = (moment: string): string => MOMENT.format(Date.parse(moment));

/** An error as a sentence: most of them are meant to stand behind what they are about. */
export function sentence(about: string, words: string): string {
  const whole = /^(is|are|must|has|have|holds|may|looks|exists|cannot|never|resolve[sd])\b/.test(words)
    ? `${about} ${words}`
    : words.charAt(0).toUpperCase() + words.slice(1);
  return whole + (/[.!?)]$/.test(whole) ? "" : ".");
}
