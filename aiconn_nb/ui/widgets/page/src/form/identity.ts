/** Name, alias and a switch: what every connection has, whatever its provider, and every profile. */
import { button, html, icon, link, newId, nothing, sentence, told, type Content, type TemplateResult } from "../html";
import type { Stored } from "../protocol";
import { aKey, type Host } from "./field";
import { textInput } from "./input";

type Which = "name" | "alias";
export interface Own {
  readonly name: string;
  readonly alias: string;
  readonly open: boolean;
  readonly active: boolean;
}
export interface AliasCheck {
  readonly value: string;
  readonly problem: string;
  readonly free: string;
}
interface Words {
  readonly label: string;
  readonly about: string;
  /** Who follows a new alias, and who does not. */
  readonly follows: string;
  /** The field that a key belongs into. */
  readonly secret: () => { readonly label: string; readonly write: (key: string) => void } | null;
}

export class Identity {
  private readonly id = newId("own");
  private readonly texts: Record<Which, string>;
  private readonly errors: Record<Which, string> = { name: "", alias: "" };
  private free = "";
  private open = false;
  placeholder = "";
  active: boolean;

  constructor(
    private readonly host: Host,
    private readonly edits: Stored | null,
    private readonly words: Words,
  ) {
    this.texts = { name: edits?.name ?? "", alias: edits?.alias ?? "" };
    this.active = edits?.active ?? true;
  }
  /** What is typed; a closed alias is not: the kernel makes it, or keeps it. */
  read(): Own {
    return { name: this.texts.name, alias: this.open ? this.texts.alias : "", open: this.open, active: this.active };
  }
  write(typed: Own): void {
    this.texts.name = typed.name;
    this.open = typed.open;
    if (this.open) this.texts.alias = typed.alias;
    this.active = typed.active;
    this.host.draw();
  }
  focus(which: Which): void {
    this.host.focus(`${this.id}-${which}`);
  }
  problem(which: Which, words: string, free = ""): void {
    this.errors[which] = this.host.owner(this.texts[which]) ? "" : words; // the note says it, with what can be done
    if (which === "alias") this.free = free;
    this.host.draw();
  }
  /** The kernel's word on the alias. */
  checked({ value, problem, free }: AliasCheck): void {
    if (!this.open && !this.edits) this.texts.alias = value;
    if (!this.host.owner(this.texts.alias)) this.problem("alias", problem, free);
  }
  private useFree(): void {
    this.open = true;
    this.texts.alias = this.free;
    this.problem("alias", "");
    this.focus("alias");
    this.host.changed("alias");
  }
  private readonly turnLock = (): void => {
    this.open = !this.open;
    if (!this.open && this.edits) this.texts.alias = this.edits.alias;
    this.problem("alias", "");
    this.host.changed("alias");
    if (!this.open) return;
    this.focus("alias");
    this.host.root.querySelector<HTMLInputElement>(`#${this.id}-alias`)?.select();
  };
  private typed(which: Which, value: string): void {
    this.texts[which] = value;
    this.problem(which, "");
    if (which === "name" && !this.open) this.problem("alias", "");
    this.host.changed(which);
  }
  private empty(which: Which): string {
    const key = this.texts[which].trim();
    this.texts[which] = "";
    this.host.draw();
    this.host.changed(which);
    return key;
  }

  /** A key where everybody sees it: said at once, never sent. */
  private said(which: Which): Content {
    const found = this.host.owner(this.texts[which]);
    if (found) {
      const secret = this.words.secret();
      const move = secret ? link(`Move it to ${secret.label}`, () => secret.write(this.empty(which))) : nothing;
      const take = (): void => {
        this.empty(which);
        this.focus(which);
      };
      const what = `This looks like ${aKey(found)}. The ${which} is shown to everybody.`;
      return told({ tone: "warn", what, actions: [move, link("Take it out", take)], testid: `note-${which}` });
    }
    const words = this.errors[which];
    if (!words) return nothing;
    const free = which === "alias" && this.free ? link(`Use ${this.free}`, () => this.useFree()) : nothing;
    const whole = sentence(which === "name" ? "Name" : "Alias", words);
    return html`<p class="aiconn-error">${icon("bad")}<span>${whole} ${free}</span></p>`;
  }
  private input(which: Which): TemplateResult {
    const isAlias = which === "alias";
    const id = `${this.id}-${which}`;
    return textInput({
      id,
      value: this.texts[which],
      testid: which,
      describedby: isAlias ? `${id}-error ${id}-help` : `${id}-error`,
      isInvalid: this.errors[which] !== "",
      isCode: isAlias,
      isRequired: !isAlias,
      isReadOnly: isAlias && !this.open,
      input: (value) => this.typed(which, value),
      ...(isAlias ? {} : { placeholder: this.placeholder, longest: 200 }),
    });
  }
  private get help(): string {
    if (this.edits) return this.open ? this.words.follows : "It stays when the name changes: notebooks use it.";
    return this.open
      ? "a-z, 0-9 and -. This is what notebooks name."
      : "Made from the name. This is what notebooks name.";
  }
  private lock(): TemplateResult {
    const kept = this.edits ? "Keep the alias as it is" : "Make the alias from the name again";
    const title = this.open ? kept : "Edit the alias";
    const drawing = this.open ? "unlock" : "lock";
    return button({
      icon: drawing,
      label: "Edit the alias",
      title,
      testid: "lock",
      pressed: this.open,
      click: this.turnLock,
    });
  }
  template(): TemplateResult {
    const { id, words } = this;
    const label = (which: Which, text: string): TemplateResult =>
      html`<div class="aiconn-label-row"><label class="aiconn-label" for="${id}-${which}">${text}</label></div>`;
    const turn = (): void => {
      this.active = !this.active;
      this.host.draw();
      this.host.changed("active");
    };
    return html`<div>
      <div class="aiconn-row">
        <div class="aiconn-field">${label("name", "Name")}${this.input("name")}<div id="${id}-name-error">${this.said("name")}</div></div>
        <div class="aiconn-field">
          ${label("alias", "Alias")}
          <div class="aiconn-locked">${this.input("alias")}${this.lock()}</div>
          <div id="${id}-alias-error" aria-live="polite">${this.said("alias")}</div>
          <p id="${id}-alias-help" class="aiconn-help">${this.help}</p>
        </div>
      </div>
      <div class="aiconn-field aiconn-switch-row">
        <button
          type="button"
          role="switch"
          class="aiconn-switch"
          data-testid="active"
          aria-label=${words.label}
          aria-checked=${String(this.active)}
          @click=${turn}
          ><span class="aiconn-knob"></span></button
        ><span class="aiconn-switch-words" aria-hidden="true">${words.label}</span><span class="aiconn-quiet-text">${words.about}</span>
      </div>
    </div>`;
  }
}
