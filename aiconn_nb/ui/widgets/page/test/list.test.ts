import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { List } from "../src/list/list";
import { firstLook, matching, sorted } from "../src/list/look";
import { patchRows } from "../src/list/patch";
import { RowNode } from "../src/list/rows";
import type { ListView, Setup } from "../src/protocol";
import { FakeModel, row, SETUP, view } from "./model";

let host: HTMLElement;
beforeEach(() => {
  host = document.createElement("div");
  document.body.append(host);
});
afterEach(() => {
  host.remove();
});
const shown = (): (string | null)[] =>
  [...host.querySelectorAll(".aiconn-item:not([hidden]) .aiconn-alias")].map((each) => each.textContent);
function found(change: object, setup: Setup, all: ListView): string[] {
  const look = { ...firstLook(setup), ...change };
  return sorted(look, setup, all)
    .filter(matching(look, setup, all))
    .map(({ alias }) => alias);
}
function make(...rows: ReturnType<typeof row>[]): { model: FakeModel; list: List } {
  const model = new FakeModel({ view: view(...rows), setup: SETUP, where: {} });
  return { model, list: new List(model, host) };
}

test("rows are filtered by text, by the names of values and by a switch, and sorted by any column", () => {
  const all = view(row("b"), row("a10", { provider: "openai" }), row("a9", { active: false }));
  const aliases = (change: object): string[] => found(change, SETUP, all);
  expect(aliases({})).toEqual(["a9", "a10", "b"]);
  expect(aliases({ descending: true })).toEqual(["b", "a10", "a9"]);
  expect(aliases({ text: "OPENAI" })).toEqual(["a10"]);
  expect(aliases({ provider: "demo", active: "yes" })).toEqual(["b"]);
  expect(aliases({ sort: "active" })).toEqual(["a10", "b", "a9"]);
});

test("a filter compares a missing value, the capabilities of a provider, or the states of several connections", () => {
  const filters = [
    { key: "resolves", label: "", every: "", path: "resolves.missing" },
    { key: "can", label: "", every: "", path: "provider", through: "capabilities" },
    { key: "state", label: "", every: "", path: "links.state" },
  ];
  const setup = { ...SETUP, filters };
  const links = [{ alias: "x" }, { alias: "y", state: "unresolved" }];
  const rows = [
    row("a", { resolves: { tone: "bad", text: "$Absent", rank: 1, missing: true } }),
    row("b", { provider: "openai" }),
    row("c", { links }),
  ];
  const all = { ...view(...rows), capabilities: { openai: ["chat", "embedding"], demo: ["chat"] } };
  const aliases = (change: object): string[] => found(change, setup, all);
  expect(aliases({ resolves: "yes" })).toEqual(["a"]);
  expect(aliases({ resolves: "no" })).toEqual(["b", "c"]);
  expect(aliases({ can: "embedding" })).toEqual(["b"]);
  expect(aliases({ can: "chat" })).toEqual(["a", "b", "c"]);
  expect(aliases({ state: "unresolved" })).toEqual(["c"]);
});

test("a filter and a sorting change the rows, and the kernel remembers both", () => {
  vi.useFakeTimers();
  const { model } = make(row("b"), row("a"));
  const search = host.querySelector<HTMLInputElement>('input[type="search"]');
  if (!search) throw new Error("there is no filter");
  search.value = "b";
  search.dispatchEvent(new Event("input"));
  expect(shown()).toEqual(["b"]);
  search.value = "";
  search.dispatchEvent(new Event("input"));
  host.querySelector<HTMLElement>(".aiconn-k-name .aiconn-sort")?.click();
  expect(shown()).toEqual(["b", "a"]);
  vi.advanceTimersByTime(400);
  expect(model.sent.at(-1)).toMatchObject({ intent: "look", look: { text: "", sort: "name", descending: true } });
  vi.useRealTimers();
});

test("a row that does not match stays in the page, hidden, and the others stay in order", () => {
  const { list } = make(row("c"), row("b"), row("a"));
  const nodes = [...host.querySelectorAll(".aiconn-item")];
  list.turn({ text: "b" });
  expect([...host.querySelectorAll(".aiconn-item")]).toEqual(nodes);
  expect(shown()).toEqual(["b"]);
  list.turn({ text: "", sort: "name", descending: true });
  expect(shown()).toEqual(["c", "b", "a"]);
});

test("the first hundred of many matching rows appear at once, and the rest when the page is idle", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { list } = make(...Array.from({ length: 130 }, (_, i) => row(`r${String(i)}`)));
  expect(shown().length).toBe(100);
  list.turn({ text: "r" });
  expect(shown().length).toBe(100);
  vi.advanceTimersByTime(200);
  expect(shown().length).toBe(130);
  list.turn({ text: "r12" });
  expect(shown().length).toBe(11);
  list.turn({ text: "" });
  expect(shown().length).toBe(110);
  vi.useRealTimers();
});

