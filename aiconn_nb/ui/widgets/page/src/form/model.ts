/** The model of a profile: any text, with what the first connection lists as suggestions. */
import { html, icon, link, nothing, told, type Content, type TemplateResult } from "../html";
import type { FieldView } from "../protocol";
import { fieldFrame, type ProfileHost } from "./field";
import { Combobox, textInput } from "./input";
import { Plain } from "./plain";

interface Listed {
  readonly id: string;
  readonly note?: string;
}
export interface ModelsAnswer {
  readonly id: string;
  readonly models?: readonly Listed[];
  readonly said?: string;
  readonly what?: string;
  readonly hint?: string;
}

export class ModelName extends Plain {
  private models: readonly Listed[] = [];
  /** Of whom, and for what. */
  private asked = "";
  private typing = false;
  private unlistedWords = "";
  /** What is said of the list. */
  private line: Content = null;
  private readonly combobox: Combobox<Listed>;

  constructor(
    private readonly profile: ProfileHost,
    view: FieldView,
  ) {
    super(profile, view);
    this.combobox = new Combobox<Listed>({
      label: "Models",
      matching: (typed) => this.matching(typed),
      words: ({ id }) => id,
      pick: ({ id }) => this.typed(id),
      eager: true,
      draw: () => profile.draw(),
    });
  }

  /** All of them until something is typed; then those that begin with it before those that hold it. */
  private matching(typed: string): readonly Listed[] {
    const wanted = typed.trim().toLowerCase();
    if (!this.typing || !wanted) return this.models;
    const held = this.models.filter(({ id, note = "" }) => `${id}\n${note}`.toLowerCase().includes(wanted));
    const begins = ({ id }: Listed): boolean => id.toLowerCase().startsWith(wanted);
    return [...held.filter(begins), ...held.filter((each) => !begins(each))];
  }
  private said(line: Content): void {
    this.line = line;
    this.profile.draw();
  }
  private get wanted(): string {
    const { first } = this.profile;
    return first && first.state !== "gone" ? `${first.id} ${this.profile.capability}` : "";
  }
  /** Look whether another connection, or another capability, has another list. */
  follow(): void {
    if (this.wanted !== this.asked || !this.line) this.ask(false);
  }
  private ask(again: boolean): void {
    const { first } = this.profile;
    this.models = [];
    this.unlistedWords = "";
    this.asked = this.wanted;
    if (!first || !this.asked)
      return this.said(html`<p class="aiconn-said">Its list is offered here once there is a connection.</p>`);
    this.said(
      html`<p class="aiconn-said aiconn-asking">${icon("spinner")}<span>Asking ${first.alias} for its models…</span></p>`,
    );
    this.profile.askModels(first.id, again);
  }
  unlisted(words: string): void {
    this.unlistedWords = words;
    this.profile.draw();
  }
  /** The kernel's answer: the list, or why it cannot be had. */
  listed(answer: ModelsAnswer): void {
    const { first } = this.profile;
    if (!first || answer.id !== first.id) return;
    if (answer.models) {
      this.models = answer.models;
      this.said(html`<p class="aiconn-said"><span>${answer.said}</span></p>`);
      const isTyping = this.typing && document.activeElement?.id === this.id;
      if (this.combobox.open || isTyping) this.combobox.update();
      return;
    }
    const what = answer.what ?? "";
    const why = what + (/[.!?]$/.test(what) ? "" : ".");
    const words = [
      `${first.alias} cannot be asked for its models now: `,
      html`<span>${why}</span>`,
      answer.hint ? ` ${answer.hint}` : "",
      " Any name can be typed.",
    ];
    const again = (): void => {
      this.ask(true);
      this.profile.focus(this.id);
    };
    this.said(told({ tone: "warn", what: words, actions: [link("Try again", again, "again")], testid: "no-models" }));
  }

  override template(): TemplateResult {
    const { id, view, error } = this;
    const input = textInput({
      id,
      value: this.text,
      testid: `input-${this.key}`,
      describedby: this.described,
      isCode: true,
      isRequired: true,
      isInvalid: error !== "",
      combobox: this.combobox,
      input: (text) => {
        this.unlistedWords = "";
        this.typed(text);
      },
    });
    const control = html`<div
      class="aiconn-control"
      @input=${{ handleEvent: () => (this.typing = true), capture: true }}
      @focusout=${() => (this.typing = false)}
      >${input}${this.combobox.template()}</div
    >`;
    const state = html`<div data-testid="models">${this.unlistedWords ? told({ tone: "warn", what: this.unlistedWords }) : (this.line ?? nothing)}</div>`;
    return fieldFrame({ id, view, control, error, state: [this.note(), state], help: view.help });
  }
}
