import { expect, test, vi } from "vitest";
import { Form } from "../src/form/form";
import { matchingKeys } from "../src/form/references";
import type { KindView } from "../src/protocol";
import { FakeModel, formView, profileView, useHost } from "./model";

const host = useHost();
const { part, type } = host;
function acme(): KindView {
  const [kind] = formView().kinds;
  if (!kind) throw new Error("there is no kind");
  return kind;
}
function make(view = formView()): FakeModel {
  const model = new FakeModel({ view, where: {} });
  new Form(model, host.node());
  return model;
}

test("the type of a setting selects its component", () => {
  make();
  expect(part("input-api_key").getAttribute("role")).toBe("combobox");
  expect(part("input-retries").inputMode).toBe("numeric");
  expect(part("input-tier").tagName).toBe("SELECT");
});

test("the type of an option of a profile selects its component", () => {
  make(profileView());
  expect(part("input-connections").placeholder).toBe("Add a connection");
  expect(part("input-model").getAttribute("role")).toBe("combobox");
  expect(part("input-temperature").parentElement?.previousElementSibling?.getAttribute("type")).toBe("range");
  expect(part("input-system").tagName).toBe("TEXTAREA");
  expect(part("input-tags").hasAttribute("role")).toBe(false);
});

test("each connection of a profile may have its own model; the others use the profile's", () => {
  const model = make(profileView());
  model.answer("hello", "welcome", { draft: { connections: ["one", "two"], active: true }, focus: false });
  type("input-model", "shared");
  expect(part("model-of-two").placeholder).toBe("shared (the profile's)");
  expect(part("model-of-two").labels?.[0]?.textContent).toBe("Model of two");
  expect(model.sent.filter((each) => each["intent"] === "models").map((each) => each["id"])).toEqual(["one"]);
  part("model-of-two").dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
  expect(model.sent.findLast((each) => each["intent"] === "models")).toMatchObject({ id: "two", capability: "chat" });
  model.answer("models", "models", { id: "two", models: [{ id: "gpt-5", note: "" }], line: "two lists 1 model." });
  expect(part("models-model-two").textContent).toContain("two lists 1 model.");
  type("model-of-two", "gpt-55");
  vi.advanceTimersByTime(400);
  const check = model.sent.findLast((each) => each["intent"] === "check");
  expect(check).toMatchObject({ connections: ["one", "two"], models: { two: "gpt-55" } });
  model.answer("check", "checked", {
    ...{ turn: check?.["turn"], alias: { value: "", problem: "", free: "" }, environment: "Development" },
    ...{ meanwhile: null, models: { two: "two does not list this model." } },
  });
  expect(part("models-model-two").textContent).toContain("two does not list this model.");
});

test("a check never sends a key that was typed as the model of a connection", () => {
  const model = make(profileView({ connections: profileView().connections?.slice(0, 1) ?? [] }));
  type("model-of-one", "acme-12345");
  vi.advanceTimersByTime(400);
  expect(JSON.stringify(model.sent)).not.toContain("acme-12345");
  expect(part("note-model-one").textContent).toContain("Model is not secret");
});

