/** How to draw and sort the cells of a column, by its kind. A new kind is one entry here. */
import { button, classes, code, html, icon, nothing, render, set, type Content, type TemplateResult } from "../html";
import { ICONS } from "../icons";
import type { Column, Link, ListView, Row, Setup, State } from "../protocol";
import { age, exact, together } from "../words";

export interface Cell {
  readonly row: Row;
  readonly column: Column;
  readonly view: ListView;
  readonly setup: Setup;
  readonly isBusy: boolean;
}
interface Kind {
  /** What every cell has. */
  readonly pattern?: Content;
  readonly fill: (node: Element, cell: Cell) => void;
  readonly rank: (row: Row, column: Column, view: ListView) => string | number;
  /** It has no label if the row is a card. */
  readonly isBare?: boolean;
}

/** A value of a row by its path, such as `health.tone`. */
export function at(row: object, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value.map((each: object) => (each as Record<string, unknown>)[key]);
    return value && typeof value === "object" ? (value as Record<string, unknown>)[key] : undefined;
  }, row);
}
const valueIn = (row: Row, { key, path = key }: Column): unknown => at(row, path);
export function textOf(row: Row, column: Column, view: ListView): string {
  const value = String(valueIn(row, column) ?? "");
  const { names } = column;
  return (names && (at(view, names) as Record<string, string> | undefined)?.[value]) || value;
}
const write = (node: Element | null | undefined, words: string): void => {
  // A reference that is too long for its column breaks after a colon.
  const parts = words.split(/(?<=:)(?=\S)/).flatMap((part, i) => (i ? [document.createElement("wbr"), part] : [part]));
  if (node && node.textContent !== words) node.replaceChildren(...parts);
};
export const who = (row: Row): string => `${row.name} (${row.alias})`;
/** Words about a row: `{who}` is the row, another name in braces one of its values. */
export const filled = (words: string, row: Row): string =>
  words.replace(/\{(\w+)\}/g, (_, key: string) => (key === "who" ? who(row) : String(at(row, key) ?? "")));

/** The drawing of a tone; the others have none. */
const MARKS: Readonly<Record<string, string>> = {
  good: "good",
  old: "good",
  bad: "cross",
  warn: "warn",
  running: "spinner",
};
const STATE = html`<span class="aiconn-state"><span class="aiconn-mark">${icon("")}</span><span></span></span>`;
const stateIn = (row: Row, column: Column, view: ListView): State | undefined =>
  (valueIn(row, column) ?? view.usual?.[column.key]) as State | undefined;
/** A state, and what follows it. */
function state(node: Element, { row, column, view }: Cell): void {
  const found = stateIn(row, column, view);
  if (!found) return;
  const { tone, text, when, outdated, more, missing, offers } = found;
  const { fault, offer } = view.usual?.[column.key] ?? {};
  const title = found.title ?? more ?? together(fault, text);
  const shown = node.firstElementChild;
  set(shown, { class: classes("aiconn-state", `aiconn-tone-${tone}`, missing && "aiconn-missing"), title });
  set(shown?.querySelector("path"), { d: ICONS[MARKS[tone] ?? ""] ?? "" });
  write(shown?.lastElementChild, text);
  const time = (moment: string): TemplateResult =>
    html`<div class="aiconn-small"
      ><time class="aiconn-quiet-text" datetime=${moment} title=${exact(moment) + (outdated ? ", before the last change" : "")}
        >${age(moment)}${outdated ? " · outdated" : ""}</time
      ></div
    >`;
  const parts = [
    when ? time(when) : nothing,
    more ? html`<div class="aiconn-small aiconn-quiet-text">${more}</div>` : nothing,
    offers && offer ? button({ text: offer.text, label: filled(offer.label, row), title, does: offer.do }) : nothing,
  ];
  const hasMore = parts.some((part) => part !== nothing);
  if (hasMore || node.childElementCount > 1) render(parts, node as HTMLElement);
}
const TIME = html`<time class="aiconn-quiet-text"></time>`;

