// Reads Parquet files with other people's readers. For tests only.
// Usage: node read.mjs FOLDER_OF_PACKAGES hyparquet|duckdb FILE... Prints a line for each file: {names, columns, metadata}.
// A value is its kind and its exact content: d and the 64 bits of a number, i and a whole number, t and milliseconds, b, s, or null.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join, resolve } from "node:path";

const [folder, reader, ...files] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), "package.json"));
// Both packages are made for import, which looks for packages beside this file only.
const load = async (path) => import(pathToFileURL(join(resolve(folder), "node_modules", path)).href);

const bits = new DataView(new ArrayBuffer(8));
function write(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return `i${value}`;
  if (typeof value === "boolean") return `b${value}`;
  if (typeof value === "string") return `s${value}`;
  if (value instanceof Date) return `t${value.getTime()}`;
  if (typeof value === "object" && "micros" in value) return `t${value.micros / 1000n}`;
  if (typeof value === "object" && "days" in value) return `t${value.days * 86400000}`;
  if (Number.isNaN(value)) return "dNaN";
  bits.setFloat64(0, value);
  return `d${bits.getBigUint64(0).toString(16).padStart(16, "0")}`;
}

if (reader === "hyparquet") {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await load("hyparquet/src/node.js");
  const { compressors } = await load("hyparquet-compressors/src/index.js");
  for (const path of files) {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const rows = await parquetReadObjects({ file, compressors });
    const names = metadata.schema.slice(1).map((element) => element.name);
    console.log(JSON.stringify({
      names,
      columns: names.map((name) => rows.map((row) => write(row[name]))),
      rows: Number(metadata.num_rows),
      metadata: Object.fromEntries(metadata.key_value_metadata.map(({ key, value }) => [key, value])),
    }));
  }
} else {
  const { DuckDBInstance } = require("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const quote = (text) => `'${text.replaceAll("'", "''")}'`;
  for (const path of files) {
    const result = await connection.runAndReadAll(`SELECT * FROM read_parquet(${quote(path)}, hive_partitioning = false)`);
    const metadata = await connection.runAndReadAll(`SELECT decode(key), decode(value) FROM parquet_kv_metadata(${quote(path)})`);
    const names = result.columnNames();
    const columns = names.length > 0 ? result.getColumns() : [];
    console.log(JSON.stringify({
      names,
      columns: names.map((_, index) => (columns[index] ?? []).map(write)),
      rows: result.currentRowCount,
      metadata: Object.fromEntries(metadata.getRows()),
    }));
  }
}
