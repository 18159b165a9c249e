/** The channel to the kernel: an intent has a number, and every answer repeats it. */
import type { Intent, Reply } from "./protocol";

/** The front end's model: anywidget's, or a part of a manager. */
export interface Model {
  get(key: string): unknown;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
  send(content: object): void;
}
/** One function per kind of message; it also gets the intent that the message answers. */
export type Answers<Messages = Record<string, unknown>> = {
  [Kind in keyof Messages]?: (message: Messages[Kind] & Reply, asked: Intent) => void;
};

const BUSY_MS = 600;
const SILENT_MS = 15000;

/** The id of a browser tab: it is shared by all its widgets and survives a reload. Another window has another id. */
export const SEAT = ((): string => {
  const fresh = Math.random().toString(36).slice(2);
  try {
    const known = sessionStorage.getItem("aiconn-seat") ?? fresh;
    sessionStorage.setItem("aiconn-seat", known);
    return known;
  } catch {
    return fresh; // a frame without storage
  }
})();

interface Asked {
  readonly since: number;
  readonly data: Intent;
  readonly resolve: () => void;
}

export class Channel {
  answers: Answers<Record<string, never>> = {};
  private readonly page = Math.random().toString(36).slice(2);
  private readonly open = new Map<number, Asked>();
  /** The number of the last intent. */
  seq = 0;
  private isClosed = false;

  /** `waits` gets the reason why an answer takes long, '' for none; `says` what a screen reader announces; `ends` is called when nothing can be sent any more. */
  constructor(
    private readonly model: Model,
    private readonly waits: (words: string) => void,
    private readonly says: (words: string) => void,
    private readonly ends: () => void,
  ) {}

  /** Send an intent; resolves when the kernel is done with it. */
  ask(intent: string, data: Intent = {}): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    const seq = ++this.seq;
    const done = new Promise<void>((resolve) => this.open.set(seq, { since: Date.now(), data, resolve }));
    for (const ms of [BUSY_MS, SILENT_MS]) setTimeout(this.tellWait, ms + 20);
    try {
      this.model.send({ ...data, intent, page: this.page, seat: SEAT, seq });
    } catch {
      this.ends(); // sending to a kernel that was shut down throws an error
    }
    return done;
  }
  /** Answers to other pages are ignored. */
  readonly receive = (message: Reply): void => {
    if (message.page && message.page !== this.page) return;
    const asked = this.open.get(message.seq ?? 0);
    if (message.kind === "done" && message.seq) {
      asked?.resolve();
      this.open.delete(message.seq);
      this.tellWait();
    }
    if (message.said) this.says(message.said);
    this.answers[message.kind]?.(message as never, asked?.data ?? {});
  };
  close(): void {
    this.isClosed = true;
    for (const { resolve } of this.open.values()) resolve();
    this.open.clear();
  }
  forget(): void {
    this.open.clear();
  }

  private readonly tellWait = (): void => {
    if (this.isClosed) return;
    const oldest = Math.min(...[...this.open.values()].map((each) => each.since));
    const waited = this.open.size ? Date.now() - oldest : 0;
    if (waited < BUSY_MS) this.waits("");
    else if (waited < SILENT_MS) this.waits("The kernel is busy. This will be done when it is free.");
    else
      this.waits(
        "The kernel does not answer: it is busy or was restarted, or this is a saved page. Run the cell again to work with it.",
      );
  };
}
