/**
 * A form for a connection or a profile. Its parts: content, checks, saving, leaving, and changes by others.
 *
 * No input is written into the model, which a notebook saves and the kernel sends to every client. Input travels in messages; a
 * secret only travels to be saved, tested, or stored as a user secret.
 */
import { render, stop } from "../html";
import { Ground, type Answers, type Model } from "../ground";
import type { Values } from "../panel";
import type { Answer, Choosable, FormMessages, FormView, FormWords, Panel, Reply, Shape, Stored } from "../protocol";
import { Check } from "./check";
import { FormContent } from "./content";
import { emptyDraft } from "./field";
import { Frame } from "./frame";
import { History } from "./history";
import { Panels } from "./panels";
import { Picker } from "./picker";
import { Saving } from "./saving";
import { formTemplate } from "./template";

export class Form {
  readonly ground: Ground;
  readonly frame = new Frame(this);
  readonly history = new History(this);
  readonly panels = new Panels(this);
  readonly content = new FormContent(this);
  readonly check = new Check(this);
  readonly saving = new Saving(this);
  readonly picker = new Picker(this);
  view: FormView;
  /** Whether the kernel knows this page. */
  isWelcome = false;
  /** The content when it was drawn. */
  private initial = "";
  private isBuilt = false;
  /** The intents of buttons that the kernel has not handled yet: a second click sends nothing. */
  private readonly pressed = new Set<string>();

  constructor(
    readonly model: Model,
    host: HTMLElement,
  ) {
    this.view = model.get("view") as FormView;
    this.ground = new Ground(model, host, this.words.noun);
    this.send = this.ground.send;
    this.root.classList.add("aiconn-form");
    this.root.setAttribute("aria-busy", "true"); // until the first check is answered
    this.root.dataset["testid"] = this.view.kind === "form" ? "form" : "profile-form";
    this.ground.answer<FormMessages>(this.answers);
    this.ground.onEnd = this.ended;
    this.ground.hear("change:view", this.saving.viewChanged);
    this.ground.onRemove(() => this.check.forget());
    this.ground.onRemove(() => this.frame.begin());
    hearKeys(this);
    this.build();
    this.ground.onHere(() => this.send("hello"));
  }

  private get answers(): Answers<FormMessages> {
    return {
      saved: this.saving.saved,
      failed: this.saving.failed,
      note: this.saving.told,
      welcome: ({ draft, focus }) => {
        this.isWelcome = true;
        if (draft && !this.isDirty) this.content.fill({ ...emptyDraft(), ...draft });
        if (focus && !this.ground.focused) this.focusFirst(); // otherwise the user is already typing there
        this.content.follow();
        this.check.now();
      },
      checked: this.check.answered,
      stir: this.check.look,
      kept: (answer) => {
        const field = this.content.fields.get(answer.field);
        field?.write(answer.reference, true);
      },
      models: (answer) => {
        for (const field of this.content.all) field.listed(answer);
        this.draw();
        if (!this.frame.asks) this.check.now();
      },
      panel: this.show,
      close: this.panels.close,
    };
  }

