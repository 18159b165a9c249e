/** The parts around the fields: what is picked first, a line to copy, the test of what is typed. */
import { button, code, html, icon, newId, nothing, told, unseen, type Content, type TemplateResult } from "../html";
import type { ProviderView, Stored } from "../protocol";

// ---- a line to copy --------------------------------------------------------------------------------------------------------

/** A line to copy, with a button that does. */
export function copyLine(line: string): TemplateResult {
  const copy = async (event: Event): Promise<void> => {
    const node = event.currentTarget as HTMLElement;
    const words = node.querySelector("span");
    if (!words) return;
    words.textContent = (await copyText(line)) ? "Copied" : "Select it and copy";
    setTimeout(() => (words.textContent = "Copy"), 2000);
  };
  return html`<span class="aiconn-copy"
    >${code(line)}<button type="button" class="aiconn-link" aria-live="polite" @click=${copy}><span>Copy</span></button></span
  >`;
}
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // only where the page was loaded securely, and may
  }
}

// ---- what is picked first --------------------------------------------------------------------------------------------------

export interface Card {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly testid: string;
  readonly isOff?: boolean;
  readonly tag?: readonly [tone: string, words: string];
}
/** Cards of which one is chosen: a provider, a capability. */
export function picker(
  name: string,
  legend: string,
  cards: readonly Card[],
  chosen: string,
  pick: (id: string) => void,
): TemplateResult {
  const card = (it: Card): TemplateResult =>
    html`<label class="aiconn-card"
      ><input
        type="radio"
        name=${name}
        value=${it.id}
        data-testid=${it.testid}
        ?disabled=${it.isOff ?? false}
        .checked=${it.id === chosen}
        @change=${() => pick(it.id)}
      /><span class="aiconn-card-name">${it.title}</span><span class="aiconn-quiet-text">${it.about}</span
      >${it.tag ? html`<span class="aiconn-tag aiconn-tag-${it.tag[0]}">${it.tag[1]}</span>` : nothing}</label
    >`;
  return html`<fieldset class="aiconn-picker">
    <legend class="aiconn-label">${legend}</legend>
    <div class="aiconn-cards">${cards.map(card)}</div>
  </fieldset>`;
}
/** What was picked once and for all: shown, and why it cannot be another. */
export const fixed = (it: {
  label: string;
  testid: string;
  title: string;
  about: string;
  warning?: Content;
  help: string;
}): TemplateResult =>
  html`<div class="aiconn-field">
    <div class="aiconn-label-row"><span class="aiconn-label">${it.label}</span></div>
    <div class="aiconn-fixed" data-testid=${it.testid}>${it.title}${it.about ? html`<span class="aiconn-quiet-text">${it.about}</span>` : nothing}</div>
    ${it.warning ?? nothing}
    <p class="aiconn-help">${it.help}</p>
  </div>`;

export const providerCard = (each: ProviderView): Card => ({
  id: each.id,
  title: each.name,
  about: each.broken || each.capabilities.join(" · "),
  testid: `provider-${each.id}`,
  isOff: Boolean(each.broken),
  ...(each.broken
    ? { tag: ["bad", "Broken plug-in"] as const }
    : each.missing.length
      ? { tag: ["warn", "SDK not installed"] as const }
      : {}),
});
/** The provider of a stored connection: shown, and why it cannot be another. */
export function fixedProvider(edits: Stored, found: ProviderView | undefined): TemplateResult {
  const gone = found?.broken || "Its plug-in is not installed here.";
  const warning = `${gone} Name, alias and active can be changed; the settings stay as they are.`;
  return fixed({
    label: "Provider",
    testid: "provider",
    title: found?.name ?? edits.provider ?? "",
    about: found?.capabilities.join(" · ") ?? "",
    warning: !found || found.broken ? told({ tone: "warn", what: warning }) : nothing,
    help: "The provider of a connection never changes: what uses this one counts on it. For another, make a new connection.",
  });
}
/** What a provider lacks, with the line that helps. */
export function sdkNote(provider: ProviderView | undefined): Content {
  if (!provider?.missing.length) return nothing;
  const words = `The SDK of ${provider.name} is not installed here (${provider.missing.join(", ")}). The connection can be saved; to use it, run this in a cell: `;
  return told({ tone: "warn", what: [words, copyLine(provider.install)], testid: "sdk-missing" });
}

