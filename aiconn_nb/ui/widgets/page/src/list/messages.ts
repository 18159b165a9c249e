/** Messages and questions in a list: below a row, or above all rows. */
import { enter, html, note, nothing, question, type Answer, type Content } from "../html";
import type { AskDelete, Difference, Note, Row, TrustQuestion } from "../protocol";
import { deletionBody, differences } from "../questions";
import { age, newId } from "../words";
import type { List } from "./list";
import type { Detail } from "./rows";

interface Asked {
  readonly title: string;
  readonly body: Content;
  readonly tone: string;
  /** The last answer is the harmless one, which Escape gives; the `first` one gets the focus. */
  readonly answers: readonly Answer[];
}

export class Messages {
  notice: Detail | null = null;
  private readonly details = new Map<string, Detail>();
  private readonly failures = new Map<string, Detail>();

  constructor(private readonly list: List) {}

  /** The message or question below a row, else why its test failed. */
  detailOf(row: Row): Detail | null {
    const own = this.details.get(row.id);
    const failure = row.test?.running ? undefined : this.list.view.failures?.[row.id];
    if (own || !failure) return own ?? null;
    const key = `${row.id} ${row.test?.at}`;
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
  private ask(id: string | undefined, { answers, ...asked }: Asked): void {
    const put = answers.map((each) => ({ ...each, act: () => (this.put(id, null), this.list.draw(), each.act()) }));
    const cancel = put.at(-1)?.act ?? ((): void => undefined);
    const key = newId("ask");
    this.put(id, { draw: () => question({ ...asked, id: key, answers: put, cancel }) });
    this.list.draw();
    enter(this.list.ground.find(id ? `[data-id="${CSS.escape(id)}"] .aiconn-question` : ".aiconn-notices"));
  }

  // ---- the questions -----------------------------------------------------------------------------------------------------

  /** Before a deletion: what depends on it, and the milder alternative. `id` is the row, if it is about one. */
  askDelete(asked: AskDelete, id: string | undefined): void {
    const { rows = [], active, depends = false } = asked;
    const { list } = this;
    const back = (): void => (id ? list.focusRow(id, "delete") : list.search?.focus());
    const remove = (): void => {
      if (id) back();
      list.expectDeletion(id);
      list.ground.send("delete", { id: id ?? null, rows, force: depends });
    };
    const disable = (): void => {
      back();
      list.ground.send("switch", { id: id ?? null, rows, active: false });
    };
    const instead = { text: "Disable instead", first: depends, act: disable };
    this.ask(id, {
      title: asked.what ?? "",
      body: deletionBody(asked),
      tone: "danger",
      answers: [
        { text: depends ? "Delete anyway" : "Delete", kind: "danger", first: !depends, act: remove },
        ...(active ? [instead] : []),
        { text: "Cancel", kind: "quiet", first: depends && !active, act: back },
      ],
    });
  }
  /** Before a key goes to a host without permission. */
  askTrust({ id, alias }: Row, { what, warning, answers }: TrustQuestion): void {
    const { list } = this;
    const trust = (): void => {
      list.focusRow(id, "use");
      list.ground.send("trust", { id, answers });
    };
    this.ask(id, {
      title: `${alias} ${what}.`,
      body: html`<div>${warning}</div>`,
      tone: "warn",
      answers: [
        { text: "Allow it", act: trust },
        { text: "Cancel", kind: "primary", first: true, act: () => list.focusRow(id, "trust") },
      ],
    });
  }
  /** A row was saved elsewhere before it was switched here. */
  askSwitch(each: Difference, active: boolean): void {
    const { list } = this;
    const { id } = each;
    const keep = (): void => list.focusRow(id, "switch");
    const turn = (): void => {
      keep();
      list.ground.send("switch", { id, rows: list.seen([id]), active });
    };
    this.ask(id, {
      title: `Changed elsewhere ${age(each.at)}. Nothing was overwritten.`,
      body: differences(each),
      tone: "warn",
      answers: [
        { text: active ? "Switch it on anyway" : "Switch it off anyway", act: turn },
        { text: "Keep the stored version", kind: "primary", first: true, act: keep },
      ],
    });
  }
  get above(): Content {
    return this.notice?.draw() ?? nothing;
  }
}
