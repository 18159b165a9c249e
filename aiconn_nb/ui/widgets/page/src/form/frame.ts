/** The message above the fields of a form, and the question in place of its buttons. */
import { html, nothing, stop, type Content, type TemplateResult } from "../html";
import { enter, question, told, type Values } from "../panel";
import type { Answer, Note, Panel } from "../protocol";
import { newId } from "../words";
import type { Form } from "./form";

const ENDED = "The kernel has ended, and this form with it. Run the cell again.";
const UNDELETE = "The kernel has ended. For 30 days, undelete restores it.";

export class Frame {
  /** Whether the message replaces the form, because its entry was deleted. */
  isAlone = false;
  private readonly id = newId("message");
  private message: Note | null = null;
  private asked: { readonly id: string; readonly panel: Panel; readonly back: HTMLElement | null } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly form: Form) {}

  /** Whether a question is open; the form is inactive meanwhile. */
  get asks(): boolean {
    return this.asked !== null;
  }
  begin(): void {
    clearTimeout(this.timer);
    this.message = this.asked = null;
    this.isAlone = false;
  }
  focus(): void {
    this.form.ground.find(".aiconn-title")?.focus();
  }
  /** Show a message above the fields. */
  tell(message: Note): void {
    clearTimeout(this.timer);
    this.message = message;
    this.isAlone ||= message.alone ?? false;
    if (message.seconds) this.timer = setTimeout(() => this.expire(message), message.seconds * 1000);
    this.form.draw();
  }
  say(tone: string, what: string): void {
    this.tell({ tone, what, hint: "" });
  }
  /** Its buttons are no longer offered. A click in time counts, however long the kernel is busy. */
  private expire({ tone, what, hint, lines = [] }: Note): void {
    const hadFocus = this.form.ground.focused !== null;
    this.tell({ tone, what, hint, lines });
    if (hadFocus) this.focusMessage();
  }
  /** The kernel has ended. */
  end(): void {
    if (!this.isAlone) return this.say("warn", ENDED);
    this.expire({ tone: "warn", what: this.message?.what ?? "", hint: UNDELETE });
  }
  clearMessage(): void {
    this.message = null;
    this.form.draw();
  }
  focusMessage(): void {
    ((this.isAlone && this.form.ground.find("button")) || this.form.ground.find(".aiconn-message"))?.focus();
  }
  /** Ask a question in place of the buttons. */
  ask(panel: Panel): void {
    this.asked = { id: newId("ask"), panel, back: this.form.ground.focused };
    this.form.draw();
    const node = this.form.ground.find(".aiconn-question");
    enter(node);
    node?.scrollIntoView({ block: "nearest" });
  }
  private readonly answer = (answer: Answer, values: Values): void => {
    const back = this.asked?.back;
    this.asked = null;
    this.form.draw();
    (this.form.ground.again(back) ?? this.form.ground.find('[data-testid="save"]'))?.focus();
    this.form.press(answer, values);
  };

  messageBox(): TemplateResult {
    const close = (): void => {
      this.clearMessage();
      this.focus();
    };
    const { message, isAlone, form } = this;
    const role = message?.tone === "bad" ? "alert" : "status";
    const escape = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && isAlone) stop(event); // there is no form to leave
    };
    return html`<div class="aiconn-message" role=${role} tabindex="-1" data-testid="message" ?hidden=${!message} @keydown=${escape}
      >${message ? told(this.id, message, form.press, isAlone ? undefined : close) : nothing}</div
    >`;
  }
  foot(buttons: Content): Content {
    const { asked } = this;
    return asked
      ? question(asked.id, asked.panel, this.answer)
      : html`<div class="aiconn-line aiconn-foot">${buttons}</div>`;
  }
}
