/** A list, of connections or of profiles: draws the view, asks the kernel. Filtering and sorting happen here, at every key. */
import { render } from "../html";
import { Ground, type Model } from "../ground";
import type { Deletion, ListView, Row, Setup } from "../protocol";
import { age } from "../words";
import { listActs } from "./acts";
import { listAnswers } from "./answers";
import { frame } from "./frame";
import { firstLook, found, unfiltered, type Look } from "./look";
import { Told } from "./told";
import { drawRow, makeItem, place } from "./rows";
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

export class List {
  readonly ground: Ground;
  readonly kept: Kept;
  readonly told = new Told(this);
  readonly setup: Setup;
  readonly undos: Undos;
  private readonly acts = listActs(this);
  private readonly nodes = new Map<string, HTMLElement>();
  readonly busy = new Set<string>();
  /** What is being tested, of which the end is read out. */
  readonly testing = new Set<string>();
  isLookKnown: boolean;
  /** Where the row was that is being deleted. */
  deletedAt: number | undefined;
  shown: readonly Row[] = [];
  private later = 0;
  private remembering: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly model: Model,
    host: HTMLElement,
  ) {
    this.setup = model.get("setup") as Setup;
    this.isLookKnown = keptBy.has(model);
    this.kept = keptBy.get(model) ?? { look: firstLook(this.setup), selected: new Set(), dismissed: new Set() };
    keptBy.set(model, this.kept);
    this.ground = new Ground(model, host, this.setup.label);
    this.undos = new Undos(this.ground, this.setup, this.dropped);
    this.ground.answer(listAnswers(this));
    this.ground.hear("change:view", this.draw);
    this.ground.onReturn(() => void this.ground.ask("refresh"));
    const ages = setInterval(this.ageAgain, AGES_MS);
    this.ground.onRemove(() => {
      clearInterval(ages);
      cancelIdle(this.later);
    });
    this.arrive();
    this.draw();
    this.ground.onHere(() => void this.ground.ask("hello"));
  }
  remove = (): void => this.ground.remove();

  get view(): ListView {
    return this.model.get("view") as ListView;
  }
  get rows(): readonly Row[] {
    return this.view.rows ?? [];
  }
  get search(): HTMLElement | null {
    return this.ground.find('input[type="search"]');
  }
  readonly rowOf = (id: unknown): Row | undefined => this.rows.find((row) => row.id === id);
  /** Rows as this page saw them. */
  seen(ids: Iterable<string>): object[] {
    const rows = [...ids].map(this.rowOf).filter((row) => row !== undefined);
    return rows.map(({ id, alias, name, active, version }) => ({ id, alias, name, active, version }));
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  readonly draw = (): void => {
    const { setup, view, told } = this;
    const { selected, look } = this.kept;
    if (view.kind !== "error") {
      const known = new Set(this.rows.map(({ id }) => id));
      for (const ids of [this.nodes, selected]) for (const id of ids.keys()) if (!known.has(id)) ids.delete(id);
      told.keep(known);
    }
    this.shown = found(look, setup, view);
    const chosen = selected.size && this.shown.filter(({ id }) => selected.has(id)).length;
    const notices = [told.above, this.undos.above(!this.shown.length)];
    const state = { setup, view, look, selected: selected.size, shown: this.shown.length, chosen, notices };
    const { focused } = this.ground;
    render(frame(state, this.acts), this.ground.root);
    this.drawRows(Math.max(AT_ONCE, this.nodes.size));
    // A node that was moved has lost it.
    if (focused?.isConnected && focused !== this.ground.focused) focused.focus({ preventScroll: true });
  };
  /** Draw the rows, `count` of them now and the rest when the page is idle. */
  private drawRows(count: number): void {
    const { view, setup } = this;
    const shared = JSON.stringify([view.providers, view.environment?.name]);
    const nodes = this.shown.slice(0, count).map((row) => {
      const node = this.nodes.get(row.id) ?? makeItem(row.id);
      this.nodes.set(row.id, node);
      const [isSelected, isBusy] = [this.kept.selected.has(row.id), this.busy.has(row.id)];
      drawRow(node, row, { setup, view, isSelected, isBusy, detail: this.told.detailOf(row) }, shared);
      return node;
    });
    const head = this.ground.find("thead");
    if (head) place(head, this.undos.among(nodes));
    cancelIdle(this.later);
    if (count < this.shown.length) this.later = whenIdle(() => this.drawRows(count + AT_ONCE));
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

  readonly turn = (change: Partial<Look>): void => {
    this.isLookKnown = true; // no welcome that is still under way turns this back
    Object.assign(this.kept.look, change);
    this.draw();
    clearTimeout(this.remembering);
    this.remembering = setTimeout(() => void this.ground.ask("look", { look: this.kept.look }), LOOK_MS);
  };
  focusRow(id: string, action = "edit"): void {
    this.nodes.get(id)?.querySelector<HTMLElement>(`[data-do="${action}"]`)?.focus();
  }
  /** The focus goes where one would go on. */
  rest(): void {
    if (this.rows.length) this.search?.focus();
    else this.ground.find(".aiconn-empty:not([hidden]) button")?.focus();
  }
  /** Bring a row into sight, lit for a moment, with the focus. */
  showRow(id: string): void {
    this.settle();
    if (!this.shown.some((row) => row.id === id)) this.turn(unfiltered(this.setup));
    this.drawRows(this.shown.length);
    this.focusRow(id);
    const item = this.nodes.get(id);
    item?.scrollIntoView({ block: "nearest" });
    item?.classList.add("aiconn-lit");
    setTimeout(() => item?.classList.remove("aiconn-lit"), 1600);
  }

  // ---- what is asked for, and answered -----------------------------------------------------------------------------------

  select(id: string, on: boolean): void {
    if (on) this.kept.selected.add(id);
    else this.kept.selected.delete(id);
  }
  /** A deletion is under way: of this row, or of all that are selected. */
  deletes(id: string | undefined): void {
    this.deletedAt = id ? this.shown.findIndex((row) => row.id === id) : undefined;
  }

  offerUndo(deletion: Deletion, index: number | undefined): void {
    this.undos.add(deletion, index);
    this.draw();
  }
  /** "Undo" is not offered any more, and the focus goes on among the rows. */
  private readonly dropped = (hadFocus: boolean): void => {
    this.draw();
    if (!hadFocus) return;
    const first = this.ground.find("tbody [data-do]");
    if (first) first.focus();
    else this.rest();
  };
}
