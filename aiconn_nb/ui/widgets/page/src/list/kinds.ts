/** How the cells of a column are drawn and sorted, by the column's kind. A new kind is one entry here. */
import { age, exact, html, icon, nothing, type Content, type TemplateResult } from "../html";
import type { Column, ListView, Row, RunningTest } from "../protocol";

export interface Cell {
  readonly row: Row;
  readonly column: Column;
  readonly view: ListView;
  /** What is shown for "used": "in use", "default". */
  readonly badge: string;
  readonly isUsed: boolean;
  readonly busy: boolean;
}
interface Kind {
  readonly draw: (cell: Cell) => Content;
  readonly rank: (row: Row, column: Column, view: ListView) => string | number;
  /** It has a label of its own where the row is a card. */
  readonly isBare?: boolean;
}

/** A value of a row by its path, such as `health.tone`. */
export function at(row: object, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value.map((each: object) => (each as Record<string, unknown>)[key]);
    return value && typeof value === "object" ? (value as Record<string, unknown>)[key] : undefined;
  }, row);
}
export function textOf(row: Row, column: { readonly key: string; readonly names?: string }, view: ListView): string {
  const value = String(at(row, column.key) ?? "");
  const names = column.names ? (at(view, column.names) as Record<string, string> | undefined) : undefined;
  return names?.[value] ?? value;
}

export const who = (row: Row): string => `${row.name} (${row.alias})`;

const MARKS: Readonly<Record<string, string>> = { good: "check", old: "check", bad: "cross", warn: "warn" };

function state(
  part: string,
  tone: string,
  drawing: string | null,
  words: string,
  title: string,
  extra = "",
): TemplateResult {
  return html`<span class="aiconn-state ${extra}" data-part=${part} data-tone=${tone} title=${title}
    ><span class="aiconn-mark">${drawing ? icon(drawing) : nothing}</span><span>${words}</span></span
  >`;
}

/** A moment as an age, the exact time on hover. */
function moment(part: string, when: string, rest = "", titleRest = ""): TemplateResult {
  return html`<time class="aiconn-age" data-part=${part} datetime=${when} title=${exact(when) + titleRest}>${age(when)}${rest}</time>`;
}

