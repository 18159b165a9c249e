/** A panel or a question, as the kernel describes it. What is typed stays in its inputs until a button sends it. */
import type { Combobox } from "./form/combobox";
import { errorLine } from "./form/field";
import { labelledField, textArea, textInput } from "./form/input";
import {
  button,
  classes,
  code,
  copyLine,
  goodChip,
  html,
  icon,
  note,
  nothing,
  quiet,
  repeat,
  select,
  small,
  spoken,
  stop,
  unseen,
  type Content,
  type TemplateResult,
} from "./html";
import type { Answer, Body, Input, Item, Note, Panel, Step, Table } from "./protocol";
import { age, exact } from "./words";

export type Values = Readonly<Record<string, string>>;
/** What a button does, with the values of the inputs. */
export type Press = (answer: Answer, values: Values) => void;

function valuesIn(node: Element | null): Values {
  const inputs = [...(node?.querySelectorAll<HTMLInputElement>("[name]") ?? [])];
  const taken = inputs.filter(({ type, checked }) => type !== "radio" || checked);
  return Object.fromEntries(taken.map(({ name, value }) => [name, value]));
}
/** Press a button for what is typed around it. */
const within = (press: Press, answer: Answer, event: Event): void =>
  press(answer, valuesIn((event.currentTarget as Element).closest("[data-panel]")));

export const answerButton = (it: Answer, press: Press, more: object = {}): TemplateResult =>
  button({ ...it, off: it.off ?? false, ...more, click: (event) => it.off || within(press, it, event) });

// ---- the parts of a panel --------------------------------------------------------------------------------------------------

function field(id: string, it: Input, { combobox, label: look }: More = {}): TemplateResult {
  const { name, kind, label, testid, value = "" } = it;
  const given = { id: `${id}-${name}`, name, testid, describedby: `${id}-error`, initial: value };
  if (kind === "side") {
    const side = ([side = "", words = "", text = ""]: readonly string[]): TemplateResult =>
      html`<label class="aiconn-card"
        ><input type="radio" name=${name} value=${side} data-testid="${side}-${testid}" ?checked=${side === value}
        />${small(words)}<span>${text}</span></label
      >`;
    return html`<fieldset class="aiconn-row"><legend class="aiconn-strong">${spoken(label)}</legend>${it.choices?.map(side)}</fieldset>`;
  }
  const suggest = kind === "reference" && combobox ? { combobox } : {};
  const input =
    kind === "choice"
      ? select({ ...given, choices: it.choices ?? [], value })
      : kind === "lines"
        ? textArea(given, 2)
        : textInput({ ...given, isCode: kind === "code", hides: kind === "key" ? "always" : undefined, ...suggest });
  return labelledField(given.id, spoken(label), [input, suggest.combobox?.template()], look);
}

/** The class and the drawing of a step. */
const LOOKS: Readonly<Record<string, readonly [look: string, drawing: string]>> = {
  passed: ["good", "good"],
  failed: ["bad", "bad"],
  unknown: ["warn", "unknown"],
  running: ["tone-running", "spinner"],
};
function step({ title, state, said, detail, hint, time }: Step): TemplateResult {
  const [look, drawing] = LOOKS[state] ?? ["tone-none", "dash"];
  const isFailed = state === "failed";
  const more = html`\u2002<span class=${isFailed ? nothing : "aiconn-help"}>${detail}</span>`;
  return html`<li class="aiconn-rung aiconn-${look}">
    ${icon(drawing)}
    <div
      ><span class=${isFailed ? "aiconn-strong aiconn-tone-bad" : nothing}>${title}</span>${unseen(` ${said} `)}${detail ? more : nothing}${hint ? html`<p>${hint}</p>` : nothing}</div
    >
    ${small(time)}
  </li>`;
}