const NAME = html`<span class="aiconn-line"><bdi class="aiconn-strong"></bdi></span><span class="aiconn-alias aiconn-code"></span>`;
function badgeOf({ used_words: words }: Setup): Element {
  const badge = document.createElement("span");
  badge.className = "aiconn-chip aiconn-badge";
  badge.textContent = words;
  return badge;
}
function name(node: Element, { row, setup }: Cell): void {
  const [first, alias] = node.children;
  const [words, badge] = first?.children ?? [];
  set(words, { title: row.name });
  write(words, row.name);
  write(alias, row.alias);
  if (!at(row, setup.used)) badge?.remove();
  else if (!badge) first?.append(badgeOf(setup));
}

function tags(node: Element, { row }: Cell): void {
  const all = [...(row.tags ?? []), ...(row.more_tags ? [`+${row.more_tags}`] : [])];
  const label = (tag: string): TemplateResult => html`<span class="aiconn-chip" title="Tag: ${tag}">${tag}</span>`;
  render(all.length ? html`<span class="aiconn-line">${all.map(label)}</span>` : nothing, node as HTMLElement);
}

/** The connections in the order of the attempts, with the state of those that are not ready. */
function links(node: Element, { row, view }: Cell): void {
  const item = ({ alias, state: now = "" }: Link): TemplateResult =>
    html`<li class="aiconn-link-item" data-state=${now} title=${now ? `${alias}: ${view.states?.[now] ?? now}` : alias}
      >${code(alias)}${now ? html` <span class="aiconn-small aiconn-tone-bad">${now}</span>` : nothing}</li
    >`;
  const more = html`<li class="aiconn-link-item aiconn-quiet-text">and ${row.more_links} more</li>`;
  const all = html`<ol class="aiconn-links">${(row.links ?? []).map(item)}${row.more_links ? more : nothing}</ol>`;
  render(all, node as HTMLElement);
}

const SWITCH = html`<button type="button" role="switch" class="aiconn-switch" data-do="switch"></button>`;
function toggle(node: Element, { row, isBusy }: Cell): void {
  set(node.firstElementChild, {
    "aria-checked": String(row.active ?? false),
    "aria-label": `Active: ${who(row)}`,
    title: row.active ? "On" : "Off",
    "aria-busy": isBusy ? "true" : null,
  });
}

function moment(node: Element, { row, column }: Cell): void {
  const when = String(valueIn(row, column));
  set(node.firstElementChild, { datetime: when, title: exact(when) });
  write(node.firstElementChild, age(when));
}

export const KINDS: Readonly<Record<Column["kind"], Kind>> = {
  name: { pattern: NAME, fill: name, rank: textOf },
  text: { fill: (node, { row, column, view }) => write(node, textOf(row, column, view)), rank: textOf },
  code: {
    pattern: code(""),
    fill: (node, { row, column, view }) => write(node.firstElementChild, textOf(row, column, view)),
    rank: textOf,
  },
  number: {
    fill: (node, { row, column }) => write(node, Number(valueIn(row, column) ?? 0).toLocaleString()),
    rank: (row, column) => Number(valueIn(row, column) ?? 0),
  },
  switch: { pattern: SWITCH, fill: toggle, rank: (row) => (row.active ? 0 : 1), isBare: true },
  state: {
    pattern: STATE,
    fill: state,
    rank: (row, column, view) => {
      const { rank = 0, when = "" } = stateIn(row, column, view) ?? {};
      return `${rank} ${when}`;
    },
  },
  age: { pattern: TIME, fill: moment, rank: (row, column) => -Date.parse(String(valueIn(row, column))) },
  links: { fill: links, rank: (row) => (row.links ?? []).map(({ alias }) => alias).join(" ") },
  tags: { fill: tags, rank: (row) => (row.tags ?? []).join(" ") },
};
