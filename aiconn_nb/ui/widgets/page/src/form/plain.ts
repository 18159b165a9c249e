/** Options of a profile: several lines, a number, a number with a slider. Empty options are not sent. */
import { button, classes, html, live, valueOf, type Content } from "../html";
import { TextField } from "./text";

const NOT_SENT = "not sent";

export class Area extends TextField {
  protected override control(): Content {
    return this.area(3, { placeholder: NOT_SENT });
  }
}

export class Whole extends TextField {
  protected override control(): Content {
    return this.input({ placeholder: NOT_SENT, inputmode: "numeric", isNumber: true });
  }
}

/** A slider beside a number: each follows the other, and the slider is inactive if nothing is sent. */
export class Slider extends TextField {
  protected override control(): Content {
    const input = this.input({ placeholder: NOT_SENT, inputmode: "decimal", isNumber: true });
    const { least, most } = this.view;
    if (least == null || most == null) return input;
    const number = this.text.trim() === "" ? NaN : Number(this.text);
    const isSet = number >= least && number <= most;
    const value = isSet ? number : (least + most) / 2;
    const slide = (event: Event): void => this.typed(String(Number(Number(valueOf(event)).toFixed(2))));
    return html`<div class="aiconn-slide">
      <input type="range" class=${classes("aiconn-slider", !isSet && "aiconn-unset")} min=${least} max=${most}
        step=${(most - least) / 20} aria-label="${this.label}, as a slider" aria-valuetext=${isSet ? number : NOT_SENT} .value=${live(String(value))} @input=${slide} />
      <div class="aiconn-within aiconn-clearable">
        ${input}${button({
          kind: "quiet",
          icon: "close",
          label: `Do not send ${this.label.toLowerCase()}`,
          invisible: !this.text,
          click: () => this.write("", true),
        })}
      </div>
    </div>`;
  }
}
