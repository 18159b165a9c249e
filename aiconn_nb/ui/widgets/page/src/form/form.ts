/**
 * What every form does, whatever it edits: it asks the kernel while one types, saves, tells what is wrong where it is wrong, and is left.
 *
 * Nothing typed is written into the model, which a notebook saves and the kernel repeats to every client: it travels in messages,
 * a secret only with a save, a test, or the wish to keep it.
 */
import { age, button, html, nothing, render, type Content, type TemplateResult } from "../html";
import { Ground, type Answers, type Model } from "../ground";
import type { FormView, Stored } from "../protocol";
import { Deletion, type Deleted } from "./deletion";
import type { Field, Host, Owner } from "./field";
import { Frame, type Asked } from "./frame";
import { History, type Version } from "./history";
import type { AliasCheck, Identity, Own } from "./identity";
import { copyLine } from "./parts";

const CHECK_AFTER = 300; // ms after the last key

export type Draft = Own & { readonly fields: Readonly<Record<string, string>>; readonly [key: string]: unknown };
export interface Meanwhile {
  readonly gone: boolean;
  readonly modified?: string;
}
interface Checked {
  readonly turn: number;
  readonly environment: string;
  readonly alias: AliasCheck;
  readonly meanwhile: Meanwhile | null;
}
interface Saved {
  readonly what: string;
  readonly warnings: readonly string[];
  readonly alias: string;
  readonly version: number;
  readonly created: boolean;
}
interface Failed {
  readonly what?: string;
  readonly hint?: string;
  readonly problems?: Readonly<Record<string, string>>;
}
/** What two versions differ in, and what is to be put over theirs. */
export interface Differs {
  readonly any: boolean;
  readonly template: () => TemplateResult;
  readonly wins: () => Draft;
}
export interface Conflict {
  readonly theirs: Stored;
  readonly changed: readonly string[];
  readonly [key: string]: unknown;
}

export abstract class Form implements Host {
  readonly ground: Ground;
  readonly frame: Frame;
  readonly history: History;
  view: FormView;
  fields = new Map<string, Field>();
  identity!: Identity;
  /** The kernel's, of what a check found out. */
  mark: unknown = null;
  /** What is stored is to be shown, whatever is typed. */
  taking = false;
  welcomed = false;
  protected busy = false;
  /** What it held when it was drawn. */
  private initial = "";
  /** Counts what is asked, so that a stale answer is known. */
  private turn = 0;
  private checkTimer: ReturnType<typeof setTimeout> | null = null;
  /** What to do once what was deleted is back. */
  private restored: (() => void) | null = null;
  /** What to do once the view is there that belongs to a save. */
  private arriving: (() => void) | null = null;
  /** Of what was said already. */
  private warned = "";
  private readonly deletion: Deletion;
  private isBegun = false;

  protected abstract readonly noun: string;
  protected abstract readonly about: string;
  /** Make identity and fields from what is stored. */
  protected abstract begin(): void;
  protected abstract fill(draft: Draft): void;
  abstract collect(saving: boolean): Draft;
  protected abstract snapshot(): string;
  protected abstract differ(answer: Conflict): Differs;
  protected abstract learned(answer: object): void;
  protected abstract checkedMore(answer: object): void;
  protected abstract welcome(focus: boolean): void;
  protected abstract useLine(alias: string): string;
  protected abstract breaking(answer: object): {
    readonly body: Content;
    readonly force?: boolean;
    readonly instead?: Asked["answers"];
  };
  protected abstract mark_(): string;
  protected abstract body(): Content;
  protected between(): Content {
    return nothing;
  }
  protected beside(): Content {
    return nothing;
  }
  /** Whether there is something to save. */
  protected ready(): boolean {
    return true;
  }
  /** What belongs below a message. */
  protected offer(): Content {
    return nothing;
  }
  /** Ends what is running; answers whether anything was. */
  protected stop(): boolean {
    return false;
  }
  protected leaving(): void {
    this.history.isShown = false;
  }
  protected past(): void {
    this.identity.focus("name");
  }
  protected homeless(problems: readonly (readonly [string, string])[]): string {
    return problems.map(([key, words]) => `${key}: ${words}`).join("; ");
  }

