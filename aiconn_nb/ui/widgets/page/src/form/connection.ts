/** The form of a connection: a provider, and the settings that it has. */
import { button, html, newId, nothing, repeat, type Content } from "../html";
import type { Model } from "../ground";
import { brokenProfiles } from "../list/told";
import type { FieldView, ProviderView, Question, Stored } from "../protocol";
import { Choices, type Choice } from "./choices";
import type { Owner } from "./field";
import { Form, type Conflict, type Differs, type Draft } from "./form";
import { Identity } from "./identity";
import type { Known } from "./input";
import type { Keeping, Kept } from "./keep";
import { fixedProvider, picker, providerCard, sdkNote, TestPanel, type Rung } from "./parts";
import { Setting, type Offers, type Reference, type SettingHost } from "./setting";

const GETS_THE_KEY = "Whoever runs this host gets the key. Allow it only if this is the host that you mean.";
const OWN: Readonly<Record<string, string>> = { name: "Name", alias: "Alias", active: "Active" };

interface Tested {
  readonly turn: number;
  readonly ok?: boolean;
  readonly verdict?: string;
  readonly rungs?: readonly Rung[];
  readonly problems?: Readonly<Record<string, string>>;
  readonly what?: string;
  readonly hint?: string;
}

export class ConnectionForm extends Form implements SettingHost {
  protected readonly noun = "Connection";
  protected readonly about = "A named account with an AI provider.";
  declare fields: Map<string, Setting>;
  private chosen = "";
  private known: readonly string[] = [];
  private readonly test = new TestPanel();
  /** The turn of the running test. */
  private testing = 0;
  private readonly pickerId = newId("provider");

  constructor(model: Model, host: HTMLElement) {
    super(model, host, "Connection", "form", ["aiconn-form"]);
    this.start({
      ask_trust: this.askTrust,
      trusted: this.trusted,
      tested: this.tested,
      rung: this.rung,
      kept: (answer: Kept) => {
        this.fields.get(answer.field)?.kept(answer);
        if (answer.reference) this.say(answer.done ?? "");
      },
    });
  }

  // ---- what it is made of ------------------------------------------------------------------------------------------------

  private get provider(): ProviderView | undefined {
    return this.view.providers?.find((each) => each.id === this.chosen);
  }
  protected begin(): void {
    const { stored } = this;
    this.chosen = stored ? (stored.provider ?? "") : this.chosen || (this.view.picked ?? "");
    this.identity = new Identity(this, stored, {
      label: "Active",
      about: "Switched off, it stays here and cannot be used.",
      follows: "Profiles follow a new alias; notebooks that name the old one do not.",
      secret: () => this.emptySecret(),
    });
    this.makeFields(stored?.settings ?? {});
  }
  private makeFields(settings: NonNullable<Stored["settings"]>): void {
    for (const field of this.fields.values()) field.leave();
    const { provider } = this;
    const known = provider && !provider.broken ? provider.fields : [];
    if (provider && !this.stored) this.identity.placeholder = `${provider.name} Development`;
    this.fields = new Map(known.map((field) => [field.key, new Setting(this, field, settings[field.key])]));
  }
  protected override began(): void {
    const { stored } = this;
    if (stored?.untrusted)
      this.frame.tell("warn", `Untrusted host: ${stored.alias} ${stored.untrusted.what}.`, this.offer());
  }
  /** Another provider: other fields; what was typed goes along where it has the same field. */
  private readonly pick = (id: string): void => {
    const carried = [...this.fields.values()].filter(({ text }) => text).map(({ key, text }) => [key, text] as const);
    this.chosen = id;
    this.frame.hush();
    this.makeFields({});
    for (const [key, text] of carried) this.fields.get(key)?.write(text, false);
    this.draw();
    this.changed("provider");
  };
  override changed(key: string): void {
    this.test.changed();
    super.changed(key);
  }

  // ---- what the fields ask -----------------------------------------------------------------------------------------------

