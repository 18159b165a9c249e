/** A fake of the model that a front end provides. */
import { afterEach, beforeEach, vi } from "vitest";
import type { Model } from "../src/ground";
import type {
  Answer,
  FieldView,
  FormView,
  FormWords,
  KindView,
  ListView,
  NeedsView,
  NeedView,
  Row,
  Setup,
} from "../src/protocol";

type Listener = (...args: never[]) => void;

export class FakeModel implements Model {
  readonly sent: Record<string, unknown>[] = [];
  private readonly listeners = new Map<string, Set<Listener>>();

  constructor(readonly state: Record<string, unknown>) {}
  get = (key: string): unknown => this.state[key];
  on(event: string, callback: Listener): void {
    const known = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, known.add(callback));
  }
  off(event: string, callback: Listener): void {
    this.listeners.get(event)?.delete(callback);
  }
  send(content: object): void {
    this.sent.push(content as Record<string, unknown>);
  }
  fire(event: string, ...args: unknown[]): void {
    for (const each of this.listeners.get(event) ?? []) each(...(args as never[]));
  }
  set(key: string, value: unknown): void {
    this.state[key] = value;
    this.fire(`change:${key}`);
  }
  /** Answer the last intent of this name, as the kernel does. */
  answer(intent: string, kind: string, more: object = {}): void {
    const asked = this.sent.findLast((each) => each["intent"] === intent);
    this.fire("msg:custom", { kind, page: asked?.["page"], seq: asked?.["seq"], ...more });
  }
}

export const SETUP: Setup = {
  label: "Things",
  create: "Create thing",
  no_match: "No thing matches.",
  columns: [
    { key: "name", title: "Name", kind: "name", width: "1fr" },
    { key: "provider", title: "Provider", kind: "text", width: "90px", names: "providers" },
    { key: "active", title: "Active", kind: "switch", width: "50px" },
    { key: "modified", title: "Modified", kind: "age", width: "80px" },
  ],
  filters: [
    { key: "provider", label: "Provider", every: "All", path: "provider", names: "providers" },
    { key: "active", label: "Active", every: "Any", path: "active", choices: [["yes", "On"]] },
  ],
  search: "Filter",
  search_label: "Filter things",
  searched: ["name", "alias"],
  actions: [
    { do: "use", icon: "plug", words: "Use", pressed: "used", release: "stop" },
    { do: "delete", icon: "delete", words: "Delete", intent: "ask_delete" },
  ],
  bulk: [{ text: "Disable", intent: "switch", data: { active: false } }],
  used: "used",
  used_words: "in use",
  tracks: "1fr 90px 50px 80px 70px",
  cards: 400,
};
export const row = (alias: string, more: Partial<Row> = {}): Row => ({
  id: `id-${alias}`,
  alias,
  name: alias.toUpperCase(),
  provider: "demo",
  active: true,
  modified: "2026-01-01T00:00:00Z",
  version: 1,
  ...more,
});
export const view = (...rows: Row[]): ListView => ({
  kind: "list",
  turn: 1,
  environment: { name: "Development", origin: "", choices: ["Development"] },
  providers: { demo: "Demo", openai: "OpenAI" },
  rows,
  failures: {},
  notices: [],
});

const field = (key: string, type: string, more: Partial<FieldView> = {}): FieldView => ({
  key,
  label: key,
  help: "",
  type,
  required: false,
  ...more,
});
const kind = (id: string, fields: FieldView[], more: Partial<KindView> = {}): KindView => ({
  id,
  name: id,
  about: "",
  fields,
  example: "",
  ...more,
});
const words: FormWords = {
  noun: "Connection",
  about: "",
  pick: "provider",
  picker: "Provider",
  fixed: "",
  switch: "Active",
  switch_about: "",
  locked: "",
  open: "",
  lock: "",
  elsewhere: "Saved elsewhere.",
};
const BUTTONS: readonly Answer[] = [
  { text: "Test", testid: "test-button", intent: "test", draft: true },
  {
    ...{ text: "Cancel", testid: "cancel", intent: "cancel", stored: true },
    discards: {
      ...{ id: "ask", title: "Discard?", tone: "none" },
      answers: [
        { text: "Discard", intent: "cancel", stored: true },
        { text: "Go on", first: true },
      ],
    },
  },
  { text: "Save", testid: "save", intent: "save", draft: true, kind: "primary" },
];
export const formView = (more: Partial<FormView> = {}): FormView => ({
  kind: "form",
  title: "New connection",
  words,
  buttons: BUTTONS,
  environment: "Development",
  shapes: [{ owner: "acme", key: "an Acme key", pattern: "acme-[0-9]{4,}" }],
  stored: null,
  kinds: [
    kind(
      "acme",
      [
        field("api_key", "string", { sensitive: true, suggested: "$Acme:Key" }),
        field("retries", "integer", { inputmode: "numeric" }),
        field("tier", "string", {
          choices: [
            ["", "Not set"],
            ["a", "a"],
            ["b", "b"],
          ],
        }),
      ],
      { shapes: ["acme"] },
    ),
  ],
  picked: "acme",
  ...more,
});
export const profileView = (more: Partial<FormView> = {}): FormView => ({
  ...formView(),
  kind: "profile",
  words: { ...words, noun: "Profile", pick: "capability" },
  kinds: [
    kind("chat", [
      field("connections", "connections"),
      field("model", "model"),
      field("temperature", "slider", { least: 0, most: 2, group: "Options" }),
      field("system", "lines", { group: "Options" }),
      field("tags", "plain"),
    ]),
  ],
  picked: "chat",
  connections: [
    { id: "one", alias: "one", name: "One", provider: "Demo", can: ["chat"], state: "ready", tone: "good", words: "" },
    { id: "two", alias: "two", name: "Two", provider: "Demo", can: ["chat"], state: "ready", tone: "good", words: "" },
  ],
  ...more,
});
export const needsView = (...rows: NeedView[]): NeedsView => ({
  kind: "needs",
  title: "",
  about: "",
  missing: rows.length,
  rows,
  answers: [],
});

/** The element that a widget is drawn in, new for each test, with what a user does in it. Timers are the test's own. */
export function useHost() {
  let host: HTMLElement;
  beforeEach(() => {
    vi.useFakeTimers();
    host = document.createElement("div");
    document.body.append(host);
  });
  afterEach(() => {
    host.remove();
    vi.useRealTimers();
  });
  const part = <T extends HTMLElement = HTMLInputElement>(name: string): T => {
    const node = host.querySelector<T>(`[data-testid="${name}"]`);
    if (!node) throw new Error(`there is no ${name}`);
    return node;
  };
  const type = (name: string, text: string): void => {
    const input = part(name);
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return { node: () => host, part, type };
}
