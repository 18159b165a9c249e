/** The ground that a widget stands on: the way to the kernel and back, where it is shown, what is read out, and when the kernel is gone. */
import { html, icon, render } from "./html";
import type { Intent, Reply, Where } from "./protocol";

/** What a front end gives: anywidget's model, or a part of a manager. */
export interface Model {
  get(key: string): unknown;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
  send(content: object): void;
}
export type Answers = Record<string, (message: never, asked: Intent | undefined) => void>;

const GONE = "The kernel has ended. Run the cell again to work with it.";
const BUSY_MS = 600;
const SILENT_MS = 15000;
const RETURN_MS = 500;

/** What a browser tab is called: the same for all that it shows, and after it is loaded again. Another window is another one. */
export const SEAT = ((): string => {
  const fresh = Math.random().toString(36).slice(2);
  try {
    const known = sessionStorage.getItem("aiconn-seat") ?? fresh;
    sessionStorage.setItem("aiconn-seat", known);
    return known;
  } catch {
    return fresh; // a frame that may not store anything
  }
})();

interface Asked {
  readonly since: number;
  readonly data: Intent;
  readonly resolve: () => void;
}

export class Ground {
  readonly root: HTMLElement;
  /** Has one function per kind of message. Those that answer another page are not handed on. */
  answers: Answers = {};
  /** Says that the kernel is gone, where the widget has a better place for it; answers whether it did. */
  onEnd: (() => boolean) | null = null;
  private readonly shell: HTMLElement;
  private readonly wait: HTMLElement;
  private readonly voice: HTMLElement;
  private readonly page = Math.random().toString(36).slice(2);
  private readonly open = new Map<number, Asked>();
  private readonly endings: (() => void)[] = [];
  private readonly arrivals: (() => void)[] = [];
  private seq = 0;
  private ended = false;

  constructor(
    readonly model: Model,
    private readonly host: HTMLElement,
    label: string,
  ) {
    const make = (className: string, attributes: Record<string, string>): HTMLElement => {
      const node = document.createElement("div");
      node.className = className;
      for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
      return node;
    };
    this.voice = make("aiconn-voice", { role: "status", "aria-live": "polite" });
    this.wait = make("aiconn-wait", { role: "status" });
    this.wait.hidden = true;
    this.root = make("aiconn", { role: "region", "aria-label": label });
    this.shell = make("aiconn-shell", {});
    this.shell.append(this.root, this.wait, this.voice);
    host.classList.add("aiconn-host");
    host.append(this.shell);
    this.keepKeys();
    this.swallow();
    this.hear("msg:custom", this.receive);
    this.hear("comm_live_update", this.end);
    this.hear("change:where", this.place);
    this.place();
  }

  /** Listen to the model for as long as this lives. */
  hear(event: string, callback: (...args: never[]) => void): void {
    this.model.on(event, callback);
    this.endings.push(() => this.model.off(event, callback));
  }
  listen(target: EventTarget, type: string, handler: (event: never) => void, capture = false): void {
    target.addEventListener(type, handler as EventListener, capture);
    this.endings.push(() => target.removeEventListener(type, handler as EventListener, capture));
  }
  onRemove(ending: () => void): void {
    this.endings.push(ending);
  }
  remove = (): void => {
    for (const ending of this.endings) ending();
    this.open.clear();
  };

  /** Read out to a screen reader. */
  say = (words: string): void => {
    this.voice.textContent = "";
    this.voice.textContent = words;
  };

  // ---- keys --------------------------------------------------------------------------------------------------------------

  /**
   * JupyterLab's notebook would take d-d, x, m, Enter or the arrows for its own while a button, radio or list in an output has the
   * focus. Its shortcuts match the focused element itself, so that is where they have to be switched off. Saving the notebook and
   * the palette stay JupyterLab's. On the window, for it listens on the document first of all.
   */
  private keepKeys(): void {
    const mark = (event: KeyboardEvent): void => {
      if (!(event.target instanceof Element) || !this.shell.contains(event.target)) return;
      const ours = !(event.ctrlKey || event.metaKey) || event.key === "Enter" || event.key.toLowerCase() === "z";
      event.target.toggleAttribute("data-lm-suppress-shortcuts", ours);
    };
    this.listen(window, "keydown", mark, true);
    // What it does with these keys instead it does at the focused element: there it would keep a text from having a new line, and
    // what was typed from being undone.
    const keep = (event: InputEvent): void => {
      if (["insertLineBreak", "historyUndo", "historyRedo"].includes(event.inputType)) event.stopPropagation();
    };
    this.listen(this.root, "beforeinput", keep, true);
  }

  // ---- the kernel is gone ------------------------------------------------------------------------------------------------