// ---- the test --------------------------------------------------------------------------------------------------------------

const RUNGS: Readonly<Record<string, string>> = {
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
const RUNG_ICONS: Readonly<Record<string, string>> = {
  passed: "check",
  failed: "bad",
  unknown: "unknown",
  skipped: "dash",
};
const RUNG_WORDS: Readonly<Record<string, string>> = {
  passed: "passed",
  failed: "failed",
  unknown: "cannot tell",
  skipped: "not needed",
};

export interface Rung {
  readonly name: string;
  readonly state: string;
  readonly detail: string;
  readonly hint: string;
  readonly seconds: number;
}
const seconds = (value: number): string => (value < 0.01 ? "" : `${value.toFixed(2)} s`);

function rungLine(rung: Rung): TemplateResult {
  const time = rung.state === "skipped" ? "" : seconds(rung.seconds);
  return html`<li class="aiconn-rung aiconn-rung-${rung.state}">
    ${icon(RUNG_ICONS[rung.state] ?? "dash")}
    <div
      ><span class="aiconn-rung-name">${RUNGS[rung.name] ?? rung.name}</span>${unseen(` ${RUNG_WORDS[rung.state]} `)}${rung.detail ? html`<span class="aiconn-rung-detail">${rung.detail}</span>` : nothing}${rung.hint ? html`<p class="aiconn-rung-hint">${rung.hint}</p>` : nothing}</div
    >
    <span class="aiconn-quiet-text aiconn-time">${time}</span>
  </li>`;
}

export class TestPanel {
  private readonly id = newId("test");
  private rungs: readonly Rung[] = [];
  private state: "hidden" | "running" | "passed" | "failed" | "unknown" = "hidden";
  private isStale = false;

  start(): void {
    this.state = "running";
    this.isStale = false;
    this.rungs = [];
  }
  rung(rung: Rung): void {
    this.rungs = [...this.rungs, rung];
  }
  finish(result: { readonly ok: boolean; readonly verdict?: string; readonly rungs: readonly Rung[] }): void {
    this.state = result.ok ? "passed" : result.verdict === "unknown" ? "unknown" : "failed";
    this.rungs = result.rungs;
  }
  stop(): void {
    this.state = "hidden";
  }
  changed(): void {
    this.isStale = this.state !== "running" && this.state !== "hidden";
  }
  private waiting(): Content {
    const last = this.rungs.at(-1);
    if (this.state !== "running" || last?.state === "failed") return nothing;
    const names = Object.keys(RUNGS);
    const next = names[names.indexOf(last?.name ?? "") + 1];
    const words = next && next !== "model" ? RUNGS[next] : "Finishing";
    return html`<li class="aiconn-rung aiconn-rung-running">${icon("spinner")}<span class="aiconn-rung-name">${words}</span></li>`;
  }
  template(close: () => void): TemplateResult {
    const titles = {
      hidden: "",
      running: "Testing what the form holds…",
      passed: "The test passed",
      failed: "The test failed",
      unknown: "The test cannot tell",
    };
    return html`<section class="aiconn-panel aiconn-test" ?hidden=${this.state === "hidden"} aria-labelledby=${this.id} data-testid="test">
      <div class="aiconn-panel-head">
        <div role="status"
          ><p class="aiconn-panel-title" id=${this.id}>${titles[this.state]}</p
          ><span class="aiconn-quiet" ?hidden=${!this.isStale}>The form has changed since.</span></div
        >
        ${button({ icon: "close", label: "Close the test", click: close })}
      </div>
      <ol class="aiconn-rungs">${this.rungs.map(rungLine)}${this.waiting()}</ol>
    </section>`;
  }
}
