/** The frame of a form: head, message, body, foot, and the questions in the foot. */
import { code, enter, html, icon, note, nothing, question, type Content, type TemplateResult } from "../html";
import type { Ground } from "../ground";
import type { Stored } from "../protocol";
import { age, exact, newId } from "../words";

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
export interface FrameParts {
  readonly title: string;
  readonly about: string;
  readonly stored: Stored | null;
  readonly environment: string;
  readonly tabs: Content;
  readonly body: Content;
  readonly bodyId: string;
  readonly labelledby: string | null;
  readonly between: Content;
  readonly foot: Content;
}

export class Frame {
  private message: Message | null = null;
  private asked: (Asked & { readonly id: string; readonly back: HTMLElement | null }) | null = null;

  constructor(
    private readonly ground: Ground,
    private readonly draw: () => void,
  ) {}

  /** Whether a question is open; the form is inactive meanwhile. */
  get asks(): boolean {
    return this.asked !== null;
  }
  begin(): void {
    this.message = this.asked = null;
  }
  focus(): void {
    this.ground.find(".aiconn-title")?.focus();
  }
  /** Show a message above the fields. */
  tell(tone: string, what: Content, more: Content = nothing): void {
    this.message = { tone, what, more };
    this.draw();
  }
  clearMessage(): void {
    this.message = null;
    this.draw();
  }
  focusMessage(): void {
    this.ground.find(".aiconn-message")?.focus();
  }
  /** Ask a question in place of the buttons. */
  ask(asked: Asked): void {
    this.asked = { ...asked, id: newId("ask"), back: this.ground.focused };
    this.draw();
    const node = this.ground.find(".aiconn-question");
    enter(node);
    node?.scrollIntoView({ block: "nearest" });
  }
  private readonly close = (act: (() => void) | null): void => {
    const back = this.asked?.back;
    this.asked = null;
    this.draw();
    (this.ground.again(back) ?? this.ground.find('[data-testid="save"]'))?.focus();
    act?.();
  };

  private messageBox(): TemplateResult {
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
  private foot(buttons: Content): Content {
    const { asked } = this;
    if (!asked) return html`<div class="aiconn-foot">${buttons}</div>`;
    const last = asked.answers.length - 1;
    const answers = asked.answers.map(([text, act, kind = ""], i) => {
      return { text, kind, first: i === last, act: () => this.close(act) };
    });
    return question({ ...asked, answers, cancel: () => this.close(null), testid: "ask" });
  }
  template(it: FrameParts): TemplateResult {
    const { stored } = it;
    const mark = stored?.mark
      ? html`<span class="aiconn-chip aiconn-tone-good">${icon("good")}${stored.mark}</span>`
      : "";
    const saved = stored
      ? [code(stored.alias), html`<span title=${exact(stored.modified)}> · saved ${age(stored.modified)}</span>`]
      : it.about;
    return html`<div class="aiconn-head">
        <div>
          <div class="aiconn-title" role="heading" aria-level="2" tabindex="-1">${it.title}</div>
          <p class="aiconn-quiet-text">${saved}</p>
        </div>
        <div class="aiconn-line">
          ${mark}
          <span class="aiconn-chip" title="The environment in which references are resolved">${it.environment}</span>
        </div>
      </div>
      ${it.tabs} ${this.messageBox()}
      <div class="aiconn-body aiconn-stack" id=${it.bodyId} role=${it.labelledby ? "tabpanel" : nothing}
        aria-labelledby=${it.labelledby ?? nothing} ?inert=${this.asks}
        >${it.body}</div
      >
      ${it.between} ${this.foot(it.foot)}`;
  }
}
