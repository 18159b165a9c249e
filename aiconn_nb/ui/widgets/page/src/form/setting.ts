/** A setting of a connection: text, a number, a choice, a reference or a secret, which never reaches the page once it is stored. */
import { html, icon, link, live, newId, nothing, told, unseen, type Content, type TemplateResult } from "../html";
import type { FieldView, SettingView } from "../protocol";
import { aKey, describedby, fieldFrame, type Field, type Host, type Owner } from "./field";
import { Combobox, isReference, matchingKeys, mayBeReference, textInput, type Known } from "./input";
import { KeepPanel, type Keeping, type Kept } from "./keep";

export interface Reference {
  readonly resolved: boolean;
  readonly shown: string;
  readonly source: string;
  readonly hidden: readonly string[];
  readonly problem: string;
  readonly hint: string;
}
export interface Offers {
  readonly wrong: boolean;
  readonly provider: string;
  readonly other: { readonly name: string; readonly take: (key: string) => void } | null;
  readonly move: { readonly label: string; readonly take: (key: string) => void } | null;
}
export interface SettingHost extends Host {
  keys(field: FieldView): readonly Known[];
  keep(request: Keeping): void;
  offers(field: Setting, owner: Owner): Offers;
}
type Mode = "kept" | "cleared" | "typed";
const WORDS: Readonly<Record<string, string>> = { true: "Yes", false: "No" };

export class Setting implements Field {
  readonly id: string;
  readonly key: string;
  readonly label: string;
  mode: Mode;
  text: string;
  private error = "";
  private panel: KeepPanel | null = null;
  private combobox: Combobox<Known>;
  /** The offer to keep the key elsewhere was answered. */
  private sealIt = false;
  /** What the kernel last said of it. */
  private reference: Reference | null = null;
  /** A choice that is written as a reference instead. */
  private asReference = false;
  /** After a reload: something was typed here that no page gives back. */
  private isLost = false;

  constructor(
    private readonly host: SettingHost,
    readonly view: FieldView,
    private readonly stored: SettingView | undefined,
  ) {
    this.key = view.key;
    this.label = view.label;
    this.id = newId(view.key);
    this.mode = stored?.sealed ? "kept" : "typed";
    this.text = stored?.text ?? "";
    this.combobox = new Combobox<Known>({
      label: "Known keys",
      matching: (typed) => (mayBeReference(typed) ? matchingKeys(host.keys(view), typed) : []),
      words: (it) => `$${it.key}`,
      pick: (it) => this.typed(`$${it.key}`),
      draw: () => host.draw(),
    });
  }

  // ---- what the form does with it ----------------------------------------------------------------------------------------

  /** Whether there is something in it that must only travel with a save or a test. */
  get secret(): boolean {
    const isLiteral = this.view.sensitive === true && !isReference(this.text);
    return this.mode === "typed" && this.text.trim() !== "" && (isLiteral || Boolean(this.host.owner(this.text)));
  }
  /** Replace was chosen, and nothing typed: what is stored stays. */
  get untouched(): boolean {
    return this.mode === "kept" || (this.mode === "typed" && Boolean(this.stored?.sealed) && this.text.trim() === "");
  }
  problem(words: string): void {
    this.error = words && this.host.owner(this.text) && this.mode === "typed" ? "" : words; // the note says it, with what can be done
    this.host.draw();
  }
  write(text: string, focus = true): void {
    this.mode = "typed";
    this.begin(text);
    if (focus) this.focus();
    this.host.changed(this.key);
  }
  clear(): void {
    this.to("cleared", false);
  }
  replace(): void {
    this.mode = "typed";
    this.begin("");
  }
  forgotten(): void {
    this.isLost = true;
    this.host.draw();
  }
  referenced(found: Reference): void {
    this.reference = found;
    this.host.draw();
  }
  kept(answer: Kept): void {
    this.panel?.answered(answer);
  }
  /** Whether it waits for a value to be kept as a user secret; then that is pointed out. */
  waits(): boolean {
    if (!this.panel?.holds) return false;
    this.panel.remind();
    return true;
  }
  leave(): void {
    this.combobox.close();
  }
  private focus(): void {
    this.host.focus(this.mode === "typed" ? this.id : `${this.id}-set`);
  }
  private begin(text: string): void {
    this.text = text;
    this.sealIt = this.isLost = false;
    this.reference = null;
    this.panel = null;
    this.error = "";
    this.host.draw();
  }
  private to(mode: Mode, focus = true): void {
    this.mode = mode;
    this.begin("");
    if (focus) this.focus();
    this.host.changed(this.key);
  }
  private readonly typed = (text: string): void => {
    this.begin(text);
    this.host.changed(this.key);
  };
  private readonly switchControl = (): void => {
    const asList = this.isWritten;
    this.asReference = !asList;
    this.mode = "typed";
    this.begin(asList ? "" : "$");
    this.focus();
    this.host.changed(this.key);
  };

