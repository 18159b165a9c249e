/** Bundles each widget into one self-contained module, and the styles into one sheet; `--check` tells whether the committed ones are these. */
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";

const OUT = new URL("../static/", import.meta.url);
const common = {
  bundle: true,
  minify: true,
  write: false,
  legalComments: "inline",
  charset: "utf8",
  logLevel: "warning",
};

/**
 * Every widget brings its module along, and a browser would compile each anew, which is half of the time of a long list. Here the
 * first one of a build serves all widgets of the page.
 */
function sharedModule(name, script) {
  const key = `${name} ${createHash("sha256").update(script).digest("hex").slice(0, 12)}`;
  return `const shared = (globalThis.aiconnModules ??= {});
export default shared["${key}"] ??= (() => {
${script}return widget.default;
})();
`;
}

async function outputs() {
  const made = new Map();
  for (const name of ["lists", "forms", "needs", "manager"]) {
    const { outputFiles } = await build({
      ...common,
      entryPoints: [`src/${name}-widget.ts`],
      format: "iife",
      globalName: "widget",
      target: "es2022",
    });
    made.set(`${name}.js`, sharedModule(name, outputFiles[0].text));
  }
  const { outputFiles } = await build({ ...common, entryPoints: ["src/page.css"], target: "chrome111" });
  made.set("page.css", outputFiles[0].text);
  return made;
}

let differs = false;
for (const [name, text] of await outputs()) {
  const file = new URL(name, OUT);
  if (process.argv.includes("--check")) {
    const committed = await readFile(file, "utf8").catch(() => "");
    if (committed === text) continue;
    console.error(`${name} is not what its source makes: run 'npm run build' and commit it.`);
    differs = true;
  } else await writeFile(file, text);
}
process.exit(differs ? 1 : 0);
