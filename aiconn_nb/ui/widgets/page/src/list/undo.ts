/** The deletions of a list that can be undone, each for some seconds in the place of its row. */
import { html, type TemplateResult } from "../html";
import { told, type Press } from "../panel";
import type { Ground } from "../ground";
import type { Deletion, Setup } from "../protocol";
import { detailRow, type Item } from "./rows";

interface Offered {
  readonly deletion: Deletion;
  readonly index: number | undefined;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class Undos {
  private readonly offered = new Map<number, Offered>();

  constructor(
    private readonly ground: Ground,
    private readonly setup: Setup,
    private readonly press: Press,
    private readonly dropped: (hadFocus: boolean) => void,
  ) {
    ground.onRemove(() => this.offered.forEach(({ timer }) => clearTimeout(timer)));
  }

  has = (number: number): boolean => this.offered.has(number);
  indexOf = (number: number): number | undefined => this.offered.get(number)?.index;

  /** Offer it: at `index` among the rows, or above them. */
  add(deletion: Deletion, index: number | undefined): void {
    this.remove(deletion.number);
    const timer = setTimeout(() => this.drop(deletion.number), (deletion.seconds ?? 0) * 1000);
    this.offered.set(deletion.number, { deletion, index, timer });
  }
  /** "Undo", for some seconds, with a countdown bar. */
  private bar(deletion: Deletion): TemplateResult {
    const { number, seconds } = deletion;
    return html`<div class="aiconn-undo" data-undo=${number}>
      ${told(`undo-${number}`, deletion, this.press)}
      <span class="aiconn-countdown" aria-hidden="true" .style=${`animation-duration: ${seconds}s`}></span>
    </div>`;
  }
  private shown(number: number): HTMLElement | null {
    return this.ground.find(`[data-undo="${number}"]`);
  }
  focus(number: number): void {
    this.shown(number)?.querySelector("button")?.focus();
  }
  remove(number: number): void {
    clearTimeout(this.offered.get(number)?.timer);
    this.offered.delete(number);
  }
  /** It is no longer offered. */
  drop(number: number): void {
    const hadFocus = this.shown(number)?.contains(this.ground.focused) ?? false;
    this.remove(number);
    this.dropped(hadFocus);
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
        html`<tbody role="rowgroup" class="aiconn-item">${detailRow(this.setup, this.bar(deletion))}</tbody>`;
      items.splice(index, 0, { key: `undo ${deletion.number}`, draw });
    }
    return items;
  }
}
