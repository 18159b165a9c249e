/** The list of suggestions for an input. */
import { html, nothing, ref, small, state, stop, type TemplateResult } from "../html";
import { newId } from "../words";

const MOST = 50;

export interface Offer {
  /** The text that it puts in the input. */
  readonly words: string;
  readonly note?: string | undefined;
}
/** The offers with a text: first those that start with it, then those with a part that does; `sought` is where it may be. */
export function ranked(
  offers: readonly Offer[],
  typed: string,
  sought = ({ words, note }: Offer): string => `${words}\n${note}`,
): readonly Offer[] {
  const bare = (words: string): string => words.trim().replace(/^\$/, "").toLowerCase();
  const text = bare(typed);
  const rank = (it: Offer): number => {
    const words = bare(it.words);
    if (words.startsWith(text)) return 0;
    if (words.split(/[:_]/).some((part) => part.startsWith(text))) return 1;
    return sought(it).toLowerCase().includes(text) ? 2 : 3;
  };
  return [0, 1, 2].flatMap((wanted) => offers.filter((each) => rank(each) === wanted));
}

interface Suggesting {
  readonly label: string;
  readonly matching: (typed: string) => readonly Offer[];
  readonly pick: (words: string) => void;
  /** Whether it opens before any input: always, or after this text. */
  readonly opens: (typed: string) => boolean;
  readonly draw: () => void;
}

export class Combobox {
  readonly id = newId("keys");
  isOpen = false;
  /** Whether the browser can place a list above the page at its input. Elsewhere the list is a part of the page. */
  private readonly isAbove = CSS.supports("position-area: bottom");
  private found: readonly Offer[] = [];
  private active = -1;
  private input: HTMLInputElement | null = null;
  private list: HTMLElement | null = null;

  constructor(private readonly it: Suggesting) {}

  readonly attach = (node: Element | undefined): void => {
    this.input = (node as HTMLInputElement | undefined) ?? null;
  };
  get activeId(): string | null {
    return this.active < 0 ? null : `${this.id}-${this.active}`;
  }
  private get typed(): string {
    return this.input?.value ?? "";
  }
  /** Put a text in the input, if nothing else holds it. */
  write(words: string): void {
    if (this.input) this.input.value = words;
  }
  update(): void {
    if (!this.input) return;
    this.found = this.it.matching(this.typed).slice(0, MOST);
    this.active = -1;
    const [first] = this.found;
    const isWritten = this.found.length === 1 && first?.words.toLowerCase() === this.typed.trim().toLowerCase();
    if (!first || isWritten) return this.close();
    this.isOpen = true;
    this.it.draw();
    // Above everything that the notebook clips. CSS places it at its input.
    if (this.isAbove && !this.list?.matches(":popover-open")) this.list?.showPopover();
  }
  readonly click = (): void => {
    if (!this.isOpen && this.it.opens("")) this.update();
  };
  readonly close = (): void => {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.active = -1;
    if (this.isAbove && this.list?.isConnected) this.list.hidePopover();
    this.it.draw();
  };
  readonly keydown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const picked = this.found[this.active];
    if (step && (this.isOpen || this.it.opens(this.typed))) {
      if (!this.isOpen) this.update();
      if (this.isOpen) this.activate(step);
    } else if (this.isOpen && event.key === "Enter" && picked) this.pick(picked);
    else if (this.isOpen && event.key === "Escape") this.close();
    else return;
    stop(event);
  };

  private pick(it: Offer): void {
    this.close();
    this.it.pick(it.words);
    this.close();
  }
  private activate(step: number): void {
    const { length } = this.found;
    this.active = this.active < 0 ? (step > 0 ? 0 : length - 1) : (this.active + step + length) % length;
    this.it.draw();
    this.list?.children[this.active]?.scrollIntoView({ block: "nearest" });
  }
  template(): TemplateResult {
    const option = (it: Offer, i: number): TemplateResult =>
      html`<li id="${this.id}-${i}" role="option" class="aiconn-line aiconn-ends aiconn-key" aria-selected=${state(i === this.active)}
        @mousedown=${(event: Event) => event.preventDefault()} @click=${() => this.pick(it)}
        ><span class="aiconn-code">${it.words}</span>${it.note ? small(it.note) : nothing}</li
      >`;
    const keep = (node: Element | undefined): void => {
      this.list = (node as HTMLElement | undefined) ?? null;
    };
    return html`<ul id=${this.id} class="aiconn-keys" role="listbox" aria-label=${this.it.label} popover=${this.isAbove ? "manual" : nothing}
      ?hidden=${!this.isAbove && !this.isOpen} ${ref(keep)}>${this.isOpen ? this.found.map(option) : nothing}</ul
    >`;
  }
}
