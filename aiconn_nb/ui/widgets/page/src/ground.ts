/** The base of every widget: its element, its channel to the kernel, where it is shown, and its screen reader messages. */
import { Channel, SEAT, type Answers, type Model } from "./channel";
import { html, note, render, stop } from "./html";
import type { Intent, Where } from "./protocol";

export { SEAT, type Answers, type Model } from "./channel";

const GONE = "The kernel has ended. Run the cell again to work with it.";
const RETURN_MS = 500;

function make(parent: Element, className: string, attributes: Record<string, string> = {}): HTMLElement {
  const node = document.createElement("div");
  node.className = className;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent.append(node);
  return node;
}

export class Ground {
  readonly root: HTMLElement;
  /** Reports that the kernel is gone, if the widget has a better place for it; returns whether it did. */
  onEnd: (() => boolean) | null = null;
  private readonly shell: HTMLElement;
  private readonly wait: HTMLElement;
  private readonly voice: HTMLElement;
  private readonly channel: Channel;
  private readonly endings: (() => void)[] = [];
  private readonly arrivals: (() => void)[] = [];
  private isEnded = false;

  constructor(
    readonly model: Model,
    private readonly host: HTMLElement,
    label: string,
  ) {
    host.classList.add("aiconn-host");
    this.shell = make(host, "aiconn-shell", { dir: "ltr" });
    this.root = make(this.shell, "aiconn", { role: "region", "aria-label": label });
    this.wait = make(this.shell, "aiconn-wait", { role: "status" });
    this.voice = make(this.shell, "aiconn-voice", { role: "status", "aria-live": "polite" });
    this.wait.hidden = true;
    this.channel = new Channel(model, this.waiting, this.say, this.end);
    this.keepKeys();
    this.swallow();
    this.hear("msg:custom", this.channel.receive);
    this.hear("comm_live_update", this.end);
    this.hear("change:where", this.place);
    this.place();
  }

