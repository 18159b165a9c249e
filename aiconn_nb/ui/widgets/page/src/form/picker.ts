/** The first choice of a form, a provider or a capability, with its description. */
import {
  html,
  icon,
  live,
  nothing,
  quiet,
  repeat,
  small,
  stop,
  valueOf,
  type Content,
  type TemplateResult,
} from "../html";
import type { FormWords, KindView } from "../protocol";
import { newId } from "../words";
import type { Form } from "./form";

/** Maximum number of choices without a search field. */
const AT_A_GLANCE = 8;

/** Cards with one chosen card. Many cards have a filter and a fixed height. */
export class Picker {
  private readonly id = newId("kind");
  private sought = "";

  constructor(private readonly form: Form) {}

  private get kinds(): readonly KindView[] {
    const { kinds } = this.form.view;
    const words = this.sought.toLowerCase().split(/\s+/).filter(Boolean);
    const has = ({ id, name, group = "" }: KindView): boolean => {
      const text = `${id} ${name} ${group}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    return kinds.filter((each) => each.id === this.form.content.picked || has(each));
  }
  private readonly seek = (event: Event): void => {
    this.sought = valueOf(event);
    this.form.draw();
  };
  /** Enter takes the only remaining card, and Escape clears the filter. */
  private readonly keydown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      stop(event);
      const [only, ...others] = this.kinds.filter(({ id, broken }) => !broken && id !== this.form.content.picked);
      if (only && !others.length) this.form.content.pick(only.id);
    } else if (event.key === "Escape" && this.sought) {
      stop(event);
      this.sought = "";
      this.form.draw();
    }
  };
  private readonly card = (it: KindView): TemplateResult => {
    const { words, content } = this.form;
    const [tone, tag] = it.tag ?? [];
    return html`<label class="aiconn-card"
      ><input type="radio" name=${this.id} value=${it.id} data-testid="${words.pick}-${it.id}" ?disabled=${Boolean(it.broken)}
        .checked=${live(it.id === content.picked)} @change=${() => content.pick(it.id)} />
      <span class="aiconn-strong">${it.name}</span>${small(it.about)}
      ${tag ? html`<span class="aiconn-small aiconn-tone-${tone}">${tag}</span>` : nothing}</label
    >`;
  };
  template(): TemplateResult {
    const { words, view } = this.form;
    const isMany = view.kinds.length > AT_A_GLANCE;
    const { kinds } = this;
    const groups = [...new Set(view.kinds.map(({ group }) => group))];
    const cards = (group: string | undefined): Content => {
      const those = kinds.filter((each) => each.group === group);
      const title = groups.length > 1 ? html`<p class="aiconn-help">${group}</p>` : nothing;
      const key = ({ id }: KindView): string => id;
      return those.length ? [title, html`<div class="aiconn-cards">${repeat(those, key, this.card)}</div>`] : nothing;
    };
    const search = html`<div class="aiconn-within">
      ${icon("search")}<input class="aiconn-input" type="search" placeholder="Search" aria-label="Search ${words.picker.toLowerCase()}"
        data-testid="seek-${words.pick}" .value=${live(this.sought)} @input=${this.seek} @keydown=${this.keydown} />
    </div>`;
    const none = html`<p class="aiconn-help" role="status">${kinds.length ? "" : "No match."}</p>`;
    return html`<fieldset class="aiconn-picker">
      <legend class="aiconn-strong">${words.picker}</legend>
      ${isMany ? [search, none] : nothing}
      <div class=${isMany ? "aiconn-many" : nothing}>${groups.map(cards)}</div>
    </fieldset>`;
  }
}

/** A choice that is fixed, with the reason. */
export const fixedKind = ({ picker, pick, fixed }: FormWords, kind: KindView | undefined): TemplateResult =>
  html`<div class="aiconn-field">
    <span class="aiconn-strong">${picker}</span>
    <div class="aiconn-line" data-testid=${pick}>${kind?.name}${quiet(kind?.about)}</div>
    <p class="aiconn-help">${fixed}</p>
  </div>`;
