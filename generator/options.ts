// What a run is told: checks the raw option values, all of them, and gives complete options or every problem. Pure.
import { ARCHIVE_NAMES, type ArchiveNames } from './archive-names.ts';
import { inventPaths } from './catalog.ts';
import type { LineSourceOptions } from './line-source.ts';
import { FORMATS } from './lines.ts';
import { OptionValues, type NumberRange, type RawOptions } from './option-values.ts';
import { parseBurst, parseRotation } from './option-syntax.ts';
import type { MixOptions } from './request-mix.ts';
import type { RotationSpec } from './rotation.ts';
import { isEndless, type TrafficPlan } from './traffic.ts';
import * as units from './units.ts';

export interface FileTarget extends LineSourceOptions {
  readonly kind: 'file';
  /** `-` is standard output. */
  readonly path: string;
  /** Event time of the start of the plan; null is the time of the start of the run. */
  readonly startMs: number | null;
  readonly rotation: RotationSpec | null;
  readonly keep: number;
  readonly archiveNames: ArchiveNames;
  readonly reopenDelayMs: number;
  readonly truncateDelayMs: number;
}

export interface HttpTarget {
  readonly kind: 'url';
  readonly url: URL;
  readonly methods: readonly string[];
  readonly concurrency: number;
  readonly timeoutMs: number;
}

export interface Options {
  readonly target: FileTarget | HttpTarget;
  readonly plan: TrafficPlan;
  readonly mix: MixOptions;
  /** Infinity runs until stopped. */
  readonly durationMs: number;
  readonly linesMax: number;
  readonly isFast: boolean;
  readonly truthPath: string | null;
  readonly isQuiet: boolean;
}

export type OptionsResult =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly problems: readonly string[] };

const FILE_ONLY = [
  'format',
  'start',
  'utc-offset',
  'late-share',
  'late-max',
  'partial-share',
  'broken-share',
  'odd-share',
  'rotate',
  'keep',
  'rotated-names',
  'reopen-delay',
  'truncate-delay',
  'clients',
];
const URL_ONLY = ['methods', 'concurrency', 'timeout'];

/** Paths that every web server with an index page has: elsewhere its 404s would drown the error share asked for. */
const HTTP_PATHS = ['/', '/index.html'];
const RUN_LENGTH_MAX_MS = 10 * 365 * 86_400_000;

export function readOptions(raw: RawOptions): OptionsResult {
  const values = new OptionValues(raw);
  const target = readTarget(values);
  const options: Options = {
    target,
    plan: readPlan(values),
    mix: readMix(values, target.kind),
    durationMs: readDuration(values),
    linesMax: values.number('lines', wholeNumber(1, 1e12), Number.POSITIVE_INFINITY),
    isFast: values.flag('fast'),
    truthPath: values.text('truth'),
    isQuiet: values.flag('quiet'),
  };
  checkEnd(values, options);
  if (target.kind === 'file' && target.path === options.truthPath) {
    values.problem('truth', 'must be another file than the log');
  }
  return values.problems.length === 0 ? { ok: true, options } : { ok: false, problems: values.problems };
}

function readTarget(values: OptionValues): FileTarget | HttpTarget {
  const hasFile = values.isGiven('file');
  const hasUrl = values.isGiven('url');
  if (!hasFile && !hasUrl) values.problems.push('say where the traffic goes: --file PATH or --url URL');
  if (hasFile && hasUrl) values.problems.push('--file and --url: choose one of them');
  const isUrl = hasUrl && !hasFile;
  for (const name of isUrl ? FILE_ONLY : URL_ONLY) {
    if (values.isGiven(name)) values.problem(name, `works only with ${isUrl ? '--file' : '--url'}`);
  }
  return isUrl ? readHttpTarget(values) : readFileTarget(values);
}

function readFileTarget(values: OptionValues): FileTarget {
  const path = values.text('file') ?? '-';
  const rotation = values.value<RotationSpec | null>('rotate', ROTATION, null);
  if (rotation !== null && path === '-') values.problem('rotate', 'standard output cannot be rotated');
  const reopenDelayMs = values.number('reopen-delay', DURATION, 0);
  const every = rotation?.every;
  if (every?.unit === 'time' && reopenDelayMs >= every.intervalMs) {
    values.problem('reopen-delay', 'must be shorter than the time between two rotations');
  }
  const format = values.choice('format', FORMATS, 'combined');
  if (values.isGiven('odd-share') && (format === 'caddy-json' || format === 'traefik-clf')) {
    values.problem('odd-share', `a server that writes ${format} does not log such requests`);
  }
  return {
    kind: 'file',
    path,
    format,
    startMs: values.value<number | null>('start', START, null),
    utcOffsetMinutes: values.value('utc-offset', UTC_OFFSET, 0),
    lateShare: values.number('late-share', SHARE, 0),
    lateMaxSeconds: Math.ceil(values.number('late-max', { ...DURATION, min: 1000 }, 2000) / 1000),
    partialShare: values.number('partial-share', SHARE, 0),
    brokenShare: values.number('broken-share', SHARE, 0),
    oddShare: values.number('odd-share', SHARE, 0),
    rotation,
    keep: values.number('keep', wholeNumber(0, 1_000_000), 5),
    archiveNames: values.choice('rotated-names', ARCHIVE_NAMES, 'numbered'),
    reopenDelayMs,
    truncateDelayMs: values.number('truncate-delay', DURATION, 0),
  };
}

