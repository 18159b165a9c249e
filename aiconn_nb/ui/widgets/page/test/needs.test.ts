import { afterEach, beforeEach, expect, test } from "vitest";
import { Needs } from "../src/needs";
import type { NeedView } from "../src/protocol";
import { FakeModel, needsView } from "./model";

const keep = (data: Record<string, unknown>): NeedView => ({
  id: "r",
  kind: "connection",
  alias: "dev",
  words: "",
  lack: "unresolved",
  state: "missing",
  inputs: [{ name: "value", kind: "key", label: ["Value"], testid: "value" }],
  answers: [{ text: "Save", testid: "keep", intent: "keep", data }],
});
const KEY = keep({ environment: "Development" });
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
function save(): Record<string, unknown> | undefined {
  host.querySelector<HTMLElement>('[data-testid="keep"]')?.click();
  return model.sent.findLast((each) => each["intent"] === "keep");
}

test("what the kernel answers replaces the remedy, as long as the need is the same, and the typed value stays", () => {
  const input = host.querySelector<HTMLInputElement>('[data-testid="value"]');
  if (!input) throw new Error("there is no input");
  input.value = "canary";
  expect(save()).toMatchObject({ values: { value: "canary" }, environment: "Development" });
  const { inputs, answers } = keep({ environment: "Development", replaces: "Development" });
  model.answer("keep", "panel", { id: "r", title: "", inputs, answers, error: "There is one already." });
  expect(host.querySelector("[role=alert]")?.textContent).toContain("There is one already.");
  expect(save()).toMatchObject({ values: { value: "canary" }, replaces: "Development" });
  model.set("view", needsView(keep({ environment: "Production" })));
  expect(host.querySelector("[role=alert]")).toBe(null);
  expect(save()).toMatchObject({ values: { value: "canary" }, environment: "Production" });
  expect(save()).not.toHaveProperty("replaces");
});

test("its English words run from left to right in a page of the other direction", () => {
  host.dir = "rtl";
  expect(host.querySelector('[data-testid="value"]')?.closest("[dir]")?.getAttribute("dir")).toBe("ltr");
});
