// Builds dist/ from shared/, hall/ and desk/: one script and one style sheet for each page that needs its own.
import { build } from "esbuild";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { existsSync } from "node:fs";

const ENTRIES = [
  "hall/hall.js", "hall/board.js", "hall/screen.js", "hall/enter.js", "hall/read.js", "hall/en.js", "hall/hall.css",
  "hall/keep.js", "hall/remote.js", "hall/answers.js", "issuer/ticket.js",
  "desk/desk.js", "desk/inspector.js", "desk/backup.js", "desk/charts.js", "desk/desk.css",
];
// Loaded by the ballot page when it knows what the browser can do.
const MODULES = ["hall/subtle.js", "hall/plain.js", "hall/lost.js"];
// What phones without a current browser still run: BigInt came with Chrome 67 and Safari 14.
const TARGET = ["chrome67", "safari14", "firefox78"];
const NEW = "dist.new";

await rm(NEW, { recursive: true, force: true });
await mkdir(NEW);
const SETTINGS = {
  outdir: NEW,
  entryNames: "[name]",
  bundle: true,
  minify: true,
  target: TARGET,
  // Safari 14.0 fails one rare form of destructuring, which is not used here.
  supported: { destructuring: true },
  charset: "utf8",
  legalComments: "none",
  logLevel: "info",
  loader: { ".svg": "dataurl" },
};
await build({ ...SETTINGS, format: "iife", entryPoints: ENTRIES.filter((path) => existsSync(path)) });
await build({ ...SETTINGS, format: "esm", entryPoints: MODULES });
await copyFile("shared/logo.svg", `${NEW}/logo.svg`);
await rm("dist", { recursive: true, force: true });
await rename(NEW, "dist");
