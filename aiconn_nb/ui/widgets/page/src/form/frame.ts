/** The frame around a form: head, message, body, foot, and the questions that are asked in the foot. */
import {
  age,
  button,
  code,
  enter,
  exact,
  html,
  icon,
  newId,
  nothing,
  question,
  type Answer,
  type Content,
  type TemplateResult,
} from "../html";
import type { Stored } from "../protocol";

interface Message {
  readonly tone: string;
  readonly what: Content;
  readonly more: Content;
}
export interface Asked {
  readonly title: string;
  readonly body: Content;
  readonly answers: readonly (readonly [words: string, act: (() => void) | null, kind?: string])[];
  readonly tone?: string;
}
export interface FrameParts {
  readonly title: string;
  readonly about: string;
  readonly mark: string;
  readonly edits: Stored | null;
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
  private asked: (Asked & { readonly id: string; readonly back: Element | null }) | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly draw: () => void,
  ) {}

  /** Whether a question is open: the form rests meanwhile. */
  get asks(): boolean {
    return this.asked !== null;
  }
  begin(): void {
    this.message = this.asked = null;
  }
  focus(): void {
    this.root.querySelector<HTMLElement>(".aiconn-title")?.focus();
  }
  /** Say something above the fields. */
  tell(tone: string, what: Content, more: Content = nothing): void {
    this.message = { tone, what, more };
    this.draw();
  }
  hush(): void {
    this.message = null;
    this.draw();
  }
  focusMessage(): void {
    this.root.querySelector<HTMLElement>(".aiconn-message")?.focus();
  }
  /** Ask in the place of the buttons. The harmless answer is the last one. */
  ask(asked: Asked): void {
    this.asked = { ...asked, id: newId("ask"), back: document.activeElement };
    this.draw();
    const node = this.root.querySelector(".aiconn-question");
    enter(node);
    node?.scrollIntoView({ block: "nearest" });
  }
  private readonly close = (act: (() => void) | null): void => {
    const back = this.asked?.back;
    this.asked = null;
    this.draw();
    const testid = back instanceof HTMLElement ? back.dataset["testid"] : undefined;
    const again = testid ? this.root.querySelector<HTMLElement>(`[data-testid="${CSS.escape(testid)}"]`) : null;
    const first = this.root.querySelector<HTMLElement>('[data-testid="save"]');
    if (back instanceof HTMLElement && this.root.contains(back)) back.focus();
    else (again ?? first)?.focus();
    act?.();
  };

  private messageBox(): TemplateResult {
    const { tone = "info", what, more } = this.message ?? {};
    const close = (): void => {
      this.hush();
      this.focus();
    };
    return html`<div
      class="aiconn-message aiconn-note aiconn-${tone}"
      role=${tone === "bad" ? "alert" : "status"}
      tabindex="-1"
      data-testid="message"
      ?hidden=${!this.message}
      >${this.message ? [icon(tone), html`<div class="aiconn-note-words"><p>${what}</p>${more}</div>`, button({ icon: "close", label: "Close the message", click: close })] : nothing}</div
    >`;
  }
  private foot(buttons: Content): Content {
    const { asked } = this;
    if (!asked) return buttons;
    const last = asked.answers.length - 1;
    const answers: Answer[] = asked.answers.map(([text, act, kind = ""], i) => ({
      text,
      kind,
      first: i === last,
      act: () => this.close(act),
    }));
    return question({
      id: asked.id,
      title: asked.title,
      body: asked.body,
      answers,
      cancel: () => this.close(null),
      tone: asked.tone ?? "",
      testid: "ask",
    });
  }
  template(it: FrameParts): TemplateResult {
    const { edits } = it;
    const saved = edits
      ? [code(edits.alias), html`<span title=${exact(edits.modified)}> · saved ${age(edits.modified)}</span>`]
      : it.about;
    return html`<div class="aiconn-head">
        <div class="aiconn-titles">
          <div class="aiconn-title" role="heading" aria-level="2" tabindex="-1">${it.title}</div>
          <p class="aiconn-subtitle">${saved}</p>
        </div>
        <div class="aiconn-chips">
          ${it.mark ? html`<span class="aiconn-chip aiconn-chip-good">${icon("check")}${it.mark}</span>` : nothing}
          <span class="aiconn-chip" title="The environment that references are resolved in">${it.environment}</span>
        </div>
      </div>
      ${it.tabs} ${this.messageBox()}
      <div
        class="aiconn-body"
        id=${it.bodyId}
        role=${it.labelledby ? "tabpanel" : nothing}
        aria-labelledby=${it.labelledby ?? nothing}
        ?inert=${this.asks}
        >${it.body}</div
      >
      ${it.between}
      <div>${this.foot(it.foot)}</div>`;
  }
}
