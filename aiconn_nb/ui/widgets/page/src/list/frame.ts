/** The frame of a list: its title, its filters, its head, and what stands where there is nothing. Data says what is in it. */
import { button, html, icon, live, nothing, type Content, type TemplateResult } from "../html";
import type { Bulk, EmptyButton, Filter, ListView, Setup } from "../protocol";
import { choicesOf, type Look } from "./look";

export interface FrameState {
  readonly setup: Setup;
  readonly view: ListView;
  readonly look: Look;
  readonly selected: number;
  readonly shown: number;
  readonly allChosen: boolean;
  readonly someChosen: boolean;
  readonly notices: Content;
}
export interface FrameActs {
  readonly turn: (change: Partial<Look>) => void;
  readonly sort: (key: string) => void;
  readonly selectAll: (on: boolean) => void;
  readonly clear: () => void;
  readonly clearFilter: () => void;
  readonly refresh: () => void;
  readonly bulk: (bulk: Bulk) => void;
  readonly ask: (intent: string, data?: Record<string, unknown>) => void;
  readonly click: (event: Event) => void;
  readonly keydown: (event: KeyboardEvent) => void;
}
type Drawn = (state: FrameState, acts: FrameActs) => Content;

function select(
  label: string,
  choices: readonly (readonly string[])[],
  value: string,
  change: (value: string) => void,
  title = "",
): TemplateResult {
  return html`<select
    class="aiconn-select"
    aria-label=${label}
    title=${title || nothing}
    .value=${live(value)}
    @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}
  >
    ${choices.map(([id, name]) => html`<option value=${id ?? ""} ?selected=${id === value}>${name}</option>`)}
  </select>`;
}

const titleBar: Drawn = ({ setup, view, selected }, { ask, refresh }) => {
  const count = view.rows?.length ?? 0;
  const { name = "", origin = "", choices = [] } = view.environment ?? {};
  const pairs = choices.map((each) => [each, each]);
  return html`<div class="aiconn-bar" ?hidden=${selected > 0}>
    <div class="aiconn-title" role="heading" aria-level="2">${setup.label}<span class="aiconn-count">${count ? count.toLocaleString() : ""}</span></div>
    <label class="aiconn-labelled"
      ><span class="aiconn-quiet-text" aria-hidden="true">Environment</span>${select("Environment", pairs, name, (value) => ask("environment", { name: value }), origin ? `From ${origin}` : "")}</label
    >
    ${button({ kind: "quiet", icon: "refresh", label: "Refresh", click: refresh })}
    ${button({ kind: "primary", icon: "add", text: setup.create, hidden: !count, click: () => ask("create") })}
  </div>`;
};

const selectionBar: Drawn = ({ setup, selected }, { bulk, clear }) =>
  setup.bulk.length
    ? html`<div class="aiconn-bar aiconn-selection" role="toolbar" aria-label="Selected connections" ?hidden=${!selected}>
        <div class="aiconn-title" role="status">${selected ? `${selected.toLocaleString()} selected` : ""}</div>
        ${setup.bulk.map((each) => button({ icon: each.icon ?? "", text: each.text, click: () => bulk(each) }))}
        ${button({ kind: "quiet", icon: "close", label: "Clear the selection", click: clear })}
      </div>`
    : nothing;

const filters: Drawn = ({ setup, view, look }, { turn }) => {
  const typed = (event: Event): void => turn({ text: (event.target as HTMLInputElement).value });
  const choice = (filter: Filter): TemplateResult =>
    select(filter.label, choicesOf(filter, view), String(look[filter.key] ?? ""), (value) =>
      turn({ [filter.key]: value }),
    );
  return html`<div class="aiconn-filters" role="search" aria-label="Filter" ?hidden=${!view.rows?.length}>
    <div class="aiconn-search">
      ${icon("search")}<input
        class="aiconn-input"
        type="search"
        placeholder=${setup.search}
        aria-label=${setup.search_label}
        autocomplete="off"
        spellcheck="false"
        .value=${live(look.text)}
        @input=${typed}
      />
    </div>
    ${setup.filters.map(choice)}
  </div>`;
};

