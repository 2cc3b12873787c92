// Asks DuckDB compiled to WebAssembly, in a browser, about files on a server. For tests only.
// Usage: node browse.mjs FOLDER_OF_PACKAGES CHROMIUM ADDRESS SQL, where SQL has ADDRESS in it.
// Prints {rows, requests}: what DuckDB answers, and the method, status and length of each answer that it got from the server.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize, resolve } from "node:path";

const [folder, chromium, address, sql] = process.argv.slice(2);
const server = new URL(address);
const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const duckdb = "/@duckdb/duckdb-wasm/dist/";
const listen = async (answer) => {
  const listener = createServer(answer);
  await new Promise((ready) => listener.listen(0, "127.0.0.1", ready));
  return listener;
};

// Between the browser and the server: everything goes through unchanged, and is counted.
const requests = [];
const counter = await listen((asked, answer) => {
  const headers = { ...asked.headers, host: server.host };
  const onward = request({ host: server.hostname, port: server.port, path: asked.url, method: asked.method, headers }, (got) => {
    let length = 0;
    got.on("data", (piece) => { length += piece.length; });
    got.on("end", () => requests.push({ method: asked.method, status: got.statusCode, length }));
    answer.writeHead(got.statusCode, got.headers);
    got.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
});

const query = sql.replaceAll(server.origin, `http://127.0.0.1:${counter.address().port}`);
const page = `<!doctype html>
<script type="importmap">{"imports": {"apache-arrow": "/apache-arrow/Arrow.dom.mjs", "tslib": "/tslib/tslib.es6.mjs",
  "flatbuffers": "/flatbuffers/mjs/flatbuffers.js"}}</script>
<script type="module">
  let answer;
  try {
    const { AsyncDuckDB, VoidLogger } = await import("${duckdb}duckdb-browser.mjs");
    const database = new AsyncDuckDB(new VoidLogger(), new Worker("${duckdb}duckdb-browser-eh.worker.js"));
    await database.instantiate(location.origin + "${duckdb}duckdb-eh.wasm");
    const connection = await database.connect();
    const table = await connection.query(${JSON.stringify(query)});
    answer = { rows: table.toArray().map((row) => Object.values(row.toJSON()).map(String)) };
  } catch (fault) {
    answer = { fault: String(fault) };
  }
  await fetch("/answer", { method: "POST", body: JSON.stringify(answer) });
</script>`;

const profile = mkdtempSync(join(tmpdir(), "civicsense-browser-"));
let browser;
const answered = new Promise((tell) => {
  listen((asked, answer) => {
    if (asked.method === "POST") {
      let body = "";
      asked.on("data", (piece) => { body += piece; }).on("end", () => tell(JSON.parse(body)));
    } else if (asked.url === "/") {
      answer.writeHead(200, { "content-type": "text/html" }).end(page);
    } else {
      const path = join(resolve(folder), "node_modules", normalize(asked.url));
      const file = createReadStream(path).on("error", () => answer.writeHead(404).end());
      file.on("open", () => file.pipe(answer.writeHead(200, { "content-type": types[extname(path)] ?? "text/plain" })));
    }
  }).then((own) => {
    // A debugging port keeps the browser open without a window.
    browser = spawn(chromium, ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`, "--remote-debugging-port=0",
      `http://127.0.0.1:${own.address().port}/`], { stdio: "ignore" });
    browser.on("error", (fault) => tell({ fault: String(fault) }));
    browser.on("exit", () => tell({ fault: "The browser ended." }));
  });
});

const { rows, fault } = await answered;
if (browser.pid !== undefined && browser.exitCode === null) {
  const ended = once(browser, "exit");
  browser.kill();
  await ended;
}
// Its helper processes may still be writing for a moment.
await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
if (fault !== undefined) {
  console.error(fault);
  process.exit(1);
}
console.log(JSON.stringify({ rows, requests }));
process.exit(0);
