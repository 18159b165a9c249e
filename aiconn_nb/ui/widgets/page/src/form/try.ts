/** Trying the stored entry: a prompt, and its reply as text. The notebook stores none of it. */
import { button, html, nothing, quiet, valueOf, type Content } from "../html";
import type { Tried } from "../protocol";
import { newId } from "../words";
import { errorLine } from "./field";
import type { Form } from "./form";
import { textInput } from "./input";

export class TryPanel {
  private readonly id = newId("try");
  private isOpen = false;
  private isAsking = false;
  private prompt = "";
  private model = "";
  private answer: Tried | null = null;

  constructor(private readonly form: Form) {}

  readonly open = (): void => {
    this.isOpen = true;
    this.form.draw();
    this.form.focus(`${this.id}-prompt`);
  };
  readonly close = (): void => {
    this.isOpen = false;
    this.answer = null;
    this.form.draw();
    this.form.ground.find('[data-testid="try-button"]')?.focus();
  };
  readonly answered = (answer: Tried): void => {
    this.isAsking = false;
    this.answer = answer;
    this.form.ground.say(answer.text ?? answer.what ?? "");
    this.form.draw();
  };
  stop(): void {
    this.isAsking = false;
  }
  private readonly ask = (): void => {
    if (this.isAsking || !this.prompt.trim()) return;
    this.isAsking = true;
    this.answer = null;
    this.form.draw();
    this.form.send("try", { prompt: this.prompt, model: this.model });
  };
  template(): Content {
    if (!this.isOpen) return nothing;
    const { id, answer } = this;
    const problem = answer?.what ? [answer.what, answer.hint].filter(Boolean).join(" ") : "";
    const typed = (event: Event): void => void (this.prompt = valueOf(event));
    const model = textInput({
      id: `${id}-model`,
      testid: "try-model",
      describedby: `${id}-error`,
      value: this.model,
      isCode: true,
      input: (value) => (this.model = value),
    });
    const isProfile = this.form.view.kind === "profile";
    return html`<section class="aiconn-panel aiconn-test" aria-labelledby=${id} data-testid="try">
      <div class="aiconn-line aiconn-panel-head"
        ><p class="aiconn-strong" id=${id}>Try a prompt</p>
        ${button({ icon: "close", label: "Close", click: this.close })}</div
      >
      ${this.form.isDirty ? quiet("It uses the stored settings; your changes are not saved yet.") : nothing}
      <div class="aiconn-field" ?hidden=${isProfile}
        ><label class="aiconn-strong" for="${id}-model">Model</label>${model}</div
      >
      <div class="aiconn-field"
        ><label class="aiconn-strong" for="${id}-prompt">Prompt</label
        ><textarea id="${id}-prompt" class="aiconn-input aiconn-area" rows="2" data-testid="try-prompt" .value=${this.prompt} @input=${typed}></textarea
      ></div>
      ${errorLine(`${id}-error`, problem)}
      ${answer?.text === undefined ? nothing : html`<pre class="aiconn-answer" data-testid="try-answer">${answer.text}</pre>`}
      ${answer?.foot ? html`<p class="aiconn-help">${answer.foot}</p>` : nothing}
      <div class="aiconn-actions"
        >${button({ text: this.isAsking ? "Asking…" : "Ask", testid: "try-ask", disabled: this.isAsking, click: this.ask })}</div
      >
    </section>`;
  }
}
