/** Written by `python -m aiconn_nb.ui.widgets.protocol`; what goes between the kernel and a page. */

/** Where a part is shown: at these browser tabs, and whether at others. */
export interface Where {
  readonly seats: Readonly<Record<string, boolean>>;
  readonly others: boolean;
}

/** A column. `kind` says how its cells are drawn and sorted; `names` is the part of the view that translates its values. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly kind: "name" | "text" | "code" | "number" | "switch" | "resolves" | "test" | "age" | "links" | "health";
  readonly width: string;
  readonly names?: string;
}

/** A choice among rows, by the value at `path`: one of the `choices` (pairs), else of `names`, else of the rows'. */
export interface Filter {
  readonly key: string;
  readonly label: string;
  readonly every: string;
  readonly path: string;
  readonly names?: string;
  readonly choices?: readonly (readonly string[])[];
}

/** A button of a row. It is on while the row has `pressed`, off while it has `off`; `{who}` in a label is the row. */
export interface Action {
  readonly do: string;
  readonly icon: string;
  readonly words: string;
  readonly intent?: string;
  readonly pressed?: string;
  readonly release?: string;
  readonly release_title?: string;
  readonly label?: string;
  readonly title?: string;
  readonly off?: string;
  readonly said?: string;
}

/** A button for all rows that are selected. */
export interface Bulk {
  readonly text: string;
  readonly icon?: string;
  readonly intent: string;
  readonly active?: boolean;
  readonly said?: string;
  readonly begun?: string;
}

/** A sentence; every other part of it is code. */
export interface EmptyLine {
  readonly parts: readonly string[];
  readonly quiet?: boolean;
  readonly unless?: string;
}

/** What can be done where there is nothing; `when` and `unless` name a flag of the view. */
export interface EmptyButton {
  readonly text: string;
  readonly icon: string;
  readonly intent: string;
  readonly primary?: boolean;
  readonly when?: string;
  readonly unless?: string;
}

/** What stands where there are no rows. */
export interface Empty {
  readonly icon: string;
  readonly title: string;
  readonly lines: readonly EmptyLine[];
  readonly buttons: readonly EmptyButton[];
}

/** What a list is made of. It never changes. */
export interface Setup {
  readonly label: string;
  readonly create: string;
  readonly no_match: string;
  readonly columns: readonly Column[];
  readonly filters: readonly Filter[];
  readonly search: string;
  readonly searched: readonly string[];
  readonly search_label: string;
  readonly actions: readonly Action[];
  readonly bulk: readonly Bulk[];
  readonly used: string;
  readonly used_words: string;
  readonly empty: Empty;
}

/** The environment that references are resolved in, and what else there is to choose. */
export interface Environment {
  readonly name: string;
  readonly origin: string;
  readonly choices: readonly string[];
}

/** How far a test has come, or how it ended. */
export interface RunningTest {
  readonly running?: string;
  readonly ok?: boolean;
  readonly at?: string;
  readonly seconds?: number;
  readonly failed?: string;
  readonly unknown?: boolean;
  readonly outdated?: boolean;
}

/** A connection of a profile; without a state it is ready. */
export interface Link {
  readonly alias: string;
  readonly state?: string;
}

/** How a profile is. */
export interface Health {
  readonly tone: "good" | "warn" | "bad" | "none" | "info";
  readonly title: string;
  readonly words?: string;
}

/** A connection or a profile in a list; what is not the case is left out. */
export interface Row {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly modified: string;
  readonly version: number;
  readonly provider?: string;
  readonly active?: boolean;
  readonly missing?: string;
  readonly untrusted?: string;
  readonly used?: boolean;
  readonly test?: RunningTest;
  readonly capability?: string;
  readonly links?: readonly Link[];
  readonly more_links?: number;
  readonly model?: string;
  readonly health?: Health;
  readonly tags?: readonly string[];
  readonly more_tags?: number;
  readonly default?: boolean;
  readonly cells?: Readonly<Record<string, string | number | boolean>>;
}

/** The first rung of a test that failed, or could not tell, and what to do. */
export interface Failure {
  readonly rung: string;
  readonly what: string;
  readonly hint: string;
  readonly unknown?: boolean;
}

/** The rows of a list, or why there are none. */
export interface ListView {
  readonly kind: "list" | "profiles" | "error";
  readonly what?: string;
  readonly hint?: string;
  readonly turn?: number;
  readonly environment?: Environment;
  readonly providers?: Readonly<Record<string, string>>;
  readonly rows?: readonly Row[];
  readonly failures?: Readonly<Record<string, Failure>>;
  readonly notes?: readonly string[];
  readonly has_form?: boolean;
  readonly has_demo?: boolean;
  readonly has_connections?: boolean;
  readonly has_manager?: boolean;
}

/** A tab. */
export interface Tab {
  readonly id: string;
  readonly title: string;
}

/** The tabs; at a seat that is not named the `chosen` one is shown. */
export interface TabsView {
  readonly kind: "tabs";
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly seats: Readonly<Record<string, string>>;
}

/** What the keys of an owner look like. */
export interface Shape {
  readonly owner: string;
  readonly name: string;
  readonly pattern: string;
}

/** What would be sent to a host, and the answers that allow it. */
export interface Question {
  readonly what: string;
  readonly answers: readonly string[];
}

/** A setting: its text, or only that it is kept secret. */
export interface SettingView {
  readonly sealed?: boolean;
  readonly text?: string;
}

/** What a form edits, as it is stored. */
export interface Stored {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly active: boolean;
  readonly version: number;
  readonly modified: string;
  readonly provider?: string;
  readonly in_use?: boolean;
  readonly untrusted?: Question | null;
  readonly settings?: Readonly<Record<string, SettingView>>;
  readonly capability?: string;
  readonly connections?: readonly string[];
  readonly texts?: Readonly<Record<string, string>>;
}

/** A field as it is drawn. */
export interface FieldView {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  readonly type: string;
  readonly required: boolean;
  readonly sensitive?: boolean;
  readonly group?: string;
  readonly default?: string | null;
  readonly choices?: readonly string[];
  readonly placeholder?: string;
  readonly suggested?: string;
  readonly least?: number | null;
  readonly most?: number | null;
}

/** A provider as one can be picked; `group` is the heading below which it is. */
export interface ProviderView {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly capabilities: readonly string[];
  readonly missing: readonly string[];
  readonly install: string;
  readonly broken: string;
  readonly shapes: readonly string[];
  readonly fields: readonly FieldView[];
}

/** A capability as one can be picked. */
export interface CapabilityView {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly default: string;
  readonly fields: readonly FieldView[];
}

/** A connection that a profile may name. */
export interface Choosable {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly provider: string;
  readonly can: readonly string[];
  readonly state: string;
  readonly tone: string;
  readonly words: string;
}

/** A form: what it edits, and what there is to choose from. */
export interface FormView {
  readonly kind: "form" | "profile";
  readonly title: string;
  readonly environment: string;
  readonly shapes: readonly Shape[];
  readonly stored: Stored | null;
  readonly providers?: readonly ProviderView[];
  readonly picked?: string;
  readonly capabilities?: readonly CapabilityView[];
  readonly connections?: readonly Choosable[];
}

/** What a page asks for: one message with all that it needs. */
export type Intent = { readonly [key: string]: unknown };
/** What the kernel answers. */
export interface Reply {
  readonly kind: string;
  readonly page?: string | null;
  readonly seq?: number | null;
  readonly [key: string]: unknown;
}
