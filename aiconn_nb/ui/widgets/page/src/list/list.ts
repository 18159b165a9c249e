/** A list of connections or profiles: it draws the view and sends requests. Filtering and sorting happen here, at every key. */
import { render } from "../html";
import { Ground, type Model } from "../ground";
import type { ListView, Row, Setup } from "../protocol";
import { age } from "../words";
import { listActs } from "./acts";
import { listAnswers } from "./answers";
import { frame } from "./frame";
import { firstLook, matching, sorted, unfiltered, type Look } from "./look";
import { Messages } from "./messages";
import { viewOf } from "./patch";
import { RowNode, type Item } from "./rows";
import { Undos } from "./undo";

const LOOK_MS = 300;
const AGES_MS = 30000;
/** Rows that appear at once; the rest follows when the page is idle. */
const AT_ONCE = 100;

/** Safari has no idle callback. */
const hasIdle = typeof requestIdleCallback === "function";
const whenIdle = (act: () => void): number =>
  hasIdle ? requestIdleCallback(act, { timeout: 500 }) : window.setTimeout(act, 50);
const cancelIdle = (id: number): void => (hasIdle ? cancelIdleCallback(id) : window.clearTimeout(id));

interface Kept {
  readonly look: Look;
  readonly selected: Set<string>;
  /** Failures that the user has seen. */
  readonly dismissed: Set<string>;
  showsFilters: boolean;
}
/** The look of a list, by widget: it outlives the element that shows it. */
const keptBy = new WeakMap<Model, Kept>();

