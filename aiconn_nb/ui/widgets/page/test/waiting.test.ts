import { expect, test, vi } from "vitest";
import { Form } from "../src/form/form";
import type { Stored } from "../src/protocol";
import { FakeModel, formView, profileView, useHost } from "./model";

const STORED: Stored = {
  id: "i",
  alias: "dev",
  name: "Dev",
  kind: "acme",
  active: true,
  version: 1,
  modified: "2026-01-01T00:00:00Z",
  mark: "",
  settings: { api_key: { sealed: true } },
};
const NOTE = { tone: "bad", what: "The store cannot be read.", hint: "" };
const host = useHost();
const { part, type } = host;
function make(view = formView({ stored: STORED })): FakeModel {
  const model = new FakeModel({ view, where: {} });
  new Form(model, host.node());
  return model;
}
function rotating(): FakeModel {
  const model = make();
  part("rotate-api_key-link").click();
  model.answer("plan_rotation", "rotation", { field: "api_key", asks: [{ key: "api_key", label: "API key" }] });
  type("rotate-api_key", "acme-12345");
  part("rotate-send").click();
  return model;
}
const RUNG = {
  name: "authenticated",
  title: "Authenticated",
  state: "failed",
  next: "",
  detail: "",
  hint: "",
  seconds: 0,
};
const turnOf = (model: FakeModel): unknown => model.sent.findLast((each) => each["intent"] === "rotate")?.["turn"];
const fails = (model: FakeModel): void => model.answer("rotate", "rung", { turn: turnOf(model), rung: RUNG });

for (const [kind, more] of [
  ["gone", { alias: "dev" }],
  ["note", NOTE],
] as const) {
  test(`after the answer "${kind}", a prompt no longer waits for a reply`, () => {
    const model = make();
    part("try-button").click();
    type("try-prompt", "Hello");
    part("try-ask").click();
    expect([part("try-ask").textContent, part("try-ask").disabled]).toEqual(["Asking…", true]);
    model.answer("try", kind, more);
    expect([part("try-ask").textContent, part("try-ask").disabled]).toEqual(["Ask", false]);
  });

  test(`the answer "${kind}" ends a rotation and its test`, () => {
    const model = rotating();
    expect([part("rotate-send").disabled, part("test").hidden]).toEqual([true, false]);
    model.answer("rotate", kind, more);
    expect([part("rotate-send").disabled, part("test").hidden]).toEqual([false, true]);
  });

  test(`the answer "${kind}" closes a comparison`, () => {
    const model = make();
    part("tab-history").click();
    const version = { version: 1, current: false, first: true, modified: STORED.modified, by: "", changes: [] };
    model.answer("history", "history", { versions: [version] });
    part("compare-1").click();
    model.answer("diff", kind, more);
    expect(part("compare-1").getAttribute("aria-expanded")).toBe("false");
  });

  test(`input stays after the answer "${kind}" to a request to disable the entry`, () => {
    const model = make();
    part("delete").click();
    model.answer("ask_delete", "ask_delete", { lines: [], active: true });
    [...part("ask").querySelectorAll("button")].find((each) => each.textContent === "Disable instead")?.click();
    model.answer("disable", kind, more);
    type("name", "Mine");
    model.set("view", formView({ stored: { ...STORED, name: "Theirs", version: 2 } }));
    expect(part("name").value).toBe("Mine");
  });
}

test("a secret can be sent again after the kernel refused to store it", () => {
  const model = make(formView());
  type("input-api_key", "$Acme:Key");
  vi.advanceTimersByTime(400);
  const check = model.sent.findLast((each) => each["intent"] === "check");
  const reference = { resolved: false, shown: "", source: "", hidden: [], problem: "It is missing.", hint: "" };
  const checked = { alias: { value: "", problem: "", free: "" }, environment: "Development", meanwhile: null };
  model.answer("check", "checked", { ...checked, turn: check?.["turn"], references: { api_key: reference } });
  part("note-api_key").querySelector<HTMLElement>(".aiconn-link")?.click();
  part("keep-api_key").click();
  expect(part("keep-api_key").disabled).toBe(true);
  model.answer("keep", "note", NOTE);
  expect(part("keep-api_key").disabled).toBe(false);
});

test("the form no longer waits for a list of models after the kernel refused to ask for it", () => {
  const model = make(profileView());
  model.answer("hello", "welcome", { draft: { connections: ["one"], active: true }, focus: false });
  expect(part("models").textContent).toContain("Asking one");
  model.answer("models", "note", NOTE);
  expect(part("models").textContent).not.toContain("Asking one");
});

test("a rotation ends its test: a refused key leaves the failed step, and a proven one nothing", () => {
  const model = rotating();
  fails(model);
  model.answer("rotate", "rotation_failed", { what: "The key was refused.", hint: "" });
  expect(part("test").querySelector("[role=status]")?.textContent).not.toContain("Testing");
  expect(part("test").textContent).toContain("Authenticated");
  part("rotate-send").click();
  model.answer("rotate", "rotation_failed", { what: "Enter a key.", hint: "" });
  expect(part("test").hidden).toBe(true);
  part("rotate-send").click();
  model.answer("rotate", "rotated", { what: "dev has a new key.", more: [] });
  expect(part("test").hidden).toBe(true);
});

test("the test of a rotation does not count as a test of the saved values", () => {
  const model = rotating();
  fails(model);
  model.answer("rotate", "rotation_failed", { what: "The key was refused.", hint: "" });
  part("save").click();
  expect(model.sent.findLast((each) => each["intent"] === "save")).toMatchObject({ tested: false });
});
