/** The view instead of a form after its entry was deleted: a message and, for some seconds, the undo button. */
import { button, html, note, stop, type TemplateResult } from "../html";
import type { FormDeleted } from "../protocol";
import type { Form } from "./form";

export class Deletion {
  isDone = false;
  private tone = "good";
  private lines: readonly string[] = [];
  private mayUndo = false;
  private seconds = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly form: Form) {}

  begin(): void {
    clearTimeout(this.timer);
    this.isDone = false;
  }
  deleted({ what, warnings, seconds }: FormDeleted): void {
    this.isDone = true;
    this.seconds = seconds;
    this.tell("good", [what, ...warnings], true);
  }
  /** Why it cannot be restored; undo is offered for some more seconds. */
  failed({ what = "", hint = "" }: { readonly what?: string; readonly hint?: string }): void {
    this.tell("bad", [what, hint].filter(Boolean), true);
  }
  ended(): void {
    const [said = ""] = this.lines;
    this.tell("warn", [said, "The kernel has ended. For 30 days, undelete restores it."], false);
  }

  private tell(tone: string, lines: readonly string[], mayUndo: boolean): void {
    this.tone = tone;
    this.lines = lines;
    this.offer(mayUndo, mayUndo);
    clearTimeout(this.timer);
    if (mayUndo) this.timer = setTimeout(() => this.offer(false), this.seconds * 1000);
  }
  /** Move the focus if it was here. */
  private offer(mayUndo: boolean, focuses = false): void {
    const hadFocus = focuses || this.form.ground.focused !== null;
    this.mayUndo = mayUndo;
    this.form.draw();
    if (hadFocus) (this.form.ground.find("button") ?? this.form.ground.find(".aiconn-message"))?.focus();
  }
  /** A click in time counts, however long the kernel is busy. */
  private readonly bringBack = (): void => {
    clearTimeout(this.timer);
    this.form.leaving.restore();
  };
  template(): TemplateResult {
    const { tone, lines, mayUndo } = this;
    const escape = (event: KeyboardEvent): void => {
      if (event.key === "Escape") stop(event); // there is no form to leave
    };
    const [what, ...rest] = lines;
    const more = rest.map((each) => html`<p>${each}</p>`);
    const beside = mayUndo ? button({ icon: "undo", text: "Undo", click: this.bringBack }) : "";
    return html`<div class="aiconn-message" role=${tone === "bad" ? "alert" : "status"} tabindex="-1" data-testid="message"
      @keydown=${escape}
      >${note({ tone, what, more, beside })}</div
    >`;
  }
}