  constructor(
    readonly model: Model,
    host: HTMLElement,
    label: string,
    testid: string,
    classes: readonly string[],
  ) {
    this.view = model.get("view") as FormView;
    this.ground = new Ground(model, host, label);
    this.root.classList.add(...classes);
    this.root.dataset["testid"] = testid;
    this.frame = new Frame(this.root, this.draw);
    this.history = new History({
      draw: this.draw,
      focus: (id) => this.focus(id),
      ask: (intent, data) => void this.send(intent, data),
      rollBack: (version) => this.rollBack(version),
    });
    this.deletion = new Deletion(this.ground, {
      draw: this.draw,
      restore: () => this.restore(),
    });
    this.ground.onEnd = this.ended;
  }
  protected start(answers: Answers): void {
    const heard: Record<string, (message: never) => void> = {
      welcome: this.welcomeAnswer,
      checked: this.checked,
      saved: this.saved,
      failed: this.failed,
      changed: this.conflict,
      gone: this.gone,
      restored: this.restoredAnswer,
      stir: this.look,
      note: this.note,
      ask_delete: this.confirm,
      deleted: (answer: Deleted) => {
        this.setBusy(false);
        this.deletion.deleted(answer);
      },
      history: ({ versions }: { versions: readonly Version[] }) => this.history.listed(versions),
      differs: (answer: Parameters<History["differs"]>[0]) => this.history.differs(answer),
    };
    this.ground.answers = { ...heard, ...answers } as Answers;
    this.keepKeys();
    this.ground.hear("change:view", this.onView);
    this.ground.onRemove(() => this.forgetCheck());
    this.build();
    this.ground.onHere(() => void this.send("hello"));
  }
  remove = (): void => this.ground.remove();

