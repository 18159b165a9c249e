/** The connections of a profile, in the order of the attempts, each perhaps with a model of its own. */
import { button, html, icon, nothing, repeat, small, stop, type Content, type TemplateResult } from "../html";
import type { Choosable, FieldView } from "../protocol";
import { Combobox, ranked, type Offer } from "./combobox";
import type { Draft } from "./field";
import type { Form } from "./form";
import { OwnModel } from "./model";
import { TextField } from "./text";

const about = ({ name, provider }: Choosable): string => [name, provider].filter(Boolean).join(" · ");

/** `chosen` are ids; a text that names no connection is kept, so that the kernel reports its problem. */
export class Order extends TextField {
  override readonly stays = true;
  private chosen: readonly string[] = [];
  private readonly models = new Map<string, OwnModel>();
  private readonly combobox: Combobox;

  constructor(form: Form, view: FieldView) {
    super(form, view);
    this.text = "";
    this.chosen = form.stored?.connections ?? [];
    this.combobox = new Combobox({
      label: "Connections to add",
      matching: (typed) => this.matching(typed),
      pick: (alias) => this.add(alias),
      opens: () => true,
      draw: form.draw,
    });
    if (!form.stored) this.fit();
  }

  /** The first one that uses the profile's model: its models are suggested there. */
  get asked(): Choosable | undefined {
    const first = this.chosen.find((id) => !this.ownModel(id)) ?? this.chosen[0];
    return this.form.connections.find(({ id }) => id === first);
  }
  private ownModel(id: string): string {
    return (this.models.get(id)?.text ?? this.form.stored?.models?.[id] ?? "").trim();
  }
  private modelField(id: string): OwnModel {
    const made = this.models.get(id) ?? new OwnModel(this.form, id, this.ownModel(id));
    this.models.set(id, made);
    return made;
  }
  override get parts(): readonly OwnModel[] {
    return this.chosen.map((id) => this.modelField(id));
  }
  override collect(draft: Draft): void {
    const typed = this.open(false).trim();
    draft.connections = typed ? [...this.chosen, typed] : this.chosen;
  }
  override fill({ connections, models }: Draft): void {
    this.chosen = connections.filter((id) => this.form.connections.some((each) => each.id === id));
    for (const id of this.chosen) this.modelField(id).write(models[id] ?? "");
    this.take(connections.find((id) => !this.chosen.includes(id)) ?? "");
    this.form.changed();
  }
  /** After a change of capability: remove the connections that lack it, and add the only one that has it. */
  fit(): void {
    const capability = this.form.content.kind?.id ?? "";
    const able = this.able().map(({ id }) => id);
    this.chosen = this.chosen.filter((id) => this.known(id).can.includes(capability));
    if (!this.chosen.length && able.length === 1) this.chosen = able;
  }

  private known(id: string): Choosable {
    const gone = { id, alias: id, name: "", provider: "", can: [], state: "gone", tone: "bad", words: "gone" };
    return this.form.connections.find((each) => each.id === id) ?? gone;
  }
  private able(): readonly Choosable[] {
    const capability = this.form.content.kind?.id ?? "";
    return this.form.connections.filter(({ can, state }) => state !== "gone" && can.includes(capability));
  }
  private matching(typed: string): readonly Offer[] {
    const note = (each: Choosable): string =>
      [about(each), each.state !== "ready" && each.words].filter(Boolean).join(" · ");
    const others = this.able().filter(({ id }) => !this.chosen.includes(id));
    return ranked(
      others.map((each) => ({ words: each.alias, note: note(each) })),
      typed,
    );
  }

  // ---- changing ----------------------------------------------------------------------------------------------------------

