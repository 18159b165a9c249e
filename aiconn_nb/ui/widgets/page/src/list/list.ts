/** A list, of connections or of profiles: draws the view, asks the kernel. Filtering and sorting happen here, at every key. */
import { age, enter, nothing, render } from "../html";
import { Ground, type Model } from "../ground";
import type { Bulk, Failure, Intent, ListView, Row, Setup } from "../protocol";
import { at } from "./kinds";
import { firstLook, found, unfiltered, type Look } from "./look";
import { frame, type FrameActs } from "./frame";
import { drawRow, makeItem, place, walkRows, type Detail } from "./rows";
import {
  changedQuestion,
  deleteQuestion,
  noteBox,
  trustQuestion,
  type AskDelete,
  type Deletion,
  type Difference,
  type Told,
} from "./told";
import { Undos } from "./undo";

const LOOK_MS = 300;
const AGES_MS = 30000;
/** Rows that are drawn at once; of more the rest follows when the page is idle. */
const AT_ONCE = 100;

/** Safari has no idle callback. */
const hasIdle = typeof requestIdleCallback === "function";
const whenIdle = (act: () => void): number =>
  hasIdle ? requestIdleCallback(act, { timeout: 500 }) : window.setTimeout(act, 50);
const cancelIdle = (id: number): void => (hasIdle ? cancelIdleCallback(id) : window.clearTimeout(id));

interface Kept {
  readonly look: Look;
  readonly selected: Set<string>;
  /** Failures that were read. */
  readonly dismissed: Set<string>;
}
/** How a list is looked at, by widget: it outlives the element that shows it. */
const keptBy = new WeakMap<Model, Kept>();
type Patch = { readonly rows: readonly (Row & { readonly failure?: Failure | null })[] };