  get root(): HTMLElement {
    return this.ground.root;
  }
  get stored(): Stored | null {
    return this.view.stored;
  }
  get environment(): string {
    return this.view.environment;
  }
  say(words: string): void {
    this.ground.say(words);
  }
  send(intent: string, data?: Record<string, unknown>): Promise<void> {
    return this.ground.ask(intent, data);
  }
  focus(id: string): void {
    this.root.querySelector<HTMLElement>(`#${CSS.escape(id)}`)?.focus();
  }
  owner(words: string): Owner | null {
    const plain = words.trim().replace(/^\$+/, "");
    if (!plain) return null;
    const shape = this.view.shapes.find((each) => new RegExp(`^(?:${each.pattern})`).test(plain));
    return shape ? { ...shape, test: new RegExp(`^(?:${shape.pattern})`) } : null;
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  readonly draw = (): void => {
    if (!this.isBegun) return;
    const { stored } = this;
    this.root.classList.toggle("aiconn-busy", this.busy);
    this.root.classList.toggle("aiconn-in-history", this.history.isShown && stored !== null);
    if (this.deletion.isDone) return (render(this.deletion.template(), this.root), undefined);
    this.root.setAttribute("aria-label", stored ? `${this.noun} ${stored.name}` : this.view.title);
    const parts = {
      title: stored ? stored.name : this.view.title,
      about: this.about,
      mark: this.mark_(),
      edits: stored,
      environment: this.view.environment,
      tabs: stored ? this.history.tabs() : nothing,
      body: [this.body(), stored ? this.history.template() : nothing],
      bodyId: this.history.bodyId,
      labelledby: stored ? this.history.labelledby : null,
      between: this.between(),
      foot: this.foot(),
    };
    render(this.frame.template(parts), this.root);
    return undefined;
  };
  private foot(): TemplateResult {
    const words = this.busy ? "Saving…" : this.stored ? "Save" : "Create";
    const remove = this.stored
      ? button({
          kind: "quiet",
          icon: "delete",
          text: "Delete…",
          testid: "delete",
          click: () => void this.send("ask_delete"),
        })
      : nothing;
    return html`<div class="aiconn-foot ${this.stored ? "aiconn-foot-many" : ""}">
      ${this.beside()} ${remove}<span class="aiconn-space"></span>
      ${button({ text: "Cancel", testid: "cancel", click: this.cancel })}
      ${button({ kind: "primary", text: words, testid: "save", click: () => this.save() })}
    </div>`;
  }

  /** Draw what is stored anew. The cursor stays; a text that nobody has seen yet is marked, to be typed over. */
  build(): void {
    this.forgetCheck();
    const before = document.activeElement;
    const had = before instanceof HTMLElement && this.root.contains(before) ? before : null;
    const input = had instanceof HTMLInputElement || had instanceof HTMLTextAreaElement ? had : null;
    const was = input?.value;
    const all = Boolean(input?.value) && input?.selectionStart === 0 && input.selectionEnd === input.value.length;
    this.deletion.begin();
    this.frame.begin();
    this.isBegun = false;
    this.begin();
    this.isBegun = true;
    this.draw();
    this.history.begin();
    this.initial = this.snapshot();
    this.began();
    if (!had) return;
    const name = had.dataset["testid"];
    const now = had.isConnected
      ? had
      : name
        ? this.root.querySelector<HTMLElement>(`[data-testid="${CSS.escape(name)}"]`)
        : null;
    if (!now) return this.frame.focus();
    now.focus({ preventScroll: true });
    if (now instanceof HTMLInputElement && now.type !== "radio" && (all || now.value !== was)) now.select();
  }
  /** After it was drawn. */
  protected began(): void {}
  dirty(): boolean {
    return this.snapshot() !== this.initial;
  }

  // ---- asking the kernel while one types ---------------------------------------------------------------------------------

  nextTurn(): number {
    return ++this.turn;
  }
  private forgetCheck(): void {
    if (this.checkTimer !== null) clearTimeout(this.checkTimer);
    this.checkTimer = null;
  }
  changed(_key: string): void {
    if (!this.isBegun) return;
    this.forgetCheck();
    this.checkTimer = setTimeout(() => this.check(), CHECK_AFTER);
  }
  check(): void {
    this.forgetCheck();
    if (this.busy) return;
    const dirty = this.dirty() && !this.taking;
    void this.send("check", { turn: this.nextTurn(), dirty, mark: this.mark, ...this.collect(false) });
  }
  private readonly flush = (): void => {
    if (this.checkTimer !== null) this.check();
  };
  private readonly look = (): void => {
    if (this.welcomed && this.checkTimer === null) this.check();
  };
  private readonly checked = (answer: Checked): void => {
    this.learned(answer);
    if (answer.environment !== this.view.environment) this.view = { ...this.view, environment: answer.environment };
    if (answer.turn === this.turn) {
      this.checkedMore(answer);
      this.identity.checked(answer.alias);
      this.tellMeanwhile(answer.meanwhile);
    } // else something was typed since
    this.draw();
  };

  // ---- errors ------------------------------------------------------------------------------------------------------------

  showProblems(problems: Readonly<Record<string, string>>): void {
    const own = (["name", "alias"] as const).map((key) => {
      this.identity.problem(key, problems[key] ?? "");
      return [key, () => this.identity.focus(key)] as const;
    });
    const rest = [...this.fields].map(([key, field]) => {
      field.problem(problems[key] ?? "");
      return [key, () => this.focus(field.id)] as const;
    });
    const places = new Map<string, () => void>([...own, ...rest]);
    const homeless = Object.entries(problems).filter(([key]) => !places.has(key));
    const count = Object.keys(problems).length;
    if (homeless.length) this.frame.tell("bad", this.homeless(homeless));
    else this.frame.hush();
    this.say(`${count === 1 ? "One field needs" : `${count} fields need`} attention. Nothing was saved.`);
    const first = [...places.keys()].find((key) => problems[key]);
    if (first) places.get(first)?.();
    else this.frame.focusMessage();
  }

  // ---- saving ------------------------------------------------------------------------------------------------------------

  setBusy(on: boolean): void {
    this.busy = on;
    this.root.setAttribute("aria-busy", String(on));
    this.draw();
  }
  /** `more` is what goes with it, beside what is typed. */
  save(more: Record<string, unknown> = {}): void {
    if (this.busy) return;
    this.forgetCheck();
    if (!this.ready()) return;
    this.frame.hush();
    this.setBusy(true);
    this.turn += 1; // no answer to an earlier check is about this any more
    void this.send("save", { version: this.stored?.version, ...more, ...this.collect(true) }).then(() => {
      if (this.busy && !this.arriving) this.setBusy(false);
    });
  }
  readonly failed = (answer: Failed): void => {
    const stopped = this.stop();
    const waited = this.busy || stopped;
    this.setBusy(false);
    if (answer.problems) {
      this.showProblems(answer.problems);
      this.check();
      return;
    }
    this.frame.tell("bad", answer.what, answer.hint ? html`<p class="aiconn-help">${answer.hint}</p>` : nothing);
    if (waited) this.frame.focusMessage();
  };
  /** The view of what was saved comes by itself, before or after this. */
  private readonly saved = (answer: Saved): void => {
    this.arriving = (): void => {
      const next = this.model.get("view") as FormView;
      if ((next.stored?.version ?? 0) < answer.version) return;
      this.arriving = null;
      this.taking = false;
      this.view = next;
      this.setBusy(false);
      this.build();
      this.tellSaved(answer);
    };
    this.arriving();
  };
  private tellSaved({ what, warnings, created, alias }: Saved): void {
    const use = created ? html`<p>Use it in a cell: ${copyLine(this.useLine(alias))}</p>` : nothing;
    const list = warnings.length
      ? html`<ul class="aiconn-warnings">${warnings.map((each) => html`<li>${each}</li>`)}</ul>`
      : nothing;
    this.frame.tell(warnings.length ? "warn" : "good", what, [list, this.offer(), use]);
    this.frame.focusMessage();
  }
  /** Bring back what was deleted, and go on with this. */
  restore(then: (() => void) | null = null): void {
    this.restored = then;
    this.taking = true;
    void this.send("restore");
  }

  // ---- leaving -----------------------------------------------------------------------------------------------------------

  /** Do it; ask before where something typed would be lost. */
  private discarding(title: string, lost: string, yes: string, act: () => void): void {
    if (this.busy) return;
    if (!this.dirty()) return act();
    this.frame.ask({
      title,
      body: html`<p>${lost}</p>`,
      answers: [
        [yes, act, "danger"],
        ["Go on editing", null],
      ],
    });
  }
  private readonly cancel = (): void => {
    const stays = this.stored ? `The ${this.noun.toLowerCase()} stays as it is stored.` : "Nothing has been saved yet.";
    this.discarding("Discard what you changed?", stays, "Discard", () => {
      this.forgetCheck();
      this.taking = true;
      this.leaving();
      this.build();
      void this.send("cancel");
      this.frame.focus();
      this.taking = false;
    });
  };
  private rollBack(to: number): void {
    const lost = "What you changed here and did not save is discarded.";
    this.discarding(`Roll back to version ${to}?`, lost, "Discard it and roll back", () => {
      this.taking = true;
      void this.send("rollback", { to, version: this.stored?.version }).then(() => (this.taking = false));
    });
  }
  private readonly confirm = (answer: object): void => {
    const { body, force = false, instead = [] } = this.breaking(answer);
    const remove = (): void => {
      this.setBusy(true);
      void this.send("delete", { force });
    };
    const yes = force ? "Delete all the same" : "Delete";
    const title = `Delete ${this.stored?.alias}?`;
    this.frame.ask({ title, body, answers: [[yes, remove, "danger"], ...instead, ["Keep it", null]], tone: "danger" });
  };

  // ---- what somebody else did --------------------------------------------------------------------------------------------

  /** Somebody else saved or deleted it: said once for each time. */
  private tellMeanwhile(meanwhile: Meanwhile | null): void {
    if (!meanwhile || !this.dirty() || this.frame.asks || this.warned === JSON.stringify(meanwhile)) return;
    this.warned = JSON.stringify(meanwhile);
    const noun = this.noun.toLowerCase();
    const saved = `Somebody saved this ${noun} ${age(meanwhile.modified ?? "")}. When you save, both versions are shown.`;
    this.frame.tell(
      "info",
      meanwhile.gone ? `${this.stored?.alias} was deleted meanwhile. You can bring it back by saving.` : saved,
    );
  }
  /** They saved it: show both values of what they changed, where it is not the same. */
  private readonly conflict = (answer: Conflict): void => {
    const { theirs } = answer;
    this.setBusy(false);
    this.frame.hush();
    const differs = this.differ(answer);
    const merge = (): void => {
      const wins = differs.wins();
      this.view = { ...this.view, stored: theirs };
      this.build();
      this.fill(wins);
      this.save();
    };
    const who = `Somebody saved ${theirs.alias} ${age(theirs.modified)}, while you were editing. Nothing was overwritten.`;
    const what = differs.any ? "Choose what to save:" : "What they changed is not what you changed.";
    this.frame.ask({
      title: `This ${this.noun.toLowerCase()} was changed meanwhile`,
      body: [html`<p>${who} ${what}</p>`, differs.template()],
      answers: [
        ["Save what is chosen", merge, "primary"],
        ["Take theirs", () => this.takeTheirs()],
        ["Go on editing", null],
      ],
    });
  };
  private takeTheirs(): void {
    const next = this.model.get("view") as FormView;
    if (next.stored?.version !== this.stored?.version) {
      this.view = next;
      this.build();
    } else this.taking = true;
    this.check();
  }
  /** They deleted it. */
  private readonly gone = (answer: { readonly alias: string }): void => {
    this.setBusy(false);
    const mine = this.collect(true);
    const back = (): void =>
      this.restore(() => {
        this.fill(mine);
        this.save();
      });
    this.frame.ask({
      title: `${answer.alias} was deleted meanwhile`,
      body: html`<p>Another kernel deleted it. What you typed is still here.</p>`,
      answers: [
        ["Bring it back and save", back, "primary"],
        ["Go on editing", null],
      ],
    });
  };

  // ---- living ------------------------------------------------------------------------------------------------------------

  private readonly onView = (): void => {
    this.arriving?.();
    if (this.busy) return; // what somebody else saved just then is told with the answer to this save
    const next = this.model.get("view") as FormView;
    if (next === this.view) return;
    const same = next.stored?.id === this.stored?.id && next.stored?.version === this.stored?.version;
    const mayBuild = this.taking || !this.dirty();
    if (same || mayBuild) this.view = next;
    if (same) this.draw();
    else if (mayBuild) {
      this.build();
      this.taking = false;
    } else
      this.frame.tell(
        "info",
        `This ${this.noun.toLowerCase()} was saved elsewhere meanwhile. When you save, both versions are shown.`,
      );
  };
  /** Said above the fields, or where the form was. */
  private readonly ended = (): boolean => {
    this.forgetCheck();
    this.setBusy(false);
    if (this.deletion.isDone) this.deletion.ended();
    else this.frame.tell("warn", "The kernel has ended, and this form with it. Run the cell again.");
    return true;
  };
  private readonly welcomeAnswer = (answer: { readonly draft: Draft | null; readonly focus: boolean }): void => {
    this.welcomed = true;
    if (answer.draft && !this.dirty()) this.fill(answer.draft);
    this.welcome(answer.focus && !this.root.contains(document.activeElement)); // who types already stays there
    this.check();
  };
  private readonly restoredAnswer = (answer: { readonly what: string }): void => {
    this.view = this.model.get("view") as FormView; // it may be the same as before, and then no change was told
    this.build();
    this.taking = false;
    this.frame.tell("good", answer.what);
    const then = this.restored;
    this.restored = null;
    if (then) then();
    else this.frame.focusMessage();
  };
  private readonly note = (answer: Failed): void => {
    this.restored = null; // it was not
    this.taking = false;
    if (this.deletion.isDone) this.deletion.note(answer);
    else this.failed(answer);
  };

  /** Enter saves, or goes past the picker that it is in; Escape cancels. Nothing is typed while it saves. */
  private keepKeys(): void {
    const { root } = this;
    root.addEventListener("keydown", (event) => {
      if (event.isComposing || event.defaultPrevented || this.deletion.isDone) return;
      const target = event.target as HTMLInputElement;
      if (event.key === "Escape") this.cancel();
      else if (
        event.key === "Enter" &&
        target.tagName === "INPUT" &&
        !event.ctrlKey &&
        !event.metaKey &&
        !event.altKey
      ) {
        if (target.type === "radio" && target.closest(".aiconn-picker")) this.past();
        else this.save();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    // What is being saved does not change under way: the cursor stays where it is, and types nothing.
    const rest = (event: Event): void => {
      if (!this.busy) return;
      event.preventDefault();
      event.stopPropagation();
    };
    for (const name of ["beforeinput", "click", "mousedown", "paste", "drop", "change"])
      root.addEventListener(name, rest, true);
    root.addEventListener("focusout", (event) => {
      if (!root.contains(event.relatedTarget as Node | null)) this.flush();
    });
    root.addEventListener("focusin", (event) => {
      if (!root.contains(event.relatedTarget as Node | null)) this.look();
    });
    this.ground.listen(document, "visibilitychange", () => document.hidden && this.flush());
    this.ground.listen(window, "pagehide", this.flush);
    this.ground.onReturn(this.look);
  }
}
