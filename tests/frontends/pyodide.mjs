// Runs the lesson of a file in Pyodide, as JupyterLite's kernel does: node pyodide.mjs FOLDER_OF_PYODIDE FOLDER_OF_PACKAGES FILE
import { readFileSync } from "node:fs";

const [pyodide, packages, file] = process.argv.slice(2);
const { loadPyodide } = await import(`${pyodide}/pyodide.mjs`);
const python = await loadPyodide();
python.FS.mkdirTree("/packages");
python.mountNodeFS("/packages", packages);
python.runPython("import sys; sys.path.insert(0, '/packages'); sys.dont_write_bytecode = True");
python.runPython(readFileSync(file, "utf8"));
console.log(`\n${await python.runPythonAsync("await lesson()")}`);