const bdi = (words: string): TemplateResult => html`<bdi>${code(words)}</bdi>`;
function table({ caption, heads, rows, none }: Table): TemplateResult {
  if (!rows.length) return html`<p class="aiconn-help">${none}</p>`;
  const cell = (words: string): TemplateResult =>
    html`<td class=${/^-?[\d.,]+$/.test(words) ? "aiconn-number" : nothing}>${bdi(words)}</td>`;
  return html`<table class="aiconn-pairs">
    ${caption ? html`<caption class="aiconn-voice">${caption}</caption>` : nothing}
    <thead><tr>${heads.map((head) => (head ? html`<th scope="col">${head}</th>` : html`<td></td>`))}</tr></thead>
    <tbody>${rows.map(([label, ...cells]) => html`<tr><th scope="row">${label}</th>${cells.map(cell)}</tr>`)}</tbody>
  </table>`;
}
function item(id: string, it: Item, press: Press): TemplateResult {
  const controls = `${id}-${it.testid}`;
  const arrow = html`<span aria-hidden="true" class="aiconn-quiet-text"> → </span>${unseen(" became ")}`;
  const change = ([label, before = "", after]: readonly string[]): TemplateResult =>
    html`<li class="aiconn-pair"><span class="aiconn-quiet-text">${label}</span><span>${after === undefined ? before : [bdi(before), arrow, bdi(after)]}</span></li>`;
  const answers = it.answers.map((each) => answerButton(each, press, each.expanded === undefined ? {} : { controls }));
  return html`<li class="aiconn-field aiconn-version" data-testid=${it.testid}>
    <div class="aiconn-line">
      <span class="aiconn-strong">${it.title}</span> ${it.chip ? goodChip(it.chip) : nothing}
      ${quiet([html`<time datetime=${it.at} title=${exact(it.at)}>${age(it.at)}</time>`, ` by ${it.by}`])}
    </div>
    ${it.help ? html`<p class="aiconn-help">${it.help}</p>` : nothing}
    ${it.changes.length ? html`<ul>${it.changes.map(change)}</ul>` : nothing}
    ${answers.length ? html`<div class="aiconn-actions">${answers}</div>` : nothing}
    <div id=${controls} class="aiconn-panel" ?hidden=${!it.table}>${it.table ? table(it.table) : nothing}</div>
  </li>`;
}
const some = <T>(list: readonly T[] | undefined, draw: (list: readonly T[]) => Content): Content =>
  list?.length ? draw(list) : nothing;

interface More {
  readonly testid?: string;
  /** How the lines of help look. */
  readonly kind?: string;
  /** How the labels of its inputs look. */
  readonly label?: string;
  /** The suggestions of its references. */
  readonly combobox?: Combobox | undefined;
}
/** The content of a panel, without its buttons. */
export function body(id: string, it: Body, press: Press, more: More = {}): Content {
  const { testid = "", kind = "aiconn-help" } = more;
  const isLong = ({ kind }: Input): boolean => kind === "lines" || kind === "side";
  // Its text stays in its node, and what is typed for one input must never be in another one.
  const key = ({ name }: Input): string => `${id}-${name}`;
  return [
    some(it.help, (lines) => lines.map((parts) => html`<p class=${kind}>${spoken(parts)}</p>`)),
    some(it.lines, (lines) => html`<ul>${lines.map((each) => html`<li>${each}</li>`)}</ul>`),
    some(it.tables, (tables) => tables.map(table)),
    some(
      it.inputs?.filter((each) => !isLong(each)),
      (inputs) => html`<div class="aiconn-row">${repeat(inputs, key, (each) => field(id, each, more))}</div>`,
    ),
    some(
      it.inputs?.filter(isLong),
      (inputs) => html`<div class="aiconn-stack">${repeat(inputs, key, (each) => field(id, each))}</div>`,
    ),
    some(it.steps, (steps) => html`<ol class="aiconn-field">${steps.map(step)}</ol>`),
    some(
      it.items,
      (items) => html`<ol class="aiconn-stack aiconn-ruled">${items.map((each) => item(id, each, press))}</ol>`,
    ),
    it.error === undefined ? nothing : errorLine(`${id}-error`, it.error),
    it.text ? html`<div class="aiconn-answer" data-testid="${testid}-answer">${it.text}</div>` : nothing,
    it.foot ? html`<p class="aiconn-help">${it.foot}</p>` : nothing,
    it.copy ? html`<p>${it.copy[0]}${copyLine(it.copy[1] ?? "")}</p>` : nothing,
  ];
}

