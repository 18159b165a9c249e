/** The model of a profile, or of one of its connections: any text, with the models of a connection as suggestions. */
import { html, icon, link, note, nothing, type Content, type TemplateResult } from "../html";
import type { Checked, Choosable, FieldView, Models } from "../protocol";
import { Combobox, type Offer } from "./combobox";
import type { Draft } from "./field";
import type { Form } from "./form";
import type { InputOptions } from "./input";
import { TextField } from "./text";

/** The input of a model, with suggestions from one connection. */
abstract class ModelField extends TextField {
  override readonly stays = true;
  private models: readonly Offer[] = [];
  /** The connection and capability of the list. */
  private asked = "";
  private isSent = false;
  private isTyping = false;
  protected unlisted = "";
  private line: Content = null;
  private isWaiting = false;
  private readonly combobox: Combobox;

  /** The connection whose models are suggested. */
  protected abstract get from(): Choosable | undefined;
  protected abstract readonly noList: string;
  protected readonly listId: string = "models";

  constructor(form: Form, view: FieldView) {
    super(form, view);
    this.combobox = new Combobox({
      label: "Models",
      matching: (typed) => this.matching(typed),
      pick: (words) => this.typed(words),
      opens: () => true,
      draw: form.draw,
    });
  }

  /** All models until there is input; then those that start with it before those that contain it. */
  private matching(typed: string): readonly Offer[] {
    const wanted = typed.trim().toLowerCase();
    if (!this.isTyping || !wanted) return this.models;
    const held = this.models.filter(({ words, note: more = "" }) => `${words}\n${more}`.toLowerCase().includes(wanted));
    const begins = ({ words }: Offer): boolean => words.toLowerCase().startsWith(wanted);
    return [...held.filter(begins), ...held.filter((each) => !begins(each))];
  }
  /** Another connection or capability has another list. */
  override follow(): void {
    const { from } = this;
    const wanted = from && from.state !== "gone" ? `${from.id} ${this.form.content.kind?.id}` : "";
    const isDue = wanted !== "" && this.form.isWelcome && !this.isSent;
    if (wanted !== this.asked || !this.line || isDue) this.ask(wanted);
  }
  private ask(wanted: string, again = false): void {
    const { from } = this;
    this.models = [];
    this.unlisted = "";
    this.asked = wanted;
    this.isSent = this.form.isWelcome;
    this.line = this.noList ? html`<p class="aiconn-help">${this.noList}</p>` : nothing;
    this.isWaiting = Boolean(from && wanted);
    if (!from || !wanted) return;
    const words = html`<span>Asking ${from.alias} for its models…</span>`;
    this.line = html`<p class="aiconn-help aiconn-line aiconn-tone-running">${icon("spinner")}${words}</p>`;
    if (this.form.isWelcome) this.form.send("models", { id: from.id, capability: this.form.content.kind?.id, again });
  }
  override stop(): void {
    if (this.isWaiting) this.line = nothing;
    this.isWaiting = false;
  }
  /** The kernel's answer: the list, or why it is missing. */
  override listed({ id, models, line }: Models): void {
    const { from } = this;
    if (id !== from?.id) return;
    this.isWaiting = false;
    if (models) {
      this.models = models.map((each) => ({ words: each.id, note: each.note }));
      this.line = html`<p class="aiconn-help">${line}</p>`;
      const isTyping = this.isTyping && this.form.ground.focused?.id === this.id;
      if (this.combobox.isOpen || isTyping) this.combobox.update();
      return;
    }
    const again = (): void => {
      this.ask(this.asked, true);
      this.form.draw();
      this.focus();
    };
    this.line = note({ tone: "warn", what: line, actions: [link("Try again", again, "again")], testid: "no-models" });
  }
  protected override take(text: string): void {
    this.text = text;
    this.unlisted = "";
  }
  protected override control(more: Partial<InputOptions> = {}): Content {
    const { combobox } = this;
    const input = this.input({ isCode: true, combobox, ...more });
    return html`<div @input=${{ handleEvent: () => (this.isTyping = true), capture: true }} @focusout=${() => (this.isTyping = false)}
      >${input}${combobox.template()}</div
    >`;
  }
  protected override said(): Content {
    const line = this.unlisted ? note({ tone: "warn", what: this.unlisted }) : (this.line ?? nothing);
    return [this.shownKeyNote(), html`<div data-testid=${this.listId}>${line}</div>`];
  }
}

/** The model of all connections without their own. */
export class ModelName extends ModelField {
  protected readonly noList = "Its list is offered here once there is a connection.";
  protected override get from(): Choosable | undefined {
    return this.form.content.order?.asked;
  }
  override checked({ model = "" }: Checked): void {
    this.unlisted = model;
  }
}

/** The model of one connection; empty, the profile's model is used. Its list is requested when the input gets the focus. */
export class OwnModel extends ModelField {
  protected readonly noList = "";
  protected override readonly listId = `models-${this.key}`;
  private isVisited = false;

  constructor(
    form: Form,
    private readonly connection: string,
    text: string,
  ) {
    super(form, { key: `model-${connection}`, label: "Model", help: "", type: "model", required: false });
    this.text = text;
  }
  protected override get from(): Choosable | undefined {
    return this.form.connections.find(({ id }) => id === this.connection);
  }
  override collect(draft: Draft, saving: boolean): void {
    const model = this.open(saving);
    if (model) draft.models = { ...draft.models, [this.connection]: model };
  }
  override follow(): void {
    if (this.isVisited) super.follow();
  }
  override listed(answer: Models): void {
    if (this.isVisited) super.listed(answer);
  }
  override checked({ models = {} }: Checked): void {
    this.unlisted = models[this.connection] ?? "";
  }
  private readonly visit = (): void => {
    if (this.isVisited) return;
    this.isVisited = true;
    this.follow();
    this.form.draw();
  };
  override template(): TemplateResult {
    const { id, from } = this;
    const alias = from?.alias ?? this.connection;
    const shared = this.form.content.fields.get("model")?.text.trim();
    const placeholder = shared ? `${shared} (the profile's)` : "the profile's model";
    return html`<div class="aiconn-order-model" @focusin=${this.visit}>
      <label for=${id} class="aiconn-small aiconn-quiet-text">Model<span class="aiconn-voice"> of ${alias}</span></label>
      ${this.control({ placeholder, testid: `model-of-${alias}` })}
      <div id="${id}-state" class="aiconn-state-of" aria-live="polite">${this.said()}</div>
    </div>`;
  }
}
