/** The deletions of a list that can be undone, each for some seconds in the place of its row. */
import { html, type TemplateResult } from "../html";
import { told } from "../panel";
import type { Deletion } from "../protocol";
import type { List } from "./list";
import { detailRow, type Item } from "./rows";

interface Offered {
  readonly deletion: Deletion;
  /** Its place among the rows; else it is above them. */
  readonly index: number | undefined;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class Undos {
  private readonly offered = new Map<number, Offered>();

  constructor(private readonly list: List) {}

  has = (number: number): boolean => this.offered.has(number);
  /** Offer a deletion, in its former place if it was offered before. */
  offer(deletion: Deletion, index = this.offered.get(deletion.number)?.index): void {
    const { number, seconds = 0 } = deletion;
    clearTimeout(this.offered.get(number)?.timer);
    const timer = setTimeout(() => this.drop(number), seconds * 1000);
    this.offered.set(number, { deletion, index, timer });
    this.list.draw();
  }
  /** It is no longer offered; the focus moves to the rows. */
  drop(number: number): void {
    const hadFocus = this.shown(number)?.contains(this.list.ground.focused);
    clearTimeout(this.offered.get(number)?.timer);
    this.offered.delete(number);
    this.list.draw();
    if (hadFocus) this.list.focusFirst();
  }
  end(): void {
    for (const { timer } of this.offered.values()) clearTimeout(timer);
  }
  /** "Undo", for some seconds, with a countdown bar. */
  private bar(deletion: Deletion): TemplateResult {
    const { number, seconds } = deletion;
    return html`<div class="aiconn-undo" data-undo=${number}>
      ${told(`undo-${number}`, deletion, this.list.acts.press)}
      <span class="aiconn-countdown" aria-hidden="true" .style=${`animation-duration: ${seconds}s`}></span>
    </div>`;
  }
  private shown(number: number): HTMLElement | null {
    return this.list.ground.find(`[data-undo="${number}"]`);
  }
  focus(number: number): void {
    this.shown(number)?.querySelector("button")?.focus();
  }
  /** The deletions above the rows; without rows, all of them. */
  above(noRows: boolean): TemplateResult[] {
    const above = [...this.offered.values()].filter(({ index }) => index === undefined || noRows);
    return above.map(({ deletion }) => this.bar(deletion));
  }
  /** Put the others among the rows. */
  among(items: Item[]): Item[] {
    for (const { index, deletion } of this.offered.values()) {
      if (index === undefined) continue;
      const draw = (): TemplateResult =>
        html`<tbody role="rowgroup" class="aiconn-item">${detailRow(this.list.setup, this.bar(deletion))}</tbody>`;
      items.splice(index, 0, { key: `undo ${deletion.number}`, draw });
    }
    return items;
  }
}
