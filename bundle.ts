// Puts fluffy, and its load generator, together into dist/: few files that hold every package they need, as a process
// that finds two hundred modules on the disk takes half as long again to start. Run by `npm run build`.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

const ROOT = import.meta.dirname;
const PROGRAMS = [
  {
    target: 'dist/src',
    entries: {
      main: 'src/main.ts',
      'series-thread': 'src/store/series-thread.ts',
      'read-ahead-thread': 'src/read-ahead/read-ahead-thread.ts',
    },
  },
  { target: 'dist/generator', entries: { main: 'generator/main.ts' } },
];
/** Packages of the older kind ask for Node.js' own modules by `require`. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
const PACKAGE = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/**
 * Node.js' own modules are required: an import of one asks for everything that it exports, and for `node:http` that loads
 * a whole HTTP client.
 */
const requireBuiltins: Plugin = {
  name: 'require builtins',
  setup(builder) {
    builder.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path, external: true } : { path, namespace: 'builtin' },
    );
    builder.onLoad({ filter: /^node:/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

const packages = new Set<string>();
for (const { target, entries } of PROGRAMS) {
  rmSync(join(ROOT, target), { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entries,
    outdir: target,
    bundle: true,
    splitting: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner: { js: REQUIRE },
    plugins: [requireBuiltins],
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const input of Object.keys(metafile.inputs)) {
    const name = PACKAGE.exec(input)?.[1];
    if (name !== undefined) packages.add(name);
  }
}
mkdirSync(join(ROOT, 'dist'), { recursive: true });
const licences = [...packages].toSorted().map(describe);
writeFileSync(join(ROOT, 'dist', 'THIRD-PARTY.txt'), licences.join('\n\n'));
process.stdout.write(`dist: ${packages.size} packages put in, their licences are in THIRD-PARTY.txt\n`);

/** A package with its licence, which goes where the code goes. */
function describe(name: string): string {
  const folder = resolve(ROOT, 'node_modules', name);
  const { version, license }: Record<string, string> = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const texts = readdirSync(folder)
    .filter((each) => /^(?:licen[cs]e|notice)/i.test(each))
    .map((each) => readFileSync(join(folder, each), 'utf8').trim());
  return [`${name} ${version ?? ''} (${license ?? 'no licence named'})`, ...texts].join('\n\n');
}
