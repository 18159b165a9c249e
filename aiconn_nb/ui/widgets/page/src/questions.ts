/** What is asked about before a deletion or a change: the same in lists and forms. */
import { html, nothing, spoken, type Content, type TemplateResult } from "./html";
import type { AskDelete, Difference } from "./protocol";
import { age } from "./words";

/** The two values of each difference. */
export function differences({ pairs }: Difference): TemplateResult {
  if (!pairs.length) return html`<div class="aiconn-quiet-text">Only its settings differ.</div>`;
  const line = ({ label, here, stored }: Difference["pairs"][number]): Pair => [label, cell(here), cell(stored)];
  return pairsTable(["", "Here", "Stored now"], pairs.map(line));
}
const cell = (words: Content, kind = ""): TemplateResult => html`<td class=${kind || nothing}><bdi>${words}</bdi></td>`;

type Pair = readonly [label: string, first: TemplateResult, second: TemplateResult];
/** Two values of each of some fields. */
const pairsTable = (heads: readonly string[], pairs: readonly Pair[], caption: Content = nothing): TemplateResult =>
  html`<table class="aiconn-pairs">
    ${caption}
    <thead><tr>${heads.map((head) => (head ? html`<th scope="col">${head}</th>` : html`<td></td>`))}</tr></thead>
    <tbody>${pairs.map(([label, ...cells]) => html`<tr><th scope="row">${label}</th>${cells}</tr>`)}</tbody>
  </table>`;

/** The effects of a deletion, and what was saved elsewhere in the meantime. */
export const deletionBody = ({ lines, changed = [] }: AskDelete): Content => [
  changed.map((each) => [
    html`<div>It was saved elsewhere ${age(each.at)}, after it was shown here.</div>`,
    differences(each),
  ]),
  lines.map((parts) => html`<div>${spoken(parts)}</div>`),
];
