/** A text input that hides secrets, and the list of suggestions behind it. */
import { html, live, newId, nothing, ref, type TemplateResult } from "../html";

export const isReference = (text: string): boolean => /^\s*\$[^$]/.test(text) && !/^\s*\$\$/.test(text);
export const mayBeReference = (text: string): boolean => /^\s*\$(?!\$)/.test(text);

/** The dots are drawn by style, not by type="password": to a browser that is a login form, which it offers to remember. */
const CAN_MASK = typeof CSS !== "undefined" && CSS.supports("-webkit-text-security", "disc");
const MOST = 50;

export interface Offer {
  readonly note?: string;
}
interface Suggesting<T extends Offer> {
  readonly label: string;
  readonly matching: (typed: string) => readonly T[];
  readonly words: (it: T) => string;
  /** Takes one that was picked. */
  readonly pick: (it: T) => void;
  /** Opens before anything is typed. */
  readonly eager?: boolean;
  /** Something about it is different. */
  readonly draw: () => void;
}

/** What an input needs of the list behind it. */
export interface Suggestions {
  readonly id: string;
  readonly open: boolean;
  readonly activeId: string | null;
  readonly attach: (node: Element | undefined) => void;
  readonly update: () => void;
  readonly close: () => void;
  readonly click: () => void;
  readonly keydown: (event: KeyboardEvent) => void;
}

export class Combobox<T extends Offer> implements Suggestions {
  readonly id = newId("keys");
  open = false;
  private found: readonly T[] = [];
  private active = -1;
  private input: HTMLInputElement | null = null;
  private list: HTMLElement | null = null;

  constructor(private readonly it: Suggesting<T>) {}

