// Builds the page into dist/page: a script and stylesheets whose names change with their bytes, every file also packed,
// and a manifest from which the monitor serves them. Run by `npm run build:page`.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const SOURCE = import.meta.dirname;
const TARGET = resolve(SOURCE, '..', 'dist', 'page');

interface Built {
  readonly url: string;
  readonly file: string;
  readonly contentType: string;
  readonly isImmutable: boolean;
  readonly bytes: Buffer;
}

/** It goes where the code goes. */
const licence = readFileSync(resolve(SOURCE, '..', 'node_modules', 'uplot', 'LICENSE'), 'utf8').trim();
const [script, style, dark] = await bundle();
const icon = nameByBytes('icon', 'svg', 'image/svg+xml', readFileSync(join(SOURCE, 'icon.svg')));
const html = readFileSync(join(SOURCE, 'index.html'), 'utf8')
  .replace('main.ts', script.url)
  .replace('style.css', style.url)
  .replace('dark.css', dark.url)
  .replaceAll('icon.svg', icon.url);
const index: Built = {
  url: '/',
  file: 'index.html',
  contentType: 'text/html; charset=utf-8',
  isImmutable: false,
  bytes: Buffer.from(html),
};
write([index, script, style, dark, icon]);

async function bundle(): Promise<[script: Built, style: Built, dark: Built]> {
  const { outputFiles } = await build({
    entryPoints: ['main.ts', 'style.css', 'dark.css'].map((name) => join(SOURCE, name)),
    bundle: true,
    minify: true,
    write: false,
    outdir: TARGET,
    format: 'esm',
    target: ['es2022', 'chrome105', 'firefox110', 'safari16'],
    banner: { js: `/* uPlot: ${licence} */` },
    legalComments: 'none',
    logLevel: 'warning',
  });
  const bytesOf = (name: string): Buffer => {
    const output = outputFiles.find(({ path }) => basename(path) === name);
    if (output === undefined) throw new Error(`the build gave no ${name}`);
    return Buffer.from(output.contents);
  };
  return [
    nameByBytes('page', 'js', 'text/javascript; charset=utf-8', bytesOf('main.js')),
    nameByBytes('page', 'css', 'text/css; charset=utf-8', bytesOf('style.css')),
    nameByBytes('dark', 'css', 'text/css; charset=utf-8', bytesOf('dark.css')),
  ];
}

function nameByBytes(stem: string, ending: string, contentType: string, bytes: Buffer): Built {
  const file = `${stem}-${hash(bytes)}.${ending}`;
  return { url: `/${file}`, file, contentType, isImmutable: true, bytes };
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}

function write(files: readonly Built[]): void {
  rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(TARGET, { recursive: true });
  let packedBytes = 0;
  for (const { file, bytes } of files) {
    const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    packedBytes += brotli.length;
    writeFileSync(join(TARGET, file), bytes);
    writeFileSync(join(TARGET, `${file}.br`), brotli);
    writeFileSync(join(TARGET, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  }
  const manifest = Object.fromEntries(
    files.map(({ url, file, contentType, isImmutable, bytes }) => [
      url,
      { file, contentType, etag: `"${hash(bytes)}"`, isImmutable },
    ]),
  );
  writeFileSync(join(TARGET, 'manifest.json'), JSON.stringify(manifest, null, 2));
  process.stdout.write(`dist/page: ${files.length} files, ${(packedBytes / 1000).toFixed(1)} kB packed\n`);
}
