/** The rows of a list in its table: each is drawn again only where it differs, and stays the same node. */
import { button, classes, html, nothing, render, type Content, type TemplateResult } from "../html";
import type { Action, ListView, Row, Setup } from "../protocol";
import { at, KINDS, who } from "./kinds";

/** What is told or asked beneath a row: what was told has a tone, what is asked has none. */
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
  return button({
    kind: "quiet",
    icon: action.icon,
    label: fill(action.label ?? `${action.words} {who}`),
    title: fill(title),
    does: action.do,
    off: action.off ? Boolean(at(row, action.off)) : false,
    pressed,
  });
}
function cells(row: Row, { setup, view, isSelected, isBusy }: RowContext): Content {
  const check = html`<td role="cell" class="aiconn-c-select"
    ><input type="checkbox" data-do="select" .checked=${isSelected} aria-label="Select ${who(row)}"
  /></td>`;
  return [
    setup.bulk.length ? check : nothing,
    setup.columns.map((column) => {
      const { draw, isBare } = KINDS[column.kind];
      const content = draw({ row, column, view, setup, isBusy });
      const kinds = `aiconn-c-${column.key} aiconn-k-${column.kind}`;
      return column.kind === "name"
        ? html`<th role="rowheader" scope="row" class=${kinds}>${content}</th>`
        : html`<td role="cell" class=${kinds} data-label=${isBare ? nothing : column.title}>${content}</td>`;
    }),
    html`<td role="cell" class="aiconn-c-actions">${setup.actions.map((action) => control(action, row))}</td>`,
  ];
}

const memos = new WeakMap<HTMLElement, readonly unknown[]>();
/** How often a row was drawn: for the tests of what is left alone. */
export const counted = { drawn: 0 };

/** Draw a row as it is now, if it is different; `shared` is what all rows are drawn from. */
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
  render(
    html`<tr role="row" class="aiconn-row">${cells(row, context)}</tr>${detail ? detailRow(setup, detail.draw()) : nothing}`,
    node,
  );
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

/** Let these nodes be what follows `head`, in this order. */
export function place(head: Element, nodes: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(nodes);
  for (const node of [...(head.parentElement?.children ?? [])]) if (node !== head && !wanted.has(node)) node.remove();
  let last = head;
  for (const node of nodes) {
    if (last.nextElementSibling !== node) last.after(node);
    last = node;
  }
}

/** Up and down go to the same control of the next row, left and right to the next of this one; Delete asks. Answers whether it did. */
export function walkRows(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  const item = target.closest<HTMLElement>("[data-id]");
  const name = target.dataset["do"];
  if (!item || !name) return false;
  const rows = [...(item.parentElement?.querySelectorAll<HTMLElement>(":scope > [data-id]") ?? [])];
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
