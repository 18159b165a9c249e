/** The rows of a list in its table: each is drawn again only where it differs, and stays the same node. */
import { button, html, nothing, render, type Content, type TemplateResult } from "../html";
import type { Action, ListView, Row, Setup } from "../protocol";
import { at, KINDS, who, type Cell } from "./kinds";

/** What stands beneath a row: what was told has a tone, what is asked has none. */
export interface Detail {
  readonly tone?: string;
  readonly draw: () => TemplateResult;
}
export interface RowContext {
  readonly setup: Setup;
  readonly view: ListView;
  /** What translates values, as one text: to tell whether it is another. */
  readonly names: string;
  readonly selected: boolean;
  readonly busy: boolean;
  readonly detail: Detail | null;
}

function control(action: Action, row: Row): TemplateResult {
  const fill = (words: string): string =>
    words.replace(/\{(\w+)\}/g, (_, key: string) => (key === "who" ? who(row) : String(at(row, key) ?? "")));
  const isOn = action.pressed ? Boolean(at(row, action.pressed)) : undefined;
  const title = isOn && action.release_title ? action.release_title : (action.title ?? action.words);
  return button({
    kind: "quiet",
    icon: action.icon,
    label: fill(action.label ?? `${action.words} {who}`),
    title: fill(title),
    does: action.do,
    off: action.off ? Boolean(at(row, action.off)) : false,
    ...(isOn === undefined ? {} : { pressed: isOn }),
  });
}

function cells(row: Row, { setup, view, selected, busy }: RowContext): Content {
  const isUsed = Boolean(at(row, setup.used));
  return [
    setup.bulk.length
      ? html`<td role="cell" class="aiconn-c-select"
          ><input type="checkbox" data-do="select" .checked=${selected} aria-label="Select ${who(row)}"
        /></td>`
      : nothing,
    setup.columns.map((column) => {
      const cell: Cell = { row, column, view, busy, badge: setup.used_words, isUsed };
      const kind = KINDS[column.kind];
      const classes = `aiconn-c-${column.key} aiconn-k-${column.kind}`;
      return column.kind === "name"
        ? html`<th role="rowheader" scope="row" class=${classes}>${kind.draw(cell)}</th>`
        : html`<td role="cell" class=${classes} data-label=${kind.isBare ? nothing : column.title}>${kind.draw(cell)}</td>`;
    }),
    html`<td role="cell" class="aiconn-c-actions">${setup.actions.map((action) => control(action, row))}</td>`,
  ];
}

interface Memo {
  readonly row: Row;
  readonly names: string;
  readonly environment: string | undefined;
  readonly selected: boolean;
  readonly busy: boolean;
  readonly detail: Detail | null;
}
const memos = new WeakMap<HTMLElement, Memo>();
/** How often a row was drawn: for the tests of what is left alone. */
export const counted = { drawn: 0 };

/** Draw a row as it is now, if it is different. */
export function drawRow(node: HTMLElement, row: Row, context: RowContext): void {
  const { setup, view, names, selected, busy, detail } = context;
  const memo: Memo = { row, names, environment: view.environment?.name, selected, busy, detail };
  const known = memos.get(node);
  const isSame =
    known && (Object.keys(memo) as (keyof Memo)[]).every((key) => key === "row" || known[key] === memo[key]);
  if (isSame && (known.row === row || JSON.stringify(known.row) === JSON.stringify(row))) return;
  memos.set(node, memo);
  counted.drawn += 1;
  const span = setup.columns.length + (setup.bulk.length ? 2 : 1);
  node.className = [
    "aiconn-item",
    at(row, setup.used) && "aiconn-used",
    row.active === false && "aiconn-off",
    selected && "aiconn-selected",
  ]
    .filter(Boolean)
    .join(" ");
  render(
    html`<tr role="row" class="aiconn-row">${cells(row, context)}</tr>
      ${detail ? html`<tr role="row" class="aiconn-detail"><td role="cell" colspan=${span}>${detail.draw()}</td></tr>` : nothing}`,
    node,
  );
}

export function makeItem(id: string): HTMLElement {
  const node = document.createElement("tbody");
  node.setAttribute("role", "rowgroup");
  node.className = "aiconn-item";
  if (id) node.dataset["id"] = id;
  return node;
}

/** Let these nodes be what stands behind `head`, in this order; the focus stays. */
export function place(head: Element, nodes: readonly HTMLElement[]): void {
  const parent = head.parentElement;
  if (!parent) return;
  const focused = parent.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
  const wanted = new Set<Element>(nodes);
  for (let node = head.nextElementSibling; node; ) {
    const next: Element | null = node.nextElementSibling;
    if (!wanted.has(node)) node.remove();
    node = next;
  }
  let before = head.nextSibling;
  for (const node of nodes)
    if (node === before) before = before.nextSibling;
    else parent.insertBefore(node, before);
  if (focused && focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}

/** Up and down go to the same control of the next row, left and right to the next of this one; Delete asks. Answers whether it did. */
export function walkRows(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  const item = target.closest<HTMLElement>("[data-id]");
  const name = target.dataset["do"];
  if (!item || !name) return false;
  const steps = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" } as const;
  const step = event.key === "ArrowUp" || event.key === "ArrowDown" ? steps[event.key] : null;
  if (step) {
    let other = item[step] as HTMLElement | null;
    while (other && !other.dataset["id"]) other = other[step] as HTMLElement | null;
    other?.querySelector<HTMLElement>(`[data-do="${name}"]`)?.focus();
  } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    const controls = [...item.querySelectorAll<HTMLElement>("[data-do]:not([hidden])")];
    controls[controls.indexOf(target) + (event.key === "ArrowRight" ? 1 : -1)]?.focus();
  } else if (event.key === "Delete") item.querySelector<HTMLElement>('[data-do="delete"]')?.click();
  else return false;
  event.preventDefault();
  return true;
}
