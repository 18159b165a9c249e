/** The rows of a list. */
import { html, icon, nothing, render, set, type Content, type TemplateResult } from "../html";
import type { Action, ListView, Row, Setup } from "../protocol";
import { at, filled, KINDS, who } from "./kinds";

/** A message or question below a row. */
export interface Detail {
  readonly tone?: string;
  readonly draw: () => TemplateResult;
}
/** An item of the table, and the key of its node. */
export interface Item {
  readonly key: string;
  readonly draw: () => Content;
}
export interface RowContext {
  readonly view: ListView;
  readonly isSelected: boolean;
  readonly isBusy: boolean;
  readonly detail: Detail | null;
}

const patterns = new WeakMap<Setup, Node>();
/** A row without content. A copy of it is made and filled in a third of the time of a template. */
function patternOf(setup: Setup): Node {
  const known = patterns.get(setup);
  if (known) return known;
  const column = ({ key, kind, title }: Setup["columns"][number]): TemplateResult => {
    const { pattern = nothing, isBare } = KINDS[kind];
    const kinds = `aiconn-c-${key} aiconn-k-${kind}`;
    return kind === "name"
      ? html`<th role="rowheader" scope="row" class=${kinds}>${pattern}</th>`
      : html`<td role="cell" class=${kinds} data-label=${isBare ? nothing : title}>${pattern}</td>`;
  };
  const control = (action: Action): TemplateResult =>
    html`<button type="button" class="aiconn-button aiconn-icon-button" data-do=${action.do}>${icon(action.icon)}</button>`;
  const check = html`<td role="cell" class="aiconn-c-select"><input type="checkbox" data-do="select" /></td>`;
  const table = document.createElement("table");
  render(
    html`<tbody role="rowgroup" class="aiconn-item"><tr role="row" class="aiconn-row"
      >${setup.bulk.length ? check : nothing}${setup.columns.map(column)}<td role="cell" class="aiconn-c-actions"
        >${setup.actions.map(control)}</td
      ></tr
    ></tbody>`,
    table,
  );
  const marks = document.createTreeWalker(table, NodeFilter.SHOW_COMMENT);
  const found: ChildNode[] = [];
  while (marks.nextNode()) found.push(marks.currentNode as ChildNode);
  for (const mark of found) mark.remove();
  const made = table.querySelector("tbody") ?? table;
  patterns.set(setup, made);
  return made;
}

const texts = new WeakMap<Row, string>();
/** A row of another view with the same content is the same. */
function contentOf(row: Row): string {
  const text = texts.get(row) ?? JSON.stringify(row);
  texts.set(row, text);
  return text;
}

/** The node of a row, which is filled again if the row or what all rows have in common has changed. */
export class RowNode {
  readonly node: HTMLElement;
  private filledBy: readonly unknown[] = [];

  constructor(
    { id }: Row,
    private readonly setup: Setup,
  ) {
    this.node = patternOf(setup).cloneNode(true) as HTMLElement;
    this.node.dataset["id"] = id;
  }
  draw(row: Row, context: RowContext, isShown: boolean, shared: string): Node {
    if (this.node.hidden === isShown) this.node.hidden = !isShown;
    const { isSelected, isBusy, detail } = context;
    const inputs = [shared, isSelected, isBusy, detail, contentOf(row)];
    if (inputs.some((each, i) => each !== this.filledBy[i])) this.fill(row, context);
    this.filledBy = inputs;
    return this.node;
  }
  private fill(row: Row, { view, isSelected, isBusy, detail }: RowContext): void {
    const { node, setup } = this;
    const cells = [...(node.firstElementChild?.children ?? [])];
    const { classList } = node;
    classList.toggle("aiconn-used", Boolean(at(row, setup.used)));
    classList.toggle("aiconn-off", row.active === false);
    classList.toggle("aiconn-selected", isSelected);
    if (setup.bulk.length) {
      const box = cells.shift()?.firstElementChild as HTMLInputElement;
      box.checked = isSelected;
      set(box, { "aria-label": `Select ${who(row)}` });
    }
    const cell = { row, view, setup, isBusy };
    for (const column of setup.columns) {
      const place = cells.shift();
      if (place) KINDS[column.kind].fill(place, { ...cell, column });
    }
    for (const [i, action] of setup.actions.entries()) control(cells[0]?.children[i], action, row);
    if (detail || node.childElementCount > 1) render(detail ? detailRow(setup, detail.draw()) : nothing, node);
  }
}
function control(node: Element | undefined, action: Action, row: Row): void {
  const isPressed = action.pressed ? Boolean(at(row, action.pressed)) : undefined;
  const title = isPressed && action.release_title ? action.release_title : (action.title ?? action.words);
  const isOff = action.off ? Boolean(at(row, action.off)) : false;
  set(node, { "aria-label": filled(action.label ?? `${action.words} {who}`, row), title: filled(title, row) });
  if (isPressed !== undefined) set(node, { "aria-pressed": String(isPressed) });
  if (action.off) set(node, { "aria-disabled": isOff ? "true" : null });
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