  answer<Messages>(answers: Answers<Messages>): void {
    this.channel.answers = answers as Answers<Record<string, never>>;
  }
  /** Send an intent; resolves when the kernel is done with it. */
  ask = (intent: string, data?: Intent): Promise<void> => this.channel.ask(intent, data);
  /** The number of the last intent. */
  get asked(): number {
    return this.channel.seq;
  }
  /** Send an intent whose end does not matter. */
  readonly send = (intent: string, data?: Intent): void => void this.ask(intent, data);
  /** Listen to the model for the lifetime of this widget. */
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
    this.channel.forget();
  };
  /** Announce to a screen reader. */
  say = (words: string): void => {
    this.voice.textContent = "";
    this.voice.textContent = words;
  };
  /** The focused element in this widget. In marimo, a widget is in a shadow tree, and the document only knows its host. */
  get focused(): HTMLElement | null {
    const { activeElement } = this.root.getRootNode() as Document | ShadowRoot;
    return activeElement instanceof HTMLElement && this.root.contains(activeElement) ? activeElement : null;
  }
  find<T extends HTMLElement = HTMLElement>(selector: string): T | null {
    return this.root.querySelector<T>(selector);
  }

  /** A node, or the one that a new drawing has in its place: the one with its test id. */
  again(node: HTMLElement | null | undefined): HTMLElement | null {
    if (node?.isConnected) return node;
    const testid = node?.dataset["testid"];
    return testid ? this.find(`[data-testid="${CSS.escape(testid)}"]`) : null;
  }

  /**
   * JupyterLab's notebook would handle d-d, x, m, Enter and the arrow keys itself while a button, radio or list in an output has
   * the focus. Its shortcuts match the focused element itself, so they must be disabled on that element. JupyterLab keeps the
   * shortcuts for saving and the palette. The listener is on the window, because JupyterLab's is on the document.
   */
  private keepKeys(): void {
    const mark = (event: KeyboardEvent): void => {
      if (!(event.target instanceof Element) || !this.shell.contains(event.target)) return;
      const isOurs = !(event.ctrlKey || event.metaKey) || event.key === "Enter" || event.key.toLowerCase() === "z";
      event.target.toggleAttribute("data-lm-suppress-shortcuts", isOurs);
    };
    this.listen(window, "keydown", mark, true);
    // With its shortcuts disabled, JupyterLab still handles these events for the focused element, which would block new lines and
    // undo in a text.
    const keep = (event: InputEvent): void => {
      if (["insertLineBreak", "historyUndo", "historyRedo"].includes(event.inputType)) event.stopPropagation();
    };
    this.listen(this.root, "beforeinput", keep, true);
  }

  // ---- the kernel is busy, or gone ---------------------------------------------------------------------------------------

  private readonly waiting = (words: string): void => {
    this.wait.hidden = !words;
    this.shell.classList.toggle("aiconn-waiting", words !== "");
    if (this.wait.textContent !== words) this.wait.textContent = words;
  };
  /** From now on nothing can be sent: show that first, and make the widget read-only. */
  private readonly end = (): void => {
    if (this.isEnded) return;
    this.isEnded = true;
    this.channel.close();
    this.waiting("");
    this.shell.classList.add("aiconn-ended");
    if (!this.onEnd?.()) {
      this.shell.prepend(this.wait);
      this.wait.hidden = false;
      render(html`${note({ tone: "warn", what: GONE })}`, this.wait);
    }
    for (const input of this.shell.querySelectorAll<HTMLInputElement>("input, select, textarea"))
      if (input.tagName === "SELECT" || ["checkbox", "radio", "range"].includes(input.type)) input.disabled = true;
      else input.readOnly = true;
  };
  /** A button stays enabled and says why it does nothing: a disabled one could not. */
  private swallow(): void {
    const hold = (event: Event): void => {
      if (!this.isEnded) return;
      if (event instanceof KeyboardEvent) {
        const acts = ["Enter", " ", "Escape", "Delete"].includes(event.key);
        if (!acts || event.ctrlKey || event.metaKey) return;
      }
      stop(event);
      if (event.type !== "click") return;
      this.say(GONE);
      this.shell.scrollIntoView({ block: "nearest" });
    };
    for (const name of ["click", "keydown", "beforeinput", "change", "paste", "drop"])
      this.listen(this.shell, name, hold, true);
  }

  // ---- where it is shown -------------------------------------------------------------------------------------------------

  /** What others opened or chose is not shown here: the kernel says where. */
  private readonly place = (): void => {
    const { seats = {}, others = true } = (this.model.get("where") ?? {}) as Partial<Where>;
    const isHere = seats[SEAT] ?? others;
    const came = this.shell.hidden && isHere;
    this.shell.hidden = this.host.hidden = !isHere;
    if (came) for (const callback of this.arrivals) callback();
  };
  /** Call it when the widget is shown on this page: now, if it is visible, and each time it becomes visible. */
  onHere(callback: () => void): void {
    this.arrivals.push(callback);
    if (!this.shell.hidden) callback();
  }
  /** The page, or the tab with this widget, is visible again. */
  onReturn(callback: () => void): void {
    let last = 0;
    const come = (): void => {
      if (document.hidden || this.shell.hidden || !this.shell.isConnected || Date.now() - last < RETURN_MS) return;
      last = Date.now();
      callback();
    };
    this.listen(window, "focus", come);
    this.listen(document, "visibilitychange", come);
    // A JupyterLab tab that becomes visible does not focus the page.
    let wasSeen = true;
    const watcher = new IntersectionObserver((entries) => {
      // A busy page receives hide and show events together.
      for (const { isIntersecting } of entries) {
        if (isIntersecting && !wasSeen) come();
        wasSeen = isIntersecting;
      }
    });
    watcher.observe(this.shell);
    this.endings.push(() => watcher.disconnect());
  }
}
