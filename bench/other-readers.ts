// The readers that people use instead, as contenders of the benchmark: mawk, mtail and GoAccess (Debian packages). Each
// gives the requests by status that it found.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Status, and section of the path; the sums are printed so that they can be checked. */
const MAWK_PROGRAM = '{s[$9]++; split($7,a,"/"); c[a[2]]++} END {for (k in s) print k, s[k]}';

const MTAIL_PROGRAM = String.raw`counter requests by method, status, section
/^\S+ \S+ \S+ \[[^\]]+\] "(?P<method>[A-Z]+) \/(?P<section>[^\/ ?]*)[^"]*" (?P<status>\d{3}) / {
  requests[$method][$status][$section]++
}
`;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

export function execute(command: string, args: readonly string[]): string {
  return execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: OUTPUT_BYTES_MAX,
  });
}

export function readWithMawk(path: string): ReadonlyMap<number, number> {
  return sum(
    execute('mawk', [MAWK_PROGRAM, path])
      .trim()
      .split('\n')
      .map((row) => row.split(' ').map(Number)),
  );
}

/** `folder`: for its program and its own log. */
export function readWithMtail(path: string, folder: string): ReadonlyMap<number, number> {
  const programs = join(folder, 'mtail');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'requests.mtail'), MTAIL_PROGRAM);
  const text = execute('mtail', ['-one_shot', '-progs', programs, '-logs', path, '-log_dir', folder]);
  const { requests }: { requests: readonly MtailMetric[] } = JSON.parse(text);
  const values = requests.flatMap(({ LabelValues }) => LabelValues ?? []);
  return sum(values.map(({ Labels, Value }) => [Number(Labels[1]), Value.Value]));
}

interface MtailMetric {
  /** Method, status, section. */
  readonly LabelValues?: readonly {
    readonly Labels: readonly string[];
    readonly Value: { readonly Value: number };
  }[];
}

export function readWithGoAccess(path: string, folder: string): ReadonlyMap<number, number> {
  const output = join(folder, 'goaccess.json');
  execute('goaccess', [path, '--log-format=COMBINED', '-o', output, '--no-progress']);
  const { status_codes }: { status_codes: { data: readonly GoAccessClass[] } } = JSON.parse(
    readFileSync(output, 'utf8'),
  );
  const codes = status_codes.data.flatMap(({ items = [] }) => items);
  return sum(codes.map(({ data, hits }) => [Number.parseInt(data, 10), hits.count]));
}

/** `2xx Success`, with its codes: `200 - OK: …`. */
interface GoAccessClass {
  readonly items?: readonly { readonly data: string; readonly hits: { readonly count: number } }[];
}

function sum(rows: readonly (readonly (number | undefined)[])[]): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const [status = Number.NaN, count = Number.NaN] of rows)
    sums.set(status, (sums.get(status) ?? 0) + count);
  return sums;
}
