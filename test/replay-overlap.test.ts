// Logs that overlap in time, dealt out at random, against the same lines as one log in order.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { systemClock } from '../src/clock.ts';
import { replayLogs } from '../src/replay.ts';
import { DEFAULT_CONFIG } from './config/default-config.ts';
import { temporaryFolder } from './monitor-process.ts';
import { commonLines } from './pipeline-rig.ts';
import { createRandom, takeSeed } from './seed.ts';

const ROUNDS = 6;
const LINES = 4000;
const CONFIG = { ...DEFAULT_CONFIG, latenessSeconds: 2, alertWindowSeconds: 10, threshold: 5 };

interface Line {
  readonly seconds: number;
  readonly text: string;
}

/** Busy and quiet times by turns, over hours. */
function createLines(random: (below: number) => number): Line[] {
  let seconds = 0;
  return Array.from({ length: LINES }, () => {
    if (random(8) === 0) seconds += random(40) === 0 ? random(600) : random(3);
    return { seconds, text: commonLines(seconds, 1, `/${random(20)}`) };
  });
}

/** Whole stretches to one log or another, some lines to any; each log's own lines mixed within the lateness. */
function dealOut(lines: readonly Line[], random: (below: number) => number): string[] {
  const logs = Array.from({ length: 1 + random(5) }, (): Line[] => []);
  let current = 0;
  for (const line of lines) {
    if (random(200) === 0) current = random(logs.length);
    logs[random(10) === 0 ? random(logs.length) : current]?.push(line);
  }
  return logs.map((log) =>
    log
      .map(({ seconds, text }) => ({ at: seconds + random(3), text }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ text }) => text)
      .join(''),
  );
}

async function replay(names: readonly string[]) {
  const stdout = new PassThrough();
  const exitCode = await replayLogs({
    ruleSets: [],
    failSeverity: null,
    config: CONFIG,
    names,
    from: undefined,
    to: undefined,
    hasReports: false,
    isJson: true,
    isSummary: false,
    isTopGiven: false,
    threads: 1,
    clock: systemClock,
    stdin: Readable.from([]),
    stdout,
    stderr: new PassThrough(),
    isInterrupted: () => false,
  });
  const events = String(stdout.read()).trim().split('\n');
  return { exitCode, alerts: events.slice(0, -1), whole: JSON.parse(events.at(-1) ?? '') };
}

void test('however lines are dealt out to logs that overlap, the alerts and the report are the same', async (t) => {
  const folder = temporaryFolder(t);
  const random = createRandom(takeSeed(t));
  for (let round = 0; round < ROUNDS; round++) {
    const lines = createLines(random);
    const inOrder = join(folder, `${round}.log`);
    writeFileSync(inOrder, lines.map(({ text }) => text).join(''));
    const names = dealOut(lines, random).map((text, i) => {
      const name = join(folder, `${round}-${random(1000)}-${i}`);
      writeFileSync(name, random(2) === 0 ? gzipSync(text) : text);
      return name;
    });
    const [wanted, got] = [await replay([inOrder]), await replay(names)];
    assert.ok(wanted.alerts.length > 10, `round ${round}: ${wanted.alerts.length} alerts`);
    assert.deepEqual(got, wanted, `round ${round}`);
    assert.equal(got.whole.lateRecords, 0, `round ${round}`);
  }
});
