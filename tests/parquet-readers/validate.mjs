// Checks metadata with other people's validators. For tests only. Prints one line for each fault, and nothing if there is none.
// Usage: node validate.mjs FOLDER_OF_PACKAGES schema SCHEMA.json DATA.json
//        node validate.mjs FOLDER_OF_PACKAGES shacl DATA.ttl SHAPES.ttl...
//        node validate.mjs FOLDER_OF_PACKAGES same DATA.ttl DATA.jsonld
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const [folder, check, ...files] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), "package.json"));
const load = async (path) => import(pathToFileURL(join(resolve(folder), "node_modules", path)).href);
const read = (path) => readFileSync(path, "utf8");
const { Parser, Store } = require("n3");
const turtle = (path) => new Store(new Parser({ baseIRI: "http://base.example/" }).parse(read(path)));

async function jsonLd(path) {
  const { JsonLdParser } = require("jsonld-streaming-parser");
  const store = new Store();
  await new Promise((done, fail) => {
    const parser = new JsonLdParser({ baseIRI: "http://base.example/" });
    parser.on("data", (quad) => store.addQuad(quad)).on("error", fail).on("end", done);
    parser.end(read(path));
  });
  return store;
}

// Statements as text. A blank node is told by what is said of it, because its name means nothing.
function statements(store) {
  const name = (term) => term.termType === "BlankNode"
    ? `[${store.getQuads(term).map((quad) => `${quad.predicate.value} ${quad.object.value}`).sort().join("; ")}]`
    : `${term.termType} ${term.value} ${term.datatype?.value ?? ""} ${term.language ?? ""}`;
  return store.getQuads().map((quad) => `${name(quad.subject)} ${quad.predicate.value} ${name(quad.object)}`).sort();
}

if (check === "schema") {
  const Ajv = require("ajv");
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(JSON.parse(read(files[0])));
  if (!validate(JSON.parse(read(files[1])))) for (const error of validate.errors) console.log(`${error.instancePath} ${error.message}`);
} else if (check === "shacl") {
  const { default: Validator } = await load("rdf-validate-shacl/index.js");
  const data = turtle(files[0]);
  if (data.size === 0) console.log("There are no statements.");
  for (const shapes of files.slice(1)) {
    const report = await new Validator(turtle(shapes)).validate(data);
    for (const result of report.results) {
      console.log(`${result.focusNode?.value} ${result.path?.value} ${result.value?.value ?? ""}: ${result.message.map((message) => message.value).join(" ")} (${result.severity?.value})`);
    }
  }
} else {
  const [first, second] = [statements(turtle(files[0])), statements(await jsonLd(files[1]))];
  for (const line of first.filter((line) => !second.includes(line))) console.log(`only in ${files[0]}: ${line}`);
  for (const line of second.filter((line) => !first.includes(line))) console.log(`only in ${files[1]}: ${line}`);
  if (first.length === 0) console.log("There are no statements.");
}
