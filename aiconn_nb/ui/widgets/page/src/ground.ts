/** What every widget is built on: its element, its channel to the kernel, where it is shown, and what is read out. */
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
  /** Says that the kernel is gone, where the widget has a better place for it; answers whether it did. */
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
    this.shell = make(host, "aiconn-shell");
    this.root = make(this.shell, "aiconn", { role: "region", "aria-label": label });
    this.wait = make(this.shell, "aiconn-wait", { role: "status" });
    this.voice = make(this.shell, "aiconn-voice", { role: "status", "aria-live": "polite" });
    this.wait.hidden = true;
    this.channel = new Channel(model, this.waiting, this.end);
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
    this.channel.forget();
  };
  /** Read out to a screen reader. */
  say = (words: string): void => {
    this.voice.textContent = "";
    this.voice.textContent = words;
  };
  /** What has the focus in here. In marimo a widget is in a shadow tree, where the document knows only its host. */
  get focused(): HTMLElement | null {
    const { activeElement } = this.root.getRootNode() as Document | ShadowRoot;
    return activeElement instanceof HTMLElement && this.root.contains(activeElement) ? activeElement : null;
  }
  find<T extends HTMLElement = HTMLElement>(selector: string): T | null {
    return this.root.querySelector<T>(selector);
  }

  /**
   * JupyterLab's notebook would take d-d, x, m, Enter or the arrows for its own while a button, radio or list in an output has the
   * focus. Its shortcuts match the focused element itself, so that is where they have to be switched off. Saving the notebook and
   * the palette stay JupyterLab's. On the window, for it listens on the document first of all.
   */
  private keepKeys(): void {
    const mark = (event: KeyboardEvent): void => {
      if (!(event.target instanceof Element) || !this.shell.contains(event.target)) return;
      const isOurs = !(event.ctrlKey || event.metaKey) || event.key === "Enter" || event.key.toLowerCase() === "z";
      event.target.toggleAttribute("data-lm-suppress-shortcuts", isOurs);
    };
    this.listen(window, "keydown", mark, true);
    // What it does with these keys instead it does at the focused element: there it would keep a text from having a new line, and
    // what was typed from being undone.
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
  /** From now on nothing is sent: it says so above all, and can only be read. */
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
  /** A button stays where it is and says why it does nothing: a disabled one could not say it. */
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

  /** What others opened, or chose, is not shown here: the kernel says where it is. */
  private readonly place = (): void => {
    const { seats = {}, others = true } = (this.model.get("where") ?? {}) as Partial<Where>;
    const isHere = seats[SEAT] ?? others;
    const came = this.shell.hidden && isHere;
    this.shell.hidden = this.host.hidden = !isHere;
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
    let wasSeen = true;
    const watcher = new IntersectionObserver((entries) => {
      // A page that is busy hears of hiding and showing at once.
      for (const { isIntersecting } of entries) {
        if (isIntersecting && !wasSeen) come();
        wasSeen = isIntersecting;
      }
    });
    watcher.observe(this.shell);
    this.endings.push(() => watcher.disconnect());
  }
}
