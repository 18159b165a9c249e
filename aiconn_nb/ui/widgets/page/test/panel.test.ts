import { expect, test } from "vitest";
import { Form } from "../src/form/form";
import type { Panel } from "../src/protocol";
import { FakeModel, formView, useHost } from "./model";

const host = useHost();
const { part, type } = host;
const TRY: Panel = {
  id: "try",
  title: "Try",
  close: "Close",
  unsaved: "Not saved yet.",
  stale: "Changed since.",
  inputs: [{ name: "prompt", kind: "text", label: ["Prompt"], testid: "prompt" }],
  answers: [
    { text: "Ask", testid: "ask", intent: "try", data: { more: 1 } },
    { text: "Not now", testid: "not-now" },
  ],
};
const has = (name: string): boolean => host.node().querySelector(`[data-testid="${name}"]`) !== null;
function make(): FakeModel {
  const model = new FakeModel({ view: formView(), where: {} });
  new Form(model, host.node());
  part("test-button").focus();
  part("test-button").click();
  model.answer("test", "panel", TRY);
  return model;
}

test("what is typed stays in the panel that the kernel sends again, and travels only with a button", () => {
  const model = make();
  expect(document.activeElement).toBe(part("prompt"));
  type("prompt", "canary");
  model.answer("test", "panel", { ...TRY, error: "Refused." });
  expect(part("prompt").value).toBe("canary");
  expect(part("try").textContent).toContain("Refused.");
  expect(JSON.stringify(model.sent)).not.toContain("canary");
  part("ask").click();
  expect(model.sent.at(-1)).toMatchObject({ intent: "try", more: 1, values: { prompt: "canary" } });
});

test("Enter presses the first button, a button that is off does nothing, and Escape closes the panel", () => {
  const model = make();
  const press = (key: string): boolean =>
    part("prompt").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  press("Enter");
  const { length } = model.sent;
  expect(model.sent.at(-1)).toMatchObject({ intent: "try" });
  model.answer("try", "panel", { ...TRY, answers: [{ text: "Asking", testid: "ask", off: true }] });
  press("Enter");
  part("ask").click();
  expect(model.sent.length).toBe(length);
  press("Escape");
  expect([has("try"), document.activeElement]).toEqual([false, part("test-button")]);
});

test("a second click sends nothing until the kernel is done with the first one", async () => {
  const model = make();
  const asked = (): number => model.sent.filter((each) => each["intent"] === "try").length;
  part("ask").click();
  part("ask").click();
  expect(asked()).toBe(1);
  model.answer("try", "note", { tone: "bad", what: "Refused.", hint: "" });
  model.answer("try", "done");
  await Promise.resolve();
  part("ask").click();
  expect(asked()).toBe(2);
});

test("a panel that was closed stays closed, whatever was still under way for it", () => {
  const model = make();
  part("ask").click();
  part("not-now").click();
  model.answer("try", "panel", { ...TRY, text: "late" });
  expect(has("try")).toBe(false);
  part("test-button").click();
  model.answer("test", "panel", TRY);
  expect(has("try")).toBe(true);
  model.answer("try", "panel", { ...TRY, text: "later" });
  expect(has("try-answer")).toBe(false);
  model.answer("test", "close", { id: "try" });
  expect(has("try")).toBe(false);
});

test("a result says when the form has changed since, and no longer counts for a save", async () => {
  const tested = (): unknown => model.sent.findLast((each) => each["intent"] === "save")?.["tested"];
  const model = make();
  model.answer("test", "panel", { ...TRY, id: "test" });
  part("save").click();
  expect(tested()).toBe(true);
  model.answer("save", "done");
  await Promise.resolve();
  expect(part("test").textContent).not.toContain("Changed since.");
  type("name", "Other");
  expect(part("test").textContent).toContain("Changed since.");
  part("save").click();
  expect(tested()).toBe(false);
});

test("what is typed for one panel or input is never in another one", () => {
  const model = make();
  const asking = (id: string, name: string): Panel => ({
    id,
    title: id,
    inputs: [{ name, kind: "key", label: [name], testid: name }],
  });
  model.answer("test", "panel", asking("first", "key"));
  model.answer("test", "panel", asking("rotate", "one"));
  type("key", "canary-of-the-key");
  type("prompt", "canary-of-the-prompt");
  type("one", "canary-of-one");
  model.answer("test", "close", { id: "try" });
  expect(part("key").value).toBe("canary-of-the-key");
  expect(part("one").value).toBe("canary-of-one");
  model.answer("test", "panel", asking("rotate", "two"));
  expect(part("two").value).toBe("");
});
