/** Trying the stored entry: a prompt, and its reply as text. The notebook stores none of it. */
import { button, html, nothing, quiet, type Content } from "../html";
import type { Tried } from "../protocol";
import { newId, together } from "../words";
import { errorLine } from "./field";
import type { Form } from "./form";
import { labelledField, labelledInput, textArea } from "./input";

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
    const problem = answer?.what ? together(answer.what, answer.hint) : "";
    const describedby = `${id}-error`;
    const model = {
      id: `${id}-model`,
      testid: "try-model",
      describedby,
      value: this.model,
      isCode: true,
      input: (typed: string) => (this.model = typed),
    };
    const input = (typed: string): void => void (this.prompt = typed);
    const prompt = textArea({
      id: `${id}-prompt`,
      testid: "try-prompt",
      describedby,
      rows: 2,
      value: this.prompt,
      input,
    });
    return html`<section class="aiconn-panel aiconn-test" aria-labelledby=${id} data-testid="try">
      <div class="aiconn-line aiconn-panel-head"
        ><p class="aiconn-strong" id=${id}>Try a prompt</p>
        ${button({ icon: "close", label: "Close", click: this.close })}</div
      >
      ${this.form.isDirty ? quiet("It uses the stored settings; your changes are not saved yet.") : nothing}
      ${labelledInput("Model", model, this.form.view.kind === "profile")}
      ${labelledField(`${id}-prompt`, "Prompt", prompt)}
      ${errorLine(describedby, problem)}
      ${answer?.text === undefined ? nothing : html`<pre class="aiconn-answer" data-testid="try-answer">${answer.text}</pre>`}
      ${answer?.foot ? html`<p class="aiconn-help">${answer.foot}</p>` : nothing}
      <div class="aiconn-actions"
        >${button({ text: this.isAsking ? "Asking…" : "Ask", testid: "try-ask", disabled: this.isAsking, click: this.ask })}</div
      >
    </section>`;
  }
}
