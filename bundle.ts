// Puts fluffy, and its load generator, together into dist/: each program is one file that holds every package it needs, as
// finding and linking two hundred modules takes half of a start. Run by `npm run build`.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions, Plugin } from 'esbuild';

const ROOT = import.meta.dirname;
/** What only a channel or a terminal needs: files of their own, which are not even read before they are asked for. */
const LATE_PACKAGES = ['@aws-sdk/client-sns', 'nodemailer', 'pino-pretty'];
/** Packages of the older kind ask for Node.js' own modules by `require`. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
const PACKAGE = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//;
const require = createRequire(import.meta.url);

/**
 * Node.js' own modules are required: an import of one asks for everything that it exports, and for `node:http` that loads
 * a whole HTTP client.
 */
const requireBuiltins: Plugin = {
  name: 'require builtins',
  setup(builder) {
    builder.onResolve({ filter: /^[\w:/]+$/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return null;
      return kind === 'require-call' ? { path, external: true } : { path, namespace: 'builtin' };
    });
    builder.onLoad({ filter: /^/, namespace: 'builtin' }, ({ path }) => ({
      contents: exportBuiltin(path),
      loader: 'js',
    }));
  },
};

const requireLatePackages: Plugin = {
  name: 'require late packages',
  setup(builder) {
    builder.onResolve({ filter: /^[@\w]/ }, ({ path }) =>
      LATE_PACKAGES.includes(path) ? { path, namespace: 'late' } : null,
    );
    builder.onLoad({ filter: /^/, namespace: 'late' }, ({ path }) => ({
      contents: `module.exports = require('./packages/${fileOf(path)}.cjs');`,
      loader: 'js',
    }));
    builder.onResolve({ filter: /^/, namespace: 'late' }, ({ path }) => ({ path, external: true }));
  },
};

/**
 * By package, modules of Node.js that it asks for at once and fluffy has no need of. `stoppable` asks whether a server is one
 * of TLS, `commander` runs programs for commands that are none of its own, `node-cron` for tasks in files.
 */
const LEFT_OUT = [
  { module: 'https', by: 'stoppable', contents: 'module.exports = { Server: class {} };' },
  { module: 'node:child_process', by: 'commander', contents: 'module.exports = {};' },
  { module: 'child_process', by: 'node-cron', contents: 'module.exports = {};' },
];

const leaveOut: Plugin = {
  name: 'leave out',
  setup(builder) {
    for (const { module, by, contents } of LEFT_OUT) {
      builder.onResolve({ filter: new RegExp(`^${module}$`) }, ({ importer }) =>
        importer.includes(`/${by}/`) ? { path: module, namespace: by } : null,
      );
      builder.onLoad({ filter: /^/, namespace: by }, () => ({ contents, loader: 'js' }));
    }
  },
};

const PROGRAM: BuildOptions = {
  format: 'esm',
  banner: { js: REQUIRE },
  plugins: [leaveOut, requireBuiltins, requireLatePackages],
};
const BUILDS: readonly BuildOptions[] = [
  {
    ...PROGRAM,
    outdir: 'dist/src',
    entryPoints: [
      'src/main.ts',
      'src/replay/piece-thread.ts',
      'src/store/background-thread.ts',
      'src/store/series-thread.ts',
      'src/store/sql-process.ts',
    ],
  },
  {
    format: 'cjs',
    outdir: 'dist/src/packages',
    outExtension: { '.js': '.cjs' },
    entryPoints: Object.fromEntries(LATE_PACKAGES.map((name) => [fileOf(name), name])),
  },
  { ...PROGRAM, outdir: 'dist/generator', entryPoints: ['generator/main.ts'] },
];

const packages = new Set<string>();
for (const folder of ['src', 'generator'])
  rmSync(join(ROOT, 'dist', folder), { recursive: true, force: true });
for (const options of BUILDS) {
  const { metafile } = await build({
    ...options,
    absWorkingDir: ROOT,
    entryNames: '[name]',
    bundle: true,
    metafile: true,
    platform: 'node',
    target: 'node24',
    // The text of a program stays in memory. Names are kept, for whoever reads a stack.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
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

/** What is not asked for of a module is left out, and with it what it would take to hold it. */
function exportBuiltin(path: string): string {
  const source = `require(${JSON.stringify(path)})`;
  const names = Object.keys(require(path)).filter((name) => name !== 'default');
  return [
    `export default /* @__PURE__ */ ${source};`,
    ...names.map((name) => `export const ${name} = /* @__PURE__ */ (() => ${source}.${name})();`),
  ].join('\n');
}

function fileOf(name: string): string {
  return name.replace('@', '').replace('/', '-');
}

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