/** Enter presses the first button, and Escape the one that only closes. */
const keys =
  (answers: readonly Answer[], press: Press) =>
  (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented) return;
    const isTyped = event.target instanceof HTMLInputElement && event.target.type !== "radio";
    const answer =
      event.key === "Enter" && isTyped
        ? answers[0]
        : event.key === "Escape" && answers.find(({ intent, off }) => !intent && !off);
    if (!answer) return;
    stop(event);
    if (!answer.off) within(press, answer, event);
  };
function actions(answers: readonly Answer[], press: Press): Content {
  const look = answers[0]?.kind === "link" ? "aiconn-line" : "aiconn-actions";
  return some(answers, () => html`<div class=${look}>${answers.map((each) => answerButton(each, press))}</div>`);
}
/** The content with its buttons. */
export const content = (id: string, it: Body, press: Press, more?: More): Content => [
  body(id, it, press, more),
  actions(it.answers ?? [], press),
];

/** The whole panel; `note` is said beside its title. */
export function panel(id: string, it: Panel, press: Press, note = "", more: More = {}): TemplateResult {
  const { answers = [], title } = it;
  const closing: Answer = { text: "", icon: "close", label: it.close ?? "" };
  const keydown = keys(it.close ? [...answers, closing] : answers, press);
  return html`<section class=${classes("aiconn-panel", !it.place && "aiconn-test")} aria-labelledby=${id} data-panel data-testid=${it.id} @keydown=${keydown}>
    <div class="aiconn-line aiconn-ends">
      <div class="aiconn-line"><p class="aiconn-strong" id=${id}>${title}</p>${note ? quiet(note) : nothing}</div>
      ${it.close ? answerButton(closing, press) : nothing}
    </div>
    ${content(id, it, press, { testid: it.id, ...more })}
  </section>`;
}
/** The remedy of a need. */
export function remedy(id: string, it: Body, press: Press): TemplateResult {
  return html`<div class="aiconn-field aiconn-remedy" data-panel @keydown=${keys(it.answers ?? [], press)}>${content(id, it, press, { label: "aiconn-help" })}</div>`;
}
/** A question asked in place. */
export function question(id: string, it: Panel, press: Press): TemplateResult {
  const { answers = [], title, tone } = it;
  return html`<div class="aiconn-question aiconn-${tone}" role="alertdialog" aria-labelledby=${id} aria-describedby="${id}-b"
    data-panel data-testid=${it.id} @keydown=${keys(answers, press)}>
    <div class="aiconn-strong" id=${id}>${title}</div>
    <div id="${id}-b">${body(id, it, press, { kind: "" })}</div>
    ${actions(answers, press)}
  </div>`;
}
/** Focus the first answer of an opened question. */
export const enter = (node: ParentNode | null | undefined): void =>
  (node?.querySelector<HTMLElement>("[data-first]") ?? node?.querySelector<HTMLElement>("button"))?.focus();

/** A message in place. */
export function told(id: string, it: Note, press: Press, close?: () => void): TemplateResult {
  const { seconds, answers = [], dismiss } = it;
  return note({
    ...it,
    more: seconds ? body(id, it, press) : content(id, it, press),
    beside: seconds ? answers.map((each) => answerButton(each, press)) : nothing,
    close: dismiss ? () => press({ text: "", intent: dismiss }, {}) : close,
  });
}