test("a save sends a secret, but a check does not", () => {
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

test("a key in a visible field is reported, and a link moves it to the field for keys", () => {
  make();
  type("name", "acme-12345");
  expect(part("note-name").textContent).toContain("Name is not secret");
  part("note-name").querySelector<HTMLElement>(".aiconn-link")?.click();
  expect([part("name").value, part("input-api_key").value]).toEqual(["", "acme-12345"]);
});

test("an alias with a key, which no check sends, is not called missing", () => {
  const model = make();
  part("lock").click();
  const problemOf = (text: string): string | undefined => {
    type("alias", text);
    vi.advanceTimersByTime(400);
    const alias = { value: "", problem: "Alias is missing.", free: "" };
    const { turn } = model.sent.findLast((each) => each["intent"] === "check") ?? {};
    model.answer("check", "checked", { turn, alias, environment: "Development", meanwhile: null });
    return part("field-alias").querySelector("[role=alert]")?.textContent.trim();
  };
  expect(problemOf("acme-12345")).toBe("");
  expect(problemOf("")).toBe("Alias is missing.");
});

test("a problem is shown at its field, which gets the focus", () => {
  const model = make();
  part("save").click();
  model.answer("save", "failed", { problems: { retries: "Retries must be a whole number." } });
  expect(part("field-retries").textContent).toContain("Retries must be a whole number.");
  expect(document.activeElement).toBe(part("input-retries"));
});

test("messages and views from the kernel do not undo input", () => {
  const model = make();
  type("name", "Mine");
  model.answer("hello", "welcome", { draft: null, focus: false });
  model.set("view", formView({ environment: "Production" }));
  expect(part("name").value).toBe("Mine");
  expect(host.node().textContent).toContain("Production");
});

test("after the kernel has ended, the form says so, and sends nothing", () => {
  const model = make();
  const before = model.sent.length;
  model.fire("comm_live_update");
  expect(part("message").textContent).toContain("The kernel has ended");
  part("save").click();
  expect(model.sent.length).toBe(before);
  expect(part("name").readOnly).toBe(true);
});

test("known keys that start with the input come first, then those with a part that does, then the rest", () => {
  const keys = ["$PATH", "$OpenAI:ApiKey", "$Team:OpenAI"].map((words) => ({ words }));
  const offered = (typed: string): string[] => matchingKeys(keys, typed).map(({ words }) => words.slice(1));
  expect(offered("$")).toEqual(["OpenAI:ApiKey", "Team:OpenAI"]);
  expect(offered("$open")).toEqual(["OpenAI:ApiKey", "Team:OpenAI"]);
  expect(offered("$ath")).toEqual(["PATH"]);
});

test("a search finds providers by name, id or group", () => {
  const kinds = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"].map((id, i) => ({
    ...acme(),
    id,
    name: `Name ${id}`,
    group: i < 3 ? "installed" : "local",
  }));
  const model = make(formView({ kinds, picked: "" }));
  const shown = () =>
    [...host.node().querySelectorAll<HTMLInputElement>('input[type="radio"]')].map((each) => each.value);
  expect(shown()).toHaveLength(9);
  type("seek-provider", "LOCAL name");
  expect(shown()).toEqual(["four", "five", "six", "seven", "eight", "nine"]);
  type("seek-provider", "fou");
  part("seek-provider").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  expect(part("provider-four").checked).toBe(true);
  expect(model.sent.some((each) => each["intent"] === "save")).toBe(false);
  type("seek-provider", "nothing like this");
  expect(shown()).toEqual(["four"]);
  part("seek-provider").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
  expect(part("seek-provider").value).toBe("");
  expect(shown()).toHaveLength(9);
});

test("a few providers have no search field", () => {
  make();
  expect(host.node().querySelector('[data-testid="seek-provider"]')).toBe(null);
});

test("an empty field offers the key that is set here", () => {
  const fields = acme().fields.map((each) =>
    typeof each === "object" && each.key === "api_key" ? { ...each, set: "$ACME_API_KEY" } : each,
  );
  const model = make(formView({ kinds: [{ ...acme(), fields }] }));
  model.answer("hello", "welcome");
  part("set-api_key").click();
  expect(part("input-api_key").value).toBe("$ACME_API_KEY");
  expect(host.node().querySelector('[data-testid="set-api_key"]')).toBe(null);
});

test("Enter in the search of providers takes the only match, except while text is composed", () => {
  const kinds = Array.from({ length: 9 }, (_, i) => ({ ...acme(), id: `acme${String(i)}`, name: `Acme ${String(i)}` }));
  make({ ...formView({ kinds }), picked: "" });
  type("seek-provider", "acme7");
  const enter = (isComposing: boolean): void => {
    part("seek-provider").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing, bubbles: true }));
  };
  enter(true);
  expect(part("provider-acme7").checked).toBe(false);
  enter(false);
  expect(part("provider-acme7").checked).toBe(true);
});