  // ---- the control -------------------------------------------------------------------------------------------------------

  private get values(): readonly string[] {
    return this.view.type === "boolean" ? ["true", "false"] : (this.view.choices ?? []);
  }
  /** A choice that is written, not chosen. */
  private get isWritten(): boolean {
    const { text, values } = this;
    return values.length > 0 && (this.asReference || mayBeReference(text) || (text !== "" && !values.includes(text)));
  }
  private control(): TemplateResult {
    if (this.mode === "typed") return html`<div class="aiconn-control">${this.typing()}</div>`;
    const act = (words: string, mode: Mode, rest: Content, id: string | typeof nothing = nothing): TemplateResult =>
      html`<button type="button" id=${id} class="aiconn-link" @click=${() => this.to(mode)}>${words}${rest}</button>`;
    const named = unseen(` ${this.label}`);
    const set = `${this.id}-set`;
    return html`<div class="aiconn-control aiconn-control-set" role="group" aria-labelledby="${this.id}-label">
      ${
        this.mode === "kept"
          ? [
              html`<span class="aiconn-set">${icon("lock")}stored, sealed</span>`,
              act("Replace", "typed", named, set),
              act("Clear", "cleared", named),
            ]
          : [html`<span class="aiconn-set">will be taken away when you save</span>`, act("Undo", "kept", nothing, set)]
      }
    </div>`;
  }
  private typing(): Content {
    const { view, values } = this;
    const help = Boolean(this.help);
    if (values.length && !this.isWritten) return this.choice(describedby(this.id, help));
    const inputmode = { integer: "numeric", number: "decimal", url: "url" }[view.type];
    const keeps = this.stored?.sealed ? link("Keep the stored one", () => this.to("kept")) : nothing;
    const input = textInput({
      id: this.id,
      value: this.text,
      testid: `input-${this.key}`,
      describedby: describedby(this.id, help),
      placeholder: view.placeholder || (view.default ?? ""),
      isRequired: view.required,
      isInvalid: this.error !== "",
      isCode: mayBeReference(this.text),
      combobox: this.combobox,
      input: this.typed,
      pasted: () => this.host.draw(),
      ...(inputmode ? { inputmode } : {}),
      ...(view.sensitive ? { hides: "literals" as const } : {}),
    });
    return [input, this.combobox.template(), keeps];
  }
  /** A list to choose from; '' is what holds where nothing is chosen. */
  private choice(described: string): TemplateResult {
    const { view, values, text } = this;
    const word = (value: string): string => (view.type === "boolean" ? (WORDS[value] ?? value) : value);
    const none = view.default != null ? `${word(view.default)} (default)` : view.required ? "Choose…" : "Not set";
    return html`<select
      id=${this.id}
      class="aiconn-select"
      data-testid="input-${this.key}"
      aria-describedby=${described}
      aria-required=${view.required ? "true" : nothing}
      aria-invalid=${this.error ? "true" : nothing}
      .value=${live(text)}
      @input=${(event: Event) => this.typed((event.target as HTMLSelectElement).value)}
    >
      <option value="" ?selected=${text === ""}>${none}</option>
      ${values.map((value) => html`<option value=${value} ?selected=${value === text}>${word(value)}</option>`)}
    </select>`;
  }

  // ---- what is said of it ------------------------------------------------------------------------------------------------

