// What the libraries behind channels cost a fluffy that has such a channel: time to load and resident memory, each in
// a process of its own that has loaded what every channel needs. The others do not load them.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const LIBRARIES = ['@aws-sdk/client-sns', 'nodemailer'] as const;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) throw new RangeError('--rounds is a number above 0');

/** Prints milliseconds and MiB. */
function programOf(library: string): string {
  return `
    await Promise.all(['node:http', 'node:https', 'node:tls', 'node:crypto'].map((name) => import(name)));
    const residentBytes = () => { gc(); return process.memoryUsage.rss(); };
    const beforeBytes = residentBytes();
    const startMs = performance.now();
    await import('${library}');
    const endMs = performance.now();
    console.log(JSON.stringify([endMs - startMs, (residentBytes() - beforeBytes) / 1024 ** 2]));`;
}

function measure(library: string): readonly [ms: number, mebibytes: number] {
  const args = ['--expose-gc', '--max-semi-space-size=2', '--input-type=module', '-e', programOf(library)];
  const [ms, mebibytes] = JSON.parse(
    execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }),
  ) as [number, number];
  return [ms, mebibytes];
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

for (const library of LIBRARIES) {
  const runs = Array.from({ length: rounds }, () => measure(library));
  const ms = median(runs.map(([value]) => value));
  const mebibytes = median(runs.map(([, value]) => value));
  process.stdout.write(
    `${library.padEnd(20)} ${ms.toFixed(0).padStart(5)} ms ${mebibytes.toFixed(1).padStart(6)} MiB\n`,
  );
}
