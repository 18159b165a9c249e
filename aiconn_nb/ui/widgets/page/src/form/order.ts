/** The connections of a profile, in the order in which they are asked. */
import { button, html, icon, newId, nothing, repeat, type TemplateResult } from "../html";
import type { Choosable, FieldView } from "../protocol";
import { describedby, fieldFrame, type Field, type ProfileHost } from "./field";
import { Combobox, textInput } from "./input";

type Offered = Choosable & { readonly note: string };

/** `ids` are the chosen ones in order; a text that names none goes along with them, for the kernel to say what is wrong with it. */
export class Order implements Field {
  readonly id = newId("connections");
  readonly key: string;
  readonly label: string;
  text = "";
  private chosen: string[] = [];
  private error = "";
  private readonly combobox: Combobox<Offered>;

  constructor(
    private readonly host: ProfileHost,
    readonly view: FieldView,
  ) {
    this.key = view.key;
    this.label = view.label;
    this.combobox = new Combobox<Offered>({
      label: "Connections to add",
      matching: (typed) => this.matching(typed),
      words: ({ alias }) => alias,
      pick: ({ id }) => {
        this.text = "";
        this.add(id);
      },
      eager: true,
      draw: () => host.draw(),
    });
  }

  /** The first one, which says what models there are. */
  get first(): string {
    return this.chosen[0] ?? "";
  }
  get ids(): readonly string[] {
    const typed = this.text.trim();
    return typed ? [...this.chosen, typed] : [...this.chosen];
  }
  name = (id: string): string => this.known(id).alias;
  problem(words: string): void {
    this.error = words;
    this.host.draw();
  }
  write(): void {
    // it is made of ids: see `take`
  }
  take(ids: readonly string[]): void {
    this.chosen = ids.filter((id) => this.host.connections.some((each) => each.id === id));
    this.text = ids.find((id) => !this.chosen.includes(id)) ?? "";
    this.host.draw();
    this.host.changed(this.key);
  }
  /** Another capability: what cannot do it goes, and what alone can do it is taken. */
  fit(): void {
    this.chosen = this.chosen.filter((id) => this.known(id).can.includes(this.host.capability));
    const [only, ...others] = this.able();
    if (!this.chosen.length && only && !others.length) this.chosen = [only.id];
    this.host.draw();
  }

  private known(id: string): Choosable {
    const gone = { id, alias: id, name: "", provider: "", can: [], state: "gone", tone: "bad", words: "gone" };
    return this.host.connections.find((each) => each.id === id) ?? gone;
  }
  private able(): readonly Choosable[] {
    return this.host.connections.filter(({ can, state }) => state !== "gone" && can.includes(this.host.capability));
  }
  private matching(typed: string): readonly Offered[] {
    const wanted = typed.trim().toLowerCase();
    const note = ({ name, provider, state, words }: Choosable): string =>
      [name, provider, state !== "ready" && words].filter(Boolean).join(" · ");
    return this.able()
      .filter(
        ({ id, alias, name, provider }) =>
          !this.chosen.includes(id) && `${alias}\n${name}\n${provider}`.toLowerCase().includes(wanted),
      )
      .map((each) => ({ ...each, note: note(each) }));
  }

  // ---- changing ----------------------------------------------------------------------------------------------------------

