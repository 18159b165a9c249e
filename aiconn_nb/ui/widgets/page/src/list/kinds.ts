/** How to draw and sort the cells of a column, by its kind. A new kind is one entry here. */
import { button, classes, code, fixed, html, icon, nothing, type Content, type TemplateResult } from "../html";
import type { Column, Link, ListView, Row, RunningTest, Setup } from "../protocol";
import { age, exact } from "../words";

export interface Cell {
  readonly row: Row;
  readonly column: Column;
  readonly view: ListView;
  readonly setup: Setup;
  readonly isBusy: boolean;
}
interface Kind {
  readonly draw: (cell: Cell) => Content;
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
export const who = (row: Row): string => `${row.name} (${row.alias})`;

/** The drawing of a tone; the others have none. */
const MARKS: Readonly<Record<string, string>> = { good: "good", old: "good", bad: "cross", warn: "warn" };
const state = (part: string, tone: string, words: string, title: string, extra = ""): TemplateResult =>
  fixed(html`<span class=${classes("aiconn-state", `aiconn-tone-${tone}`, extra)} data-part=${part} data-tone=${tone} title=${title}
    ><span class="aiconn-mark">${fixed(icon(MARKS[tone] ?? ""))}</span><span>${words}</span></span
  >`);
/** A state, and what follows it. */
const withMore = (first: TemplateResult, more: Content = nothing): TemplateResult => fixed(html`${first}${more}`);
/** A time as an age, with the exact time on hover. */
const moment = (part: string, when: string, rest = "", more = ""): TemplateResult =>
  html`<time class="aiconn-age aiconn-quiet-text" data-part=${part} datetime=${when} title=${exact(when) + more}>${age(when)}${rest}</time>`;

function lastTest({ row: { test } }: Cell): Content {
  if (!test)
    return withMore(state("test", "none", "not tested", "Not checked in this environment with its current settings"));
  if (test.running) return withMore(state("test", "running", `${test.running}…`, "The test is running"));
  const { seconds, outdated = false, at: when = "" } = test;
  // A check from another kernel has no duration here.
  const took = seconds === undefined ? "" : ` · ${seconds.toFixed(seconds < 10 ? 1 : 0)}\u00a0s`;
  const result = test.ok
    ? state("test", outdated ? "old" : "good", `passed${took}`, "Every step of the test passed")
    : test.unknown
      ? state("test", outdated ? "old" : "warn", `cannot tell${took}`, "The test cannot tell whether it works")
      : state("test", "bad", `${test.failed}${took}`, `The test failed: ${test.failed}`);
  const tested = moment("tested", when, outdated ? " · outdated" : "", outdated ? ", before the last change" : "");
  return withMore(result, tested);
}

function resolves({ row, view }: Cell): Content {
  const where = view.environment?.name ?? "";
  const title = `Untrusted host: ${row.alias} ${row.untrusted}`;
  if (row.untrusted)
    return withMore(
      state("resolves", "bad", "untrusted host", title),
      button({ text: "Trust…", label: `Trust the host of ${who(row)}`, title, does: "trust" }),
    );
  return withMore(
    row.missing
      ? state("resolves", "bad", row.missing, `Does not resolve in ${where}: ${row.missing}`, "aiconn-missing")
      : state("resolves", "good", "yes", `All references resolve in ${where}`),
  );
}

function name({ row, setup }: Cell): Content {
  const badge = html`<span class="aiconn-badge" data-part="used">${setup.used_words}</span>`;
  return [
    html`<span class="aiconn-name"><bdi class="aiconn-strong" title=${row.name}>${row.name}</bdi>${at(row, setup.used) ? badge : nothing}</span>`,
    html`<span class="aiconn-alias aiconn-code" data-part="alias">${row.alias}</span>`,
  ].map(fixed);
}

function tags({ row }: Cell): Content {
  const all = [...(row.tags ?? []), ...(row.more_tags ? [`+${row.more_tags}`] : [])];
  const label = (tag: string): TemplateResult => html`<span class="aiconn-tag" title="Tag: ${tag}">${tag}</span>`;
  return all.length ? html`<span class="aiconn-tags">${all.map(label)}</span>` : nothing;
}

/** The connections in the order of the attempts, with the state of those that are not ready. */
function links({ row, view }: Cell): Content {
  const item = ({ alias, state: now = "" }: Link): TemplateResult =>
    html`<li class="aiconn-link-item" data-state=${now} title=${now ? `${alias}: ${view.states?.[now] ?? now}` : alias}
      >${code(alias)}${now ? html` <span class="aiconn-small aiconn-tone-bad">${now}</span>` : nothing}</li
    >`;
  const more = html`<li class="aiconn-link-item aiconn-quiet-text">and ${row.more_links} more</li>`;
  return html`<ol class="aiconn-links aiconn-plain">${(row.links ?? []).map(item)}${row.more_links ? more : nothing}</ol>`;
}

function health({ row }: Cell): Content {
  if (!row.health) return nothing;
  const { tone, title, words = "" } = row.health;
  const why = html`<div class="aiconn-small aiconn-quiet-text">${words}</div>`;
  return html`<div>${state("health", tone, title, words || title)}${words ? why : nothing}</div>`;
}

const toggle = ({ row, isBusy }: Cell): Content =>
  fixed(html`<button type="button" role="switch" class="aiconn-switch" data-do="switch" aria-checked=${String(row.active ?? false)}
    aria-label="Active: ${who(row)}" title=${row.active ? "On" : "Off"} aria-busy=${isBusy ? "true" : nothing}></button>`);

const TONES: Readonly<Record<string, number>> = { good: 0, none: 1, warn: 2, bad: 3 };
const rankOfTest = (test: RunningTest | undefined): string =>
  (!test ? "3" : test.running ? "2" : test.ok ? "1" : test.unknown ? "0.5" : "0") + (test?.at ?? "");

export const KINDS: Readonly<Record<Column["kind"], Kind>> = {
  name: { draw: name, rank: textOf },
  text: { draw: ({ row, column, view }) => fixed(html`${textOf(row, column, view)}`), rank: textOf },
  code: { draw: ({ row, column, view }) => fixed(code(textOf(row, column, view))), rank: textOf },
  number: {
    draw: ({ row, column }) => Number(valueIn(row, column) ?? 0).toLocaleString(),
    rank: (row, column) => Number(valueIn(row, column) ?? 0),
  },
  switch: { draw: toggle, rank: (row) => (row.active ? 0 : 1), isBare: true },
  resolves: { draw: resolves, rank: (row) => (row.untrusted ? 2 : row.missing ? 1 : 0) },
  test: { draw: lastTest, rank: (row) => rankOfTest(row.test) },
  age: {
    draw: ({ row, column }) => fixed(moment(column.key, String(valueIn(row, column)))),
    rank: (row, column) => -Date.parse(String(valueIn(row, column))),
  },
  links: { draw: links, rank: (row) => (row.links ?? []).map(({ alias }) => alias).join(" ") },
  tags: { draw: tags, rank: (row) => (row.tags ?? []).join(" ") },
  health: { draw: health, rank: (row) => TONES[row.health?.tone ?? "good"] ?? 0 },
};