  /** From now on nothing is sent. It says so above all, and is looked at only. */
  private readonly end = (): void => {
    if (this.ended) return;
    this.ended = true;
    for (const { resolve } of this.open.values()) resolve();
    this.open.clear();
    this.shell.classList.remove("aiconn-waiting");
    this.shell.classList.add("aiconn-ended");
    this.wait.hidden = true;
    if (!this.onEnd?.()) {
      this.shell.prepend(this.wait);
      this.wait.classList.add("aiconn-note", "aiconn-warn");
      this.wait.hidden = false;
      this.wait.textContent = "";
      render(html`${icon("warn")}<span>${GONE}</span>`, this.wait);
    }
    for (const input of this.shell.querySelectorAll<HTMLInputElement>("input, select, textarea"))
      if (input.tagName === "SELECT" || ["checkbox", "radio", "range"].includes(input.type)) input.disabled = true;
      else input.readOnly = true;
  };

  /** A button stays where it is and says why it does nothing: one that were switched off could not be asked. */
  private swallow(): void {
    const stop = (event: Event): void => {
      if (!this.ended) return;
      if (event instanceof KeyboardEvent) {
        const acts = ["Enter", " ", "Escape", "Delete"].includes(event.key);
        if (!acts || event.ctrlKey || event.metaKey) return;
      }
      event.preventDefault();
      event.stopPropagation();
      if (event.type !== "click") return;
      this.say(GONE);
      this.shell.scrollIntoView({ block: "nearest" });
    };
    for (const name of ["click", "keydown", "beforeinput", "change", "paste", "drop"])
      this.listen(this.shell, name, stop, true);
  }

  // ---- the way to the kernel and back ------------------------------------------------------------------------------------

  private readonly showWait = (): void => {
    if (this.ended) return;
    const oldest = Math.min(...[...this.open.values()].map((each) => each.since));
    const waited = this.open.size ? Date.now() - oldest : 0;
    this.wait.hidden = waited < BUSY_MS;
    this.shell.classList.toggle("aiconn-waiting", !this.wait.hidden);
    if (this.wait.hidden) return;
    const words =
      waited < SILENT_MS
        ? "Waiting for the kernel: it is busy, this will be done when it is free."
        : "The kernel does not answer: it is busy, or this is a saved page. Run the cell again to work with it.";
    if (this.wait.textContent !== words) this.wait.textContent = words;
  };

  /** Send an intent; resolves when the kernel is done with it. */
  ask = (intent: string, data: Intent = {}): Promise<void> => {
    if (this.ended) return Promise.resolve();
    const number = ++this.seq;
    const done = new Promise<void>((resolve) => this.open.set(number, { since: Date.now(), data, resolve }));
    for (const ms of [BUSY_MS, SILENT_MS]) setTimeout(this.showWait, ms + 20);
    try {
      this.model.send({ ...data, intent, page: this.page, seat: SEAT, seq: number });
    } catch {
      this.end(); // where the kernel has been shut down, sending is an error
    }
    return done;
  };

  private readonly receive = (message: Reply): void => {
    if (message.page && message.page !== this.page) return;
    const asked = message.seq === undefined || message.seq === null ? undefined : this.open.get(message.seq);
    if (message.kind === "done") {
      asked?.resolve();
      if (message.seq) this.open.delete(message.seq);
      this.showWait();
    }
    this.answers[message.kind]?.(message as never, asked?.data);
  };

  // ---- where it is shown -------------------------------------------------------------------------------------------------

  /** What others opened, or chose, is not shown here: the kernel says where it is. */
  private readonly place = (): void => {
    const { seats = {}, others = true } = (this.model.get("where") ?? {}) as Partial<Where>;
    const here = seats[SEAT] ?? others;
    const came = this.shell.hidden && here;
    this.shell.hidden = this.host.hidden = !here;
    if (came) for (const callback of this.arrivals) callback();
  };
  /** It is shown on this page: at once where it is, and whenever it is again. */
  onHere(callback: () => void): void {
    this.arrivals.push(callback);
    if (!this.shell.hidden) callback();
  }
  /** The page, or the tab with this widget, is looked at again. */
  onReturn(callback: () => void): void {
    let last = 0;
    const come = (): void => {
      if (document.hidden || this.shell.hidden || !this.shell.isConnected || Date.now() - last < RETURN_MS) return;
      last = Date.now();
      callback();
    };
    this.listen(window, "focus", come);
    this.listen(document, "visibilitychange", come);
    // A JupyterLab tab that is shown again gives the page no focus.
    let seen = true;
    const watcher = new IntersectionObserver(([entry]) => {
      if (!entry) return;
      if (entry.isIntersecting && !seen) come();
      seen = entry.isIntersecting;
    });
    watcher.observe(this.shell);
    this.endings.push(() => watcher.disconnect());
  }
}
