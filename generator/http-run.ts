// A run over HTTP: plan → request → a real request → response → truth. What should be an error asks for a path that
// no server has, so that the share of errors is as planned on a server that knows nothing of it.
import { HttpSender, type HttpRequest } from './http-sender.ts';
import type { HttpTarget, Options } from './options.ts';
import { createPacer, createUnpacedPacer } from './pacer.ts';
import { createRequestMix, type MixOptions, type Request } from './request-mix.ts';
import type { Surroundings } from './surroundings.ts';
import { createSchedule } from './traffic.ts';
import type { Truth } from './truth.ts';

export interface HttpRunParts {
  readonly target: HttpTarget;
  readonly options: Options;
  readonly truth: Truth;
  readonly surroundings: Surroundings;
  /** How long requests under way may still be answered once the run has been told to stop. */
  readonly stopGraceMs: number;
}

const TICK_MS = 20;

const MISSING_PATHS_MAX = 20;

/** The paths that requests over HTTP ask for: those of the mix, and then those that do not exist. */
export function httpPaths(mix: MixOptions): string[] {
  return [
    ...mix.paths,
    ...Array.from({ length: MISSING_PATHS_MAX }, (_, index) => `/missing/page-${index + 1}`),
  ];
}

/** Ends when every planned request was answered or failed, or the run was told to stop. */
export async function runOverHttp(parts: HttpRunParts): Promise<void> {
  const { stop } = parts.surroundings;
  const sender = createSender(parts);
  let grace: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    sender.wake();
    grace = setTimeout(() => sender.close(), parts.stopGraceMs);
  };
  stop.addEventListener('abort', onStop, { once: true });
  try {
    await sendAll(parts, sender);
    while (!sender.isIdle) await sender.settled();
  } finally {
    stop.removeEventListener('abort', onStop);
    clearTimeout(grace);
    sender.close();
  }
}

async function sendAll({ options, target, surroundings }: HttpRunParts, sender: HttpSender): Promise<void> {
  const schedule = createSchedule(options.plan);
  const pacer = options.isFast ? createUnpacedPacer(0) : createPacer(null, surroundings.now());
  const mix = createRequestMix(options.mix);
  const paths = httpPaths(options.mix);
  let sent = 0;
  while (!surroundings.stop.aborted && sent < options.linesMax) {
    const dueMs = Math.min(pacer.dueMs(surroundings.now()), options.durationMs);
    const offsetMs = schedule.takeBefore(dueMs);
    if (offsetMs !== null) {
      while (!sender.hasRoom && !surroundings.stop.aborted) await sender.settled();
      if (surroundings.stop.aborted) return;
      sender.send(toHttpRequest(mix.draw(), target, paths));
      sent++;
    } else {
      if (dueMs >= options.durationMs) return;
      await surroundings.wait(TICK_MS);
    }
    surroundings.onProgress();
  }
}

function createSender({ target, truth, surroundings }: HttpRunParts): HttpSender {
  return new HttpSender({
    url: target.url,
    concurrency: target.concurrency,
    timeoutMs: target.timeoutMs,
    now: surroundings.now,
    onResponse: (request, response) => truth.addRequest({ pathIndex: request.pathIndex, ...response }),
    onFailure: (code) => truth.addFailure(code),
  });
}

function toHttpRequest(request: Request, target: HttpTarget, paths: readonly string[]): HttpRequest {
  const isError = request.status >= 400;
  const knownPaths = paths.length - MISSING_PATHS_MAX;
  const pathIndex = isError ? knownPaths + (request.durationMicros % MISSING_PATHS_MAX) : request.pathIndex;
  const headers: Record<string, string> = { host: target.url.host };
  if (request.agent !== '-') headers['user-agent'] = request.agent;
  if (request.referer !== '-') headers['referer'] = request.referer;
  const method = target.methods[request.durationMicros % target.methods.length] ?? 'GET';
  return { method, target: isError ? (paths[pathIndex] ?? '/') : request.target, headers, pathIndex };
}
