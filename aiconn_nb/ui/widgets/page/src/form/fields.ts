/** A field is one component, selected by its type. A new type is one component and one entry here. */
import type { FieldView } from "../protocol";
import type { Field } from "./field";
import type { Form } from "./form";
import { ModelName } from "./model";
import { Order } from "./order";
import { Area, Slider, Whole } from "./plain";
import { Setting } from "./setting";
import { TextField } from "./text";

const KINDS: Readonly<Record<string, new (form: Form, view: FieldView) => Field>> = {
  connections: Order,
  model: ModelName,
  plain: TextField,
  lines: Area,
  whole: Whole,
  slider: Slider,
};

export const makeField = (form: Form, view: FieldView): Field => new (KINDS[view.type] ?? Setting)(form, view);
