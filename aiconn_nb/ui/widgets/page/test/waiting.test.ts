import { expect, test } from "vitest";
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
test("input stays after the kernel refused a request that would show the stored entry", async () => {
  const model = make();
  part("cancel").click();
  model.answer("cancel", "note", NOTE);
  model.answer("cancel", "done");
  await Promise.resolve();
  type("name", "Mine");
  model.set("view", formView({ stored: { ...STORED, name: "Theirs", version: 2 } }));
  expect(part("name").value).toBe("Mine");
});

test("after a request that shows the stored entry, nothing of the input is left", async () => {
  const model = make();
  type("name", "Mine");
  part("cancel").click();
  expect(document.activeElement?.textContent.trim()).toBe("Go on");
  expect(model.sent.some((each) => each["intent"] === "cancel")).toBe(false);
  [...part("ask").querySelectorAll("button")].find((each) => each.textContent === "Discard")?.click();
  model.answer("cancel", "done");
  await Promise.resolve();
  expect(part("name").value).toBe("Dev");
});

test("what is typed while the kernel handles a request that shows the stored entry stays", async () => {
  const model = make();
  part("cancel").click();
  type("name", "Mine");
  model.answer("cancel", "done");
  await Promise.resolve();
  expect(part("name").value).toBe("Mine");
});

test("the form no longer waits for a list of models after the kernel refused to ask for it", () => {
  const model = make(profileView());
  model.answer("hello", "welcome", { draft: { connections: ["one"], active: true }, focus: false });
  expect(part("models").textContent).toContain("Asking one");
  model.answer("models", "note", NOTE);
  expect(part("models").textContent).not.toContain("Asking one");
});