export class List {
  private readonly ground: Ground;
  private readonly setup: Setup;
  private readonly kept: Kept;
  private remembers: boolean;
  private readonly details = new Map<string, Detail>();
  private readonly failures = new Map<string, Detail>();
  private readonly nodes = new Map<string, HTMLElement>();
  private readonly busy = new Set<string>();
  private readonly testing = new Set<string>();
  private readonly undos: Undos;
  private notice: Detail | null = null;
  /** Where the row was that is being deleted. */
  private deletedAt: number | undefined;
  private shown: readonly Row[] = [];
  private later = 0;
  private remembering: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly model: Model,
    host: HTMLElement,
  ) {
    this.setup = model.get("setup") as Setup;
    this.remembers = keptBy.has(model);
    this.kept = keptBy.get(model) ?? { look: firstLook(this.setup), selected: new Set(), dismissed: new Set() };
    keptBy.set(model, this.kept);
    this.ground = new Ground(model, host, this.setup.label);
    const span = this.setup.columns.length + (this.setup.bulk.length ? 2 : 1);
    this.undos = new Undos(span, (number) => void this.ground.ask("undo", { number }), this.dropped);
    this.ground.answers = {
      welcome: this.welcome,
      note: this.note,
      made: this.made,
      deleted: this.deleted,
      undone: this.undone,
      rows: this.rowsChanged,
      ask_delete: this.askDelete,
      ask_trust: this.askTrust,
      changed: this.changed,
    };
    this.ground.hear("change:view", this.draw);
    this.ground.onReturn(() => void this.ground.ask("refresh"));
    const ages = setInterval(this.ageAgain, AGES_MS);
    this.ground.onRemove(() => {
      clearInterval(ages);
      cancelIdle(this.later);
      this.undos.stop();
    });
    this.arrive();
    this.draw();
    this.ground.onHere(() => void this.ground.ask("hello"));
  }
  remove = (): void => this.ground.remove();

  private get view(): ListView {
    return this.model.get("view") as ListView;
  }
  private get rows(): readonly Row[] {
    return this.view.rows ?? [];
  }
  private readonly rowOf = (id: unknown): Row | undefined => this.rows.find((row) => row.id === id);
  private get search(): HTMLElement | null {
    return this.ground.root.querySelector('input[type="search"]');
  }
  private readonly seen = (ids: Iterable<string>): object[] =>
    [...ids]
      .map(this.rowOf)
      .filter((row) => row !== undefined)
      .map(({ id, alias, name, active, version }) => ({ id, alias, name, active, version }));

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  private readonly draw = (): void => {
    const { selected, look } = this.kept;
    if (this.view.kind !== "error") {
      const known = new Set(this.rows.map(({ id }) => id));
      for (const ids of [this.nodes, this.details]) for (const id of ids.keys()) if (!known.has(id)) ids.delete(id);
      for (const id of selected) if (!known.has(id)) selected.delete(id);
    }
    this.shown = found(look, this.setup, this.view);
    const chosen = this.shown.filter(({ id }) => selected.has(id)).length;
    const state = {
      setup: this.setup,
      view: this.view,
      look,
      selected: selected.size,
      shown: this.shown.length,
      allChosen: chosen > 0 && chosen === this.shown.length,
      someChosen: chosen > 0 && chosen < this.shown.length,
      notices: [this.notice?.draw() ?? nothing, this.undos.above(!this.shown.length)],
    };
    const focused = document.activeElement;
    render(frame(state, this.acts), this.ground.root);
    this.drawRows(Math.max(AT_ONCE, this.nodes.size));
    if (focused instanceof HTMLElement && focused !== document.activeElement && this.ground.root.contains(focused))
      focused.focus();
  };

  /** Draw the rows, `count` of them now and the rest when the page is idle. */
  private drawRows(count: number): void {
    const { view, setup } = this;
    const names = JSON.stringify(view.providers ?? null);
    const nodes = this.shown.slice(0, count).map((row) => {
      const node = this.nodes.get(row.id) ?? makeItem(row.id);
      this.nodes.set(row.id, node);
      const [selected, busy] = [this.kept.selected.has(row.id), this.busy.has(row.id)];
      drawRow(node, row, { setup, view, names, selected, busy, detail: this.detailOf(row) });
      return node;
    });
    const head = this.ground.root.querySelector("thead");
    if (head) place(head, this.undos.among(nodes));
    cancelIdle(this.later);
    if (count < this.shown.length) this.later = whenIdle(() => this.drawRows(count + AT_ONCE));
  }

  /** What stands beneath a row: what was asked or told last, else why its test failed. */
  private detailOf(row: Row): Detail | null {
    const own = this.details.get(row.id);
    const failure = row.test?.running ? undefined : this.view.failures?.[row.id];
    if (own || !failure) return own ?? null;
    const key = `${row.id} ${row.test?.at}`;
    if (this.kept.dismissed.has(key)) return null;
    const close = (): void => {
      this.kept.dismissed.add(key);
      this.draw();
      this.focusRow(row.id, "test");
    };
    const told = {
      tone: failure.unknown ? "warn" : "bad",
      what: `${failure.rung}: ${failure.what}`,
      hint: failure.hint,
    };
    const detail = this.failures.get(key) ?? { draw: () => noteBox(told, close) };
    this.failures.set(key, detail);
    return detail;
  }

  private readonly ageAgain = (): void => {
    for (const node of this.ground.root.querySelectorAll("time")) {
      const text = [...node.childNodes].find((each) => each.nodeType === Node.TEXT_NODE);
      if (text && node.dateTime) text.nodeValue = age(node.dateTime);
    }
  };

  /** What is out of sight is laid out a moment later than what is in it: a hundred rows are shown about as soon as ten. */
  private arrive(): void {
    const { root } = this.ground;
    root.classList.add("aiconn-arriving");
    const seen = new ResizeObserver(([entry]) => {
      if (!entry?.contentRect.height) return;
      seen.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(this.settle));
    });
    seen.observe(root);
    this.ground.onRemove(() => seen.disconnect());
  }
  /** From now on all of it is, unless it is very long: then its rows are laid out as they come into sight. */
  private readonly settle = (): void => {
    this.ground.root.classList.toggle("aiconn-arriving", this.rows.length > AT_ONCE);
  };

  // ---- how it is looked at -----------------------------------------------------------------------------------------------

  private readonly turn = (change: Partial<Look>): void => {
    this.remembers = true; // no welcome that is still under way turns this back
    Object.assign(this.kept.look, change);
    this.draw();
    clearTimeout(this.remembering);
    this.remembering = setTimeout(() => void this.ground.ask("look", { look: this.kept.look }), LOOK_MS);
  };
  private readonly sort = (key: string): void => {
    const { look } = this.kept;
    this.turn({ sort: key, descending: look.sort === key && !look.descending });
    const title = this.setup.columns.find((column) => column.key === key)?.title ?? "";
    this.ground.say(`Sorted by ${title}, ${look.descending ? "descending" : "ascending"}.`);
  };
  private nodeOf = (id: string): HTMLElement | undefined => this.nodes.get(id);
  private focusRow(id: string, action = "edit"): void {
    this.nodeOf(id)?.querySelector<HTMLElement>(`[data-do="${action}"]`)?.focus();
  }
  /** Bring a row into sight, lit for a moment, with the focus. */
  private showRow(id: string): void {
    this.settle();
    if (!this.shown.some((row) => row.id === id)) this.turn(unfiltered(this.setup));
    this.drawRows(this.shown.length);
    this.focusRow(id);
    const item = this.nodeOf(id);
    item?.scrollIntoView({ block: "nearest" });
    item?.classList.add("aiconn-lit");
    setTimeout(() => item?.classList.remove("aiconn-lit"), 1600);
  }

  // ---- what is asked for -------------------------------------------------------------------------------------------------

  private readonly acts: FrameActs = {
    turn: (change) => this.turn(change),
    sort: (key) => this.sort(key),
    ask: (intent, data) => void this.ground.ask(intent, data),
    refresh: () => void this.ground.ask("refresh").then(() => this.ground.say("The list is up to date.")),
    bulk: (bulk) => this.bulk(bulk),
    selectAll: (on) => {
      for (const { id } of this.shown)
        if (on) this.kept.selected.add(id);
        else this.kept.selected.delete(id);
      this.draw();
    },
    clear: () => {
      this.kept.selected.clear();
      this.draw();
      this.search?.focus();
    },
    clearFilter: () => {
      this.turn(unfiltered(this.setup));
      this.search?.focus();
    },
    click: (event) => this.click(event),
    keydown: (event) => {
      // Besides walking through the rows, Escape leaves the selection.
      const isControl = event.target instanceof HTMLElement && event.target.dataset["do"];
      if (walkRows(event) || event.key !== "Escape" || !this.kept.selected.size || !isControl) return;
      this.kept.selected.clear();
      this.draw();
      event.preventDefault();
    },
  };

  private bulk({ intent, active, begun, said }: Bulk): void {
    const ids = [...this.kept.selected];
    if (intent === "test") for (const id of ids) this.clearNotes(id);
    const done = this.ground.ask(intent, { rows: this.seen(ids), ...(active === undefined ? {} : { active }) });
    if (begun) this.ground.say(ids.length === 1 ? `${begun}.` : `${begun} ${ids.length} connections.`);
    if (said) void done.then(() => this.ground.say(said));
  }

  private click(event: Event): void {
    const hit = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-do]") : null;
    const id = hit?.closest<HTMLElement>("[data-id]")?.dataset["id"];
    const row = this.rowOf(id);
    if (!hit || !id || !row || hit.getAttribute("aria-disabled") === "true") return;
    const what = hit.dataset["do"] ?? "";
    this.clearNotes(id);
    if (what === "select") {
      if ((hit as HTMLInputElement).checked) this.kept.selected.add(id);
      else this.kept.selected.delete(id);
      this.draw();
    } else if (what === "switch") {
      this.busy.add(id);
      this.draw();
      void this.ground.ask("switch", { id, rows: this.seen([id]), active: !row.active }).then(() => {
        this.busy.delete(id);
        this.draw();
      });
    } else {
      this.draw();
      this.act(what, row);
    }
  }
  private act(what: string, row: Row): void {
    const action = this.setup.actions.find((each) => each.do === what);
    const isOn = action?.pressed ? Boolean(at(row, action.pressed)) : false;
    const intent = isOn && action?.release ? action.release : (action?.intent ?? what);
    void this.ground.ask(intent, { id: row.id, rows: this.seen([row.id]), wanted: !isOn });
    if (action?.said) this.ground.say(action.said);
  }

  // ---- what is told and asked --------------------------------------------------------------------------------------------

  /** What was told of a row is over when something else is done with it; good news, when anything is. */
  private clearNotes(id: string): void {
    for (const [other, { tone }] of this.details)
      if (tone && (other === id || tone === "good")) this.details.delete(other);
    this.notice = null;
  }
  private showNotice(told: Told): void {
    const close = (): void => {
      this.notice = null;
      this.draw();
      this.rest();
    };
    this.notice = { draw: () => noteBox(told, close) };
    this.draw();
  }
  /** The focus goes where one would go on. */
  private rest(): void {
    if (this.rows.length) this.search?.focus();
    else this.ground.root.querySelector<HTMLElement>(".aiconn-empty:not([hidden]) button")?.focus();
  }
  private readonly note = (message: Told, asked: Intent | undefined): void => {
    this.ground.say(`${message.what} ${message.hint ?? ""}`);
    const row = this.rowOf(asked?.["id"]);
    if (!row) return this.showNotice(message);
    const close = (): void => {
      this.clearNotes(row.id);
      this.draw();
      this.focusRow(row.id);
    };
    this.details.set(row.id, { tone: message.tone, draw: () => noteBox(message, close) });
    this.draw();
  };

  /** Ask something beneath a row, or above all where `id` is null. Answers what puts the question away again. */
  private askAt(id: string | null, detail: Detail): () => void {
    if (id) this.details.set(id, detail);
    else this.notice = detail;
    this.draw();
    enter(id ? this.nodeOf(id)?.querySelector(".aiconn-question") : this.ground.root.querySelector(".aiconn-notices"));
    return () => {
      if (id) this.details.delete(id);
      else this.notice = null;
      this.draw();
    };
  }

  private readonly askDelete = (
    message: AskDelete & { id?: string; version?: number; rows?: Row[] },
    asked: Intent | undefined,
  ): void => {
    const rows = message.rows ?? [{ id: message.id, version: message.version }];
    const [first] = rows;
    const single = rows.length === 1 && first?.id && asked?.["id"] ? first.id : null;
    const end = (focus: boolean): void => {
      close();
      if (!focus) return;
      if (single) this.focusRow(single, "delete");
      else this.search?.focus();
    };
    const draw = deleteQuestion(message, (kind) => {
      end(kind !== "delete" || Boolean(single));
      if (kind === "disable") void this.ground.ask("switch", { id: single, rows, active: false });
      if (kind !== "delete") return;
      this.deletedAt = single ? this.shown.findIndex((row) => row.id === single) : undefined;
      void this.ground.ask("delete", { id: single, rows, force: (message.profiles?.length ?? 0) > 0 });
    });
    const close = this.askAt(single, { draw });
  };

  private readonly askTrust = (
    { what, answers }: { what: string; answers: unknown },
    asked: Intent | undefined,
  ): void => {
    const row = this.rowOf(asked?.["id"]);
    if (!row) return;
    const draw = trustQuestion(row.alias, what, (kind) => {
      close();
      this.focusRow(row.id, kind === "trust" ? "use" : "trust");
      if (kind === "trust") void this.ground.ask("trust", { id: row.id, answers });
    });
    const close = this.askAt(row.id, { draw });
  };

  private readonly changed = (message: { rows: readonly Difference[]; active: boolean }): void => {
    for (const each of message.rows) {
      const draw = changedQuestion(each, message.active, (kind) => {
        this.details.delete(each.id);
        this.draw();
        this.focusRow(each.id, "switch");
        const data = { id: each.id, rows: this.seen([each.id]), active: message.active };
        if (kind === "switch") void this.ground.ask("switch", data);
      });
      this.details.set(each.id, { draw });
    }
    this.draw();
    const [first] = message.rows;
    if (!first) return;
    enter(this.nodeOf(first.id)?.querySelector(".aiconn-question"));
    this.ground.say("It was changed by somebody else meanwhile. Nothing was overwritten.");
  };

  // ---- what the kernel says ----------------------------------------------------------------------------------------------

  private readonly made = ({ id, what }: { id: string; what: string }): void => {
    this.ground.say(what);
    this.showRow(id);
  };

  /** Some rows are different; the view has them already. */
  private readonly rowsChanged = ({ rows }: Patch): void => {
    for (const { id, alias, test, failure } of rows) {
      if (test?.running) this.testing.add(id);
      else if (this.testing.delete(id) && test) {
        const verdict = failure?.unknown ? "cannot tell" : "failed";
        const words = failure ? `${verdict} at ${failure.rung}. ${failure.what} ${failure.hint}` : "passed.";
        this.ground.say(`${alias}: the test ${words}`);
      }
    }
    this.draw();
  };

  private readonly deleted = (message: Deletion): void => {
    this.kept.selected.clear();
    this.notice = null;
    this.undos.add(message, this.deletedAt);
    this.draw();
    this.undos.focus(message.number);
    this.ground.say(`${message.what} ${message.hint ?? ""} Undo is offered for ${message.seconds} seconds.`);
  };

  /** What could be brought back is among the rows again; what could not is offered further in its place, with the reason. */
  private readonly undone = ({
    number,
    id,
    what,
    left,
  }: {
    number: number;
    id: string | null;
    what: string;
    left: Deletion | null;
  }): void => {
    const index = this.undos.indexOf(number);
    if (id || left) {
      this.undos.remove(number);
      this.draw();
    } else this.undos.drop(number); // another page has undone it
    this.ground.say([what, left?.what, left?.hint].filter(Boolean).join(" "));
    if (id) this.showRow(id);
    if (!left) return;
    this.undos.add(left, index);
    this.draw();
    this.undos.focus(left.number);
  };

  /** "Undo" is not offered any more, and the focus goes on among the rows. */
  private readonly dropped = (hadFocus: boolean): void => {
    this.draw();
    if (!hadFocus) return;
    const first = this.ground.root.querySelector<HTMLElement>("tbody [data-do]");
    if (first) first.focus();
    else this.rest();
  };

  private readonly welcome = (message: {
    look: Look;
    deleted: readonly Deletion[];
    note?: Told;
    focus?: string;
  }): void => {
    if (!this.remembers) Object.assign(this.kept.look, message.look);
    for (const deletion of message.deleted) if (!this.undos.has(deletion.number)) this.undos.add(deletion, undefined);
    this.draw();
    if (message.note) this.showNotice(message.note);
    if (!message.focus) return;
    const row = this.rows.find((each) => each.alias === message.focus);
    if (row) this.showRow(row.id);
    else this.search?.focus();
  };
}

/**
 * Some rows are different: they are changed in the view itself, whether anything shows it or not. It is not sent back.
 * The kernel's threads send in no common order, so every message has a turn, and what is older than what is known is dropped.
 */
export function patchRows(model: Model): void {
  const latest = new Map<string, { turn: number; row: Row; failure: Failure | null | undefined }>();
  const apply = (): void => {
    const view = model.get("view") as { turn?: number; rows?: Row[]; failures?: Record<string, Failure> };
    if (!view.rows || !view.failures) return;
    for (const [id, { turn }] of latest) if (turn < (view.turn ?? 0)) latest.delete(id);
    view.rows = view.rows.map((row) => latest.get(row.id)?.row ?? row);
    for (const [id, { failure }] of latest)
      if (failure) view.failures[id] = failure;
      else Reflect.deleteProperty(view.failures, id);
  };
  model.on("change:view", apply);
  model.on("msg:custom", (message: { kind: string; turn: number } & Patch) => {
    if (message.kind !== "rows") return;
    for (const { failure, ...row } of message.rows)
      if (message.turn > (latest.get(row.id)?.turn ?? 0)) latest.set(row.id, { turn: message.turn, row, failure });
    apply();
  });
}
