/** Messages and questions in a list: below a row, or above all rows. */
import { note, nothing, type Content } from "../html";
import { enter, question, type Press } from "../panel";
import type { Note, Panel, Row } from "../protocol";
import { newId } from "../words";
import type { List } from "./list";
import type { Detail } from "./rows";

export class Messages {
  notice: Detail | null = null;
  private readonly details = new Map<string, Detail>();
  private readonly failures = new Map<string, Detail>();

  constructor(private readonly list: List) {}

  /** The message or question below a row, else why its test failed. */
  detailOf(row: Row): Detail | null {
    const own = this.details.get(row.id);
    const failure = row.test?.busy ? undefined : this.list.view.failures?.[row.id];
    if (own || !failure) return own ?? null;
    const key = `${row.id} ${row.test?.when}`;
    const { dismissed } = this.list.kept;
    if (dismissed.has(key)) return null;
    const close = (): void => {
      dismissed.add(key);
      this.list.draw();
      this.list.focusRow(row.id, "test");
    };
    const { rung, what, hint, unknown } = failure;
    const told = { tone: unknown ? "warn" : "bad", what: `${rung}: ${what}`, hint, close };
    const detail = this.failures.get(key) ?? { draw: () => note(told) };
    this.failures.set(key, detail);
    return detail;
  }
  /** Only these rows exist now. */
  keep(known: ReadonlySet<string>): void {
    for (const id of this.details.keys()) if (!known.has(id)) this.details.delete(id);
  }
  /** A message about a row disappears when another action starts there; good news, when any action does. */
  clear(id: string): void {
    for (const [other, { tone }] of this.details)
      if (tone && (other === id || tone === "good")) this.details.delete(other);
    this.notice = null;
  }
  tell(row: Row | undefined, { tone, what, hint }: Note): void {
    const close = (): void => {
      if (row) this.clear(row.id);
      this.notice = null;
      this.list.draw();
      if (row) this.list.focusRow(row.id);
      else this.list.rest();
    };
    this.put(row?.id, { tone, draw: () => note({ tone, what, hint, close }) });
    this.list.draw();
  }
  private put(id: string | undefined, detail: Detail | null): void {
    if (!id) this.notice = detail;
    else if (detail) this.details.set(id, detail);
    else this.details.delete(id);
  }
  /** Ask below a row, or above all rows; an answer closes the question before it acts. */
  readonly ask = (it: Panel): void => {
    const { list } = this;
    const { place = "" } = it;
    const press: Press = ({ intent, data, row = "" }) => {
      this.put(place, null);
      list.draw();
      if (place) list.focusRow(place, row);
      else list.search?.focus();
      list.expectDeletion(place || undefined);
      if (intent) list.ground.send(intent, data);
    };
    const id = newId("ask");
    this.put(place, { draw: () => question(id, it, press) });
    list.draw();
    enter(list.ground.find(place ? `[data-id="${CSS.escape(place)}"] .aiconn-question` : ".aiconn-notices"));
  };
  get above(): Content {
    return this.notice?.draw() ?? nothing;
  }
}
