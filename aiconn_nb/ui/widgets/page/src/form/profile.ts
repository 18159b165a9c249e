/** The form of a profile: connections in order, a model, and the options that its capability knows. */
import { html, newId, nothing, repeat, type Content } from "../html";
import type { Model } from "../ground";
import type { CapabilityView, Choosable, FieldView, Stored } from "../protocol";
import { Choices, type Choice } from "./choices";
import type { Field, ProfileHost } from "./field";
import { sentence } from "../html";
import { Form, type Conflict, type Differs, type Draft } from "./form";
import { Identity } from "./identity";
import { ModelName, type ModelsAnswer } from "./model";
import { Order } from "./order";
import { fixed, picker } from "./parts";
import { Area, Plain, Slider, Whole } from "./plain";

const ASK_LINES: Readonly<Record<string, (alias: string) => string>> = {
  chat: (alias) => `%%aiconn ask ${alias}`,
  embedding: (alias) => `%aiconn embed ${alias} TEXT`,
};
const EXAMPLES: Readonly<Record<string, string>> = { chat: "Writer", embedding: "Search" };
/** A field is one component, by its type. A new type is one entry here. */
const KINDS: Readonly<Record<string, new (host: ProfileHost, view: FieldView) => Field>> = {
  connections: Order,
  model: ModelName,
  text: Area,
  integer: Whole,
  number: Slider,
};

export class ProfileForm extends Form implements ProfileHost {
  protected readonly noun = "Profile";
  protected readonly about = "A name for how to ask: connections, a model and options.";
  capability = "";
  /** What was typed into fields that the capability does not have. */
  private texts: Record<string, string> = {};
  private readonly pickerId = newId("capability");

  constructor(model: Model, host: HTMLElement) {
    super(model, host, "Profile", "profile-form", ["aiconn-form", "aiconn-profile-form"]);
    this.start({
      models: (answer: ModelsAnswer) => {
        this.asked?.listed(answer);
        if (!this.busy && !this.frame.asks) this.check();
      },
    });
  }

  // ---- what it is made of ------------------------------------------------------------------------------------------------

  private get chosen(): CapabilityView | undefined {
    return this.view.capabilities?.find(({ id }) => id === this.capability);
  }
  private get order(): Order | null {
    return (this.fields.get("connections") as Order | undefined) ?? null;
  }
  private get asked(): ModelName | null {
    return (this.fields.get("model") as ModelName | undefined) ?? null;
  }
  protected begin(): void {
    const { stored } = this;
    this.capability = stored?.capability ?? this.view.capabilities?.[0]?.id ?? "";
    this.texts = {};
    this.fields = new Map();
    this.identity = new Identity(this, stored, {
      label: "Default",
      about: "The one that is asked where no profile is named.",
      follows: "Notebooks that name the old alias do not follow.",
      secret: () => null,
    });
    this.makeFields();
    if (stored) {
      for (const [key, field] of this.fields) field.write(stored.texts?.[key] ?? "");
      this.order?.take(stored.connections ?? []);
      return;
    }
    this.identity.placeholder = EXAMPLES[this.capability] ?? "";
    this.identity.active = !this.chosen?.default;
    this.order?.fit();
  }
  protected override began(): void {
    this.asked?.follow();
  }
  /** The fields that the capability knows; those that the former one has too stay. */
  private makeFields(): void {
    const known = this.chosen?.fields ?? [];
    this.fields = new Map(
      known.map((view) => {
        const kept = ["connections", "model", "tags"].includes(view.key) ? this.fields.get(view.key) : undefined;
        const field = kept ?? new (KINDS[view.type] ?? Plain)(this, view);
        const text = this.texts[view.key];
        if (!kept && text) field.write(text);
        return [view.key, field];
      }),
    );
  }
  /** Another capability: other options, other connections; what was typed comes back with the former one. */
  private readonly pick = (id: string): void => {
    const wasProposed = this.identity.active === !this.chosen?.default;
    for (const [key, field] of this.fields) this.texts[key] = field.text;
    this.capability = id;
    this.identity.placeholder = EXAMPLES[id] ?? "";
    if (wasProposed) this.identity.active = !this.chosen?.default;
    this.makeFields();
    this.order?.fit();
    this.draw();
    this.changed("connections");
  };

  // ---- what the fields ask -----------------------------------------------------------------------------------------------

