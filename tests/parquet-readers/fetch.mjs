// Reads a Parquet file over HTTP ranges. For tests only.
// Usage: node fetch.mjs FOLDER_OF_PACKAGES ADDRESS COLUMN. Prints {rows, sum, requests, bytes}: the column's sum, and what was asked for.
import { pathToFileURL } from "node:url";
import { join, resolve } from "node:path";

const [folder, url, column] = process.argv.slice(2);
const load = async (path) => import(pathToFileURL(join(resolve(folder), "node_modules", path)).href);
const { asyncBufferFromUrl, parquetReadObjects } = await load("hyparquet/src/index.js");
const { compressors } = await load("hyparquet-compressors/src/index.js");

let requests = 0;
let bytes = 0;
const counting = async (...request) => {
  const response = await fetch(...request);
  if (response.status === 206) {
    requests++;
    bytes += Number(response.headers.get("content-length"));
  }
  return response;
};
const file = await asyncBufferFromUrl({ url, fetch: counting });
const rows = await parquetReadObjects({ file, compressors, columns: [column] });
console.log(JSON.stringify({ rows: rows.length, sum: rows.reduce((sum, row) => sum + Number(row[column]), 0), length: file.byteLength, requests, bytes }));
