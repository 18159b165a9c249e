/** Saving and testing a form: it is busy meanwhile, and shows the result. */
import type { FormView, Note, Saved } from "../protocol";
import type { Form } from "./form";

export class Saving {
  isBusy = false;
  /** Whether to show the stored entry, whatever the input. */
  isTaking = false;
  /** What to do once the view after a save has arrived. */
  private arriving: (() => void) | null = null;

  constructor(private readonly form: Form) {}

  setBusy(isBusy: boolean): void {
    this.isBusy = isBusy;
    this.form.root.setAttribute("aria-busy", String(isBusy));
    this.form.draw();
  }
  private isReady(): boolean {
    const { content, frame, words } = this.form;
    if (content.isPicked) return !content.all.some((field) => field.waits());
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
      const next = this.form.model.get("view") as FormView;
      if ((next.stored?.version ?? 0) < version) return;
      this.arriving = null;
      this.isTaking = false;
      this.setBusy(false);
      this.form.view = next;
      this.form.build();
      this.form.frame.tell(note);
      this.form.frame.focusMessage();
    };
    this.arriving();
  };
  /** A view has arrived. */
  arrived(): void {
    this.arriving?.();
  }
}
