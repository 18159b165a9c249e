/** The frame around the rows of a list: title, filters, head, and the empty list. Data defines its content. */
import {
  button,
  classes,
  environmentSelect,
  html,
  icon,
  link,
  live,
  note,
  nothing,
  select,
  spoken,
  valueOf,
  type Content,
  type TemplateResult,
} from "../html";
import type { Bulk, EmptyButton, Filter, ListView, Setup } from "../protocol";
import { choicesOf, type Look } from "./look";

export interface FrameState {
  readonly setup: Setup;
  readonly view: ListView;
  readonly look: Look;
  readonly selected: number;
  readonly shown: number;
  /** How many of the visible rows are selected. */
  readonly chosen: number;
  /** Whether a side bar shows the filters, for which it has little room. */
  readonly showsFilters: boolean;
  readonly notices: Content;
}
export interface FrameActs {
  readonly turn: (change: Partial<Look>) => void;
  readonly sort: (key: string) => void;
  readonly selectAll: (on: boolean) => void;
  readonly clearSelection: () => void;
  readonly clearFilter: () => void;
  readonly toggleFilters: () => void;
  readonly refresh: () => void;
  readonly bulk: (bulk: Bulk) => void;
  readonly ask: (intent: string, data?: Record<string, unknown>) => void;
  readonly click: (event: Event) => void;
  readonly keydown: (event: KeyboardEvent) => void;
}
type Drawn = (state: FrameState, acts: FrameActs) => Content;
const titleBar: Drawn = ({ setup, view, selected }, { ask, refresh }) => {
  const count = view.rows?.length ?? 0;
  const switchTo = (name: string): void => ask("environment", { name });
  return html`<div class="aiconn-bar" ?hidden=${selected > 0}>
    <div class="aiconn-title" role="heading" aria-level="2"
      >${setup.label} <span class="aiconn-count aiconn-quiet-text">${count ? count.toLocaleString() : ""}</span></div
    >
    ${view.has_bar ? nothing : environmentSelect(view.environment, switchTo)}
    ${button({ kind: "quiet", icon: "refresh", label: "Refresh", click: refresh })}
    ${button({ kind: "primary", icon: "add", text: setup.create, hidden: !count, click: () => ask("create") })}
  </div>`;
};

const selectionBar: Drawn = ({ setup, selected }, { bulk, clearSelection: click }) =>
  html`<div class="aiconn-bar aiconn-selection" role="toolbar" aria-label="Selected connections" ?hidden=${!selected}>
    <div class="aiconn-title" role="status">${selected ? `${selected.toLocaleString()} selected` : ""}</div>
    ${setup.bulk.map((each) => button({ icon: each.icon ?? "", text: each.text, click: () => bulk(each) }))}
    ${button({ kind: "quiet", icon: "close", label: "Clear the selection", click })}
  </div>`;

const filters: Drawn = ({ setup, view, look, showsFilters }, { turn, toggleFilters: click }) => {
  const isOpen = showsFilters || setup.filters.some(({ key }) => look[key]);
  const choice = (filter: Filter): TemplateResult => {
    const change = (value: string): void => turn({ [filter.key]: value });
    const value = String(look[filter.key] ?? "");
    return select({ label: filter.label, choices: choicesOf(filter, view), value, change }).control;
  };
  return html`<div class=${classes("aiconn-bar aiconn-filters", isOpen && "aiconn-open")} role="search" aria-label="Filter" ?hidden=${!view.rows?.length}>
    <div class="aiconn-within aiconn-search">
      ${icon("search")}<input class="aiconn-input" type="search" placeholder=${setup.search} aria-label=${setup.search_label}
        autocomplete="off" spellcheck="false" .value=${live(look.text)}
        @input=${(event: Event) => turn({ text: valueOf(event) })} />
    </div>
    <span class="aiconn-narrow">${button({ kind: "quiet", icon: "filter", label: "Filters", expanded: isOpen, click })}</span>
    ${setup.filters.map(choice)}
  </div>`;
};

