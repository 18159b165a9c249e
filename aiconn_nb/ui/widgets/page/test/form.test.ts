import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Form } from "../src/form/form";
import { matchingKeys } from "../src/form/references";
import type { Stored } from "../src/protocol";
import { sentence } from "../src/words";
import { FakeModel, formView, profileView } from "./model";

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
function type(name: string, text: string): void {
  const input = part(name);
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
function make(view = formView()): FakeModel {
  const model = new FakeModel({ view, where: {} });
  new Form(model, host);
  return model;
}

test("a field is one component, chosen by its type", () => {
  make();
  expect(part("input-api_key").getAttribute("role")).toBe("combobox");
  expect(part("input-retries").inputMode).toBe("numeric");
  expect(part("input-tier").tagName).toBe("SELECT");
});

test("every type of a field is one component", () => {
  make(profileView());
  expect(part("input-connections").placeholder).toBe("Add a connection");
  expect(part("input-model").getAttribute("role")).toBe("combobox");
  expect(part("input-temperature").parentElement?.previousElementSibling?.getAttribute("type")).toBe("range");
  expect(part("input-system").tagName).toBe("TEXTAREA");
  expect(part("input-tags").hasAttribute("role")).toBe(false);
});

test("what they changed and what is typed here are chosen between, one by one", () => {
  const stored: Stored = {
    id: "i",
    alias: "writer",
    name: "Writer",
    kind: "chat",
    active: true,
    version: 1,
    modified: "2026-01-01T00:00:00Z",
    mark: "",
    settings: { model: { text: "a" }, tags: { text: "x" } },
    connections: ["one"],
  };
  const model = make(profileView({ stored }));
  type("name", "Mine");
  type("input-model", "mine");
  part("save").click();
  const theirs = {
    ...stored,
    version: 2,
    name: "Theirs",
    settings: { model: { text: "theirs" }, tags: { text: "y" } },
  };
  model.answer("save", "changed", { theirs, changed: ["name"], settings: ["model", "tags"] });
  part("mine-field-model").click();
  part("theirs-name").click();
  [...part("ask").querySelectorAll("button")].find((each) => each.textContent === "Save what is chosen")?.click();
  const save = model.sent.findLast((each) => each["intent"] === "save");
  expect(save).toMatchObject({ version: 2, name: "Theirs", connections: ["one"] });
  expect(save?.["fields"]).toMatchObject({ model: "mine", tags: "y" });
});

test("a secret travels with a save, and with no check", () => {
  const model = make();
  type("name", "Mine");
  type("input-api_key", "acme-12345");
  vi.advanceTimersByTime(400);
  const check = model.sent.findLast((each) => each["intent"] === "check");
  expect(JSON.stringify(check)).not.toContain("acme-12345");
  expect(check?.["typed"]).toEqual(["api_key"]);
  part("save").click();
  const save = model.sent.findLast((each) => each["intent"] === "save");
  expect(save?.["fields"]).toMatchObject({ api_key: "acme-12345" });
});

test("a key where everybody sees it is pointed out, and moved", () => {
  make();
  type("name", "acme-12345");
  expect(part("note-name").textContent).toContain("Name is not kept secret");
  part("note-name").querySelector<HTMLElement>(".aiconn-link")?.click();
  expect([part("name").value, part("input-api_key").value]).toEqual(["", "acme-12345"]);
});

test("what the kernel finds wrong is at its field, which gets the focus", () => {
  const model = make();
  part("save").click();
  model.answer("save", "failed", { problems: { retries: "must be a whole number" } });
  expect(part("field-retries").textContent).toContain("retries must be a whole number.");
  expect(document.activeElement).toBe(part("input-retries"));
});

test("typing is not undone by what arrives", () => {
  const model = make();
  type("name", "Mine");
  model.answer("hello", "welcome", { draft: null, focus: false });
  model.set("view", formView({ environment: "Production" }));
  expect(part("name").value).toBe("Mine");
  expect(host.textContent).toContain("Production");
});

test("a kernel that is gone is said, and nothing is sent any more", () => {
  const model = make();
  const before = model.sent.length;
  model.fire("comm_live_update");
  expect(part("message").textContent).toContain("The kernel has ended");
  part("save").click();
  expect(model.sent.length).toBe(before);
  expect(part("name").readOnly).toBe(true);
});

test("known keys are offered as they match: at the beginning, at a part, anywhere", () => {
  const keys = ["$PATH", "$OpenAI:ApiKey", "$Team:OpenAI"].map((words) => ({ words }));
  const offered = (typed: string): string[] => matchingKeys(keys, typed).map(({ words }) => words.slice(1));
  expect(offered("$")).toEqual(["OpenAI:ApiKey", "Team:OpenAI"]);
  expect(offered("$open")).toEqual(["OpenAI:ApiKey", "Team:OpenAI"]);
  expect(offered("$ath")).toEqual(["PATH"]);
});

test("an error is a sentence about its field", () => {
  expect(sentence("Name", "is missing")).toBe("Name is missing.");
  expect(sentence("Name", "choose another one")).toBe("Choose another one.");
});