  get root(): HTMLElement {
    return this.ground.root;
  }
  get words(): FormWords {
    return this.view.words;
  }
  get stored(): Stored | null {
    return this.view.stored;
  }
  /** The connections that a profile may use. */
  get connections(): readonly Choosable[] {
    return this.view.connections ?? [];
  }
  get isDirty(): boolean {
    return this.content.snapshot() !== this.initial;
  }
  /** The owner of a key with the shape of a text, even after a $. It is detected here, so that nothing is sent for it. */
  owner(words: string): Shape | null {
    const plain = words.trim().replace(/^\$+/, "");
    return this.view.shapes.find(({ pattern }) => plain && new RegExp(`^(?:${pattern})`).test(plain)) ?? null;
  }
  /** The kernel refused a request, or the entry is gone: the form waits for no answer any more. */
  stop(): void {
    for (const field of this.content.all) field.stop();
    this.saving.isTaking = false;
    this.saving.setBusy(false);
  }
  /** The kernel has ended, which is shown above the fields, or in place of the form. */
  private readonly ended = (): boolean => {
    this.check.forget();
    this.saving.setBusy(false);
    this.frame.end();
    return true;
  };
  readonly send: Ground["send"];
  private readonly show = (panel: Panel & Reply): void => {
    if (!panel.tone) return this.panels.show(panel);
    this.stop();
    this.frame.clearMessage();
    this.frame.ask(panel);
  };
  /** A button of the kernel was pressed. */
  readonly press = ({ intent, data, draft, stored, discards }: Answer, values: Values): void => {
    const { saving, frame, content, ground } = this;
    if (!intent || saving.isBusy || this.pressed.has(intent)) return;
    if (discards && this.isDirty) return frame.ask(discards);
    if (draft) return saving.send(intent, { ...data, values });
    if (stored) saving.isTaking = true;
    this.pressed.add(intent);
    void ground.ask(intent, { ...data, values }).then(() => {
      this.pressed.delete(intent);
      if (!stored || !saving.isTaking) return; // a message has shown it
      content.picked = "";
      saving.take();
    });
  };
  /** Press the button of an intent. */
  do(intent: string): void {
    const answer = this.view.buttons.find((each) => each.intent === intent);
    if (answer) this.press(answer, {});
  }
  readonly focus = (id: string): void => this.ground.find(`#${CSS.escape(id)}`)?.focus();
  focusFirst(): void {
    if (this.content.isPicked) this.content.name.focus();
    else this.ground.find(".aiconn-picker input")?.focus();
  }
  /** Draw the input, and check it a moment later. */
  changed(): void {
    if (!this.isBuilt) return;
    this.saving.isTaking = false; // input after a click on Cancel stays
    this.panels.changed();
    this.content.follow();
    this.draw();
    this.check.soon();
  }
  readonly draw = (): void => {
    const { root, stored, history, frame } = this;
    if (!this.isBuilt) return;
    root.classList.toggle("aiconn-busy", this.saving.isBusy);
    root.classList.toggle("aiconn-in-history", history.isShown && stored !== null);
    if (!frame.isAlone) root.setAttribute("aria-label", stored ? `${this.words.noun} ${stored.name}` : this.view.title);
    render(frame.isAlone ? frame.messageBox() : formTemplate(this), root);
  };
  /** Draw the stored entry again. The cursor stays; new text is selected, so that typing replaces it. */
  build(): void {
    this.check.forget();
    const back = keepCursor(this.ground);
    this.frame.begin();
    this.isBuilt = false;
    this.content.begin();
    this.isBuilt = true;
    this.content.follow();
    this.draw();
    this.history.begin();
    this.initial = this.content.snapshot();
    if (this.stored?.note) this.frame.tell(this.stored.note);
    if (!back()) this.frame.focus();
  }
}

/** Enter saves, or leaves the picker; Escape cancels. Input is blocked during a save. */
function hearKeys(form: Form): void {
  const { root, ground } = form;
  const isOther = ({ relatedTarget }: FocusEvent): boolean => !root.contains(relatedTarget as Node | null);
  root.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || form.frame.isAlone) return;
    const target = event.target as HTMLInputElement;
    const isEnter = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "Escape") form.do("cancel");
    else if (!isEnter || target.tagName !== "INPUT") return;
    else if (target.type !== "radio" || !target.closest(".aiconn-picker")) form.do("save");
    else if (form.content.isPicked) form.content.name.focus();
    stop(event);
  });
  // The content must not change during a save: the cursor stays, but keys have no effect.
  const rest = (event: Event): void => {
    if (form.saving.isBusy) stop(event);
  };
  for (const name of ["beforeinput", "click", "mousedown", "paste", "drop", "change"])
    root.addEventListener(name, rest, true);
  root.addEventListener("focusout", (event) => isOther(event) && form.check.flush());
  root.addEventListener("focusin", (event) => isOther(event) && form.check.look());
  ground.listen(document, "visibilitychange", () => document.hidden && form.check.flush());
  ground.listen(window, "pagehide", form.check.flush);
  ground.onReturn(form.check.look);
}

/** Remembers the cursor; the returned function restores it after a redraw, and returns whether it could. */
function keepCursor(ground: Ground): () => boolean {
  const had = ground.focused as HTMLInputElement | null;
  const was = had?.value;
  return () => {
    const now = ground.again(had);
    now?.focus({ preventScroll: true });
    if (now instanceof HTMLInputElement && now.type !== "radio" && now.value !== was) now.select();
    return !had || now !== null;
  };
}
