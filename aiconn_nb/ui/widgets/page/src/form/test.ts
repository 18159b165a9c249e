/** The test of a form's content, rung by rung. */
import { button, html, icon, nothing, quiet, unseen, type Content, type TemplateResult } from "../html";
import type { Reply, Rung, RungDone, Tested } from "../protocol";
import { newId } from "../words";
import type { Form } from "./form";

const ICONS: Readonly<Record<string, string>> = { passed: "good", failed: "bad", unknown: "unknown", skipped: "dash" };
const WORDS: Readonly<Record<string, string>> = { unknown: "cannot tell", skipped: "not needed" };
const TITLES = {
  hidden: "",
  running: "Testing the values in the form…",
  passed: "The test passed",
  failed: "The test failed",
  unknown: "The test cannot tell",
  refused: "The new key did not pass",
};

function rungLine({ title, state, detail, hint, seconds }: Rung): TemplateResult {
  const time = state === "skipped" || seconds < 0.01 ? "" : `${seconds.toFixed(2)} s`;
  return html`<li class="aiconn-rung aiconn-rung-${state}">
    ${icon(ICONS[state] ?? "dash")}
    <div
      ><span class="aiconn-rung-name">${title}</span>${unseen(` ${WORDS[state] ?? state} `)}${detail ? html`<span class="aiconn-rung-detail">${detail}</span>` : nothing}${hint ? html`<p>${hint}</p>` : nothing}</div
    >
    <span class="aiconn-small aiconn-quiet-text">${time}</span>
  </li>`;
}

export class TestPanel {
  /** The turn of the running test. */
  turn = 0;
  private readonly id = newId("test");
  private rungs: readonly Rung[] = [];
  private next = "";
  private state: keyof typeof TITLES = "hidden";
  private isStale = false;

  constructor(private readonly form: Form) {}

  start(turn: number, first: string): void {
    this.turn = turn;
    this.state = "running";
    this.isStale = false;
    this.rungs = [];
    this.next = first;
    this.form.draw();
  }
  readonly rung = ({ turn, rung }: RungDone & Reply): void => {
    if (turn !== this.turn) return;
    this.rungs = [...this.rungs, rung];
    this.next = rung.state === "failed" ? "" : rung.next;
    this.form.draw();
  };
  /** Returns whether it is the running one. */
  finish({ turn, ok, verdict, rungs }: Tested & Reply): boolean {
    if (turn !== this.turn) return false;
    this.turn = 0;
    this.state = !rungs ? "hidden" : ok ? "passed" : verdict === "unknown" ? "unknown" : "failed";
    this.rungs = rungs ?? [];
    this.form.draw();
    return true;
  }
  /** Returns whether one was running. */
  stop(): boolean {
    const wasRunning = this.turn > 0;
    this.turn = 0;
    if (wasRunning) this.state = "hidden";
    return wasRunning;
  }
  /** The new key of a rotation, whose test is shown here, did not pass. Its steps stay visible. */
  refuse(): void {
    if (!this.stop() || !this.rungs.length) return;
    this.state = "refused";
    this.next = "";
  }
  private get isDone(): boolean {
    return ["passed", "failed", "unknown"].includes(this.state);
  }
  /** Whether there is a result for the form as it is now. */
  get holds(): boolean {
    return !this.isStale && this.isDone;
  }
  changed(): void {
    this.isStale = this.isDone;
  }
  private waiting(): Content {
    if (this.state !== "running" || !this.next) return nothing;
    return html`<li class="aiconn-rung aiconn-rung-running">${icon("spinner")}<span>${this.next}</span></li>`;
  }
  private readonly close = (): void => {
    this.turn = 0;
    this.state = "hidden";
    this.form.draw();
    this.form.ground.find('[data-testid="test-button"]')?.focus();
  };
  template(): TemplateResult {
    return html`<section class="aiconn-panel aiconn-test" ?hidden=${this.state === "hidden"} aria-labelledby=${this.id} data-testid="test">
      <div class="aiconn-line aiconn-panel-head">
        <div class="aiconn-line" role="status"
          ><p class="aiconn-strong" id=${this.id}>${TITLES[this.state]}</p
          >${this.isStale ? quiet("The form has changed since.") : nothing}</div
        >
        ${button({ icon: "close", label: "Close the test", click: this.close })}
      </div>
      <ol class="aiconn-stack aiconn-plain">${this.rungs.map(rungLine)}${this.waiting()}</ol>
    </section>`;
  }
}
