import tseslint from "typescript-eslint";

/** Everything from outside stays text: nothing may parse markup. */
const parsesMarkup = ["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
  selector: `MemberExpression[property.name='${property}']`,
  message: "Bind it as text: no markup is ever parsed.",
}));
/** A policy without 'unsafe-inline' refuses it; it allows the property. */
const styleAttribute = {
  selector: "TemplateElement[value.raw=/\\sstyle=/]",
  message: "Set the property: .style=${...}.",
};
const unsafeImports = ["unsafe-html", "unsafe-svg", "unsafe-mathml"].map((name) => ({
  selector: `ImportDeclaration[source.value='lit-html/directives/${name}.js']`,
  message: "Bind it as text: no markup is ever parsed.",
}));

export default tseslint.config(
  { ignores: ["node_modules", "*.js", "*.mjs", "*.ts"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "no-restricted-syntax": ["error", ...parsesMarkup, ...unsafeImports, styleAttribute],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowNullish: true }],
      "@typescript-eslint/no-confusing-void-expression": "off", // a handler may end with what it does
      "@typescript-eslint/unbound-method": "off", // lit binds listeners; those of ours are arrows
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/prefer-nullish-coalescing": "off", // '' means nothing too
      "@typescript-eslint/no-base-to-string": "off", // texts out of JSON
    },
  },
);
