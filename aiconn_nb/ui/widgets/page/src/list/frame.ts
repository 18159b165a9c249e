/** The frame around the rows of a list: title, filters, head, and the empty list. Data defines its content. */
import {
  button,
  classes,
  environmentSelect,
  html,
  icon,
  live,
  nothing,
  repeat,
  select,
  valueOf,
  type Content,
  type TemplateResult,
} from "../html";
import { answerButton, content, told } from "../panel";
import type { Filter, Setup } from "../protocol";
import type { List } from "./list";
import { choicesOf } from "./look";

type Drawn = (list: List) => Content;
const titleBar: Drawn = ({ setup, view, rows, kept, ground, acts }) => {
  const count = rows.length;
  const switchTo = (name: string): void => ground.send("environment", { name });
  return html`<div class="aiconn-bar" ?hidden=${kept.selected.size > 0}>
    <div class="aiconn-title" role="heading" aria-level="2"
      >${setup.label} <span class="aiconn-small aiconn-quiet-text">${count ? count.toLocaleString() : ""}</span></div
    >
    ${view.environment ? environmentSelect(view.environment, switchTo) : nothing}
    ${button({ kind: "quiet", icon: "refresh", label: "Refresh", click: acts.refresh })}
    ${button({ kind: "primary", icon: "add", text: setup.create, title: setup.create, hidden: !count, click: () => ground.send("create") })}
  </div>`;
};

const selectionBar: Drawn = ({ setup, kept: { selected }, acts }) =>
  html`<div class="aiconn-bar aiconn-selection" role="toolbar" aria-label="Selected connections" ?hidden=${!selected.size}>
    <div class="aiconn-title" role="status">${selected.size ? `${selected.size.toLocaleString()} selected` : ""}</div>
    ${setup.bulk.map((each) => answerButton(each, acts.bulk))}
    ${button({ kind: "quiet", icon: "close", label: "Clear the selection", click: acts.clearSelection })}
  </div>`;

const filters: Drawn = ({ setup, view, rows, kept: { look, showsFilters }, turn, acts }) => {
  const isOpen = showsFilters || setup.filters.some(({ key }) => look[key]);
  const choice = (filter: Filter): TemplateResult => {
    const change = (value: string): void => turn({ [filter.key]: value });
    const value = String(look[filter.key] ?? "");
    return select({ label: filter.label, choices: choicesOf(filter, view), value, change });
  };
  return html`<div class=${classes("aiconn-bar aiconn-filters", isOpen && "aiconn-open")} role="search" aria-label="Filter" ?hidden=${!rows.length}>
    <div class="aiconn-within aiconn-search">
      ${icon("search")}<input class="aiconn-input" type="search" placeholder=${setup.search} aria-label=${setup.search_label}
        autocomplete="off" spellcheck="false" .value=${live(look.text)}
        @input=${(event: Event) => turn({ text: valueOf(event) })} />
    </div>
    <span class="aiconn-narrow">${button({ kind: "quiet", icon: "filter", label: "Filters", expanded: isOpen, click: acts.toggleFilters })}</span>
    ${setup.filters.map(choice)}
  </div>`;
};

const table: Drawn = ({ setup, rows, kept: { look, selected }, shown, items, acts }) => {
  const chosen = selected.size ? shown.filter(({ id }) => selected.has(id)).length : 0;
  const hasBulk = setup.bulk.length > 0;
  const all = (event: Event): void => acts.selectAll((event.target as HTMLInputElement).checked);
  const check = html`<th role="columnheader" scope="col" class="aiconn-c-select"
    ><input type="checkbox" aria-label="Select all that are shown" .checked=${live(chosen > 0 && chosen === shown.length)}
      .indeterminate=${live(chosen > 0 && chosen < shown.length)} @change=${all}
  /></th>`;
  const column = ({ key, title, kind }: Setup["columns"][number]): TemplateResult => {
    const sorted = look.sort === key ? (look.descending ? "descending" : "ascending") : nothing;
    return html`<th role="columnheader" scope="col" class="aiconn-c-${key} aiconn-k-${kind}" aria-sort=${sorted}
      ><button type="button" class="aiconn-sort aiconn-small" @click=${() => acts.sort(key)}>${title}${sorted === nothing ? nothing : icon("up")}</button></th
    >`;
  };
  return html`<table class="aiconn-table" role="table" aria-label=${setup.label}
    .style=${`--aiconn-columns: ${setup.tracks}`} ?hidden=${!rows.length} @click=${acts.click} @keydown=${acts.keydown}
  >
    <thead role="rowgroup">
      <tr role="row">
        ${hasBulk ? check : nothing}${setup.columns.map(column)}
        <th role="columnheader" scope="col" class="aiconn-c-actions"><span class="aiconn-voice">Actions</span></th>
      </tr>
    </thead>
    ${repeat(
      items,
      ({ key }) => key,
      ({ draw }) => draw(),
    )}
  </table>`;
};

const foot: Drawn = ({ setup, rows, shown, acts }) => {
  const [all, some] = [rows.length, shown.length];
  return html`<div class="aiconn-empty" ?hidden=${!all || some > 0}>
      <div class="aiconn-title">${setup.no_match}</div>
      ${button({ text: "Clear the filter", click: acts.clearFilter })}
    </div>
    <div class="aiconn-bar" role="status" ?hidden=${!some || some === all}
      ><span class="aiconn-end">${some === all ? "" : `${some.toLocaleString()} of ${all.toLocaleString()}`}</span></div
    >`;
};

/** In place of the rows: what a list is for, or why it cannot be read. */
const empty: Drawn = ({ view: { empty: shown }, acts }) => {
  if (!shown) return nothing;
  const { icon: drawing, title, failed = false } = shown;
  return html`<div class=${classes("aiconn-empty", failed && "aiconn-warn")} role=${failed ? "alert" : nothing}>
    ${icon(drawing)}
    <div class="aiconn-title">${title}</div>
    ${content("empty", shown, acts.press, { kind: "" })}
  </div>`;
};

export const frame: Drawn = (list) => {
  const { setup, view, messages, undos, shown, acts } = list;
  const isBroken = view.kind === "error";
  const parts = [titleBar, ...(setup.bulk.length ? [selectionBar] : []), filters];
  return [
    isBroken ? nothing : parts.map((part) => part(list)),
    (view.notices ?? []).map((each) => told("notice", each, acts.press)),
    html`<div class="aiconn-notices">${[messages.above, undos.above(!shown.length)]}</div>`,
    table(list),
    isBroken ? nothing : foot(list),
    empty(list),
  ];
};
