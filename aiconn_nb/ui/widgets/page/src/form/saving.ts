/** Saving and testing a form: it is busy meanwhile, and shows the result. Changes by others are reported, and never overwritten. */
import type { FormView, Meanwhile, Note, Saved } from "../protocol";
import type { Form } from "./form";

export class Saving {
  isBusy = false;
  /** Whether to show the stored entry, whatever the input. */
  isTaking = false;
  /** What to do once the view after a save has arrived. */
  private arriving: (() => void) | null = null;
  /** What was reported already. */
  private warned = "";

  constructor(private readonly form: Form) {}

  setBusy(isBusy: boolean): void {
    this.isBusy = isBusy;
    this.form.root.setAttribute("aria-busy", String(isBusy));
    this.form.draw();
  }
  private isReady(): boolean {
    const { content, frame, panels, words } = this.form;
    if (content.isPicked) return !panels.wait();
    frame.say("bad", `Choose a ${words.pick}.`);
    this.form.focusFirst();
    return false;
  }
  /** Send the content of the form, to save it or to test it, besides the other data. */
  send(intent: string, more: object = {}): void {
    const { form } = this;
    if (intent === "save")
      form.check.forget(); // the save checks the same
    else form.check.flush();
    if (this.isBusy || !this.isReady()) return;
    const data = {
      version: form.stored?.version,
      tested: form.panels.holds("test"),
      ...more,
      ...form.content.collect(true),
    };
    if (intent !== "save") return form.send(intent, data);
    form.frame.clearMessage();
    this.setBusy(true);
    form.check.nextTurn(); // answers to earlier checks no longer apply
    void form.ground.ask(intent, data).then(() => {
      if (this.isBusy && !this.arriving) this.setBusy(false);
    });
  }
  /** The kernel tells something. It takes the focus, unless the user is typing. */
  readonly told = (message: Note): void => {
    const { form } = this;
    const { focused } = form.ground;
    const isTyping = focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement;
    const takesFocus = this.isBusy || (focused !== null && !isTyping);
    if (message.tone === "bad" || message.alone) form.stop();
    form.frame.tell(message);
    if (takesFocus) form.frame.focusMessage();
  };
  readonly failed = ({ problems }: { readonly problems: Readonly<Record<string, string>> }): void => {
    const { content, frame, check } = this.form;
    this.setBusy(false);
    for (const field of content.all) field.problem(problems[field.key] ?? "");
    const homeless = Object.entries(problems).filter(([key]) => !content.all.some((field) => field.key === key));
    frame.clearMessage();
    if (homeless.length) frame.say("bad", homeless.map(([, words]) => words).join(" "));
    const first = content.all.find((field) => problems[field.key]);
    if (first) first.focus();
    else frame.focusMessage();
    check.now();
  };
  /** The view after a save is sent separately, before or after this. */
  readonly saved = ({ version, note }: Saved): void => {
    this.arriving = (): void => {
      if ((this.next.stored?.version ?? 0) < version) return;
      this.arriving = null;
      this.setBusy(false);
      this.take();
      this.form.frame.tell(note);
      this.form.frame.focusMessage();
    };
    this.arriving();
  };

  private get next(): FormView {
    return this.form.model.get("view") as FormView;
  }
  /** Show the stored entry, whatever was typed. */
  take(): void {
    this.isTaking = false;
    this.form.view = this.next;
    this.form.build();
  }
  readonly viewChanged = (): void => {
    const { form, next } = this;
    this.arriving?.();
    if (this.isBusy || next === form.view) return; // a save in progress is reported by its own answer
    const isSame = next.stored?.id === form.stored?.id && next.stored?.version === form.stored?.version;
    if (isSame) {
      form.view = next;
      form.draw();
    } else if (this.isTaking || !form.isDirty) this.take();
    else form.frame.say("info", form.words.elsewhere);
  };
  /** It was saved or deleted elsewhere: report each event once. */
  tellMeanwhile(meanwhile: Meanwhile | null): void {
    const { form } = this;
    if (!meanwhile || !form.isDirty || form.frame.asks || this.warned === meanwhile.mark) return;
    this.warned = meanwhile.mark;
    form.frame.say("info", meanwhile.what);
  }
}
