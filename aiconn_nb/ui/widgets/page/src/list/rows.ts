/** The rows of a list. */
import { classes, fixed, guard, html, icon, merged, nothing, state, type Content, type TemplateResult } from "../html";
import type { Action, ListView, Row, Setup } from "../protocol";
import { at, KINDS, who } from "./kinds";

/** A message or question below a row: a message has a tone, a question has none. */
export interface Detail {
  readonly tone?: string;
  readonly draw: () => TemplateResult;
}
/** An item of the table, and the key of its node. */
export interface Item {
  readonly key: string;
  readonly draw: () => TemplateResult;
}
export interface RowContext {
  readonly setup: Setup;
  readonly view: ListView;
  readonly isSelected: boolean;
  readonly isBusy: boolean;
  readonly detail: Detail | null;
}

function control(action: Action, row: Row): TemplateResult {
  const fill = (words: string): string =>
    words.replace(/\{(\w+)\}/g, (_, key: string) => (key === "who" ? who(row) : String(at(row, key) ?? "")));
  const pressed = action.pressed ? Boolean(at(row, action.pressed)) : undefined;
  const title = pressed && action.release_title ? action.release_title : (action.title ?? action.words);
  const isOff = action.off ? Boolean(at(row, action.off)) : false;
  return fixed(html`<button type="button" class="aiconn-button aiconn-icon-button" data-do=${action.do}
    aria-label=${fill(action.label ?? `${action.words} {who}`)} title=${fill(title)} aria-pressed=${state(pressed)}
    aria-disabled=${isOff ? "true" : nothing}>${fixed(icon(action.icon))}</button>`);
}
function cells(row: Row, { setup, view, isSelected, isBusy }: RowContext): Content {
  const check = html`<td role="cell" class="aiconn-c-select"
    ><input type="checkbox" data-do="select" .checked=${isSelected} aria-label="Select ${who(row)}"
  /></td>`;
  const columns = setup.columns.map((column) => {
    const { draw, isBare } = KINDS[column.kind];
    const content = draw({ row, column, view, setup, isBusy });
    const kinds = `aiconn-c-${column.key} aiconn-k-${column.kind}`;
    return column.kind === "name"
      ? html`<th role="rowheader" scope="row" class=${kinds}>${content}</th>`
      : html`<td role="cell" class=${kinds} data-label=${isBare ? nothing : column.title}>${content}</td>`;
  });
  const actions = html`<td role="cell" class="aiconn-c-actions">${setup.actions.map((action) => control(action, row))}</td>`;
  return [...(setup.bulk.length ? [check] : []), ...columns, actions].map(fixed);
}

const texts = new WeakMap<Row, string>();
/** A row of another view with the same content is the same. */
function contentOf(row: Row): string {
  const text = texts.get(row) ?? JSON.stringify(row);
  texts.set(row, text);
  return text;
}
/** The number of draws of a row, for the tests of unchanged rows. */
export const counted = { drawn: 0 };

export const item = (id: string, kinds: string, isShown: boolean, rows: Content): TemplateResult =>
  html`<tbody role="rowgroup" class=${kinds} data-id=${id || nothing} ?hidden=${!isShown}>${rows}</tbody>`;
/** A row is drawn again if it has changed; `shared` is the input of all rows. */
export function rowItem(row: Row, context: RowContext, isShown: boolean, shared: string): TemplateResult {
  const { setup, isSelected, isBusy, detail } = context;
  const looks = [
    at(row, setup.used) && "aiconn-used",
    row.active === false && "aiconn-off",
    isSelected && "aiconn-selected",
  ];
  const draw = (): TemplateResult => {
    counted.drawn += 1;
    const below = detail ? detailRow(setup, detail.draw()) : nothing;
    return merged(html`<tr role="row" class="aiconn-row">${cells(row, context)}</tr>${below}`, setup);
  };
  const content = guard([shared, isSelected, isBusy, detail, contentOf(row)], draw);
  return item(row.id, classes("aiconn-item", ...looks), isShown, content);
}
export const detailRow = ({ columns, bulk }: Setup, content: Content): TemplateResult =>
  html`<tr role="row" class="aiconn-detail"><td role="cell" colspan=${columns.length + (bulk.length ? 2 : 1)}>${content}</td></tr>`;

/** Up and down move to the same control of the next row, left and right to the next one in this row; Delete asks. Returns whether it did. */
export function walkRows(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  const item = target.closest<HTMLElement>("[data-id]");
  const name = target.dataset["do"];
  if (!item || !name) return false;
  const rows = [...(item.parentElement?.querySelectorAll<HTMLElement>(":scope > [data-id]:not([hidden])") ?? [])];
  const controls = [...item.querySelectorAll<HTMLElement>("[data-do]:not([hidden])")];
  const row = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (row) rows[rows.indexOf(item) + row]?.querySelector<HTMLElement>(`[data-do="${name}"]`)?.focus();
  else if (step) controls[controls.indexOf(target) + step]?.focus();
  else if (event.key === "Delete") item.querySelector<HTMLElement>('[data-do="delete"]')?.click();
  else return false;
  event.preventDefault();
  return true;
}
