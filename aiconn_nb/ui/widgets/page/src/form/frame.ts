/** The message above the fields of a form, and the question in place of its buttons. */
import { enter, html, note, nothing, question, type Content, type TemplateResult } from "../html";
import { newId } from "../words";
import type { Form } from "./form";

interface Message {
  readonly tone: string;
  readonly what: Content;
  readonly more: Content;
}
export interface Asked {
  readonly title: string;
  readonly body: Content;
  /** The harmless answer comes last. */
  readonly answers: readonly (readonly [words: string, act: (() => void) | null, kind?: string])[];
  readonly tone?: string;
}
export class Frame {
  private message: Message | null = null;
  private asked: (Asked & { readonly id: string; readonly back: HTMLElement | null }) | null = null;

  constructor(private readonly form: Form) {}

  /** Whether a question is open; the form is inactive meanwhile. */
  get asks(): boolean {
    return this.asked !== null;
  }
  begin(): void {
    this.message = this.asked = null;
  }
  focus(): void {
    this.form.ground.find(".aiconn-title")?.focus();
  }
  /** Show a message above the fields. */
  tell(tone: string, what: Content, more: Content = nothing): void {
    this.message = { tone, what, more };
    this.form.draw();
  }
  clearMessage(): void {
    this.message = null;
    this.form.draw();
  }
  focusMessage(): void {
    this.form.ground.find(".aiconn-message")?.focus();
  }
  /** Ask a question in place of the buttons. */
  ask(asked: Asked): void {
    this.asked = { ...asked, id: newId("ask"), back: this.form.ground.focused };
    this.form.draw();
    const node = this.form.ground.find(".aiconn-question");
    enter(node);
    node?.scrollIntoView({ block: "nearest" });
  }
  private readonly close = (act: (() => void) | null): void => {
    const back = this.asked?.back;
    this.asked = null;
    this.form.draw();
    (this.form.ground.again(back) ?? this.form.ground.find('[data-testid="save"]'))?.focus();
    act?.();
  };

  messageBox(): TemplateResult {
    const close = (): void => {
      this.clearMessage();
      this.focus();
    };
    const { message } = this;
    const role = message?.tone === "bad" ? "alert" : "status";
    return html`<div class="aiconn-message" role=${role} tabindex="-1" data-testid="message" ?hidden=${!message}
      >${message ? note({ ...message, close }) : nothing}</div
    >`;
  }
  foot(buttons: Content): Content {
    const { asked } = this;
    if (!asked) return html`<div class="aiconn-foot">${buttons}</div>`;
    const last = asked.answers.length - 1;
    const answers = asked.answers.map(([text, act, kind = ""], i) => {
      return { text, kind, first: i === last, act: () => this.close(act) };
    });
    return question({ ...asked, answers, cancel: () => this.close(null), testid: "ask" });
  }
}