  keys(field: FieldView): readonly Known[] {
    const usual = (field.suggested ?? "").slice(1);
    const isUsual = (key: string): boolean => key.toLowerCase() === usual.toLowerCase();
    const rest = this.known.filter((key) => !isUsual(key)).map((key) => ({ key, note: "" }));
    const there = this.known.find(isUsual);
    const note = there ? "usual name" : `usual name, not in ${this.environment}`;
    return [{ key: there ?? usual, note }, ...rest];
  }
  keep(request: Keeping): void {
    void this.send("keep", { ...request });
  }
  /** Where a key belongs that is somewhere else. */
  private emptySecret(): Setting | null {
    return (
      [...this.fields.values()].find(({ view, mode, text }) => view.sensitive && mode === "typed" && !text) ?? null
    );
  }
  offers(_field: Setting, owner: Owner): Offers {
    const shapes = this.provider?.shapes ?? [];
    const wrong = shapes.length > 0 && !shapes.includes(owner.owner);
    const others = (this.view.providers ?? []).filter((each) => !each.broken && each.shapes.includes(owner.owner));
    const other = this.stored || !wrong ? undefined : others[0];
    const secret = this.emptySecret();
    const take = (key: string): void => {
      _field.write("", false);
      this.pick(other?.id ?? "");
      this.emptySecret()?.write(key);
    };
    return {
      wrong,
      provider: this.provider?.name ?? "",
      other: other ? { name: other.name, take } : null,
      move: wrong || !secret ? null : { label: secret.label, take: (key) => secret.write(key) },
    };
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  protected mark_(): string {
    return this.stored?.in_use ? "in use" : "";
  }
  /** The fields in their order; those of one group that stand together are drawn together. */
  private groups(): Content {
    const groups: { name: string; fields: Setting[] }[] = [];
    for (const field of this.fields.values()) {
      const name = field.view.group ?? "";
      const last = groups.at(-1);
      if (last?.name === name) last.fields.push(field);
      else groups.push({ name, fields: [field] });
    }
    const drawn = (fields: readonly Setting[]): Content =>
      repeat(
        fields,
        ({ key }) => `${this.chosen} ${key}`,
        (field) => field.template(),
      );
    return groups.map(({ name, fields }) =>
      name
        ? html`<fieldset class="aiconn-group"><legend class="aiconn-group-name">${name}</legend>${drawn(fields)}</fieldset>`
        : html`<div class="aiconn-group-none">${drawn(fields)}</div>`,
    );
  }
  private get isPicked(): boolean {
    return this.stored !== null || this.provider !== undefined;
  }
  protected body(): Content {
    const { stored, provider } = this;
    const cards = (this.view.providers ?? []).map(providerCard);
    return [
      stored ? fixedProvider(stored, provider) : picker(this.pickerId, "Provider", cards, this.chosen, this.pick),
      sdkNote(provider),
      html`<div class="aiconn-rest" ?hidden=${!this.isPicked}>
        ${this.identity.template()}
        <div class="aiconn-fields">${this.fields.size ? this.groups() : nothing}</div>
      </div>`,
    ];
  }
  protected override between(): Content {
    return this.test.template(this.closeTest);
  }
  protected override beside(): Content {
    return button({ icon: "test", text: "Test", testid: "test-button", hidden: !this.isPicked, click: this.startTest });
  }

  // ---- what it does ------------------------------------------------------------------------------------------------------

  private focusPicker(): void {
    this.root.querySelector<HTMLElement>(".aiconn-picker input")?.focus();
  }
  protected override ready(): boolean {
    if (this.isPicked) return ![...this.fields.values()].some((field) => field.waits());
    this.frame.tell("bad", "Choose a provider.");
    this.focusPicker();
    return false;
  }
  protected breaking(answer: { readonly profiles: readonly string[]; readonly broken: readonly string[] }) {
    const { profiles, broken } = answer;
    const used = this.stored?.in_use ? "It is in use in this kernel. " : "";
    const disable = (): void => {
      this.taking = true;
      void this.send("disable");
    };
    return {
      body: profiles.length
        ? brokenProfiles(profiles, broken, "it")
        : html`<p>${used}It can be brought back for 30 days.</p>`,
      force: profiles.length > 0,
      instead: this.stored?.active ? [["Disable instead", disable] as const] : [],
    };
  }
  protected welcome(focus: boolean): void {
    if (!focus) return;
    if (this.isPicked) this.identity.focus("name");
    else this.focusPicker();
  }
  protected override past(): void {
    if (this.isPicked) super.past();
  }
  protected override leaving(): void {
    this.chosen = "";
    super.leaving();
  }
  protected useLine(alias: string): string {
    return `%aiconn use ${alias}`;
  }

  // ---- trust -------------------------------------------------------------------------------------------------------------

  /** A button for what is stored and may not go to its host yet. */
  protected override offer(): Content {
    const answers = this.stored?.untrusted?.answers ?? [];
    if (!answers.length) return nothing;
    const trust = (): void => void this.send("trust", { answers });
    const act = button({ text: "Trust this host", testid: "trust", click: trust });
    return [html`<p class="aiconn-help">${GETS_THE_KEY}</p>`, html`<div class="aiconn-actions">${act}</div>`];
  }
  /** A save waits for these answers. */
  private readonly askTrust = ({ what, answers }: Question): void => {
    this.setBusy(false);
    this.frame.hush();
    this.frame.ask({
      title: `${this.identity.read().name.trim() || "This connection"} ${what}`,
      body: html`<p>${GETS_THE_KEY}</p>`,
      answers: [
        ["Trust and save", () => this.save({ trust: answers })],
        ["Go on editing", null, "primary"],
      ],
      tone: "warn",
    });
  };
  private readonly trusted = ({ what }: { readonly what: string }): void => {
    this.frame.tell("good", what);
    this.frame.focusMessage();
  };

  // ---- the test ----------------------------------------------------------------------------------------------------------

  private readonly startTest = (): void => {
    if (this.busy) return;
    if (!this.isPicked) return this.save(); // which says what is missing
    this.testing = this.nextTurn();
    this.test.start();
    this.draw();
    this.root.querySelector(".aiconn-test")?.scrollIntoView({ block: "nearest" });
    void this.send("test", { turn: this.testing, ...this.collect(true) });
  };
  protected override stop(): boolean {
    if (!this.testing) return false;
    this.testing = 0;
    this.test.stop();
    this.draw();
    return true;
  }
  private readonly closeTest = (): void => {
    this.testing = 0;
    this.test.stop();
    this.draw();
    this.root.querySelector<HTMLElement>('[data-testid="test-button"]')?.focus();
  };
  private readonly rung = ({ turn, rung }: { readonly turn: number; readonly rung: Rung }): void => {
    if (turn === this.testing) this.test.rung(rung);
    this.draw();
  };
  private readonly tested = (answer: Tested): void => {
    if (answer.turn !== this.testing) return;
    this.testing = 0;
    if (answer.rungs) this.test.finish({ ok: answer.ok ?? false, verdict: answer.verdict ?? "", rungs: answer.rungs });
    else this.test.stop();
    this.draw();
    if (answer.rungs) return;
    if (!answer.problems) return this.failed(answer);
    this.showProblems(answer.problems);
    this.say("The test needs a complete form.");
  };

  // ---- what it holds -----------------------------------------------------------------------------------------------------

  /** Everything typed; a secret only where it is to be saved or tested. */
  collect(secrets: boolean): Draft {
    const open = (text: string): string => (!secrets && this.owner(text) ? "" : text);
    const own = this.identity.read();
    const fields: Record<string, string> = {};
    const [cleared, replaced, typed]: [string[], string[], string[]] = [[], [], []];
    for (const [key, field] of this.fields) {
      if (field.mode === "cleared") cleared.push(key);
      else if (field.untouched) {
        if (field.mode === "typed") replaced.push(key);
      } else if (!secrets && field.secret) typed.push(key);
      else fields[key] = field.text;
    }
    return {
      provider: this.chosen,
      ...own,
      name: open(own.name),
      alias: open(own.alias),
      fields,
      cleared,
      replaced,
      typed,
    };
  }
  protected snapshot(): string {
    const { provider: _, replaced: __, ...rest } = this.collect(true);
    const filled = Object.entries(rest.fields).filter(([key, text]) => text || this.stored?.settings?.[key]);
    return JSON.stringify({ ...rest, fields: Object.fromEntries(filled) });
  }
  /** Put typed things into a form that was just built. */
  protected fill(draft: Draft): void {
    const provider = String(draft["provider"] ?? "");
    const keys = (name: string): readonly string[] => (draft[name] ?? []) as readonly string[];
    if (!this.stored && provider && provider !== this.chosen) this.pick(provider);
    this.identity.write(draft);
    for (const [key, words] of Object.entries(draft.fields)) {
      const field = this.fields.get(key);
      if (field && (field.mode !== "typed" || field.text !== words)) field.write(words, false);
    }
    for (const key of keys("replaced")) this.fields.get(key)?.replace();
    for (const key of keys("cleared")) this.fields.get(key)?.clear();
    for (const key of keys("typed")) {
      this.fields.get(key)?.replace();
      this.fields.get(key)?.forgotten();
    }
  }
  protected learned(answer: { readonly keys?: readonly string[]; readonly mark?: unknown }): void {
    if (!answer.keys) return;
    this.known = answer.keys;
    this.mark = answer.mark;
  }
  protected checkedMore(answer: { readonly references: Readonly<Record<string, Reference>> }): void {
    for (const [key, field] of this.fields) {
      const found = answer.references[key];
      if (found) field.referenced(found);
    }
  }

  /** Only what they changed is asked about, and only where it is not the same here; of a secret that nobody touched here theirs is the one to keep. */
  protected differ(answer: Conflict): Differs {
    const before = this.stored;
    const { theirs, changed: own } = answer;
    const settings = answer["settings"] as readonly string[];
    const mine = this.collect(true);
    if (!before) throw new Error("nothing is edited");
    const typed: Record<string, unknown> = { ...mine, alias: mine.open ? mine.alias : before.alias };
    const word = (value: unknown): string => (typeof value === "boolean" ? (value ? "yes" : "no") : String(value));
    const shown = (of: Stored, key: string): string => {
      const setting = of.settings?.[key];
      return setting?.sealed ? "stored, sealed" : (setting?.text ?? "");
    };
    const rows: Choice[] = [];
    const row = (key: string, label: string, my: string, former: string, other: string): void => {
      if (my !== other) rows.push({ key, label, mine: my, theirs: other, take: my === former ? "theirs" : "mine" });
    };
    const of = (stored: Stored, key: string): string => word((stored as unknown as Record<string, unknown>)[key]);
    for (const key of own) row(key, OWN[key] ?? key, word(typed[key]), of(before, key), of(theirs, key));
    for (const [key, field] of this.fields) {
      if (!settings.includes(key) || (field.untouched && theirs.settings?.[key]?.sealed)) continue;
      const former = shown(before, key);
      const literal = field.secret ? "what you typed, hidden" : field.text.trim();
      const here = { kept: former, cleared: "", typed: literal }[field.mode];
      row(`field-${key}`, field.label, field.untouched ? former : here, former, shown(theirs, key));
    }
    const choices = new Choices(rows);
    const wins = (): Draft => {
      const pick = (key: string): unknown =>
        choices.isMine(key, own.includes(key)) ? typed[key] : (theirs as unknown as Record<string, unknown>)[key];
      const keys = [...this.fields.keys()].filter((key) => choices.isMine(`field-${key}`, settings.includes(key)));
      return {
        name: String(pick("name")),
        alias: String(pick("alias")),
        open: pick("alias") !== theirs.alias,
        active: Boolean(pick("active")),
        fields: Object.fromEntries(
          keys.filter((key) => key in mine.fields).map((key) => [key, mine.fields[key] ?? ""]),
        ),
        cleared: (mine["cleared"] as readonly string[]).filter((key) => keys.includes(key)),
        replaced: [],
        typed: [],
      };
    };
    return { any: rows.length > 0, template: choices.template, wins };
  }
}