function readHttpTarget(values: OptionValues): HttpTarget {
  return {
    kind: 'url',
    url: values.value('url', { parse: parseUrl, expected: URL_EXPECTED }, new URL('http://127.0.0.1')),
    methods: values.value('methods', { parse: parseMethods, expected: 'like GET,HEAD,POST' }, [
      'GET',
      'HEAD',
    ]),
    concurrency: values.number('concurrency', wholeNumber(1, 1000), 32),
    timeoutMs: values.number('timeout', { ...DURATION, min: 1 }, 10_000),
  };
}

function readPlan(values: OptionValues): TrafficPlan {
  return { rate: values.value('rate', RATE, 20), bursts: values.each('burst', BURST) };
}

function readMix(values: OptionValues, kind: 'file' | 'url'): MixOptions {
  const given = values.each('path', {
    parse: parsePath,
    expected: 'like /shop/cart: no spaces, quotes or ?',
  });
  if (given.length > 0 && values.isGiven('paths')) values.problem('paths', 'does not go with --path');
  const invented = values.number('paths', wholeNumber(1, 1_000_000), 50);
  const isInvented = kind === 'file' || values.isGiven('paths');
  const defaults = isInvented ? inventPaths(invented) : HTTP_PATHS;
  return {
    seed: values.text('seed') ?? '1',
    paths: given.length > 0 ? [...new Set(given)] : defaults,
    zipf: values.number('zipf', ZIPF, 1.1),
    errorShare: values.number('error-share', SHARE, 0.05),
    clientCount: values.number('clients', wholeNumber(1, 1_000_000), 200),
  };
}

function readDuration(values: OptionValues): number {
  return values.value('duration', RUN_LENGTH, values.isGiven('lines') ? Number.POSITIVE_INFINITY : 60_000);
}

/** Without a pace, a run that has no end would fill the disk, and one without requests would never get anywhere. */
function checkEnd(values: OptionValues, options: Options): void {
  if (Number.isFinite(options.durationMs)) return;
  if (!isEndless(options.plan)) values.problem('rate', 'without requests the run needs a --duration');
  if (options.isFast && !Number.isFinite(options.linesMax))
    values.problem('fast', 'needs a --duration or --lines');
}

const SHARE: NumberRange = {
  parse: units.parseShare,
  expected: 'a share from 0 to 1, like 0.05 or 5%',
  min: 0,
  max: 1,
};
const ZIPF: NumberRange = { parse: units.parseNumber, expected: 'a number from 0 to 10', min: 0, max: 10 };
const DURATION: NumberRange = {
  parse: units.parseDurationMs,
  expected: 'a duration up to 1h, like 500ms, 3s or 2m',
  min: 0,
  max: 3_600_000,
};
const ROTATION = {
  parse: parseRotation,
  expected:
    'MODE@INTERVAL or MODE@COUNTlines, like rename@5s or random@1000lines, MODE one of ' +
    'rename, copytruncate, delete, several of them with + between, or random',
};
const RATE = { parse: parseRate, expected: '0 or a number of requests a second from 0.001 to 1000000' };
const BURST = {
  parse: parseBurst,
  expected: 'RATE@FROM+LENGTH or RATE@FROM+LENGTH/PERIOD in whole seconds, like 200@30s+20s/60s',
};
const RUN_LENGTH = { parse: parseRunLength, expected: 'like 90, 90s, 2m, 1h or forever' };
const START = { parse: units.parseTimeMs, expected: 'a time with its zone, like 2026-11-23T22:14:00Z' };
const UTC_OFFSET = { parse: units.parseUtcOffsetMinutes, expected: 'like +0200 or -03:30' };
const URL_EXPECTED = 'an http address like http://127.0.0.1:8080, without a path';

function wholeNumber(min: number, max: number): NumberRange {
  return { parse: units.parseWholeNumber, expected: `a whole number from ${min} to ${max}`, min, max };
}

function parseRate(text: string): number | null {
  const rate = units.parseNumber(text);
  if (rate === null || rate > 1_000_000) return null;
  return rate === 0 || rate >= 0.001 ? rate : null;
}

function parseRunLength(text: string): number | null {
  if (text === 'forever') return Number.POSITIVE_INFINITY;
  const ms = units.parseDurationMs(text);
  return ms !== null && ms > 0 && ms <= RUN_LENGTH_MAX_MS ? ms : null;
}

function parseUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== 'http:') return null;
  const isBare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  return isBare ? url : null;
}

function parseMethods(text: string): readonly string[] | null {
  const methods = text.split(',');
  // CONNECT and upgrades have responses of another kind.
  return methods.every((method) => /^(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS)$/.test(method))
    ? methods
    : null;
}

function parsePath(text: string): string | null {
  return /^\/[!$->@-[\]-~]*$/.test(text) ? text : null;
}