const head: Drawn = ({ setup, view, look, shown, chosen }, { selectAll, sort, click, keydown }) => {
  const hasBulk = setup.bulk.length > 0;
  const widths = [
    hasBulk ? "38px" : "",
    ...setup.columns.map(({ width }) => width),
    `${setup.actions.length * 29 + 12}px`,
  ];
  const all = (event: Event): void => selectAll((event.target as HTMLInputElement).checked);
  const check = html`<th role="columnheader" scope="col" class="aiconn-c-select"
    ><input type="checkbox" aria-label="Select all that are shown" .checked=${live(chosen > 0 && chosen === shown)}
      .indeterminate=${live(chosen > 0 && chosen < shown)} @change=${all}
  /></th>`;
  const column = ({ key, title, kind }: Setup["columns"][number]): TemplateResult => {
    const sorted = look.sort === key ? (look.descending ? "descending" : "ascending") : nothing;
    return html`<th role="columnheader" scope="col" class="aiconn-c-${key} aiconn-k-${kind}" aria-sort=${sorted}
      ><button type="button" class="aiconn-sort" @click=${() => sort(key)}>${title}${icon("up")}</button></th
    >`;
  };
  return html`<table class=${classes("aiconn-table", !hasBulk && "aiconn-bare")} role="table" aria-label=${setup.label}
    style="--aiconn-columns: ${widths.join(" ")}" ?hidden=${!view.rows?.length} @click=${click} @keydown=${keydown}
  >
    <thead role="rowgroup">
      <tr role="row">
        ${hasBulk ? check : nothing}${setup.columns.map(column)}
        <th role="columnheader" scope="col" class="aiconn-c-actions"><span class="aiconn-voice">Actions</span></th>
      </tr>
    </thead>
  </table>`;
};

const foot: Drawn = ({ setup, view, shown }, { clearFilter: click }) => {
  const all = view.rows?.length ?? 0;
  return html`<div class="aiconn-empty" ?hidden=${!all || shown > 0}>
      <div class="aiconn-title">${setup.no_match}</div>
      ${button({ text: "Clear the filter", click })}
    </div>
    <div class="aiconn-pages" role="status" ?hidden=${!shown || shown === all}
      >${shown === all ? "" : `${shown.toLocaleString()} of ${all.toLocaleString()}`}</div
    >`;
};

const empty: Drawn = ({ setup, view }, { ask }) => {
  const flag = (name: string | undefined, otherwise: boolean): boolean =>
    name ? Boolean((view as unknown as Record<string, unknown>)[name]) : otherwise;
  const offered = (it: EmptyButton): boolean => flag(it.when, true) && !flag(it.unless, false);
  const lines = setup.empty.lines.filter((line) => !flag(line.unless, false));
  const act = ({ primary, icon: drawing, text, intent }: EmptyButton): TemplateResult =>
    button({ kind: primary ? "primary" : "", icon: drawing, text, click: () => ask(intent) });
  return html`<div class="aiconn-empty" ?hidden=${Boolean(view.rows?.length)}>
    ${icon(setup.empty.icon)}
    <div class="aiconn-title">${setup.empty.title}</div>
    ${lines.map((each) => html`<p class=${each.quiet ? "aiconn-quiet-text" : ""}>${spoken(each.parts)}</p>`)}
    <div class="aiconn-actions">${setup.empty.buttons.filter(offered).map(act)}</div>
  </div>`;
};

/** The kernel's error instead of the list, and a retry button. */
const failed: Drawn = ({ view }, { ask }) =>
  html`<div class="aiconn-empty aiconn-tone-warn" role="alert">
    ${icon("warn")}
    <div class="aiconn-title">${view.what ?? ""}</div>
    <p>${view.hint ?? ""}</p>
    <div class="aiconn-actions">${button({ icon: "refresh", text: "Try again", click: () => ask("refresh") })}</div>
  </div>`;

/** The note that there is no settings file: it offers to create one, and can be dismissed. */
const noSettings: Drawn = ({ view: { no_settings: what } }, { ask }) => {
  if (!what) return nothing;
  const make = link("Create one here", () => ask("make_settings"));
  const hint =
    "It holds what connections share in a project. It is optional: user secrets and variables work without it.";
  return note({
    tone: "plain",
    what,
    hint,
    actions: [make],
    close: () => ask("dismiss_settings"),
    testid: "no-settings",
  });
};

export const frame: Drawn = (state, acts) => {
  const isBroken = state.view.kind === "error";
  const parts = [titleBar, ...(state.setup.bulk.length ? [selectionBar] : []), filters];
  return [
    isBroken ? nothing : parts.map((part) => part(state, acts)),
    noSettings(state, acts),
    (state.view.notes ?? []).map((what) => note({ tone: "warn", what })),
    html`<div class="aiconn-notices">${state.notices}</div>`,
    head(state, acts),
    isBroken ? failed(state, acts) : [foot(state, acts), empty(state, acts)],
  ];
};
