/** The plain fields of a profile: texts, numbers, a number with a slider. Left empty they are not sent. */
import { button, html, link, live, newId, nothing, told, type Content, type TemplateResult } from "../html";
import type { FieldView } from "../protocol";
import { aKey, describedby, fieldFrame, type Field, type Host } from "./field";
import { textInput } from "./input";

const NOT_SENT = "not sent";

export class Plain implements Field {
  readonly id: string;
  readonly key: string;
  readonly label: string;
  text = "";
  protected error = "";

  constructor(
    protected readonly host: Host,
    readonly view: FieldView,
  ) {
    this.key = view.key;
    this.label = view.label;
    this.id = newId(view.key);
  }
  problem(words: string): void {
    this.error = words;
    this.host.draw();
  }
  write(text: string): void {
    this.typed(text);
  }
  protected readonly typed = (text: string): void => {
    this.text = text;
    this.error = "";
    this.host.draw();
    this.host.changed(this.key);
  };
  protected get described(): string {
    return describedby(this.id, Boolean(this.view.help));
  }

  /** A key where everybody sees it: said at once, never sent. */
  protected note(): Content {
    const found = this.host.owner(this.text);
    if (!found) return nothing;
    const what = `This looks like ${aKey(found)}. A profile is not kept secret: it is stored and shown as it is.`;
    return told({ tone: "warn", what, actions: [link("Take it out", () => this.write(""))] });
  }
  protected control(): Content {
    return this.input({ placeholder: this.view.placeholder ?? "" });
  }
  protected input(more: {
    readonly placeholder?: string;
    readonly inputmode?: string;
    readonly isNumber?: boolean;
  }): TemplateResult {
    return textInput({
      id: this.id,
      value: this.text,
      testid: `input-${this.key}`,
      describedby: this.described,
      isInvalid: this.error !== "",
      input: this.typed,
      ...more,
    });
  }
  template(): TemplateResult {
    const { id, view, error } = this;
    return fieldFrame({ id, view, control: this.control(), error, state: this.note(), help: view.help });
  }
}

/** Several lines, which grow with what is typed. */
export class Area extends Plain {
  protected override control(): Content {
    return html`<textarea
      id=${this.id}
      class="aiconn-input aiconn-area"
      rows="3"
      placeholder=${NOT_SENT}
      autocomplete="off"
      spellcheck="true"
      data-1p-ignore="true"
      data-lpignore="true"
      data-bwignore="true"
      data-testid="input-${this.key}"
      aria-describedby=${this.described}
      aria-invalid=${this.error ? "true" : nothing}
      .value=${live(this.text)}
      @input=${(event: Event) => this.typed((event.target as HTMLTextAreaElement).value)}
    ></textarea>`;
  }
}

export class Whole extends Plain {
  protected override control(): Content {
    return this.input({ placeholder: NOT_SENT, inputmode: "numeric", isNumber: true });
  }
}

/** A slider beside a number: each follows the other, and the slider rests where nothing is sent. */
export class Slider extends Plain {
  protected override control(): Content {
    const { least, most } = this.view;
    const input = this.input({ placeholder: NOT_SENT, inputmode: "decimal", isNumber: true });
    if (least == null || most == null) return input;
    const typed = this.text.trim();
    const number = typed === "" ? NaN : Number(typed);
    const isSet = number >= least && number <= most;
    const value = isSet ? number : (least + most) / 2;
    const slide = (event: Event): void =>
      this.typed(String(Number(Number((event.target as HTMLInputElement).value).toFixed(2))));
    const clear = (): void => {
      this.typed("");
      this.host.focus(this.id);
    };
    return html`<div class="aiconn-slide">
      <input
        type="range"
        class="aiconn-slider ${isSet ? "" : "aiconn-unset"}"
        min=${least}
        max=${most}
        step=${(most - least) / 20}
        aria-label="${this.label}, as a slider"
        aria-valuetext=${isSet ? String(number) : NOT_SENT}
        style="--aiconn-part: ${((value - least) / (most - least)) * 100}%"
        .value=${live(String(value))}
        @input=${slide}
      />
      <div class="aiconn-clearable">
        ${input}${button({
          kind: "quiet",
          icon: "close",
          label: `Do not send ${this.label.toLowerCase()}`,
          style: `visibility: ${this.text ? "visible" : "hidden"}`,
          click: clear,
        })}
      </div>
    </div>`;
  }
}
