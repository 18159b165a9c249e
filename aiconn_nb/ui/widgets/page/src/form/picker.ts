/** What is picked first, a provider or a capability, and what there is to say of it. */
import { code, html, nothing, note, quiet, type Content, type TemplateResult } from "../html";
import type { FormWords, KindView, Stored } from "../protocol";

/** A line to copy, with a button that does. */
export function copyLine(line: string): TemplateResult {
  const copy = async (event: Event): Promise<void> => {
    const words = event.currentTarget as HTMLElement;
    try {
      await navigator.clipboard.writeText(line); // only where the page was loaded securely, and may
      words.textContent = "Copied";
    } catch {
      words.textContent = "Select it and copy";
    }
    setTimeout(() => (words.textContent = "Copy"), 2000);
  };
  return html`<span class="aiconn-copy aiconn-line"
    >${code(line)}<button type="button" class="aiconn-link" aria-live="polite" @click=${copy}>Copy</button></span
  >`;
}

/** Cards of which one is chosen. */
export function picker(
  name: string,
  words: FormWords,
  kinds: readonly KindView[],
  chosen: string,
  pick: (id: string) => void,
): TemplateResult {
  const card = (it: KindView): TemplateResult => {
    const [tone, tag] = it.broken ? ["bad", "Broken plug-in"] : it.missing?.length ? ["warn", "SDK not installed"] : [];
    return html`<label class="aiconn-card"
      ><input type="radio" name=${name} value=${it.id} data-testid="${words.pick}-${it.id}" ?disabled=${Boolean(it.broken)}
        .checked=${it.id === chosen} @change=${() => pick(it.id)} />
      <span class="aiconn-strong">${it.name}</span><span class="aiconn-small aiconn-quiet-text">${it.about}</span>
      ${tag ? html`<span class="aiconn-small aiconn-tone-${tone}">${tag}</span>` : nothing}</label
    >`;
  };
  const groups = [...new Set(kinds.map(({ group }) => group))];
  const cards = (group: string | undefined): TemplateResult =>
    html`${groups.length > 1 ? html`<p class="aiconn-help">${group}</p>` : nothing}
      <div class="aiconn-cards">${kinds.filter((each) => each.group === group).map(card)}</div>`;
  return html`<fieldset class="aiconn-picker">
    <legend class="aiconn-strong">${words.picker}</legend>
    ${groups.map(cards)}
  </fieldset>`;
}

/** What was picked once and for all: shown, and why it cannot be another. */
export function fixed(words: FormWords, found: KindView | undefined, stored: Stored): TemplateResult {
  const gone = found?.broken || "Its plug-in is not installed here.";
  const what = `${gone} Name, alias and active can be changed; the settings stay as they are.`;
  return html`<div class="aiconn-field">
    <div class="aiconn-label-row"><span class="aiconn-strong">${words.picker}</span></div>
    <div class="aiconn-line" data-testid=${words.pick}>${found?.name ?? stored.kind}${quiet(found?.about)}</div>
    ${!found || found.broken ? note({ tone: "warn", what }) : nothing}
    <p class="aiconn-help">${words.fixed}</p>
  </div>`;
}

/** What a provider lacks, with the line that helps. */
export function sdkNote(kind: KindView | undefined): Content {
  if (!kind?.missing?.length) return nothing;
  const words = `The SDK of ${kind.name} is not installed here (${kind.missing.join(", ")}). The connection can be saved; to use it, run this in a cell: `;
  return note({ tone: "warn", what: [words, copyLine(kind.install ?? "")], testid: "sdk-missing" });
}
