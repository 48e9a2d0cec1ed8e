// Builds portal.css, portal.js and the fonts into static/build/. `--watch` rebuilds when a source changes.
import { copyFileSync, mkdirSync, readdirSync, watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";
import * as sass from "sass";

const assets = dirname(fileURLToPath(import.meta.url));
const root = dirname(assets);
const out = join(root, "static", "build");
const packages = join(root, "node_modules");

const SUBSETS = ["latin", "latin-ext"];
const WEIGHTS = [400, 600];

// The style sheets that pages and PDFs use; each is one file in assets/scss.
function styles() {
  for (const name of ["portal"]) {
    const result = sass.compile(join(assets, "scss", `${name}.scss`), {
      loadPaths: [packages],
      style: "compressed",
      quietDeps: true,
    });
    writeFileSync(join(out, `${name}.css`), result.css);
  }
}

function scripts() {
  return esbuild.build({
    entryPoints: [join(assets, "js", "portal.js")],
    outfile: join(out, "portal.js"),
    bundle: true,
    format: "esm",
    target: "es2020",
    minify: true,
    logLevel: "warning",
  });
}

function fonts() {
  const source = join(packages, "@fontsource", "source-sans-3", "files");
  mkdirSync(join(out, "fonts"), { recursive: true });
  for (const subset of SUBSETS) {
    for (const weight of WEIGHTS) {
      const name = `source-sans-3-${subset}-${weight}-normal.woff2`;
      copyFileSync(join(source, name), join(out, "fonts", name));
    }
  }
}

function icons() {
  for (const name of readdirSync(join(assets, "icons"))) {
    copyFileSync(join(assets, "icons", name), join(out, name));
  }
}

async function build() {
  const started = Date.now();
  mkdirSync(out, { recursive: true });
  styles();
  await scripts();
  console.log(`Assets built in ${Date.now() - started} ms.`);
}

mkdirSync(out, { recursive: true });
fonts();
icons();
await build();

if (process.argv.includes("--watch")) {
  let waiting = null;
  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => build().catch((error) => console.error(error.message)), 100);
  };
  for (const folder of ["scss", "scss/parts", "js"]) watch(join(assets, folder), again);
}