  private turned(words: string): void {
    this.error = "";
    this.host.draw();
    this.host.say(words);
    this.host.changed(this.key);
  }
  private add(id: string): void {
    this.chosen = [...this.chosen, id];
    this.turned(`${this.name(id)} is ${this.chosen.length} of ${this.chosen.length}.`);
  }
  private move(id: string, step: number): void {
    const to = this.chosen.indexOf(id) + step;
    if (to < 0 || to >= this.chosen.length) return;
    this.chosen = this.chosen.filter((each) => each !== id);
    this.chosen.splice(to, 0, id);
    const focused = document.activeElement;
    this.turned(`${this.name(id)} is now ${to + 1} of ${this.chosen.length}.`);
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus();
  }
  private remove(id: string): void {
    const at = this.chosen.indexOf(id);
    this.chosen = this.chosen.filter((each) => each !== id);
    this.turned(`${this.name(id)} is removed.`);
    const next = this.chosen[Math.min(at, this.chosen.length - 1)];
    const control =
      next && this.host.root.querySelector<HTMLElement>(`[data-id="${CSS.escape(next)}"] [data-do="remove"]`);
    if (control) control.focus();
    else this.host.focus(this.id);
  }
  /** Enter takes what is meant: what is called so, or the only one that matches. */
  private readonly keydown = (event: KeyboardEvent): void => {
    const typed = this.text.trim();
    if (event.key !== "Enter" || event.isComposing || !typed) return;
    const matching = this.matching(typed);
    const meant =
      matching.find(({ alias }) => alias === typed.toLowerCase()) ?? (matching.length === 1 ? matching[0] : undefined);
    if (!meant) return;
    event.preventDefault();
    event.stopPropagation();
    this.text = "";
    this.add(meant.id);
    this.combobox.update();
  };
  /** With Alt up and down move the connection; alone they go to the same button of the next one. */
  private readonly keys = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const item = target.closest<HTMLElement>("[data-id]");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!item || !step) return;
    const next = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (event.altKey) this.move(item.dataset["id"] ?? "", step);
    else next?.querySelector<HTMLElement>(`[data-do="${target.dataset["do"]}"]`)?.focus();
    event.preventDefault();
    event.stopPropagation();
  };

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  private item(id: string): TemplateResult {
    const { alias, name, provider, state, tone, words } = this.known(id);
    const at = this.chosen.indexOf(id);
    const alone = this.chosen.length < 2;
    const visibility = `visibility: ${alone ? "hidden" : "visible"}`;
    const role = alone ? "" : at ? "fallback" : "asked first";
    return html`<li class="aiconn-order-item" data-id=${id}>
      <span class="aiconn-place" aria-hidden="true">${at + 1}</span>
      <span class="aiconn-order-words"
        ><span class="aiconn-order-name"
          ><span class="aiconn-code">${alias}</span
          ><span class="aiconn-order-state" data-tone=${tone}>${state === "ready" ? "" : words}</span></span
        ><span class="aiconn-quiet-text">${[name, provider].filter(Boolean).join(" · ")}</span></span
      >
      <span class="aiconn-order-role aiconn-quiet-text">${role}</span>
      <span class="aiconn-order-actions"
        >${button({ kind: "quiet", icon: "raise", label: `Move ${alias} up`, title: "Move up (Alt+↑)", does: "raise", off: at === 0, style: visibility, click: () => this.move(id, -1) })}${button({ kind: "quiet", icon: "lower", label: `Move ${alias} down`, title: "Move down (Alt+↓)", does: "lower", off: at === this.chosen.length - 1, style: visibility, click: () => this.move(id, 1) })}${button({ kind: "quiet", icon: "close", label: `Remove ${alias}`, title: "Remove", does: "remove", click: () => this.remove(id) })}</span
      >
    </li>`;
  }
  template(): TemplateResult {
    const able = this.able().length;
    const none = this.host.connections.length
      ? `None of the connections can be used for ${this.host.capability}.`
      : "There are no connections yet: make one first.";
    const input = textInput({
      id: this.id,
      value: this.text,
      testid: `input-${this.key}`,
      describedby: describedby(this.id, Boolean(this.view.help)),
      placeholder: "Add a connection",
      isInvalid: this.error !== "",
      combobox: this.combobox,
      input: (text) => {
        this.text = text;
        this.error = "";
        this.host.draw();
      },
      keydown: this.keydown,
    });
    const control = html`<ol class="aiconn-order" aria-label="Connections in order" ?hidden=${!this.chosen.length} @keydown=${this.keys}
        >${repeat(
          this.chosen,
          (id) => id,
          (id) => this.item(id),
        )}</ol
      >
      ${able ? nothing : html`<p class="aiconn-help">${none}</p>`}
      <div class="aiconn-adding" ?hidden=${able <= this.chosen.length && !this.text}>${icon("add")}${input}${this.combobox.template()}</div>`;
    return fieldFrame({ id: this.id, view: this.view, control, error: this.error, help: this.view.help });
  }
}
