/** The tabs: one is chosen, by a click or the arrow keys. What belongs to it is another part, which the kernel shows beneath. */
import { html, render } from "./html";
import { Ground, SEAT, type Model } from "./ground";
import type { Tab, TabsView } from "./protocol";

export class Tabs {
  private readonly ground: Ground;

  constructor(
    private readonly model: Model,
    host: HTMLElement,
  ) {
    this.ground = new Ground(model, host, "Manager");
    this.ground.root.classList.add("aiconn-tabs");
    this.ground.hear("change:view", this.draw);
    this.draw();
    void this.ground.ask("hello"); // from now on this page stays where it is, whatever others choose
  }
  remove = (): void => this.ground.remove();

  private get view(): TabsView {
    return this.model.get("view") as TabsView;
  }
  /** The tab that is chosen on this page. */
  private get chosen(): string {
    return this.view.seats[SEAT] ?? this.view.chosen;
  }
  private readonly draw = (): void => {
    const { chosen } = this;
    const tab = ({ id, title }: Tab) =>
      html`<button
        type="button"
        role="tab"
        class="aiconn-tab"
        data-tab=${id}
        aria-selected=${String(id === chosen)}
        tabindex=${id === chosen ? "0" : "-1"}
        @click=${() => this.choose(id)}
        >${title}</button
      >`;
    render(
      html`<div class="aiconn-tablist" role="tablist" aria-label="Manager" @keydown=${this.walk}>${this.view.tabs.map(tab)}</div>`,
      this.ground.root,
    );
  };
  private choose(tab: string): void {
    if (tab !== this.chosen) void this.ground.ask("choose", { tab });
  }
  /** The arrow keys go round, Home and End to the ends; the tab that has the focus is chosen. */
  private readonly walk = (event: KeyboardEvent): void => {
    const all = [...this.ground.root.querySelectorAll<HTMLElement>("[role=tab]")];
    const at = all.indexOf(event.target as HTMLElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    const tab = all[(next + all.length) % all.length];
    tab?.focus();
    this.choose(tab?.dataset["tab"] ?? "");
    event.preventDefault();
    event.stopPropagation();
  };
}
