import { expect, test, vi } from "vitest";
import bundle from "../../static/needs.js";

test("all widgets of one build share the module of the first one, because a browser would compile each anew", async () => {
  vi.resetModules(); // the next import evaluates the module again, as another widget does
  const again = await import("../../static/needs.js");
  expect(bundle).toHaveProperty("render");
  expect(again.default).toBe(bundle);
});
