/** What is asked about before a deletion or a change: the same in lists and forms. */
import { html, spoken, type Content, type TemplateResult } from "./html";
import type { AskDelete, Difference } from "./protocol";
import { age } from "./words";

/** The two values of each difference. */
export function differences({ pairs }: Difference): TemplateResult {
  if (!pairs.length) return html`<div class="aiconn-quiet-text">Only its settings differ.</div>`;
  const line = ({ label, here, stored }: Difference["pairs"][number]): TemplateResult =>
    html`<tr><th scope="row">${label}</th><td><bdi>${here}</bdi></td><td><bdi>${stored}</bdi></td></tr>`;
  return html`<table class="aiconn-pairs">
    <thead><tr><td></td><th scope="col">Here</th><th scope="col">Stored now</th></tr></thead>
    <tbody>${pairs.map(line)}</tbody>
  </table>`;
}

/** The effects of a deletion, and what was saved elsewhere in the meantime. */
export const deletionBody = ({ lines, changed = [] }: AskDelete): Content => [
  changed.map((each) => [
    html`<div>It was saved elsewhere ${age(each.at)}, after it was shown here.</div>`,
    differences(each),
  ]),
  lines.map((parts) => html`<div>${spoken(parts)}</div>`),
];