  readonly attach = (node: Element | undefined): void => {
    this.input = (node as HTMLInputElement | undefined) ?? null;
  };
  get activeId(): string | null {
    return this.active < 0 ? null : `${this.id}-${this.active}`;
  }
  update(): void {
    if (!this.input) return;
    const typed = this.input.value;
    const exact = typed.trim().toLowerCase();
    this.found = this.it.matching(typed).slice(0, MOST);
    this.active = -1;
    const [first] = this.found;
    if (!first || (this.found.length === 1 && this.it.words(first).toLowerCase() === exact)) return this.close();
    this.open = true;
    this.it.draw();
    this.show();
  }
  readonly click = (): void => {
    if (this.it.eager && !this.open) this.update();
  };
  readonly close = (): void => {
    if (!this.open) return;
    this.open = false;
    this.active = -1;
    document.removeEventListener("scroll", this.follow, true);
    window.removeEventListener("resize", this.follow);
    if (this.list?.isConnected) this.list.hidePopover();
    this.it.draw();
  };
  readonly keydown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const picked = this.found[this.active];
    if (step && (this.open || this.it.eager || mayBeReference(this.input?.value ?? ""))) {
      if (!this.open) this.update();
      if (this.open) this.activate(step);
    } else if (this.open && event.key === "Enter" && picked) this.pick(picked);
    else if (this.open && event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  private pick(it: T): void {
    this.close();
    this.it.pick(it);
    this.close();
  }
  private activate(step: number): void {
    const { length } = this.found;
    this.active = this.active < 0 ? (step > 0 ? 0 : length - 1) : (this.active + step + length) % length;
    this.it.draw();
    this.list?.children[this.active]?.scrollIntoView({ block: "nearest" });
  }
  /** Above whatever the notebook clips. */
  private show(): void {
    if (!this.list || !this.input) return;
    if (!this.list.matches(":popover-open")) this.list.showPopover();
    this.place();
    document.addEventListener("scroll", this.follow, true);
    window.addEventListener("resize", this.follow);
  }
  private place(): void {
    if (!this.list || !this.input) return;
    const box = this.input.getBoundingClientRect();
    const below = window.innerHeight - box.bottom - 12;
    const up = below < 160 && box.top > below;
    Object.assign(this.list.style, {
      position: "fixed",
      margin: "0",
      inset: "auto",
      left: `${box.left}px`,
      width: `${box.width}px`,
      maxHeight: `${Math.max(96, Math.min(260, up ? box.top - 12 : below))}px`,
      ...(up ? { bottom: `${window.innerHeight - box.top + 4}px` } : { top: `${box.bottom + 4}px` }),
    });
  }
  /** Stay with the input while the page moves. */
  private readonly follow = (event: Event): void => {
    if (event.target !== this.list) this.place();
  };

  template(): TemplateResult {
    const option = (it: T, i: number): TemplateResult =>
      html`<li
        id="${this.id}-${i}"
        role="option"
        class="aiconn-key"
        aria-selected=${String(i === this.active)}
        @mousedown=${(event: Event) => event.preventDefault()}
        @click=${() => this.pick(it)}
        ><span class="aiconn-code">${this.it.words(it)}</span>${it.note ? html`<span class="aiconn-quiet-text">${it.note}</span>` : nothing}</li
      >`;
    const keep = (node: Element | undefined): void => {
      this.list = (node as HTMLElement | undefined) ?? null;
    };
    return html`<ul id=${this.id} class="aiconn-keys" role="listbox" aria-label=${this.it.label} popover="manual" ${ref(keep)}
      >${this.open ? this.found.map(option) : nothing}</ul
    >`;
  }
}

export interface Known extends Offer {
  readonly key: string;
}
/** Known keys that match what stands behind the $: those that begin with it, then those with a part that does, then the rest. */
export function matchingKeys(keys: readonly Known[], typed: string): readonly Known[] {
  const text = typed.trim().replace(/^\$/, "").toLowerCase();
  // Behind the $ alone those of files and secrets, which have sections, are offered; every variable of a shell would bury them.
  const sectioned = text ? [] : keys.filter(({ key }) => key.includes(":"));
  if (sectioned.length) return sectioned;
  const rank = ({ key }: Known): number => {
    const lower = key.toLowerCase();
    if (lower.startsWith(text)) return 0;
    if (lower.split(/[:_]/).some((part) => part.startsWith(text))) return 1;
    return lower.includes(text) ? 2 : 3;
  };
  const ranked = keys.map((each) => ({ rank: rank(each), each })).filter((it) => it.rank < 3);
  return ranked.sort((a, b) => a.rank - b.rank).map(({ each }) => each);
}

export interface InputOptions {
  readonly id: string;
  readonly value: string;
  readonly testid: string;
  readonly describedby: string;
  readonly placeholder?: string;
  readonly inputmode?: string;
  readonly isCode?: boolean;
  readonly isNumber?: boolean;
  readonly isRequired?: boolean;
  readonly isInvalid?: boolean;
  readonly isReadOnly?: boolean;
  readonly longest?: number;
  /** What is typed is drawn as dots: always, or unless it is a reference. */
  readonly hides?: "always" | "literals";
  readonly combobox?: Suggestions | null;
  readonly input: (value: string) => void;
  readonly keydown?: (event: KeyboardEvent) => void;
  readonly pasted?: () => void;
}

/** Nobody offers to remember, correct or translate what is typed here. */
export function textInput(it: InputOptions): TemplateResult {
  const box = it.combobox ?? null;
  const isHidden = (value: string): boolean =>
    it.hides === "always" || (it.hides === "literals" && value !== "" && !mayBeReference(value));
  const hidden = isHidden(it.value);
  const hold = (event: Event): void => {
    if (isHidden((event.target as HTMLInputElement).value)) event.preventDefault(); // as a password input does
  };
  const typed = (event: Event): void => {
    it.input((event.target as HTMLInputElement).value);
    box?.update();
  };
  const keydown = (event: KeyboardEvent): void => {
    box?.keydown(event);
    if (!event.defaultPrevented) it.keydown?.(event);
  };
  const classes = [
    "aiconn-input",
    it.isCode && "aiconn-code",
    it.isNumber && "aiconn-number",
    hidden && CAN_MASK && "aiconn-masked",
  ];
  return html`<input
    type=${hidden && !CAN_MASK ? "password" : "text"}
    id=${it.id}
    class=${classes.filter(Boolean).join(" ")}
    autocomplete="off"
    autocapitalize="off"
    autocorrect="off"
    spellcheck="false"
    translate="no"
    data-1p-ignore="true"
    data-lpignore="true"
    data-bwignore="true"
    data-form-type="other"
    data-testid=${it.testid}
    aria-describedby=${it.describedby || nothing}
    aria-required=${it.isRequired ? "true" : nothing}
    aria-invalid=${it.isInvalid ? "true" : nothing}
    placeholder=${it.placeholder || nothing}
    inputmode=${it.inputmode ?? nothing}
    maxlength=${it.longest ?? nothing}
    role=${box ? "combobox" : nothing}
    aria-autocomplete=${box ? "list" : nothing}
    aria-expanded=${box ? String(box.open) : nothing}
    aria-controls=${box ? box.id : nothing}
    aria-activedescendant=${box?.activeId ?? nothing}
    ?readonly=${it.isReadOnly ?? false}
    .value=${live(it.value)}
    @input=${typed}
    @keydown=${keydown}
    @blur=${() => box?.close()}
    @click=${() => box?.click()}
    @copy=${hold}
    @cut=${hold}
    @dragstart=${hold}
    @paste=${() => queueMicrotask(() => it.pasted?.())}
    ${ref(box?.attach)}
  />`;
}
