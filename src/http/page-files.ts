// The files of the page as the build has left them: which there are, and their bytes, packed as the browser takes them.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as v from 'valibot';

const ManifestSchema = v.record(
  v.string(),
  v.strictObject({
    /** Below it there are `file`, `file.br` and `file.gz`. */
    file: v.pipe(v.string(), v.regex(/^[\w-]+(?:\.[\w-]+)*$/)),
    contentType: v.string(),
    etag: v.string(),
    /** The name changes with the bytes. */
    isImmutable: v.boolean(),
  }),
);

export interface PageFile {
  readonly contentType: string;
  readonly etag: string;
  readonly isImmutable: boolean;
  /** Rejects when the file is gone. */
  readonly read: (encoding: Encoding) => Promise<Buffer>;
}

export type Encoding = 'br' | 'gzip' | 'identity';

/** By the path of the URL. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const ENDINGS: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz', identity: '' };

/** Where the build puts the page: beside the compiled source, or, when that runs as it is, where it would be. */
export const PAGE_FOLDER = findPageFolder();

/** Null when the page was not built there. */
export function openPageFiles(folder: string): PageFiles | null {
  const manifest = readManifest(join(folder, 'manifest.json'));
  if (manifest === null) return null;
  return new Map(
    Object.entries(manifest).map(([path, { file, ...rest }]) => [
      path,
      { ...rest, read: async (encoding) => readFile(join(folder, `${file}${ENDINGS[encoding]}`)) },
    ]),
  );
}

function readManifest(path: string): v.InferOutput<typeof ManifestSchema> | null {
  try {
    const manifest = v.safeParse(ManifestSchema, JSON.parse(readFileSync(path, 'utf8')));
    return manifest.success ? manifest.output : null;
  } catch {
    return null;
  }
}

function findPageFolder(): string {
  const base = resolve(import.meta.dirname, '..', '..');
  return basename(base) === 'dist' ? join(base, 'page') : join(base, 'dist', 'page');
}
