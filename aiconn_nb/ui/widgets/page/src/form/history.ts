/** The history of what a form edits, in a tab beside its fields: versions, what differs, the way back. */
import {
  age,
  button,
  code,
  exact,
  html,
  icon,
  newId,
  nothing,
  unseen,
  type Content,
  type TemplateResult,
} from "../html";

interface Change {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}
export interface Version {
  readonly version: number;
  readonly modified: string;
  readonly by: string;
  readonly first: boolean;
  readonly current: boolean;
  readonly changes: readonly Change[];
}
interface Acts {
  readonly draw: () => void;
  readonly focus: (id: string) => void;
  readonly ask: (intent: string, data?: Record<string, unknown>) => void;
  readonly rollBack: (version: number) => void;
}

export class History {
  readonly bodyId = newId("body");
  /** Whether the history is what is shown. */
  isShown = false;
  private readonly ids = { fields: newId("tab"), history: newId("tab") };
  private versions: readonly Version[] = [];
  private readonly open = new Set<number>();
  private readonly compared = new Map<number, readonly Change[]>();

  constructor(private readonly acts: Acts) {}

  get labelledby(): string {
    return this.isShown ? this.ids.history : this.ids.fields;
  }
  /** The form was drawn anew: it is asked for again where it is looked at. */
  begin(): void {
    this.compared.clear();
    this.open.clear();
    this.versions = [];
    if (this.isShown) this.acts.ask("history");
  }
  listed(versions: readonly Version[]): void {
    this.versions = versions;
    this.compared.clear();
    this.open.clear();
    this.acts.draw();
  }
  /** What a version has (`before`), and what holds now (`after`). */
  differs({ version, changes }: { readonly version: number; readonly changes: readonly Change[] }): void {
    this.compared.set(version, changes);
    this.acts.draw();
  }
  private choose(history: boolean): void {
    this.isShown = history;
    this.acts.draw();
    if (history) this.acts.ask("history");
  }
  private readonly walk = (event: KeyboardEvent): void => {
    const at = { ArrowLeft: 0, ArrowRight: 1, Home: 0, End: 1 }[event.key];
    if (at === undefined) return;
    this.choose(Boolean(at));
    this.acts.focus(this.labelledby);
    event.preventDefault();
    event.stopPropagation();
  };
  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.isComposing) return;
    this.choose(false);
    this.acts.focus(this.ids.fields);
    event.preventDefault();
    event.stopPropagation();
  };

  tabs(): TemplateResult {
    const tab = (id: string, words: string, history: boolean): TemplateResult =>
      html`<button
        type="button"
        role="tab"
        id=${id}
        class="aiconn-turn"
        aria-controls=${this.bodyId}
        aria-selected=${String(history === this.isShown)}
        tabindex=${history === this.isShown ? "0" : "-1"}
        data-testid=${history ? "tab-history" : "tab-fields"}
        @click=${() => this.choose(history)}
        >${words}</button
      >`;
    return html`<div class="aiconn-turns" role="tablist" aria-label="What is shown" @keydown=${this.walk}
      >${tab(this.ids.fields, "Settings", false)}${tab(this.ids.history, "History", true)}</div
    >`;
  }
  template(): TemplateResult {
    return html`<section class="aiconn-history" aria-label="History" data-testid="history" @keydown=${this.escape}
      ><ol class="aiconn-versions">${this.versions.map((each) => this.item(each))}</ol></section
    >`;
  }

  private item(each: Version): TemplateResult {
    const { version } = each;
    const title = `Version ${version}`;
    const id = `${this.bodyId}-${version}`;
    const isOpen = this.open.has(version);
    const compare = (): void => {
      if (isOpen) this.open.delete(version);
      else {
        this.open.add(version);
        this.acts.ask("diff", { with: version });
      }
      this.acts.draw();
    };
    const actions = html`<div class="aiconn-actions">
      ${button({
        icon: "undo",
        text: "Roll back to this version",
        label: `Roll back to this version: ${title.toLowerCase()}`,
        testid: `roll-back-${version}`,
        click: () => this.acts.rollBack(version),
      })}
      ${button({
        text: "Compare with now",
        kind: "quiet",
        label: `Compare with now: ${title.toLowerCase()}`,
        expanded: isOpen,
        controls: id,
        testid: `compare-${version}`,
        click: compare,
      })}
    </div>`;
    const when = html`<time datetime=${each.modified} title=${exact(each.modified)}>${age(each.modified)}</time>`;
    return html`<li class="aiconn-version ${each.current ? "aiconn-version-now" : ""}" data-testid="version-${version}">
      <div class="aiconn-version-head">
        <span class="aiconn-version-name">${title}</span>
        ${each.current ? html`<span class="aiconn-chip aiconn-chip-good">${icon("check")}now</span>` : nothing}
        <span class="aiconn-quiet-text">${when}${each.by ? ` by ${each.by}` : " by somebody unknown"}</span>
      </div>
      ${whatChanged(each)} ${each.current ? nothing : actions}
      <div id=${id} class="aiconn-compare" ?hidden=${!isOpen}>${isOpen ? this.table(version) : nothing}</div>
    </li>`;
  }
  private table(version: number): Content {
    const changes = this.compared.get(version);
    if (!changes) return nothing;
    if (!changes.length) return html`<p class="aiconn-help">Nothing differs.</p>`;
    const hidden = (words: string): string => (words === "sealed, changed" ? "sealed, another" : words);
    const cell = (words: string): TemplateResult =>
      html`<td class=${/^-?[\d.,]+$/.test(words) ? "aiconn-number" : nothing}><bdi>${code(words)}</bdi></td>`;
    return html`<table>
      <caption class="aiconn-voice">What differs between version ${version} and now</caption>
      <thead><tr>${["Field", `Version ${version}`, "Now"].map((words) => html`<th scope="col">${words}</th>`)}</tr></thead>
      <tbody
        >${changes.map(({ field, before, after }) => html`<tr><th scope="row">${field}</th>${cell(before)}${cell(hidden(after))}</tr>`)}</tbody
      >
    </table>`;
  }
}

function whatChanged({ version, first, changes }: Version): TemplateResult {
  const oldest = version === 1 ? "Created." : "The oldest version that is kept: what it changed cannot be told.";
  if (first) return html`<p class="aiconn-help">${oldest}</p>`;
  if (!changes.length) return html`<p class="aiconn-help">Saved without a change.</p>`;
  const line = ({ field, before, after }: Change): TemplateResult =>
    html`<li><span class="aiconn-version-field">${field}</span>${fromTo(before, after)}</li>`;
  return html`<ul class="aiconn-changes">${changes.map(line)}</ul>`;
}
/** Of a secret that was another one, only that. */
function fromTo(before: string, after: string): TemplateResult {
  if (after === "sealed, changed") return html`<span>changed, sealed</span>`;
  const arrow = html`<span aria-hidden="true" class="aiconn-quiet-text"> → </span>`;
  return html`<span><bdi>${code(before)}</bdi>${arrow}${unseen(" became ")}<bdi>${code(after)}</bdi></span>`;
}