export class List {
  readonly ground: Ground;
  readonly kept: Kept;
  readonly messages = new Messages(this);
  readonly setup: Setup;
  readonly undos = new Undos(this);
  readonly acts = listActs(this);
  /** The rows in the page, by id. */
  private readonly drawn = new Map<string, RowNode>();
  /** What the table shows. */
  items: readonly Item[] = [];
  readonly busy = new Set<string>();
  isLookKnown: boolean;
  /** The position of the row that is being deleted. */
  deletedAt: number | undefined;
  /** All rows, and those that match the filters: the nodes of the others stay, hidden. */
  private inOrder: readonly Row[] = [];
  shown: readonly Row[] = [];
  private later = 0;
  private remembering: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly model: Model,
    host: HTMLElement,
  ) {
    this.setup = model.get("setup") as Setup;
    this.isLookKnown = keptBy.has(model);
    const fresh = { look: firstLook(this.setup), selected: new Set<string>(), dismissed: new Set<string>() };
    this.kept = keptBy.get(model) ?? { ...fresh, showsFilters: false };
    keptBy.set(model, this.kept);
    this.ground = new Ground(model, host, this.setup.label);
    this.ground.answer(listAnswers(this));
    this.ground.hear("change:view", this.draw);
    this.ground.onReturn(() => this.ground.send("refresh"));
    const ages = setInterval(this.ageAgain, AGES_MS);
    this.ground.onRemove(() => {
      this.undos.end();
      clearInterval(ages);
      cancelIdle(this.later);
    });
    this.arrive();
    this.draw();
    this.ground.onHere(() => this.ground.send("hello"));
  }

  get view(): ListView {
    return viewOf(this.model);
  }
  get rows(): readonly Row[] {
    return this.view.rows ?? [];
  }
  get search(): HTMLElement | null {
    return this.ground.find('input[type="search"]');
  }
  readonly rowOf = (id: unknown): Row | undefined => this.rows.find((row) => row.id === id);
  /** Rows as seen on this page. */
  seen(ids: Iterable<string>): object[] {
    const rows = [...ids].map(this.rowOf).filter((row) => row !== undefined);
    return rows.map(({ id, alias, name, active, version }) => ({ id, alias, name, active, version }));
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  readonly draw = (): void => {
    const { setup, view, messages } = this;
    const { selected, look } = this.kept;
    if (view.kind !== "error") {
      const known = new Set(this.rows.map(({ id }) => id));
      for (const ids of [this.drawn, selected]) for (const id of ids.keys()) if (!known.has(id)) ids.delete(id);
      messages.keep(known);
    }
    this.inOrder = sorted(look, setup, view);
    this.shown = this.inOrder.filter(matching(look, setup, view));
    this.drawRows();
  };
  /** Draw the rows that are visible and the first `count` that shall be; the rest follows when the page is idle. */
  private drawRows(count = AT_ONCE): void {
    const { view, setup } = this;
    const shared = JSON.stringify([view.providers, view.usual]);
    const shown = new Set(this.shown);
    let [passed, visible] = [0, 0];
    const items = this.inOrder.flatMap((row): Item[] => {
      const { id } = row;
      const known = this.drawn.get(id);
      const isShown = shown.has(row) && (passed++ < count || known?.node.hidden === false);
      if (!isShown && !known) return [];
      if (isShown) visible++;
      const made = known ?? new RowNode(row, setup);
      this.drawn.set(id, made);
      const [isSelected, isBusy] = [this.kept.selected.has(id), this.busy.has(id)];
      const context = { view, isSelected, isBusy, detail: this.messages.detailOf(row) };
      return [{ key: id, draw: () => made.draw(row, context, isShown, shared) }];
    });
    this.items = shown.size ? this.undos.among(items) : items;
    const { focused } = this.ground;
    render(frame(this), this.ground.root);
    // A moved node has lost the focus.
    if (focused?.isConnected && focused !== this.ground.focused) focused.focus({ preventScroll: true });
    cancelIdle(this.later);
    if (visible < shown.size) this.later = whenIdle(() => this.drawRows(visible + AT_ONCE));
  }
  private readonly ageAgain = (): void => {
    for (const node of this.ground.root.querySelectorAll("time")) {
      const text = [...node.childNodes].find((each) => each.nodeType === Node.TEXT_NODE);
      if (text && node.dateTime) text.nodeValue = age(node.dateTime);
    }
  };
  /** Rows are cards where the columns have no room. At first, rows outside the visible area are not laid out: a hundred rows appear
   * about as fast as ten. */
  private arrive(): void {
    const { root } = this.ground;
    root.classList.add("aiconn-arriving", "aiconn-first");
    let isNew = true;
    const seen = new ResizeObserver(() => {
      if (!root.offsetWidth) return;
      root.classList.toggle("aiconn-cards", root.offsetWidth <= this.setup.cards);
      if (isNew) requestAnimationFrame(() => requestAnimationFrame(this.settle));
      isNew = false;
    });
    seen.observe(root);
    this.ground.onRemove(() => seen.disconnect());
  }
  /** From now on lay out all rows, unless the list is very long: then rows are laid out when they become visible. */
  private readonly settle = (): void => {
    this.ground.root.classList.remove("aiconn-first");
    this.ground.root.classList.toggle("aiconn-arriving", this.rows.length > AT_ONCE);
  };

  // ---- how it is looked at -----------------------------------------------------------------------------------------------

  readonly turn = (change: Partial<Look>): void => {
    this.isLookKnown = true; // a welcome that is still under way must not change this back
    Object.assign(this.kept.look, change);
    this.draw();
    clearTimeout(this.remembering);
    this.remembering = setTimeout(() => this.ground.send("look", { look: this.kept.look }), LOOK_MS);
  };
  private item(id: string): HTMLElement | null {
    return this.ground.find(`[data-id="${CSS.escape(id)}"]`);
  }
  focusRow(id: string, action = "edit"): void {
    this.item(id)?.querySelector<HTMLElement>(`[data-do="${action}"]`)?.focus();
  }
  /** Move the focus to where the user would continue. */
  rest(): void {
    if (this.rows.length) this.search?.focus();
    else this.ground.find(".aiconn-empty:not([hidden]) button")?.focus();
  }
  focusFirst(): void {
    const first = this.ground.find("tbody:not([hidden]) [data-do]");
    if (first) first.focus();
    else this.rest();
  }
  /** Scroll to a row, highlight it for a moment, and focus it. */
  showRow(id: string): void {
    this.settle();
    if (!this.shown.some((row) => row.id === id)) this.turn(unfiltered(this.setup));
    this.drawRows(Infinity);
    this.focusRow(id);
    const item = this.item(id);
    item?.scrollIntoView({ block: "nearest" });
    item?.classList.add("aiconn-lit");
    setTimeout(() => item?.classList.remove("aiconn-lit"), 1600);
  }

  // ---- what is asked for, and answered -----------------------------------------------------------------------------------

  select(id: string, on: boolean): void {
    if (on) this.kept.selected.add(id);
    else this.kept.selected.delete(id);
  }
  /** A deletion has started: of this row, or of all selected ones. */
  expectDeletion(id: string | undefined): void {
    this.deletedAt = id ? this.inOrder.findIndex((row) => row.id === id) : undefined;
  }
}
