// Asks DuckDB. For tests only. Usage: node query.mjs FOLDER_OF_PACKAGES SQL. Prints the rows, each as a line of values separated by commas.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [folder, sql] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), "package.json"));
const { DuckDBInstance } = require("@duckdb/node-api");
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const result = await connection.runAndReadAll(sql);
for (const row of result.getRows()) console.log(row.map(String).join(","));
