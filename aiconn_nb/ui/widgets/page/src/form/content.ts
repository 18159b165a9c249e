/** What a form holds: name, alias, a switch, and the fields of what was picked. */
import type { FieldView, KindView } from "../protocol";
import { emptyDraft, type Draft, type Field, type Owner } from "./field";
import { makeField } from "./fields";
import type { Form } from "./form";
import { Order } from "./order";
import { Alias, Name, Switch } from "./own";
import { Setting } from "./setting";

/** What could be done with a key that looks like another provider's. */
export interface Elsewhere {
  readonly provider: string;
  readonly other: { readonly name: string; readonly take: () => void } | null;
}

export class Content {
  fields = new Map<string, Field>();
  name!: Name;
  alias!: Alias;
  active!: Switch;
  /** The provider, or the capability, that was picked. */
  picked = "";
  /** What was typed into any field, for another kind that has the same. */
  private readonly texts = new Map<string, string>();

  constructor(private readonly form: Form) {}

  get kind(): KindView | undefined {
    return this.form.view.kinds.find((each) => each.id === this.picked);
  }
  get isPicked(): boolean {
    return this.form.stored !== null || this.kind !== undefined;
  }
  get own(): readonly Field[] {
    return [this.name, this.alias, this.active];
  }
  get all(): readonly Field[] {
    return [...this.own, ...this.fields.values()];
  }
  get order(): Order | null {
    const field = this.fields.get("connections");
    return field instanceof Order ? field : null;
  }
  /** A field that a key belongs into, and that is empty. */
  get emptySecret(): Setting | null {
    const isEmpty = (field: Field): field is Setting =>
      field instanceof Setting && Boolean(field.view.sensitive) && field.mode === "typed" && !field.text;
    return [...this.fields.values()].find(isEmpty) ?? null;
  }
  /** The fields in their order; those of one group that follow each other are together. */
  get groups(): readonly (readonly [name: string, fields: readonly Field[]])[] {
    const groups: [string, Field[]][] = [];
    for (const { key, group = "" } of this.kind?.fields ?? []) {
      const field = this.fields.get(key);
      const last = groups.at(-1);
      if (field && last?.[0] === group) last[1].push(field);
      else if (field) groups.push([group, [field]]);
    }
    return groups;
  }

  /** Begin with what is stored. */
  begin(): void {
    const { form } = this;
    this.picked = form.stored?.kind ?? (this.picked || form.view.picked || "");
    this.texts.clear();
    this.name = new Name(form);
    this.alias = new Alias(form);
    this.active = new Switch(form);
    this.makeFields(new Map());
  }
  private makeFields(former: ReadonlyMap<string, Field>): void {
    for (const field of former.values()) field.leave?.();
    this.name.placeholder = this.form.stored ? "" : (this.kind?.example ?? "");
    this.fields = new Map();
    const make = (view: FieldView): Field => {
      const same = former.get(view.key);
      return same?.stays ? same : makeField(this.form, view);
    };
    if (!this.kind?.broken) for (const view of this.kind?.fields ?? []) this.fields.set(view.key, make(view));
  }
  /** Another provider or capability: other fields; what was typed goes along, and comes back with the former one. */
  readonly pick = (id: string): void => {
    const isProposed = this.active.isOn === this.active.proposed;
    for (const [key, { text }] of this.fields) if (text) this.texts.set(key, text);
    this.picked = id;
    this.form.frame.hush();
    this.makeFields(this.fields);
    for (const [key, text] of this.texts) if (!this.fields.get(key)?.text) this.fields.get(key)?.write(text);
    if (isProposed) this.active.isOn = this.active.proposed;
    this.order?.fit();
    this.form.changed();
  };
  /** A key of another provider's: a new connection may become one with that. */
  elsewhere(field: Field, { owner }: Owner): Elsewhere | null {
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
  /** Something is different: fields that depend on it look at it. */
  follow(): void {
    for (const field of this.all) field.follow?.();
  }

  /** What is typed; a secret only where it is to be saved or tested. */
  collect(isSaving: boolean): Draft {
    const draft: Draft = { ...emptyDraft(), [this.form.words.pick]: this.picked };
    for (const field of this.all) field.collect(draft, isSaving);
    return draft;
  }
  /** What it holds, as one text: to tell whether it is another. That a provider is picked alone is nothing typed. */
  snapshot(): string {
    const { replaced: _, provider: __, fields, ...rest } = this.collect(true);
    return JSON.stringify([rest, Object.entries(fields).filter(([, text]) => text)]);
  }
  /** Put typed things into a form that was just built. */
  fill(draft: Draft): void {
    const kind = draft[this.form.words.pick];
    if (!this.form.stored && typeof kind === "string" && kind && kind !== this.picked) this.pick(kind);
    for (const field of this.all) field.fill(draft);
    this.form.draw();
  }
}