  get connections(): readonly Choosable[] {
    return this.view.connections ?? [];
  }
  get first(): Choosable | null {
    return this.connections.find(({ id }) => id === this.order?.first) ?? null;
  }
  askModels(id: string, again: boolean): void {
    if (this.welcomed) void this.send("models", { id, capability: this.capability, again });
  }
  override changed(key: string): void {
    super.changed(key);
    if (key === "connections" && this.initialized) this.asked?.follow();
  }
  private get initialized(): boolean {
    return this.root.childElementCount > 0;
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  protected mark_(): string {
    return this.stored?.active ? "default" : "";
  }
  /** The fields in their order; those of one group are drawn together, short ones beside each other. */
  private groups(): Content {
    const all = this.chosen?.fields ?? [];
    const drawn = (views: readonly FieldView[]): Content =>
      repeat(
        views,
        ({ key }) => `${this.capability} ${key}`,
        ({ key }) => this.fields.get(key)?.template() ?? nothing,
      );
    const grouped = all.filter(({ group }) => group);
    const at = all.findIndex(({ group }) => group);
    const box = html`<fieldset class="aiconn-group">
      <legend class="aiconn-group-name">${grouped[0]?.group}</legend>
      <p class="aiconn-help">What is left empty is not sent: then the model's own default holds.</p>
      <div class="aiconn-row">${drawn(grouped.filter(({ type }) => type !== "text"))}</div>
      ${drawn(grouped.filter(({ type }) => type === "text"))}
    </fieldset>`;
    return [
      drawn(all.filter((view, i) => !view.group && i < at)),
      grouped.length ? box : nothing,
      drawn(all.filter((view, i) => !view.group && i > at)),
    ];
  }
  protected body(): Content {
    const { title = "", about = "" } = this.chosen ?? {};
    const help = "This never changes: notebooks count on it. For another, make a new profile.";
    const cards = (this.view.capabilities ?? []).map((each) => ({ ...each, testid: `capability-${each.id}` }));
    return [
      this.stored
        ? fixed({ label: "What for", testid: "capability", title, about, help })
        : picker(this.pickerId, "What for", cards, this.capability, this.pick),
      html`<div class="aiconn-rest">${this.identity.template()}<div class="aiconn-fields">${this.groups()}</div></div>`,
    ];
  }
  protected breaking(answer: { readonly default: string }) {
    const falls = answer.default ? html`<p>It is the default for ${answer.default}; there would be none.</p>` : nothing;
    return { body: [falls, html`<p>Notebooks that name it will not find it. It can be brought back for 30 days.</p>`] };
  }
  protected override homeless(problems: readonly (readonly [string, string])[]): string {
    return problems.map(([key, words]) => sentence(key, words)).join(" ");
  }
  protected useLine(alias: string): string {
    return ASK_LINES[this.capability]?.(alias) ?? "";
  }

  // ---- what it holds -----------------------------------------------------------------------------------------------------

  /** Everything typed; what looks like a key only where it is to be saved, which refuses it. */
  collect(saving: boolean): Draft {
    const open = (words: string): string => (!saving && this.owner(words) ? "" : words);
    const own = this.identity.read();
    const texts = [...this.fields]
      .filter(([key]) => key !== "connections")
      .map(([key, field]) => [key, open(field.text)]);
    return {
      ...own,
      name: open(own.name),
      alias: open(own.alias),
      capability: this.capability,
      connections: (this.order?.ids ?? []).map(open).filter(Boolean),
      fields: Object.fromEntries(texts) as Record<string, string>,
    };
  }
  protected snapshot(): string {
    const all = this.collect(true);
    return JSON.stringify({ ...all, fields: Object.entries(all.fields).filter(([, words]) => words) });
  }
  /** Put typed things into a form that was just built. */
  protected fill(draft: Draft): void {
    const capability = String(draft["capability"] ?? "");
    if (!this.stored && capability && capability !== this.capability) this.pick(capability);
    this.identity.write(draft);
    this.order?.take(draft["connections"] as readonly string[]);
    for (const [key, words] of Object.entries(draft.fields)) {
      const field = this.fields.get(key);
      if (field?.text !== words) field?.write(words);
    }
  }
  protected learned(answer: { readonly connections?: readonly Choosable[]; readonly mark?: unknown }): void {
    if (!answer.connections) return;
    this.mark = answer.mark;
    this.view = { ...this.view, connections: answer.connections };
    this.draw();
    this.asked?.follow();
  }
  protected checkedMore(answer: { readonly model: string }): void {
    this.asked?.unlisted(answer.model);
  }
  protected welcome(focus: boolean): void {
    if (focus) this.identity.focus("name");
    if (this.first) this.askModels(this.first.id, false);
  }

  /** `changed` are the names of what they changed; only that is asked about, and only where it is not the same here. */
  protected differ(answer: Conflict): Differs {
    const before = this.stored;
    if (!before) throw new Error("nothing is edited");
    const { theirs, changed: keys } = answer;
    this.view = { ...this.view, connections: answer["connections"] as readonly Choosable[] };
    const mine = this.collect(true);
    const typed: Record<string, unknown> = { ...mine, alias: mine.open ? mine.alias : before.alias };
    const shown = (of: Record<string, unknown>, key: string, own: Readonly<Record<string, string>>): string => {
      if (key === "connections")
        return (of["connections"] as readonly string[]).map((id) => this.order?.name(id) ?? id).join(" → ");
      return String(own[key] ?? of[key] ?? "");
    };
    const plain = (stored: Stored): Record<string, unknown> => stored as unknown as Record<string, unknown>;
    const label = (key: string): string =>
      ({ name: "Name", alias: "Alias" })[key] ?? this.fields.get(key)?.label ?? key;
    const rows = keys.flatMap((key): Choice[] => {
      const my = shown(typed, key, mine.fields);
      const former = shown(plain(before), key, before.texts ?? {});
      const other = shown(plain(theirs), key, theirs.texts ?? {});
      return my === other
        ? []
        : [{ key, label: label(key), mine: my, theirs: other, take: my === former ? "theirs" : "mine" }];
    });
    const choices = new Choices(rows);
    const isMine = (key: string): boolean => choices.isMine(key, keys.includes(key));
    const wins = (): Draft => {
      const pick = (key: string): unknown => (isMine(key) ? typed[key] : plain(theirs)[key]);
      const taken = Object.entries(mine.fields).map(([key, text]) => [
        key,
        isMine(key) ? text : (theirs.texts?.[key] ?? ""),
      ]);
      return {
        name: String(pick("name")),
        alias: String(pick("alias")),
        open: pick("alias") !== theirs.alias,
        active: mine.active,
        connections: pick("connections"),
        fields: Object.fromEntries(taken) as Record<string, string>,
      };
    };
    return { any: rows.length > 0, template: choices.template, wins };
  }
}
