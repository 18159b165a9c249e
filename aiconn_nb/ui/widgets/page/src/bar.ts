/** The bar at the top of a manager: it shows and changes the connection in use and the environment. */
import { Ground, type Model } from "./ground";
import { classes, environmentSelect, html, icon, labelled, note, nothing, render } from "./html";
import type { BarMessages, BarView, Note } from "./protocol";

const FRAMES = 120;

export class Bar {
  readonly ground: Ground;
  private told: Note | null = null;

  constructor(
    private readonly model: Model,
    host: HTMLElement,
  ) {
    this.ground = new Ground(model, host, "In use");
    this.ground.root.classList.add("aiconn-status");
    this.ground.answer<BarMessages>({
      note: (message) => {
        this.told = message.tone === "good" ? null : message;
        this.ground.say(`${message.what} ${message.hint}`);
        this.draw();
      },
      focus: ({ what }) => this.focus(what, FRAMES),
    });
    this.ground.hear("change:view", this.draw);
    this.ground.onEnd = () => true; // the list below reports it
    this.ground.onReturn(() => this.ground.send("refresh"));
    this.draw();
  }

  /** An opening side bar is visible only after some frames. */
  private focus(what: string, frames: number): void {
    const node = this.ground.find(`[data-testid="bar-${what}"]`);
    if (node?.offsetHeight) node.focus();
    else if (frames) requestAnimationFrame(() => this.focus(what, frames - 1));
  }
  private choose(intent: string, data: Record<string, unknown>): void {
    this.told = null;
    // After a refused choice, show the stored one.
    void this.ground.ask(intent, data).then(this.draw);
  }
  private readonly draw = (): void => {
    const { used, choices, environment, warning, told: said } = this.model.get("view") as BarView;
    const { told } = this;
    const close = (): void => {
      this.told = null;
      this.draw();
    };
    const using = labelled({
      label: "In use",
      testid: "bar-used",
      choices: [["", "none"], ...choices.map((each) => [each, each])],
      value: used,
      change: (alias) => this.choose("use", { alias }),
    });
    const switchTo = (name: string): void => this.choose("environment", { name });
    render(
      html`<div class=${classes("aiconn-line aiconn-status-line", warning && "aiconn-production")}>
          ${using} ${environment ? environmentSelect(environment, switchTo, "bar-environment") : nothing}
          ${warning ? html`<p class="aiconn-line aiconn-strong aiconn-tone-warn" role="status" data-testid="production">${icon("warn")}${warning}</p>` : nothing}
        </div>
        ${said ? note({ tone: "plain", what: said }) : nothing} ${told ? note({ ...told, close }) : nothing}`,
      this.ground.root,
    );
  };
}
