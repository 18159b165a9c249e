/** The panels of a form. The kernel says what they show; a panel that was closed stays so, whatever is still under way for it. */
import { repeat, type Content } from "../html";
import { body, panel, type Press, type Values } from "../panel";
import type { Combobox } from "./combobox";
import type { Close, Panel, Reply } from "../protocol";
import { newId } from "../words";
import type { Form } from "./form";

interface Shown {
  readonly panel: Panel;
  /** The element that gets the focus back. */
  readonly back: HTMLElement | null;
  /** Whether the form has changed since. */
  isStale: boolean;
}

export class Panels {
  private readonly id = newId("panel");
  private readonly shown = new Map<string, Shown>();
  /** The first request whose answers count, by panel. */
  private readonly first = new Map<string, number>();

  constructor(private readonly form: Form) {}

  readonly show = ({ kind: _, page: __, seq, turn: ___, said: ____, ...it }: Panel & Reply): void => {
    const { ground, draw } = this.form;
    if ((seq ?? 0) < (this.first.get(it.id) ?? 0)) return;
    this.first.set(it.id, seq ?? 0);
    const former = this.shown.get(it.id);
    this.shown.set(it.id, { panel: it, back: former?.back ?? ground.focused, isStale: false });
    draw();
    const node = this.node(it.id);
    if (!former && !it.place) node?.scrollIntoView({ block: "nearest" });
    if (!former || it.error) (node?.querySelector("textarea") ?? node?.querySelector("input"))?.focus();
  };
  readonly close = ({ id }: Close): void => {
    const { ground, draw } = this.form;
    const shown = this.shown.get(id);
    this.first.set(id, ground.asked + 1);
    if (!this.shown.delete(id)) return;
    const hadFocus = this.node(id)?.contains(ground.focused);
    draw();
    if (!hadFocus) return;
    const field = this.form.content.fields.get(shown?.panel.place ?? "");
    const back = ground.again(shown?.back);
    if (field) field.focus();
    else back?.focus();
  };
  /** The form has changed. */
  changed(): void {
    for (const shown of this.shown.values()) shown.isStale = true;
  }
  /** Whether there is a result for the form as it is now. */
  holds(id: string): boolean {
    const shown = this.shown.get(id);
    return shown?.panel.stale !== undefined && !shown.isStale;
  }
  /** Its content alone. */
  content(id: string): Content {
    const shown = this.shown.get(id);
    return shown && body(this.id, shown.panel, this.form.press);
  }
  /** The field has other content. */
  forget(place: string): void {
    for (const [id, { panel: it }] of this.shown) if (it.place === place) this.close({ id });
  }
  has(place: string): boolean {
    return [...this.shown.values()].some(({ panel: it }) => it.place === place);
  }
  /** The panels at a field; below all fields without one. A field adds its own text to the values. */
  at(place?: string, add: (values: Values) => Values = (values) => values, combobox?: Combobox): Content {
    const shown = [...this.shown.values()].filter((each) => each.panel.place === place);
    // Closing a panel must not move what is typed in the next one into its inputs.
    return repeat(
      shown,
      ({ panel: { id } }) => id,
      ({ panel: it, isStale }) => {
        const note = (isStale && it.stale) || (this.form.isDirty && it.unsaved) || "";
        const press: Press = (answer, values) =>
          answer.intent ? this.form.press(answer, add(values)) : this.close({ id: it.id });
        return panel(`${this.id}-${it.id}`, it, press, note, { combobox });
      },
    );
  }
  private node(id: string): HTMLElement | null {
    return this.form.ground.find(`[data-testid="${CSS.escape(id)}"]`);
  }
  /** Whether a save must wait for a panel with input; then the panel says so. */
  wait(): boolean {
    const hasInput = ([id, { panel: it }]: readonly [string, Shown]): boolean =>
      it.waits !== undefined && Boolean(this.node(id)?.querySelector("input")?.value);
    const [id, shown] = [...this.shown].find(hasInput) ?? [];
    if (id === undefined || !shown) return false;
    this.shown.set(id, { ...shown, panel: { ...shown.panel, error: shown.panel.waits ?? "" } });
    this.form.draw();
    this.node(id)?.querySelector<HTMLElement>(".aiconn-actions button")?.focus();
    this.node(id)?.scrollIntoView({ block: "nearest" });
    return true;
  }
}
