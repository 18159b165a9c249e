/** The template of a form. */
import { code, goodChip, html, nothing, repeat, type Content, type TemplateResult } from "../html";
import { answerButton, told } from "../panel";
import type { Answer } from "../protocol";
import { age, exact } from "../words";
import { fieldset, foldedFieldset } from "./field";
import type { Form } from "./form";
import { fixedKind } from "./picker";

function body({ stored, words, content, picker, press }: Form): Content {
  const { kind, picked } = content;
  const groups = content.groups.map(([name, fields]) => {
    const rows = repeat(
      fields,
      ({ key }) => `${picked} ${key}`,
      (field) => field.template(),
    );
    const help = kind?.group_help?.[name] ?? "";
    if (!kind?.folded?.includes(name)) return fieldset(name, help, rows);
    const isOpen = fields.some(({ text, isWrong }) => text !== "" || isWrong);
    return foldedFieldset(name, help, rows, isOpen);
  });
  return [
    stored ? fixedKind(words, kind) : picker.template(),
    kind?.note ? told(kind.id, kind.note, press) : nothing,
    html`<div class="aiconn-stack" ?hidden=${!content.isPicked}>
      <div class="aiconn-row">${content.name.template()}${content.alias.template()}</div>
      ${content.active.template()} ${groups}
    </div>`,
  ];
}

function foot({ saving, content, view, press }: Form): TemplateResult {
  const draw = (it: Answer): TemplateResult => {
    const isSave = it.intent === "save";
    const hidden = it.draft === true && !isSave && !content.isPicked;
    return answerButton({ ...it, text: isSave && saving.isBusy ? "Saving…" : it.text }, press, { hidden });
  };
  const buttons = view.buttons.map(draw);
  return html`${buttons.slice(0, -2)}<div class="aiconn-line aiconn-end">${buttons.slice(-2)}</div>`;
}

function head({ stored, words, view }: Form): TemplateResult {
  const saved = stored
    ? [code(stored.alias), html`<span title=${exact(stored.modified)}> · saved ${age(stored.modified)}</span>`]
    : words.about;
  return html`<div class="aiconn-line aiconn-ends aiconn-head">
    <div>
      <div class="aiconn-title" role="heading" aria-level="2" tabindex="-1">${stored?.name ?? view.title}</div>
      <p class="aiconn-quiet-text">${saved}</p>
    </div>
    <div class="aiconn-line">
      ${stored?.mark ? goodChip(stored.mark) : nothing}
      <span class="aiconn-chip" title="The environment in which references are resolved">${view.environment}</span>
    </div>
  </div>`;
}

export function formTemplate(form: Form): TemplateResult {
  const { stored, history, frame, panels } = form;
  return html`${head(form)} ${stored ? history.tabs() : nothing} ${frame.messageBox()}
    <div class="aiconn-body aiconn-stack" id=${history.bodyId} role=${stored ? "tabpanel" : nothing}
      aria-labelledby=${stored ? history.labelledby : nothing} ?inert=${frame.asks}
      >${body(form)} ${stored ? history.template() : nothing}</div
    >
    ${panels.at()} ${frame.foot(foot(form))}`;
}
