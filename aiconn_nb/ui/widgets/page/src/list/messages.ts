/** Messages and questions in a list: below a row, or above all rows, whose id is ''. A message has a tone, a question has none. */
import { nothing, type Content } from "../html";
import { enter, question, told, type Press } from "../panel";
import type { Note, Panel, Row } from "../protocol";
import { newId } from "../words";
import type { List } from "./list";
import type { Detail } from "./rows";

export class Messages {
  private readonly details = new Map<string, Detail>();
  private readonly failures = new Map<string, Detail>();

  constructor(private readonly list: List) {}

  /** The message or question below a row, else why its test failed. */
  detailOf({ id, test }: Row): Detail | null {
    const own = this.details.get(id);
    const failure = test?.busy ? undefined : this.list.view.failures?.[id];
    if (own || !failure) return own ?? null;
    const key = `${id} ${test?.when}`;
    const { dismissed } = this.list.kept;
    if (dismissed.has(key)) return null;
    const close = (): void => {
      dismissed.add(key);
      this.list.draw();
      this.list.focusRow(id, "test");
    };
    const detail = this.failures.get(key) ?? { draw: () => told(id, failure, this.list.acts.press, close) };
    this.failures.set(key, detail);
    return detail;
  }
  /** Only these rows exist now. */
  keep(known: ReadonlySet<string>): void {
    for (const id of this.details.keys()) if (id && !known.has(id)) this.details.delete(id);
  }
  /** A message about a row disappears when another action starts there; good news, and all above the rows, when any action does. */
  clear(id = ""): void {
    this.details.delete("");
    for (const [other, { tone }] of this.details)
      if (tone && (other === id || tone === "good")) this.details.delete(other);
  }
  tell(note: Note, id = ""): void {
    const { list } = this;
    const close = (): void => {
      this.clear(id);
      list.draw();
      if (id) list.focusRow(id);
      else list.rest();
    };
    this.details.set(id, { tone: note.tone, draw: () => told(id, note, list.acts.press, close) });
    list.draw();
  }
  /** An answer closes the question before it acts. */
  readonly ask = (it: Panel): void => {
    const { list } = this;
    const { place = "" } = it;
    const press: Press = (answer, values) => {
      this.details.delete(place);
      list.draw();
      if (place) list.focusRow(place, answer.row);
      else list.search?.focus();
      list.expectDeletion(place || undefined);
      list.acts.press(answer, values);
    };
    const id = newId("ask");
    this.details.set(place, { draw: () => question(id, it, press) });
    list.draw();
    enter(list.ground.find(place ? `[data-id="${CSS.escape(place)}"] .aiconn-question` : ".aiconn-notices"));
  };
  get above(): Content {
    return this.details.get("")?.draw() ?? nothing;
  }
}
