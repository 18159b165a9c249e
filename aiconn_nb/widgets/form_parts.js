/* The parts around the fields: the provider picker, messages, the test, questions. Joined behind form_fields.js. */

/** A line to copy, with a button that does. */
function copyLine(text) {
  const copy = link(
    "Copy",
    async () => {
      copy.textContent = (await copyText(text)) ? "Copied" : "Select it and copy";
      setTimeout(() => {
        copy.textContent = "Copy";
      }, 2000);
    },
    { "aria-live": "polite" },
  );
  return el("span", { class: "aiconn-copy" }, code(text), copy);
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    /* only where the page was loaded securely */
  }
  const area = el("textarea", { "aria-hidden": "true", style: "position:fixed;opacity:0" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

/* ---- picking a provider ------------------------------------------------------------------------------------------ */

function providerPicker(providers, chosen, onpick) {
  const name = formId("provider");
  const cards = providers.map((each) => {
    const input = el("input", {
      type: "radio",
      name,
      value: each.id,
      disabled: Boolean(each.broken),
      "data-testid": `provider-${each.id}`,
      onchange: () => onpick(each.id),
    });
    input.checked = each.id === chosen;
    const told = each.broken ? ["bad", "Broken plug-in"] : each.missing.length ? ["warn", "SDK not installed"] : null;
    return el(
      "label",
      { class: "aiconn-card" },
      input,
      el("span", { class: "aiconn-card-name" }, each.name),
      el("span", { class: "aiconn-quiet-text" }, each.broken ? each.broken : each.capabilities.join(" · ")),
      told ? el("span", { class: `aiconn-tag aiconn-tag-${told[0]}` }, told[1]) : null,
    );
  });
  return el(
    "fieldset",
    { class: "aiconn-picker" },
    el("legend", { class: "aiconn-label" }, "Provider"),
    el("div", { class: "aiconn-cards" }, ...cards),
  );
}

/** What a provider lacks, with the line that helps. */
function sdkNote(provider) {
  if (!provider || !provider.missing.length) return null;
  return told(
    "warn",
    [
      `The SDK of ${provider.name} is not installed here (${provider.missing.join(", ")}). The connection can be saved; to use it, run this in a cell: `,
      copyLine(provider.install),
    ],
    [],
    { "data-testid": "sdk-missing" },
  );
}

/** The provider of a stored connection: shown, and why it cannot be another. */
function fixedProvider(edits, found) {
  const can = found && el("span", { class: "aiconn-quiet-text" }, found.capabilities.join(" · "));
  const gone = found?.broken || "Its plug-in is not installed here.";
  return el(
    "div",
    { class: "aiconn-field" },
    el("div", { class: "aiconn-label-row" }, el("span", { class: "aiconn-label" }, "Provider")),
    el("div", { class: "aiconn-fixed", "data-testid": "provider" }, found?.name ?? edits.provider, can),
    (!found || found.broken) &&
      told("warn", `${gone} Name, alias and active can be changed; the settings stay as they are.`),
    el(
      "p",
      { class: "aiconn-help" },
      "The provider of a connection never changes: what uses this one counts on it. For another, make a new connection.",
    ),
  );
}

/** The fields in their order; those of one group that stand together are drawn together. */
function grouped(known, fields) {
  const nodes = [];
  for (const [index, { key, group }] of known.entries()) {
    if (index === 0 || group !== known[index - 1].group) {
      const legend = group && el("legend", { class: "aiconn-group-name" }, group);
      nodes.push(group ? el("fieldset", { class: "aiconn-group" }, legend) : el("div", { class: "aiconn-group-none" }));
    }
    nodes.at(-1).append(fields.get(key).node);
  }
  return nodes;
}

/* ---- the test ---------------------------------------------------------------------------------------------------- */

const RUNGS = {
  active: "Active",
  sdk: "SDK installed",
  references: "References",
  plausible: "Plausible values",
  "trusted host": "Trusted host",
  reachable: "Reachable",
  authenticated: "Authenticated",
  models: "Models",
  model: "Model answers",
};
const RUNG_ICONS = { passed: "check", failed: "bad", unknown: "unknown", skipped: "dash" };
const RUNG_WORDS = { passed: "passed", failed: "failed", unknown: "cannot tell", skipped: "not needed" };

function testPanel(onclose) {
  const title = el("p", { class: "aiconn-panel-title", id: formId("test") });
  const list = el("ol", { class: "aiconn-rungs" });
  const stale = el("span", { class: "aiconn-quiet", hidden: true }, "The form has changed since.");
  const close = button({ icon: "close", label: "Close the test", onclick: onclose });
  const node = el(
    "section",
    { class: "aiconn-panel aiconn-test", hidden: true, "aria-labelledby": title.id, "data-testid": "test" },
    el("div", { class: "aiconn-panel-head" }, el("div", { role: "status" }, title, stale), close),
    list,
  );
  let running = false;
  const line = (rung) =>
    el(
      "li",
      { class: `aiconn-rung aiconn-rung-${rung.state}` },
      icon(RUNG_ICONS[rung.state]),
      el(
        "div",
        {},
        el("span", { class: "aiconn-rung-name" }, RUNGS[rung.name] ?? rung.name),
        unseen(` ${RUNG_WORDS[rung.state]} `),
        rung.detail ? el("span", { class: "aiconn-rung-detail" }, rung.detail) : null,
        rung.hint ? el("p", { class: "aiconn-rung-hint" }, rung.hint) : null,
      ),
      el("span", { class: "aiconn-quiet-text aiconn-time" }, rung.state === "skipped" ? "" : seconds(rung.seconds)),
    );
  function waiting(after) {
    const names = Object.keys(RUNGS);
    const next = names[names.indexOf(after) + 1];
    list.append(
      el(
        "li",
        { class: "aiconn-rung aiconn-rung-running" },
        icon("spinner"),
        el("span", { class: "aiconn-rung-name" }, next && next !== "model" ? RUNGS[next] : "Finishing"),
      ),
    );
  }
  return {
    node,
    start() {
      running = true;
      node.hidden = false;
      stale.hidden = true;
      title.textContent = "Testing what the form holds…";
      list.replaceChildren();
      waiting(null);
    },
    rung(rung) {
      list.lastElementChild?.remove();
      list.append(line(rung));
      if (rung.state !== "failed") waiting(rung.name);
    },
    finish(result) {
      running = false;
      title.textContent = result.ok ? "The test passed" : result.verdict === "unknown" ? "The test cannot tell" : "The test failed";
      list.replaceChildren(...result.rungs.map(line));
    },
    stop() {
      running = false;
      node.hidden = true;
    },
    changed() {
      stale.hidden = running || node.hidden;
    },
  };
}

const seconds = (value) => (value < 0.01 ? "" : `${value.toFixed(2)} s`);
