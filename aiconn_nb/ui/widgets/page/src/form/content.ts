/** The content of a form: name, alias, a switch, and the fields of the chosen kind. */
import type { FieldView, KindView, Shape } from "../protocol";
import { emptyDraft, type Draft } from "./field";
import type { Form } from "./form";
import { ModelName } from "./model";
import { Order } from "./order";
import { Alias, Name, Switch } from "./own";
import { Setting } from "./setting";
import { TextField } from "./text";

/** The remedy for a key that looks like another provider's. */
export interface Elsewhere {
  readonly provider: string;
  readonly other: { readonly name: string; readonly take: () => void } | null;
}

/** A field is one component, selected by its type. */
const KINDS: Readonly<Record<string, new (form: Form, view: FieldView) => TextField>> = {
  connections: Order,
  model: ModelName,
  plain: TextField,
  lines: TextField,
  whole: TextField,
  slider: TextField,
};

export class FormContent {
  fields = new Map<string, TextField>();
  name!: Name;
  alias!: Alias;
  active!: Switch;
  /** The chosen provider or capability. */
  picked = "";
  /** Input by field, for another kind with the same field. */
  private readonly texts = new Map<string, string>();

  constructor(private readonly form: Form) {}

  get kind(): KindView | undefined {
    return this.form.view.kinds.find((each) => each.id === this.picked);
  }
  get isPicked(): boolean {
    return this.form.stored !== null || this.kind !== undefined;
  }
  get own(): readonly TextField[] {
    return [this.name, this.alias, this.active];
  }
  get all(): readonly TextField[] {
    return [...this.own, ...this.fields.values()].flatMap((field) => [field, ...field.parts]);
  }
  get order(): Order | null {
    const field = this.fields.get("connections");
    return field instanceof Order ? field : null;
  }
  /** An empty field for a key. */
  get emptySecret(): Setting | null {
    const isEmpty = (field: TextField): field is Setting =>
      field instanceof Setting && Boolean(field.view.sensitive) && field.mode === "typed" && !field.text;
    return [...this.fields.values()].find(isEmpty) ?? null;
  }
  /** The fields of the selected kind. The view has shared fields once. */
  private get fieldViews(): readonly FieldView[] {
    const { shared = {} } = this.form.view;
    return (this.kind?.fields ?? []).flatMap((field) => (typeof field === "string" ? (shared[field] ?? []) : field));
  }
  /** The fields in order; consecutive fields of one group are together. */
  get groups(): readonly (readonly [name: string, fields: readonly TextField[]])[] {
    const groups: [string, TextField[]][] = [];
    for (const { key, group = "" } of this.fieldViews) {
      const field = this.fields.get(key);
      const last = groups.at(-1);
      if (field && last?.[0] === group) last[1].push(field);
      else if (field) groups.push([group, [field]]);
    }
    return groups;
  }

  /** Start with the stored entry. */
  begin(): void {
    const { form } = this;
    this.picked = form.stored?.kind ?? (this.picked || form.view.picked || "");
    this.texts.clear();
    this.name = new Name(form);
    this.alias = new Alias(form);
    this.active = new Switch(form);
    for (const key of this.fields.keys()) this.form.panels.forget(key);
    this.makeFields(new Map());
  }
  private makeFields(former: ReadonlyMap<string, TextField>): void {
    for (const key of former.keys()) this.form.panels.forget(key);
    this.name.placeholder = this.form.stored ? "" : (this.kind?.example ?? "");
    this.fields = new Map();
    const make = (view: FieldView): TextField => {
      const same = former.get(view.key);
      return same?.stays ? same : new (KINDS[view.type] ?? Setting)(this.form, view);
    };
    if (!this.kind?.broken) for (const view of this.fieldViews) this.fields.set(view.key, make(view));
  }
  /** Another provider or capability has other fields. The input moves along, and returns with the previous choice. */
  readonly pick = (id: string): void => {
    const isProposed = this.active.isOn === this.active.proposed;
    for (const [key, { text }] of this.fields) if (text) this.texts.set(key, text);
    this.picked = id;
    this.form.frame.clearMessage();
    this.makeFields(this.fields);
    for (const [key, text] of this.texts) if (!this.fields.get(key)?.text) this.fields.get(key)?.write(text);
    if (isProposed) this.active.isOn = this.active.proposed;
    this.order?.fit();
    this.form.changed();
  };
  /** A key of another provider: a new connection may switch to that provider. */
  elsewhere(field: TextField, { owner }: Shape): Elsewhere | null {
    const { kind, form } = this;
    if (!kind?.shapes?.length || kind.shapes.includes(owner)) return null;
    const other = form.view.kinds.find((each) => !each.broken && each.shapes?.includes(owner));
    const take = (): void => {
      const key = field.text.trim();
      field.write("");
      this.pick(other?.id ?? "");
      this.emptySecret?.write(key, true);
    };
    return { provider: kind.name, other: other && !form.stored ? { name: other.name, take } : null };
  }
  /** Something changed: update the fields that depend on it. */
  follow(): void {
    for (const field of this.all) field.follow();
  }

  /** The input; a secret only for a save or a test. */
  collect(isSaving: boolean): Draft {
    const draft: Draft = { ...emptyDraft(), [this.form.words.pick]: this.picked };
    for (const field of this.all) field.collect(draft, isSaving);
    return draft;
  }
  /** The content as one text, to detect changes. Choosing a provider alone does not count as input. */
  snapshot(): string {
    const { replaced: _, provider: __, fields, ...rest } = this.collect(true);
    return JSON.stringify([rest, Object.entries(fields).filter(([, text]) => text)]);
  }
  /** Put input into a form that was just built. */
  fill(draft: Draft): void {
    const kind = draft[this.form.words.pick];
    if (!this.form.stored && typeof kind === "string" && kind && kind !== this.picked) this.pick(kind);
    for (const field of this.all) field.fill(draft);
    this.form.draw();
  }
}
