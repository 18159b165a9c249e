import { afterEach, beforeEach, expect, test } from "vitest";
import { Needs } from "../src/needs";
import type { NeedView } from "../src/protocol";
import { FakeModel, needsView } from "./model";

const KEY: NeedView = {
  id: "r",
  kind: "connection",
  alias: "dev",
  words: "",
  lack: "unresolved",
  state: "missing",
  does: "keep",
  reference: "$A:B",
};
let host: HTMLElement;
let model: FakeModel;
beforeEach(() => {
  host = document.createElement("div");
  document.body.append(host);
  model = new FakeModel({ view: needsView(KEY), where: {} });
  new Needs(model, host);
});
afterEach(() => {
  host.remove();
});
function save(value: string): Record<string, unknown> | undefined {
  const input = host.querySelector<HTMLInputElement>('[data-testid="value-dev"]');
  if (!input) throw new Error("there is no input");
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  host.querySelector<HTMLElement>('[data-testid="keep-dev"]')?.click();
  return model.sent.findLast((each) => each["intent"] === "keep");
}

test("after an error, the next save does not replace a stored secret", () => {
  expect(save("")).toMatchObject({ value: "", replace: false });
  model.answer("keep", "kept", { field: "r", what: "No value was given.", hint: "" });
  expect(save("new")).toMatchObject({ value: "new", replace: false });
});

test("after the kernel has reported a stored secret, the next save replaces it, in that environment only", () => {
  save("new");
  model.answer("keep", "kept", { field: "r", exists: "There is already a value." });
  expect(host.querySelector("[role=alert]")?.textContent).toContain("Save again to replace it.");
  expect(save("new")).toMatchObject({ replace: true });
  model.set("view", { ...needsView(KEY), environment: "Production" });
  expect(save("new")).toMatchObject({ environment: "Production", replace: false });
  model.set("view", needsView(KEY));
  model.answer("keep", "kept", { field: "r", what: "The disk is full.", hint: "" });
  expect(save("new")).toMatchObject({ replace: false });
});
