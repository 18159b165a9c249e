/** The questions before a deletion, or before a key goes to another host: the same in lists and forms. */
import { code, html, nothing, type Content, type TemplateResult } from "./html";
import type { AskDelete, Difference } from "./protocol";
import { age, together } from "./words";

export const GETS_THE_KEY = "The key would go to this host. Allow it only if this is the host you mean.";

const aliases = (names: readonly string[]): Content => names.map((name, i) => [i ? ", " : "", code(name)]);

/** The effect of a deletion on profiles: which ones break, and which ones continue with other connections. */
function profilesLine(names: readonly string[], one: string, several: string): Content {
  const isMany = names.length > 1;
  if (!names.length) return nothing;
  return html`<div>${isMany ? "The profiles " : "The profile "}${aliases(names)} ${isMany ? several : one}</div>`;
}

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

export function deletionBody(asked: AskDelete): Content {
  const { aliases: names = [], profiles, broken = [], changed = [], default: capability, used } = asked;
  const them = names.length > 1 ? "them" : "it";
  const others = profiles?.filter((name) => !broken.includes(name)) ?? [];
  const lines = [
    used ? "It is in use in this kernel." : "",
    capability ? `It is the default for ${capability}; there would be none.` : "",
    profiles ? (profiles.length ? "" : `No profile depends on ${them}.`) : "Notebooks that use it will not find it.",
    `For 30 days, undelete restores ${them}.`,
  ];
  return [
    names.length > 1 ? html`<div>${aliases(names)}</div>` : nothing,
    profilesLine(broken, `depends on ${them} and would be left broken.`, `depend on ${them} and would be left broken.`),
    profilesLine(others, "continues with its other connections.", "continue with their other connections."),
    changed.map((each) => [
      html`<div>It was saved elsewhere ${age(each.at)}, after it was shown here.</div>`,
      differences(each),
    ]),
    html`<div>${together(...lines)}</div>`,
  ];
}