  private note(tone: string, what: Content, ...actions: Content[]): TemplateResult {
    return told({ tone, what, actions, testid: `note-${this.key}` });
  }
  private quiet(words: Content, drawing: Content = nothing): TemplateResult {
    return html`<p class="aiconn-said">${drawing}<span>${words}</span></p>`;
  }
  private state(): Content {
    if (this.isLost)
      return this.note("info", "What you typed here was not kept when the page was left: type it again.");
    if (this.mode !== "typed") return nothing;
    return this.shapeNote() ?? this.referenceNote() ?? this.sealNote();
  }
  private shapeNote(): Content {
    const owner = this.host.owner(this.text);
    if (!owner || this.panel) return null;
    const offers = this.host.offers(this, owner);
    const key = this.text.trim();
    if (key.startsWith("$"))
      return this.note(
        "warn",
        `This looks like ${aKey(owner)} with a $ before it. With the $ it would be a reference, and not kept secret.`,
        link("Take the $ away", () => this.write(key.replace(/^\$+/, ""))),
      );
    if (!this.view.sensitive) return this.shownNote(owner, offers, key);
    if (offers.wrong)
      return this.note(
        "warn",
        `This looks like ${aKey(owner)}, and this connection is with ${offers.provider}.`,
        offers.other ? link(`Make it a connection with ${offers.other.name}`, () => offers.other?.take(key)) : null,
      );
    if (this.sealIt) return null;
    const seal = (): void => {
      this.sealIt = true;
      this.host.draw();
      this.focus();
    };
    return this.note(
      "info",
      `This looks like ${aKey(owner)}.`,
      link(`Keep it as a user secret and store ${this.view.suggested}`, () => this.openPanel(key)),
      link("Seal it in the store", seal),
    );
  }
  private shownNote(owner: Owner, offers: Offers, key: string): TemplateResult {
    const move = (): void => {
      this.write("");
      offers.move?.take(key);
    };
    return this.note(
      "warn",
      `This looks like ${aKey(owner)}. ${this.label} is not kept secret: it is stored and shown as it is.`,
      offers.move ? link(`Move it to ${offers.move.label}`, move) : null,
      link("Take it out", () => this.write("")),
    );
  }
  private referenceNote(): Content {
    const { text, reference } = this;
    if (!mayBeReference(text)) return null;
    if (this.panel) return nothing;
    if (text.trim() === "$")
      return this.quiet(["Type a key, such as ", html`<span class="aiconn-code">${this.view.suggested}</span>`]);
    if (!reference) return this.quiet("Looking it up…");
    if (reference.resolved) return this.resolved(reference);
    if (this.combobox.open) return this.quiet("Choose one of the known keys, or type on.");
    return this.note(
      "warn",
      [reference.problem, reference.hint].filter(Boolean).join(" "),
      link("Save a value for this key", () => this.openPanel(null)),
    );
  }
  private resolved({ source, shown, hidden }: Reference): TemplateResult {
    const value = this.view.sensitive || !shown ? nothing : html`<span class="aiconn-code"> ${shown}</span>`;
    const hides = hidden.length
      ? html`<span class="aiconn-quiet-text"> It hides ${hidden.join(", ")}.</span>`
      : nothing;
    const end = value === nothing ? "." : ":";
    return html`<p class="aiconn-good-text" data-testid="resolves-${this.key}"
      >${icon("check")}<span
        >Resolves in ${this.host.environment}, from <span class="aiconn-code">${source}</span>${end}${value}${hides}</span
      ></p
    >`;
  }
  private sealNote(): Content {
    if (this.panel || !this.view.sensitive || !this.text.trim()) return nothing;
    const keep =
      this.sealIt || this.host.owner(this.text)
        ? nothing
        : link("Keep it as a user secret", () => this.openPanel(this.text.trim()));
    return this.quiet(["Sealed when you save. To write a reference instead, begin with $. ", keep], icon("lock"));
  }

  // ---- keeping a value in the user secrets -------------------------------------------------------------------------------

  private openPanel(key: string | null): void {
    const close = (): void => {
      this.panel = null;
      this.host.draw();
      this.focus();
    };
    this.panel = new KeepPanel(
      this.host,
      this.view,
      key === null ? this.text.trim() : (this.view.suggested ?? ""),
      key,
      {
        keys: () => this.host.keys(this.view),
        send: (request) => this.host.keep(request),
        close,
        kept: (written) => this.write(written),
      },
    );
    this.host.draw();
    this.panel.focus();
  }

  private get help(): string {
    const standard = this.view.default != null && !this.values.length ? `Default: ${this.view.default}.` : "";
    return [this.view.help, standard].filter(Boolean).join(" ");
  }
  template(): TemplateResult {
    const words = this.isWritten ? "Choose from the list" : "Use a reference";
    return fieldFrame({
      id: this.id,
      view: this.view,
      control: this.control(),
      error: this.error,
      state: this.state(),
      below: this.panel?.template() ?? null,
      help: this.help,
      beside: this.values.length ? link(words, this.switchControl) : nothing,
      isGroup: this.mode !== "typed",
    });
  }
}
