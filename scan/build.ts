// Compiles scan.ts, which is AssemblyScript, into src/scan/module.ts: its bytes are part of the source, so that neither a
// test nor a start of fluffy has to compile them. Run by `npm run build:scan`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { main } from 'assemblyscript/asc';

const SOURCE = 'scan.ts';
const SOURCES = new Set([
  SOURCE,
  'json.ts',
  'json-keys.ts',
  'json-row.ts',
  'json-shape.ts',
  'json-tokens.ts',
  'bytes.ts',
  'client.ts',
  'plain-path.ts',
  'texts.ts',
]);
const TARGET = resolve(import.meta.dirname, '..', 'src', 'scan', 'module.ts');
/** No allocator, no collector, and a memory that can't grow: all it has is the chunk, the rows and the texts that came last. */
const MEMORY_PAGES = 9;
const OPTIONS = [
  '-O3',
  '--converge',
  '--noAssert',
  '--runtime=stub',
  '--enable=simd',
  `--initialMemory=${MEMORY_PAGES}`,
  `--maximumMemory=${MEMORY_PAGES}`,
];

/** The text of src/scan/module.ts. Throws what the compiler says when the source is wrong. */
export async function compileScan(): Promise<string> {
  let bytes = new Uint8Array();
  const said: string[] = [];
  const { error } = await main([SOURCE, '--outFile=scan.wasm', ...OPTIONS], {
    stderr: { write: (text) => said.push(String(text)) },
    readFile: (name) => (SOURCES.has(name) ? readFileSync(join(import.meta.dirname, name), 'utf8') : null),
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') bytes = Uint8Array.from(contents);
    },
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`scan.ts can't be compiled: ${said.join('')}`, { cause: error });
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,100}/g);
  return [
    '// Made by `npm run build:scan` of scan/scan.ts, which says what it does: WebAssembly, in base64.',
    '',
    'export const SCAN_MODULE =',
    `${(lines ?? []).map((line) => `  '${line}'`).join(' +\n')};`,
    '',
  ].join('\n');
}

if (import.meta.main) writeFileSync(TARGET, await compileScan());
