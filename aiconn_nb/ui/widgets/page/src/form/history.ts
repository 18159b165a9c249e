/** The history of the form's entry, in a tab beside its fields: versions, differences, rollback. */
import { button, code, goodChip, html, nothing, quiet, stop, unseen, type TemplateResult } from "../html";
import type { Change, Version } from "../protocol";
import { versionDifferences } from "../questions";
import { tablist } from "../tabs";
import { age, exact, newId } from "../words";
import type { Form } from "./form";

export class History {
  readonly bodyId = newId("body");
  isShown = false;
  private readonly ids = { fields: newId("tab"), history: newId("tab") };
  private versions: readonly Version[] = [];
  /** The versions compared with the current one, and their differences. */
  private readonly compared = new Map<number, readonly Change[] | null>();

  constructor(private readonly form: Form) {}

  get labelledby(): string {
    return this.isShown ? this.ids.history : this.ids.fields;
  }
  /** The form was redrawn: request the history again if it is visible. */
  begin(): void {
    this.listed([]);
    if (this.isShown) this.form.send("history");
  }
  listed(versions: readonly Version[]): void {
    this.versions = versions;
    this.compared.clear();
    this.form.draw();
  }
  /** The value in a version (`before`), and the current one (`after`). */
  differs(version: number, changes: readonly Change[]): void {
    this.compared.set(version, changes);
    this.form.draw();
  }
  stop(): void {
    for (const [version, changes] of this.compared) if (!changes) this.compared.delete(version);
  }
  private show(isShown: boolean): void {
    this.isShown = isShown;
    this.form.draw();
    if (isShown) this.form.send("history");
  }
  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.isComposing) return;
    this.show(false);
    this.form.focus(this.ids.fields);
    stop(event);
  };
  private compare(version: number): void {
    if (this.compared.delete(version)) return this.form.draw();
    this.compared.set(version, null);
    this.form.draw();
    this.form.send("diff", { with: version });
  }

  tabs(): TemplateResult {
    const items = [
      { id: this.ids.fields, title: "Settings", testid: "tab-fields" },
      { id: this.ids.history, title: "History", testid: "tab-history" },
    ];
    return tablist("What is shown", items, this.labelledby, (id) => this.show(id === this.ids.history), this.bodyId);
  }
  template(): TemplateResult {
    return html`<section class="aiconn-history" aria-label="History" data-testid="history" @keydown=${this.escape}
      ><ol class="aiconn-plain">${this.versions.map((each) => this.item(each))}</ol></section
    >`;
  }
  private item(each: Version): TemplateResult {
    const { version, current, modified, by } = each;
    const title = `Version ${version}`;
    const controls = `${this.bodyId}-${version}`;
    const changes = this.compared.get(version);
    const expanded = this.compared.has(version);
    const back = button({
      icon: "undo",
      text: "Roll back to this version",
      label: `Roll back to this version: ${title.toLowerCase()}`,
      testid: `roll-back-${version}`,
      click: () => this.form.leaving.rollBack(version),
    });
    const compare = button({
      text: "Compare with now",
      kind: "quiet",
      label: `Compare with now: ${title.toLowerCase()}`,
      expanded,
      controls,
      testid: `compare-${version}`,
      click: () => this.compare(version),
    });
    const when = html`<time datetime=${modified} title=${exact(modified)}>${age(modified)}</time>`;
    return html`<li class="aiconn-version" data-testid="version-${version}">
      <div class="aiconn-line">
        <span class="aiconn-strong">${title}</span>
        ${current ? goodChip("now") : nothing}
        ${quiet([when, by ? ` by ${by}` : " by an unknown user"])}
      </div>
      ${whatChanged(each)} ${current ? nothing : html`<div class="aiconn-actions">${back} ${compare}</div>`}
      <div id=${controls} class="aiconn-compare" ?hidden=${!expanded}>${changes ? versionDifferences(version, changes) : nothing}</div>
    </li>`;
  }
}

function whatChanged({ version, first, changes }: Version): TemplateResult {
  const oldest = version === 1 ? "Created." : "The oldest stored version: its changes are unknown.";
  if (first || !changes.length)
    return html`<p class="aiconn-help">${first ? oldest : "Saved. Nothing had changed."}</p>`;
  const arrow = html`<span aria-hidden="true" class="aiconn-quiet-text"> → </span>${unseen(" became ")}`;
  const line = ({ field, before, after }: Change): TemplateResult => {
    // For a secret, only that it differed.
    const words = after === "sealed, changed" ? "changed, sealed" : [bdi(before), arrow, bdi(after)];
    return html`<li><span class="aiconn-quiet-text">${field}</span><span>${words}</span></li>`;
  };
  return html`<ul class="aiconn-changes aiconn-plain">${changes.map(line)}</ul>`;
}
const bdi = (words: string): TemplateResult => html`<bdi>${code(words)}</bdi>`;