  private turned(chosen: readonly string[], words: string): void {
    this.chosen = chosen;
    this.typed(this.text);
    this.form.ground.say(words);
  }
  private add(alias: string): void {
    const added = this.able().filter((each) => each.alias === alias);
    const place = this.chosen.length + 1;
    this.text = "";
    this.turned([...this.chosen, ...added.map(({ id }) => id)], `${alias} is ${place} of ${place}.`);
  }
  private move(id: string, step: number): void {
    const to = this.chosen.indexOf(id) + step;
    if (to < 0 || to >= this.chosen.length) return;
    const chosen = this.chosen.filter((each) => each !== id);
    chosen.splice(to, 0, id);
    const { focused } = this.form.ground;
    this.turned(chosen, `${this.known(id).alias} is now ${to + 1} of ${chosen.length}.`);
    if (focused?.isConnected) focused.focus();
  }
  private remove(id: string): void {
    const at = this.chosen.indexOf(id);
    const chosen = this.chosen.filter((each) => each !== id);
    this.modelField(id).write("");
    this.turned(chosen, `${this.known(id).alias} is removed.`);
    const next = CSS.escape(chosen[Math.min(at, chosen.length - 1)] ?? "");
    const control = this.form.ground.find(`[data-id="${next}"] [data-do="remove"]`);
    if (control) control.focus();
    else this.focus();
  }
  /** Enter takes the exact match, or the only match. */
  private readonly keydown = (event: KeyboardEvent): void => {
    const typed = this.text.trim();
    if (event.key !== "Enter" || event.isComposing || !typed) return;
    const matching = this.matching(typed);
    const [only] = matching;
    const meant = matching.find(({ words }) => words === typed.toLowerCase()) ?? (matching.length === 1 ? only : null);
    if (!meant) return;
    stop(event);
    this.add(meant.words);
    this.combobox.update();
  };
  /** Alt with up and down moves the connection; without Alt, they move to the same button of the next one. */
  private readonly walk = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const item = target.closest<HTMLElement>("[data-id]");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!item || !step) return;
    const next = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (event.altKey) this.move(item.dataset["id"] ?? "", step);
    else next?.querySelector<HTMLElement>(`[data-do="${target.dataset["do"]}"]`)?.focus();
    stop(event);
  };

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  private item(id: string): TemplateResult {
    const each = this.known(id);
    const { alias, state, tone, words } = each;
    const at = this.chosen.indexOf(id);
    const { length } = this.chosen;
    const role = length < 2 ? "" : at ? "fallback" : "asked first";
    const move = (does: string, way: string, arrow: string, step: number, last: number): TemplateResult => {
      const [label, title] = [`Move ${alias} ${way}`, `Move ${way} (Alt+${arrow})`];
      const click = (): void => this.move(id, step);
      return button({ kind: "quiet", icon: does, label, title, does, off: at === last, hidden: length < 2, click });
    };
    const remove = { kind: "quiet", icon: "close", label: `Remove ${alias}`, title: "Remove", does: "remove" };
    return html`<li class="aiconn-line" data-id=${id}>
      <span class="aiconn-chip" aria-hidden="true">${at + 1}</span>
      <div class="aiconn-order-about"
        ><div class="aiconn-line aiconn-order-name"
          ><span class="aiconn-code">${alias}</span
          ><span class="aiconn-small aiconn-tone-${tone}">${state === "ready" ? "" : words}</span>${role ? small(role) : nothing}</div
        >${small(about(each))}</div
      >
      <span class="aiconn-end"
        >${move("raise", "up", "↑", -1, 0)}${move("lower", "down", "↓", 1, length - 1)}${button({ ...remove, click: () => this.remove(id) })}</span
      >
      ${this.modelField(id).templateOf(alias)}
    </li>`;
  }
  protected override control(): Content {
    const able = this.able().length;
    const none = this.form.connections.length
      ? `None of the connections can be used for ${this.form.content.kind?.id}.`
      : "There are no connections yet: create one first.";
    const { combobox, keydown } = this;
    const input = this.input({ placeholder: "Add a connection", isRequired: false, combobox, keydown });
    const isFull = able <= this.chosen.length && !this.text;
    return html`<ol class="aiconn-order aiconn-ruled" aria-label="Connections in order" ?hidden=${!this.chosen.length} @keydown=${this.walk}
        >${repeat(
          this.chosen,
          (id) => id,
          (id) => this.item(id),
        )}</ol
      >
      ${able ? nothing : html`<p class="aiconn-help">${none}</p>`}
      <div class="aiconn-within aiconn-adding" ?hidden=${isFull}>${icon("add")}${input}${combobox.template()}</div>`;
  }
}