function lastTest(test: RunningTest | undefined): Content {
  if (!test)
    return state("test", "none", null, "not tested", "Not tested in this environment since the kernel started");
  if (test.running) return state("test", "running", null, `${test.running}…`, "The test is running");
  const seconds = test.seconds ?? 0;
  const took = `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const old = test.outdated ?? false;
  const result = test.ok
    ? state("test", old ? "old" : "good", "check", `passed · ${took}`, "Every rung of the test passed")
    : test.unknown
      ? state("test", old ? "old" : "warn", "warn", `cannot tell · ${took}`, "The test cannot tell whether it works")
      : state("test", "bad", "cross", `${test.failed} · ${took}`, `The test failed at: ${test.failed}`);
  return [result, moment("tested", test.at ?? "", old ? " · outdated" : "", old ? ", before the last change" : "")];
}

function resolves({ row, view }: Cell): Content {
  const where = view.environment?.name ?? "";
  const trust = row.untrusted
    ? html`<button type="button" class="aiconn-button aiconn-trust" data-do="trust" aria-label="Trust the host of ${who(row)}">Trust…</button>`
    : nothing;
  if (row.untrusted)
    return [state("resolves", "bad", "warn", "untrusted host", `Untrusted host: ${row.alias} ${row.untrusted}`), trust];
  if (!row.missing) return state("resolves", "good", "check", "yes", `All references resolve in ${where}`);
  return state(
    "resolves",
    "bad",
    "cross",
    row.missing,
    `Does not resolve in ${where}: ${row.missing}`,
    "aiconn-missing",
  );
}

function name({ row, badge, isUsed }: Cell): Content {
  const tags = [...(row.tags ?? []), ...(row.more_tags ? [`+${row.more_tags}`] : [])];
  const label = (tag: string): TemplateResult =>
    html`<span class="aiconn-tag" title=${tag.startsWith("+") ? nothing : `Tag: ${tag}`}>${tag}</span>`;
  return [
    html`<span class="aiconn-name"
      ><bdi data-part="name" title=${row.name}>${row.name}</bdi
      >${isUsed ? html`<span class="aiconn-badge" data-part="used">${badge}</span>` : nothing}</span
    >`,
    html`<span class="aiconn-under"
      ><span class="aiconn-alias aiconn-code" data-part="alias">${row.alias}</span
      >${tags.length ? html`<span class="aiconn-labels">${tags.map(label)}</span>` : nothing}</span
    >`,
  ];
}

/** State -> what stands behind the alias, and what a pointer or a screen reader is told. */
const SAID: Readonly<Record<string, readonly [string, string]>> = {
  inactive: ["inactive", "It is switched off"],
  gone: ["gone", "It was deleted"],
  unresolved: ["unresolved", "A reference of it does not resolve here"],
  "untrusted host": ["untrusted host", "Its key is not allowed to go to its host yet"],
  "no provider": ["no provider", "Its provider is not installed here"],
  "no SDK": ["no SDK", "Its SDK is not installed here"],
};

/** The connections in the order in which they are asked; what is not ready says so. */
function links({ row }: Cell): Content {
  const item = ({ alias, state: now = "" }: { alias: string; state?: string }): TemplateResult => {
    const [word, why] = SAID[now] ?? [now, now];
    return html`<li class="aiconn-link-item ${now ? `aiconn-link-${now.replace(" ", "-")}` : ""}" title=${now ? `${alias}: ${why}` : alias}
      ><span class="aiconn-code">${alias}</span>${now ? html` <span class="aiconn-link-state">${word}</span>` : nothing}</li
    >`;
  };
  const more = row.more_links
    ? html`<li class="aiconn-link-item aiconn-quiet-text">and ${row.more_links} more</li>`
    : nothing;
  return html`<ol class="aiconn-links">${(row.links ?? []).map(item)}${more}</ol>`;
}

function health({ row }: Cell): Content {
  if (!row.health) return nothing;
  const { tone, title, words = "" } = row.health;
  return html`<div>
    ${state("health", tone, MARKS[tone] ?? null, title, words || title)}${words ? html`<div class="aiconn-why">${words}</div>` : nothing}
  </div>`;
}

const toggle = ({ row, busy }: Cell): Content =>
  html`<button
    type="button"
    role="switch"
    class="aiconn-switch"
    data-do="switch"
    aria-checked=${String(row.active ?? false)}
    aria-label="Active: ${who(row)}"
    title=${row.active ? "On" : "Off"}
    aria-busy=${busy ? "true" : nothing}
  >
    <span class="aiconn-knob"></span>
  </button>`;

const byText = (row: Row, column: Column, view: ListView): string => textOf(row, column, view);
const TONES: Readonly<Record<string, number>> = { good: 0, warn: 1, bad: 2 };
const rankOfTest = (test: RunningTest | undefined): string =>
  (!test ? "3" : test.running ? "2" : test.ok ? "1" : test.unknown ? "0.5" : "0") + (test?.at ?? "");

export const KINDS: Readonly<Record<Column["kind"], Kind>> = {
  name: { draw: name, rank: byText },
  text: {
    draw: ({ row, column, view }) => html`<span data-part=${column.key}>${textOf(row, column, view)}</span>`,
    rank: byText,
  },
  code: {
    draw: ({ row, column, view }) =>
      html`<span class="aiconn-code" title=${textOf(row, column, view)}>${textOf(row, column, view)}</span>`,
    rank: byText,
  },
  number: {
    draw: ({ row, column }) =>
      html`<span class="aiconn-number">${Number(at(row, column.key) ?? 0).toLocaleString()}</span>`,
    rank: (row, column) => Number(at(row, column.key) ?? 0),
  },
  switch: { draw: toggle, rank: (row) => (row.active ? 0 : 1), isBare: true },
  resolves: { draw: resolves, rank: (row) => (row.untrusted ? 2 : row.missing ? 1 : 0) },
  test: { draw: ({ row }) => lastTest(row.test), rank: (row) => rankOfTest(row.test) },
  age: {
    draw: ({ row, column }) => moment(column.key, String(at(row, column.key))),
    rank: (row, column) => -Date.parse(String(at(row, column.key))),
  },
  links: { draw: links, rank: (row) => (row.links ?? []).map(({ alias }) => alias).join(" ") },
  health: { draw: health, rank: (row) => TONES[row.health?.tone ?? "good"] ?? 0 },
};
