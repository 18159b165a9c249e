/** The rows of a list in its table: a row is redrawn only if it differs, and keeps its node. */
import { classes, fixed, html, icon, merged, nothing, render, state, type Content, type TemplateResult } from "../html";
import type { Action, ListView, Row, Setup } from "../protocol";
import { at, KINDS, who } from "./kinds";

/** A message or question below a row: a message has a tone, a question has none. */
export interface Detail {
  readonly tone?: string;
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

const memos = new WeakMap<HTMLElement, readonly unknown[]>();
/** The number of draws of a row, for the tests of unchanged rows. */
export const counted = { drawn: 0 };

/** Draw a row again if it has changed; `shared` is the input of all rows. */
export function drawRow(node: HTMLElement, row: Row, context: RowContext, shared: string): void {
  const { setup, isSelected, isBusy, detail } = context;
  const memo = [shared, isSelected, isBusy, detail, row];
  const known = memos.get(node);
  const isSame = known && memo.every((each, i) => each === known[i] || each === row);
  if (isSame && (known[4] === row || JSON.stringify(known[4]) === JSON.stringify(row))) return;
  memos.set(node, memo);
  counted.drawn += 1;
  const looks = [
    at(row, setup.used) && "aiconn-used",
    row.active === false && "aiconn-off",
    isSelected && "aiconn-selected",
  ];
  node.className = classes("aiconn-item", ...looks);
  const below = detail ? detailRow(setup, detail.draw()) : nothing;
  render(merged(html`<tr role="row" class="aiconn-row">${cells(row, context)}</tr>${below}`, setup), node);
}
export const detailRow = ({ columns, bulk }: Setup, content: Content): TemplateResult =>
  html`<tr role="row" class="aiconn-detail"><td role="cell" colspan=${columns.length + (bulk.length ? 2 : 1)}>${content}</td></tr>`;

export function makeItem(id: string): HTMLElement {
  const node = document.createElement("tbody");
  node.setAttribute("role", "rowgroup");
  node.className = "aiconn-item";
  if (id) node.dataset["id"] = id;
  return node;
}

/** Put these nodes after `head`, in this order. */
export function place(head: Element, nodes: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(nodes);
  for (const node of [...(head.parentElement?.children ?? [])]) if (node !== head && !wanted.has(node)) node.remove();
  let last = head;
  for (const node of nodes) {
    if (last.nextElementSibling !== node) last.after(node);
    last = node;
  }
}

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
