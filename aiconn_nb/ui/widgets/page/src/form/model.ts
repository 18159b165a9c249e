/** The model of a profile: any text, with what the first connection lists as suggestions. */
import { html, icon, link, note, nothing, type Content } from "../html";
import type { Checked, FieldView, Models } from "../protocol";
import { Combobox, type Offer } from "./combobox";
import type { Form } from "./form";
import { TextField } from "./text";

export class ModelName extends TextField {
  readonly stays = true;
  private models: readonly Offer[] = [];
  /** Of whom the list is, and for what. */
  private asked = "";
  private isSent = false;
  private isTyping = false;
  private unlisted = "";
  private line: Content = null;
  private readonly combobox: Combobox<Offer>;

  constructor(form: Form, view: FieldView) {
    super(form, view);
    this.combobox = new Combobox<Offer>({
      label: "Models",
      matching: (typed) => this.matching(typed),
      pick: ({ words }) => this.typed(words),
      opens: () => true,
      draw: form.draw,
    });
  }

  /** All of them until something is typed; then those that begin with it before those that hold it. */
  private matching(typed: string): readonly Offer[] {
    const wanted = typed.trim().toLowerCase();
    if (!this.isTyping || !wanted) return this.models;
    const held = this.models.filter(({ words, note: more = "" }) => `${words}\n${more}`.toLowerCase().includes(wanted));
    const begins = ({ words }: Offer): boolean => words.toLowerCase().startsWith(wanted);
    return [...held.filter(begins), ...held.filter((each) => !begins(each))];
  }
  /** Another connection, or another capability, has another list. */
  follow(): void {
    const first = this.form.content.order?.first;
    const wanted = first && first.state !== "gone" ? `${first.id} ${this.form.content.kind?.id}` : "";
    const isDue = wanted !== "" && this.form.isWelcome && !this.isSent;
    if (wanted !== this.asked || !this.line || isDue) this.ask(wanted);
  }
  private ask(wanted: string, again = false): void {
    const first = this.form.content.order?.first;
    this.models = [];
    this.unlisted = "";
    this.asked = wanted;
    this.isSent = this.form.isWelcome;
    this.line = html`<p class="aiconn-help">Its list is offered here once there is a connection.</p>`;
    if (!first || !wanted) return;
    const words = html`<span>Asking ${first.alias} for its models…</span>`;
    this.line = html`<p class="aiconn-help aiconn-line aiconn-busy-line">${icon("spinner")}${words}</p>`;
    if (this.form.isWelcome) this.form.send("models", { id: first.id, capability: this.form.content.kind?.id, again });
  }
  checked({ model = "" }: Checked): void {
    this.unlisted = model;
  }
  /** The kernel's answer: the list, or why it cannot be had. */
  listed({ id, models, said, what = "", hint = "" }: Models): void {
    const first = this.form.content.order?.first;
    if (id !== first?.id) return;
    if (models) {
      this.models = models.map((each) => ({ words: each.id, note: each.note }));
      this.line = html`<p class="aiconn-help">${said}</p>`;
      const isTyping = this.isTyping && this.form.ground.focused?.id === this.id;
      if (this.combobox.isOpen || isTyping) this.combobox.update();
      return;
    }
    const why = html`<span>${what}${/[.!?]$/.test(what) ? "" : "."}</span>`;
    const words = [`${first.alias} cannot be asked for its models now: `, why, ` ${hint} Any name can be typed.`];
    const again = (): void => {
      this.ask(this.asked, true);
      this.form.draw();
      this.focus();
    };
    this.line = note({ tone: "warn", what: words, actions: [link("Try again", again, "again")], testid: "no-models" });
  }
  protected override take(text: string): void {
    this.text = text;
    this.unlisted = "";
  }
  protected override control(): Content {
    const { combobox } = this;
    const input = this.input({ isCode: true, combobox });
    return html`<div @input=${{ handleEvent: () => (this.isTyping = true), capture: true }} @focusout=${() => (this.isTyping = false)}
      >${input}${combobox.template()}</div
    >`;
  }
  protected override said(): Content {
    const line = this.unlisted ? note({ tone: "warn", what: this.unlisted }) : (this.line ?? nothing);
    return [this.shownKeyNote(), html`<div data-testid="models">${line}</div>`];
  }
}