test("data from outside is shown as text", () => {
  make(row("a", { name: "<img src=x onerror=alert(1)>" }));
  expect(host.querySelector("img")).toBeNull();
  expect(host.querySelector("bdi")?.textContent).toBe("<img src=x onerror=alert(1)>");
});

test("the rows come as one text", () => {
  const model = new FakeModel({ view: { ...view(), rows: JSON.stringify([row("a")]) }, setup: SETUP });
  patchRows(model);
  new List(model, host);
  expect(shown()).toEqual(["a"]);
  model.fire("msg:custom", { kind: "rows", turn: 3, rows: [row("a", { name: "Other" })] });
  expect((model.get("view") as ReturnType<typeof view>).rows?.[0]?.name).toBe("Other");
});

test("only a row that differs is drawn again", () => {
  const rows = Array.from({ length: 60 }, (_, i) => row(`r${String(i)}`));
  const { model } = make(...rows);
  expect(shown().length).toBe(60);
  const filled = vi.spyOn(RowNode.prototype, "fill" as "draw");
  model.set("view", { ...view(...rows.map((each) => ({ ...each }))), turn: 2 });
  expect(filled).toHaveBeenCalledTimes(0);
  model.set("view", view(...rows.map((each, i) => (i === 30 ? { ...each, name: "Other" } : { ...each }))));
  expect(filled).toHaveBeenCalledTimes(1);
});

test("data defines columns, filters and actions", () => {
  const { model } = make(row("a", { used: true }), row("b"));
  const heads = [...host.querySelectorAll("thead .aiconn-sort")].map((each) => each.textContent.trim());
  expect(heads).toEqual(["Name", "Provider", "Active", "Modified"]);
  const press = (alias: string): void =>
    host.querySelector<HTMLElement>(`[data-id="id-${alias}"] [data-do="use"]`)?.click();
  press("a");
  press("b");
  expect(model.sent.map((each) => each["intent"])).toEqual(["hello", "stop", "use"]);
});

test("a question below a row takes the focus, and Escape gives it back", () => {
  const { model } = make(row("a"));
  host.querySelector<HTMLElement>('[data-do="delete"]')?.click();
  const remove = { text: "Delete", first: true, intent: "delete", data: { id: "id-a" }, row: "delete" };
  const panel = { id: "ask", title: "Delete A?", tone: "danger", place: "id-a" };
  model.answer("ask_delete", "panel", { ...panel, answers: [remove, { text: "Cancel", row: "delete" }] });
  expect(document.activeElement?.textContent.trim()).toBe("Delete");
  document.activeElement?.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }),
  );
  expect(host.querySelector("[role=alertdialog]")).toBeNull();
  expect((document.activeElement as HTMLElement).dataset["do"]).toBe("delete");
});

test("the focus returns to the row of a form, to the Undo of what it deleted, or else to the filter", () => {
  const setup = { ...SETUP, actions: [{ do: "edit", icon: "edit", words: "Edit" }] };
  const model = new FakeModel({ view: view(row("a")), setup });
  new List(model, host);
  const answers = [{ text: "Undo", intent: "undo" }];
  const deletion = (number: number): object => ({
    number,
    tone: "plain",
    what: "Deleted.",
    hint: "",
    seconds: 10,
    answers,
  });
  const focusedAfter = (more: object): Element | null => {
    model.answer("hello", "welcome", { look: {}, deleted: [deletion(1)], ...more });
    return document.activeElement;
  };
  const search = host.querySelector("input[type=search]");
  expect(focusedAfter({})).toBe(document.body);
  expect(focusedAfter({ focus: "a" })).toBe(host.querySelector('[data-do="edit"]'));
  expect(focusedAfter({ focus: "gone" })).toBe(search);
  expect(focusedAfter({ focus: "a" })).not.toBe(search);
  expect(focusedAfter({ focus: "" })).toBe(search);
  const undo = focusedAfter({ focus: "gone", deleted: [deletion(1), deletion(2)] });
  expect(undo?.closest<HTMLElement>("[data-undo]")?.dataset["undo"]).toBe("2");
});

test("a message with an older turn is ignored", () => {
  const model = new FakeModel({ view: view(row("a")), setup: SETUP });
  patchRows(model);
  const name = (): string | undefined => (model.get("view") as ReturnType<typeof view>).rows?.[0]?.name;
  model.fire("msg:custom", { kind: "rows", turn: 3, rows: [row("a", { name: "third" })] });
  model.fire("msg:custom", { kind: "rows", turn: 2, rows: [row("a", { name: "second" })] });
  expect(name()).toBe("third");
});

test("a list of another seat is hidden, and sends nothing until it is shown", () => {
  const model = new FakeModel({ view: view(row("a")), setup: SETUP, where: { seats: {}, others: false } });
  new List(model, host);
  expect(host.hidden).toBe(true);
  expect(model.sent).toEqual([]);
  model.set("where", { seats: {}, others: true });
  expect(host.hidden).toBe(false);
  expect(model.sent.map((each) => each["intent"])).toEqual(["hello"]);
});
