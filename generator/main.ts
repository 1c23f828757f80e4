#!/usr/bin/env node
// The generator's process: arguments, signals, the summary and the exit code. The runs themselves are in
// file-run.ts and http-run.ts.
import { setImmediate, setTimeout } from 'node:timers/promises';
import { createArchive } from './archive.ts';
import { readCommandLine } from './command-line.ts';
import { runToFile } from './file-run.ts';
import { logPaths } from './line-source.ts';
import { FileWriter } from './file-writer.ts';
import { httpPaths, runOverHttp } from './http-run.ts';
import type { FileTarget, Options } from './options.ts';
import { OutputError } from './output-error.ts';
import { createProgress, summaryLine } from './summary.ts';
import type { Surroundings } from './surroundings.ts';
import { checkWritable, writeWhole } from './truth-file.ts';
import { Truth, type Ending } from './truth.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Within the ten seconds that a container is given to stop. */
const STOP_GRACE_MS = 1000;

async function main(): Promise<number> {
  const commandLine = readCommandLine(process.argv.slice(2));
  if (commandLine.kind === 'run') return generate(commandLine.options);
  if (commandLine.kind === 'help') {
    process.stdout.write(commandLine.text);
    return 0;
  }
  for (const problem of commandLine.problems) say(problem);
  say('see --help');
  return EXIT_USAGE;
}

async function generate(options: Options): Promise<number> {
  const { target, mix, truthPath } = options;
  const truth = new Truth(target.kind === 'url' ? httpPaths(mix) : logPaths(mix));
  const stop = stopOnSignals();
  const unit = target.kind === 'url' ? 'requests' : 'lines';
  const progress = createProgress({
    truth,
    unit,
    now: () => performance.now(),
    write: process.stderr.isTTY && !options.isQuiet ? (text) => process.stderr.write(text) : null,
  });
  const surroundings: Surroundings = {
    now: Date.now,
    wait: (ms) => waitOrStop(ms, stop),
    stop,
    onProgress: progress.show,
  };
  if (truthPath !== null) checkWritable(truthPath);
  let ending: Ending = 'failed';
  try {
    if (target.kind === 'url')
      await runOverHttp({ target, options, truth, surroundings, stopGraceMs: STOP_GRACE_MS });
    else await generateFile(target, options, { truth, surroundings });
    ending = stop.aborted ? 'stopped' : 'complete';
  } finally {
    progress.clear();
    if (truthPath !== null) writeTruth(truthPath, options, { truth, ending });
  }
  if (!options.isQuiet) say(summaryLine(truth, progress.elapsedMs(), unit));
  if (target.kind === 'file' || truth.requests > 0 || truth.failedRequests === 0) return 0;
  say(`cannot reach ${target.url.origin}: none of ${truth.failedRequests} requests was answered`);
  return EXIT_FAILED;
}

interface RunState {
  readonly truth: Truth;
  readonly surroundings: Surroundings;
}

async function generateFile(target: FileTarget, options: Options, state: RunState): Promise<void> {
  const { stop, wait } = state.surroundings;
  const { path, archiveNames, keep, truncateDelayMs, rotation } = target;
  const writer = new FileWriter({
    path,
    archive: rotation === null ? null : createArchive(path, archiveNames, keep),
    truncateDelayMs,
    wait,
    stop,
  });
  try {
    await runToFile({ target, options, writer, ...state });
  } finally {
    writer.close();
  }
}

function writeTruth(path: string, options: Options, result: { truth: Truth; ending: Ending }): void {
  const { target, mix } = options;
  const format = target.kind === 'file' ? target.format : null;
  writeWhole(path, result.truth.toJson({ seed: mix.seed, target: target.kind, format }, result.ending));
}

/** The first signal ends the run cleanly, the second at once. */
function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    controller.abort();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return controller.signal;
}

async function waitOrStop(ms: number, stop: AbortSignal): Promise<void> {
  if (ms === 0) return setImmediate();
  try {
    await setTimeout(ms, undefined, { signal: stop });
  } catch {
    // Told to stop: the wait is over.
  }
}

function say(text: string): void {
  process.stderr.write(`generator: ${text}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  // A failure of the output is said in one sentence; anything else is a mistake of this program and shows its stack.
  say(error instanceof OutputError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = EXIT_FAILED;
}
