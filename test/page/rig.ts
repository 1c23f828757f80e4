// The monitor over a log that grows, and Chromium (Debian's) in front of its page: for the tests of the page.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startMonitor, temporaryFolder } from '../monitor-process.ts';
import type { Run } from '../monitor-process.ts';
import { LOG_FORMAT, ordinarySpan, writeOrdinary } from './traffic.ts';

const CHROMIUM = '/usr/bin/chromium';

const CONFIG = `
filename: access.log
log-format: '${LOG_FORMAT}'
start-from: beginning
threshold: 60
alert-window: 10s
alerts:
  - name: server-errors
    metric: error-rate
    above: 5
    window: 1m
  - name: slow-answers
    metric: latency-p95
    above: 800
    window: 1m
    where: { path: /api/** }
`;

export interface Site {
  readonly folder: string;
  readonly log: string;
  readonly run: Run;
  readonly url: string;
  readonly stopTraffic: () => void;
}

export interface SiteOptions {
  readonly seed: number;
  /** Lines of so many seconds before now are in the log from the beginning. */
  readonly pastSeconds?: number;
  /** … and these. */
  readonly pastLines?: (nowSeconds: number) => string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** A monitor that watches ordinary traffic; it ends with the test. */
export async function startSite(
  test: TestContext,
  { seed, pastSeconds = 0, pastLines = () => '', settings = {} }: SiteOptions,
): Promise<Site> {
  const folder = temporaryFolder(test);
  const log = join(folder, 'access.log');
  writeFileSync(join(folder, 'config.yml'), CONFIG);
  const nowSeconds = Math.floor(Date.now() / 1000);
  const past = `${ordinarySpan(nowSeconds - pastSeconds, nowSeconds + 1, seed)}${pastLines(nowSeconds)}`;
  writeFileSync(log, sortByTime(past));
  const stopTraffic = writeOrdinary(log, seed);
  test.after(stopTraffic);
  const run = startMonitor(test, { folder, settings });
  return { folder, log, run, url: await run.watches(), stopTraffic };
}

/** One for all tests of a file; `close` it after them. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}

export interface Visit {
  readonly page: Page;
  /** What the browser complained of, and what it asked elsewhere for. */
  readonly faults: readonly string[];
}

/** Opens the page, and waits until it shows what the monitor knows. */
export async function visit(
  test: TestContext,
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 1060 },
    timezoneId: 'UTC',
    ...options,
  });
  test.after(async () => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) faults.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  await page.locator('#overview').waitFor();
  return { page, faults };
}

/** Waits for the hash of the page's URL: a link is followed a little after its key or its click. */
export async function waitForHash(page: Page, hash: string | RegExp): Promise<void> {
  await page.waitForURL((url) => (typeof hash === 'string' ? url.hash === hash : hash.test(url.hash)), {
    timeout: 5_000,
  });
}

/** axe finds no fault with what is shown now; `what` is that, for the message. */
export async function mustBeAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  assert.deepEqual(found, [], what);
}

/** As a server writes them: lines of one time are next to each other. */
function sortByTime(text: string): string {
  const timed = text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [, day = '', time = ''] = /\[([^:]+):(\S+) /.exec(line) ?? [];
      return [Date.parse(`${day.replaceAll('/', ' ')} ${time}`), line] as const;
    });
  return timed
    .toSorted(([a], [b]) => a - b)
    .map(([, line]) => `${line}\n`)
    .join('');
}
