/** The deletions of a list that can be undone, each for some seconds and where its row was. */
import { html, render, type TemplateResult } from "../html";
import { makeItem } from "./rows";
import { undoBar, type Deletion } from "./told";

interface Offered {
  readonly deletion: Deletion;
  readonly index: number | undefined;
  readonly node: HTMLElement;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class Undos {
  private readonly offered = new Map<number, Offered>();

  constructor(
    private readonly span: number,
    private readonly undo: (number: number) => void,
    private readonly dropped: (hadFocus: boolean) => void,
  ) {}

  has = (number: number): boolean => this.offered.has(number);
  indexOf = (number: number): number | undefined => this.offered.get(number)?.index;

  /** Offer it: at `index` among the rows, or above them. */
  add(deletion: Deletion, index: number | undefined): void {
    clearTimeout(this.offered.get(deletion.number)?.timer);
    const node = makeItem("");
    const bar = undoBar(deletion, () => this.undo(deletion.number));
    const cell = html`<td role="cell" colspan=${this.span}>${bar}</td>`;
    render(html`<tr role="row" class="aiconn-detail">${cell}</tr>`, node);
    const timer = setTimeout(() => this.drop(deletion.number), deletion.seconds * 1000);
    this.offered.set(deletion.number, { deletion, index, node, timer });
  }
  focus(number: number): void {
    const { node } = this.offered.get(number) ?? {};
    if (!node) return;
    const shown = node.isConnected ? node : document.querySelector(`[data-undo="${number}"]`);
    shown?.querySelector("button")?.focus();
  }
  remove(number: number): void {
    clearTimeout(this.offered.get(number)?.timer);
    this.offered.delete(number);
  }
  /** It is not offered any more. */
  drop(number: number): void {
    const { node } = this.offered.get(number) ?? {};
    const above = document.querySelector(`[data-undo="${number}"]`);
    const hadFocus = [node, above].some((each) => each?.contains(document.activeElement));
    this.remove(number);
    this.dropped(hadFocus);
  }
  stop(): void {
    for (const { timer } of this.offered.values()) clearTimeout(timer);
  }

  /** Those that stand above the rows; where there are none, that is all of them. */
  above(noRows: boolean): TemplateResult[] {
    return [...this.offered.values()]
      .filter(({ index }) => index === undefined || noRows)
      .map(
        ({ deletion }) =>
          html`<div data-undo=${deletion.number}>${undoBar(deletion, () => this.undo(deletion.number))}</div>`,
      );
  }
  /** Put the others among the rows. */
  among(nodes: HTMLElement[]): HTMLElement[] {
    if (!nodes.length) return nodes;
    for (const { index, node } of this.offered.values())
      if (index !== undefined) nodes.splice(Math.min(index, nodes.length), 0, node);
    return nodes;
  }
}
