/** Tabs: a click or the arrow keys choose one. */
import { html, nothing, render, state, stop, type TemplateResult } from "./html";
import { Ground, SEAT, type Model } from "./ground";
import type { TabsView } from "./protocol";

export interface TabItem {
  readonly id: string;
  readonly title: string;
  readonly testid?: string;
}
export function tablist(
  label: string,
  items: readonly TabItem[],
  chosen: string,
  choose: (id: string) => void,
  panel?: string,
): TemplateResult {
  /** The arrow keys wrap around, Home and End go to the ends; the focused tab is chosen. */
  const walk = (event: KeyboardEvent): void => {
    const tabs = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>("[role=tab]")];
    const at = tabs.indexOf(event.target as HTMLElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (at < 0 || next === undefined) return;
    const to = (next + items.length) % items.length;
    tabs[to]?.focus();
    choose(items[to]?.id ?? "");
    stop(event);
  };
  const tab = ({ id, title, testid }: TabItem): TemplateResult =>
    html`<button type="button" role="tab" class="aiconn-tab" id=${panel ? id : nothing} data-testid=${testid ?? nothing}
      aria-controls=${panel ?? nothing} aria-selected=${state(id === chosen)} tabindex=${id === chosen ? 0 : -1}
      @click=${() => choose(id)}
      >${title}</button
    >`;
  return html`<div class="aiconn-tablist" role="tablist" aria-label=${label} @keydown=${walk}>${items.map(tab)}</div>`;
}

/** The tabs of a manager. The kernel shows the part of the chosen tab below. */
export class Tabs {
  readonly ground: Ground;

  constructor(
    private readonly model: Model,
    host: HTMLElement,
  ) {
    this.ground = new Ground(model, host, "Manager");
    this.ground.root.classList.add("aiconn-tabs");
    this.ground.hear("change:view", this.draw);
    this.draw();
    this.ground.send("hello"); // from now on this page keeps its tab, whatever others choose
  }

  private readonly draw = (): void => {
    const { tabs, seats, chosen } = this.model.get("view") as TabsView;
    const here = seats[SEAT] ?? chosen;
    const choose = (tab: string): void => {
      if (tab !== here) this.ground.send("choose", { tab });
    };
    render(tablist("Manager", tabs, here, choose), this.ground.root);
  };
}