const head: Drawn = ({ setup, view, look, allChosen, someChosen }, { selectAll, sort, click, keydown }) => {
  const isSorted = (key: string): string | typeof nothing =>
    look.sort === key ? (look.descending ? "descending" : "ascending") : nothing;
  const columns = [
    ...(setup.bulk.length ? ["38px"] : []),
    ...setup.columns.map(({ width }) => width),
    `${setup.actions.length * 29 + 12}px`,
  ];
  return html`<table
    class="aiconn-table ${setup.bulk.length ? "" : "aiconn-bare"}"
    role="table"
    aria-label=${setup.label}
    style="--aiconn-columns: ${columns.join(" ")}"
    ?hidden=${!view.rows?.length}
    @click=${click}
    @keydown=${keydown}
  >
    <thead role="rowgroup">
      <tr role="row">
        ${
          setup.bulk.length
            ? html`<th role="columnheader" scope="col" class="aiconn-c-select"
                ><input
                  type="checkbox"
                  aria-label="Select all that are shown"
                  .checked=${live(allChosen)}
                  .indeterminate=${live(someChosen)}
                  @change=${(event: Event) => selectAll((event.target as HTMLInputElement).checked)}
              /></th>`
            : nothing
        }
        ${setup.columns.map(
          ({ key, title, kind }) =>
            html`<th role="columnheader" scope="col" class="aiconn-c-${key} aiconn-k-${kind}" data-sort=${key} aria-sort=${isSorted(key)}
              ><button type="button" class="aiconn-sort" @click=${() => sort(key)}>${title}${icon("up")}</button></th
            >`,
        )}
        <th role="columnheader" scope="col" class="aiconn-c-actions"><span class="aiconn-voice">Actions</span></th>
      </tr>
    </thead>
  </table>`;
};

const foot: Drawn = ({ setup, view, shown }, { clearFilter }) => {
  const all = view.rows?.length ?? 0;
  return html`<div class="aiconn-empty" ?hidden=${!all || shown > 0}>
      <div class="aiconn-empty-title">${setup.no_match}</div>
      ${button({ text: "Clear the filter", click: clearFilter })}
    </div>
    <div class="aiconn-pages" role="status" ?hidden=${!shown || shown === all}
      >${shown === all ? "" : `${shown.toLocaleString()} of ${all.toLocaleString()}`}</div
    >`;
};

/** Every other part of a line is code. */
const spoken = (parts: readonly string[]): Content =>
  parts.map((part, i) => (i % 2 ? html`<code class="aiconn-code">${part}</code>` : part));

const empty: Drawn = ({ setup, view }, { ask }) => {
  const flag = (name: string | undefined, otherwise: boolean): boolean =>
    name ? Boolean((view as unknown as Record<string, unknown>)[name]) : otherwise;
  const offered = (it: EmptyButton): boolean => flag(it.when, true) && !flag(it.unless, false);
  const lines = setup.empty.lines.filter((line) => !flag(line.unless, false));
  return html`<div class="aiconn-empty" ?hidden=${view.kind === "error" || Boolean(view.rows?.length)}>
    ${icon(setup.empty.icon)}
    <div class="aiconn-empty-title">${setup.empty.title}</div>
    ${lines.map(({ parts, quiet }) => html`<p class=${quiet ? "aiconn-quiet-text" : ""}>${spoken(parts)}</p>`)}
    <div class="aiconn-actions">
      ${setup.empty.buttons
        .filter(offered)
        .map((it) =>
          button({ kind: it.primary ? "primary" : "", icon: it.icon, text: it.text, click: () => ask(it.intent) }),
        )}
    </div>
  </div>`;
};

/** What the kernel could not show, and a way to try again. */
const failed: Drawn = ({ view }, { ask }) =>
  html`<div class="aiconn-empty aiconn-failed" role="alert" ?hidden=${view.kind !== "error"}>
    ${icon("warn")}
    <div class="aiconn-empty-title">${view.what ?? ""}</div>
    <p>${view.hint ?? ""}</p>
    <div class="aiconn-actions">${button({ icon: "refresh", text: "Try again", click: () => ask("refresh") })}</div>
  </div>`;

export function frame(state: FrameState, acts: FrameActs): Content {
  const warnings = state.view.notes ?? [];
  return [
    state.view.kind === "error" ? nothing : titleBar(state, acts),
    state.view.kind === "error" ? nothing : selectionBar(state, acts),
    state.view.kind === "error" ? nothing : filters(state, acts),
    warnings.map(
      (what) =>
        html`<div class="aiconn-note aiconn-warn">${icon("warn")}<div class="aiconn-note-words"><div>${what}</div></div></div>`,
    ),
    html`<div class="aiconn-notices">${state.notices}</div>`,
    head(state, acts),
    foot(state, acts),
    empty(state, acts),
    failed(state, acts),
  ];
}
