/** A text input that hides secrets, with suggestions if it has any. */
import {
  classes,
  html,
  live,
  noChange,
  nothing,
  ref,
  state,
  valueOf,
  type Content,
  type Control,
  type TemplateResult,
} from "../html";
import type { Combobox } from "./combobox";
import { mayBeReference } from "./references";

/** CSS draws the dots, because browsers treat type="password" as a login form and offer to remember the password. */
const CAN_MASK = typeof CSS !== "undefined" && CSS.supports("-webkit-text-security", "disc");

export interface InputOptions extends Control {
  /** What it shows, or else what it shows at first: then what is typed stays only in the input. */
  readonly value?: string;
  readonly initial?: string;
  readonly placeholder?: string | undefined;
  readonly inputmode?: string | undefined;
  readonly isCode?: boolean;
  readonly isNumber?: boolean;
  readonly isReadOnly?: boolean;
  readonly longest?: number;
  /** Whether input is drawn as dots: always, or unless it is a reference. */
  readonly hides?: "always" | "literals" | undefined;
  readonly combobox?: Combobox;
  readonly input?: (value: string) => void;
  readonly keydown?: (event: KeyboardEvent) => void;
  readonly pasted?: () => void;
}

/** Keeps browsers and extensions from remembering, correcting or translating this input. */
export function textInput(it: InputOptions): TemplateResult {
  const box = it.combobox;
  const isHidden = (value: string): boolean =>
    it.hides === "always" || (it.hides === "literals" && value !== "" && !mayBeReference(value));
  const hidden = isHidden(it.value ?? "");
  const hold = (event: Event): void => {
    if (isHidden(valueOf(event))) event.preventDefault(); // like a password input
  };
  const typed = (event: Event): void => {
    it.input?.(valueOf(event));
    box?.update();
  };
  const keydown = (event: KeyboardEvent): void => {
    box?.keydown(event);
    if (!event.defaultPrevented) it.keydown?.(event);
  };
  const looks = classes("aiconn-input", it.isCode && "aiconn-code", it.isNumber && "aiconn-number");
  return html`<input
    type=${hidden && !CAN_MASK ? "password" : "text"} id=${it.id} name=${it.name ?? nothing} data-testid=${it.testid}
    class=${classes(looks, hidden && CAN_MASK && "aiconn-masked")} value=${it.initial || nothing} .value=${held(it.value)}
    autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false" translate="no"
    data-1p-ignore="true" data-lpignore="true" data-bwignore="true" data-form-type="other"
    placeholder=${it.placeholder || nothing} inputmode=${it.inputmode ?? nothing} maxlength=${it.longest ?? nothing}
    aria-describedby=${it.describedby || nothing} aria-required=${it.isRequired ? "true" : nothing}
    aria-invalid=${it.isInvalid ? "true" : nothing} ?readonly=${it.isReadOnly ?? false}
    role=${box ? "combobox" : nothing} aria-autocomplete=${box ? "list" : nothing} aria-expanded=${state(box?.isOpen)}
    aria-controls=${box?.id ?? nothing} aria-activedescendant=${box?.activeId ?? nothing} ${ref(box?.attach)}
    @input=${typed} @keydown=${keydown} @blur=${() => box?.close()} @click=${() => box?.click()}
    @copy=${hold} @cut=${hold} @dragstart=${hold} @paste=${() => queueMicrotask(() => it.pasted?.())}
  />`;
}

export const labelledField = (id: string, label: Content, control: Content, look = "aiconn-strong"): TemplateResult =>
  html`<div class="aiconn-field"
    ><label class=${look} for=${id}>${label}</label>${control}</div
  >`;

const held = (value: string | undefined) => (value === undefined ? noChange : live(value));

/** Several lines; it grows with its content. Code is not corrected or translated. */
export function textArea(it: InputOptions, rows: number): TemplateResult {
  const off = it.isCode ? "off" : nothing;
  return html`<textarea id=${it.id} name=${it.name ?? nothing} class=${classes("aiconn-input aiconn-area", it.isCode && "aiconn-code")} rows=${rows}
    data-testid=${it.testid} placeholder=${it.placeholder || nothing} autocomplete="off" autocapitalize=${off} autocorrect=${off}
    spellcheck=${it.isCode ? "false" : "true"} translate=${it.isCode ? "no" : nothing}
    data-1p-ignore="true" data-lpignore="true" data-bwignore="true" aria-describedby=${it.describedby}
    aria-invalid=${it.isInvalid ? "true" : nothing} .value=${held(it.value)} @input=${(event: Event) => it.input?.(valueOf(event))}
  ></textarea>`;
}
