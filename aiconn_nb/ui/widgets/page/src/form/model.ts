/** The model of a profile, or of one of its connections: any text, with the models of a connection as suggestions. */
import { html, icon, link, note, nothing, type Content, type TemplateResult } from "../html";
import type { Checked, Choosable, FieldView, Models } from "../protocol";
import { Combobox, ranked } from "./combobox";
import type { Draft } from "./field";
import type { Form } from "./form";
import type { InputOptions } from "./input";
import { TextField } from "./text";

/** The input of a model, with suggestions from one connection. */
abstract class ModelField extends TextField {
  override readonly stays = true;
  /** The connection and capability of the list. */
  private asked = "";
  private answer: Models | null = null;
  /** The kernel refused to ask: there will be no answer. */
  private isRefused = false;
  /** Until there is input, all models are suggested. */
  private isTyping = false;
  protected unlisted = "";
  private readonly combobox: Combobox;

  /** The connection whose models are suggested. */
  protected abstract get from(): Choosable | undefined;
  protected abstract readonly noList: string;
  protected readonly listId: string = "models";

  constructor(form: Form, view: FieldView) {
    super(form, view);
    this.combobox = new Combobox({
      label: "Models",
      matching: (typed) => {
        const models = (this.answer?.models ?? []).map(({ id, note }) => ({ words: id, note }));
        return this.isTyping ? ranked(models, typed) : models;
      },
      pick: this.typed,
      opens: () => true,
      draw: form.draw,
    });
  }

  /** Another connection or capability has another list. */
  override follow(): void {
    const { from, form } = this;
    const isListed = form.isWelcome && from !== undefined && from.state !== "gone";
    const wanted = isListed ? `${from.id} ${form.content.kind?.id}` : "";
    if (wanted !== this.asked) this.ask(wanted);
  }
  private ask(wanted: string, again = false): void {
    this.asked = wanted;
    this.answer = null;
    this.unlisted = "";
    this.isRefused = false;
    const { form, from } = this;
    if (wanted) form.send("models", { id: from?.id, capability: form.content.kind?.id, again });
  }
  override stop(): void {
    this.isRefused = true;
  }
  /** The kernel's answer: the list, or why it is missing. */
  override listed(answer: Models): void {
    if (answer.id !== this.from?.id) return;
    this.answer = answer;
    const isTyping = this.isTyping && this.form.ground.focused?.id === this.id;
    if (answer.models && (this.combobox.isOpen || isTyping)) this.combobox.update();
  }
  protected override take(text: string): void {
    this.text = text;
    this.unlisted = "";
  }
  protected override control(more: InputOptions = {}): Content {
    const { combobox } = this;
    const input = this.input({ isCode: true, combobox, ...more });
    return html`<div @input=${{ handleEvent: () => (this.isTyping = true), capture: true }} @focusout=${() => (this.isTyping = false)}
      >${input}${combobox.template()}</div
    >`;
  }
  private list(): Content {
    const { from, answer, noList } = this;
    const again = (): void => {
      this.ask(this.asked, true);
      this.form.draw();
      this.focus();
    };
    if (this.unlisted) return note({ tone: "warn", what: this.unlisted });
    if (answer && !answer.models)
      return note({
        tone: "warn",
        what: answer.line,
        actions: [link("Try again", again, "again")],
        testid: "no-models",
      });
    if (answer ?? !from) return html`<p class="aiconn-help">${answer?.line ?? noList}</p>`;
    if (this.isRefused || from.state === "gone") return nothing;
    return html`<p class="aiconn-help aiconn-line aiconn-tone-running">
      ${icon("spinner")}<span>Asking ${from.alias} for its models…</span>
    </p>`;
  }
  protected override said(): Content {
    return [this.shownKeyNote(), html`<div data-testid=${this.listId}>${this.list()}</div>`];
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
    const isAsked = ({ id }: Choosable): boolean => this.isVisited && id === this.connection;
    return this.form.connections.find(isAsked);
  }
  override collect(draft: Draft, saving: boolean): void {
    const model = this.open(saving);
    if (model) draft.models = { ...draft.models, [this.connection]: model };
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
  /** `alias` is that of its connection. */
  templateOf(alias: string): TemplateResult {
    const { id } = this;
    const shared = this.form.content.fields.get("model")?.text.trim();
    const placeholder = shared ? `${shared} (the profile's)` : "the profile's model";
    return html`<div class="aiconn-order-model" @focusin=${this.visit}>
      <label for=${id} class="aiconn-small aiconn-quiet-text">Model<span class="aiconn-voice"> of ${alias}</span></label>
      ${this.control({ placeholder, testid: `model-of-${alias}` })}
      <div id="${id}-state" class="aiconn-state-of" aria-live="polite">${this.said()}</div>
    </div>`;
  }
}
