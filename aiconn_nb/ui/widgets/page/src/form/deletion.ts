/** What is shown in the place of a form once what it edited is gone: that it is, and for some seconds the way back. */
import { button, html, icon, nothing, type TemplateResult } from "../html";
import type { Ground } from "../ground";

export interface Deleted {
  readonly what: string;
  readonly warnings: readonly string[];
  readonly seconds: number;
}

export class Deletion {
  isDone = false;
  private tone = "good";
  private lines: readonly string[] = [];
  private mayUndo = false;
  private seconds = 0;
  private said = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** For the answer to a click. */
  private isWaiting = false;

  constructor(
    private readonly ground: Ground,
    private readonly acts: { readonly draw: () => void; readonly restore: () => void },
  ) {
    ground.onRemove(() => clearTimeout(this.timer));
  }
  begin(): void {
    clearTimeout(this.timer);
    this.isDone = false;
  }
  deleted(answer: Deleted): void {
    this.isDone = true;
    this.seconds = answer.seconds;
    this.said = answer.what;
    this.offer("good", [answer.what, ...answer.warnings]);
  }
  /** Why it cannot be brought back, and the way to try again. */
  note(answer: { readonly what?: string; readonly hint?: string }): void {
    const lines = [answer.what ?? "", answer.hint ?? ""].filter(Boolean);
    if (this.isWaiting) return this.offer("bad", lines);
    this.tell("bad", lines);
    this.focus();
  }
  ended(): void {
    const hadFocus = this.ground.root.contains(document.activeElement);
    clearTimeout(this.timer);
    this.mayUndo = false;
    this.tell("warn", [this.said, "The kernel has ended. It can be brought back for 30 days."]);
    if (hadFocus) this.focus();
  }

  private offer(tone: string, lines: readonly string[]): void {
    this.mayUndo = true;
    this.isWaiting = false;
    this.tell(tone, lines);
    this.focus();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), this.seconds * 1000);
  }
  private end(): void {
    const hadFocus = this.ground.root.contains(document.activeElement);
    this.mayUndo = false;
    this.acts.draw();
    if (hadFocus) this.focus();
  }
  /** Clicked in time it is in time, however long the kernel is busy. */
  private readonly bringBack = (): void => {
    clearTimeout(this.timer);
    this.isWaiting = true;
    this.acts.restore();
  };
  private tell(tone: string, lines: readonly string[]): void {
    this.tone = tone;
    this.lines = lines;
    this.acts.draw();
  }
  private focus(): void {
    const { root } = this.ground;
    (root.querySelector<HTMLElement>("button") ?? root.querySelector<HTMLElement>(".aiconn-message"))?.focus();
  }
  template(): TemplateResult {
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // there is no form that could be left
      event.stopPropagation();
    };
    return html`<div
      class="aiconn-message aiconn-note aiconn-${this.tone}"
      role=${this.tone === "bad" ? "alert" : "status"}
      tabindex="-1"
      data-testid="message"
      @keydown=${escape}
    >
      ${icon(this.tone)}
      <div class="aiconn-note-words">${this.lines.map((each) => html`<p>${each}</p>`)}</div>
      ${this.mayUndo ? button({ icon: "undo", text: "Undo", click: this.bringBack }) : nothing}
    </div>`;
  }
}
