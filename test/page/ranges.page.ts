// Ranges of the page, in Chromium: history after a restart, filters, spans that are chosen, and what is said when there is
// nothing to show. Writes the screenshot of a range for the documentation.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { ROOT, startMonitor } from '../monitor-process.ts';
import { takeSeed } from '../seed.ts';
import { startBrowser, startSite, visit, waitForHash } from './rig.ts';
import type { Site } from './rig.ts';
import { lineOf } from './traffic.ts';

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(async () => browser.close());

/** Half an hour ago five requests of one path, two of which failed, and a burst that fired. */
const AGO = 1800;

async function startPastSite(t: TestContext): Promise<Site> {
  return startSite(t, {
    seed: takeSeed(t),
    pastSeconds: 60,
    pastLines: (now) =>
      lineOf(now - AGO, { path: '/only/a', status: 200, ms: 100 }).repeat(3) +
      lineOf(now - AGO, { path: '/only/a', status: 503, ms: 300 }).repeat(2) +
      lineOf(now - AGO + 60, { path: '/burst', status: 200, ms: 5 }).repeat(2000),
  });
}

/** What a row of tops says: name, count and share. */
async function topOf(page: Page, panel: string, name: string): Promise<string> {
  const row = page.locator(`#${panel} .top`, { has: page.getByText(name, { exact: true }) });
  return ((await row.textContent()) ?? '').replaceAll(/\s+/g, ' ');
}

async function figureOf(page: Page, label: string): Promise<string> {
  const figure = page.locator('#figures > div', { hasText: label });
  return (await figure.locator('.figure-value').textContent()) ?? '';
}

async function ready(page: Page): Promise<void> {
  await page.locator('#range [role=status]', { hasText: /^in steps of/ }).waitFor();
}

void test('history is there after a restart: figures, tops and alerts of before', async (t) => {
  const site = await startPastSite(t);
  const first = await visit(t, browser, site.url);
  await first.page.locator('#rules .rule', { hasText: 'traffic' }).waitFor();
  site.stopTraffic();
  await site.run.end();
  await first.page.context().close();
  const again = startMonitor(t, { folder: site.folder });
  const { page, faults } = await visit(t, browser, await again.watches());
  // The list of alerts reaches back over the restart, live too, and is no longer than it was.
  await page.locator('#alerts .alert[data-state=firing]', { hasText: 'traffic' }).waitFor();
  assert.equal(await page.locator('#alerts .alert', { hasText: 'traffic' }).count(), 2);
  await page.locator('#alerts .alert .why', { hasText: '/burst' }).waitFor();
  await page.locator('#range a', { hasText: '1 h' }).click();
  await ready(page);
  await waitForHash(page, '#range=1h');
  await page.locator('#paths .top', { hasText: '/burst' }).waitFor();
  assert.match(await topOf(page, 'paths', '/burst'), /^\/burst2,000/);
  await page.locator('#alerts .alert[data-state=firing]', { hasText: 'traffic' }).waitFor();
  await page.locator('#alerts .alert[data-state=ok]', { hasText: 'traffic' }).waitFor();
  assert.equal(await page.locator('#range [aria-current]').textContent(), '1 h');
  assert.match(
    (await page.locator('#traffic .chart').getAttribute('aria-label')) ?? '',
    /a second on average, threshold 60$/,
  );
  for (const range of ['24 h', '14 d']) {
    await page.locator('#range a', { hasText: range }).click();
    await ready(page);
    await page.locator('#range [aria-current]', { hasText: range }).waitFor();
    assert.match(await topOf(page, 'paths', '/burst'), /^\/burst2,000/, range);
  }
  assert.deepEqual(faults, []);
});

void test('a click on a path in a range filters everything there, and has a URL', async (t) => {
  const site = await startPastSite(t);
  const { page, faults } = await visit(t, browser, `${site.url}/#range=1h`);
  await page.locator('#paths a', { hasText: '/only/a' }).click();
  await waitForHash(page, '#path=%2Fonly%2Fa&range=1h');
  await page.locator('#statuses .top', { hasText: '503' }).waitFor();
  assert.equal(await page.locator('#figures-title').textContent(), 'In this time');
  assert.equal(await topOf(page, 'paths', '/only/a'), '/only/a5100 %');
  assert.equal(await topOf(page, 'statuses', '503'), '503240 %');
  assert.equal(await figureOf(page, 'Requests'), '5');
  assert.equal(await figureOf(page, 'Server errors'), '40 %');
  // Within one percent of 300 ms: kept by path, other than live.
  assert.match(await figureOf(page, 'Latency p95'), /^(?:29[789]|30[0123])(?:\.\d)? ms$/);
  assert.ok(await page.locator('#latency .chart').isVisible());
  await page.locator('#clients', { hasText: 'Clients are not kept by path or status.' }).waitFor();
  await page.locator('#filter a', { hasText: 'Show everything' }).click();
  await page.locator('#paths .top', { hasText: '/burst' }).waitFor();
  await waitForHash(page, '#range=1h');
  assert.deepEqual(faults, []);
});

void test('a span in the URL is shown, and its rule, path and span stay together', async (t) => {
  const site = await startPastSite(t);
  const now = Math.floor(Date.now() / 1000);
  const [from, to] = [now - AGO - 300, now - AGO + 300];
  const { page, faults } = await visit(t, browser, `${site.url}/#from=${from}&to=${to}`);
  await ready(page);
  // With the day, in the hour after midnight.
  assert.match(
    (await page.locator('#range [aria-current]').textContent()) ?? '',
    /^(?:\d+ \w+ )?\d\d:\d\d.* – .*\d\d:\d\d/,
  );
  await page.locator('#paths .top', { hasText: '/burst' }).waitFor();
  assert.equal(await figureOf(page, 'Requests'), '2,005');
  assert.equal(await page.locator('#paths .top').count(), 2);
  await page.locator('#alerts a', { hasText: 'traffic' }).first().click();
  await page.locator('.rule-title', { hasText: 'traffic' }).waitFor();
  await waitForHash(page, new RegExp(`^#rule=traffic&alert=.*&from=${from}&to=${to}$`));
  await page.locator('#rule-view a', { hasText: 'Everything' }).click();
  await page.locator('#overview').waitFor();
  await waitForHash(page, `#from=${from}&to=${to}`);
  assert.deepEqual(faults, []);
});

void test('dragging over a chart chooses a span; Escape and back undo it', async (t) => {
  const site = await startPastSite(t);
  const { page, faults } = await visit(t, browser, `${site.url}/#range=1h`);
  await ready(page);
  const drag = async (): Promise<void> => {
    const box = await page.locator('#traffic .u-over').boundingBox();
    assert.ok(box !== null);
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.4, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, y, { steps: 4 });
    await page.mouse.up();
    await waitForHash(page, /^#from=\d+&to=\d+$/);
  };
  await drag();
  await ready(page);
  const [, from, to] = /#from=(\d+)&to=(\d+)$/.exec(page.url()) ?? [];
  const length = Number(to) - Number(from);
  // A fifth of an hour, and of the steps at its ends.
  assert.ok(length >= 700 && length <= 760, `${length} s`);
  await page.locator('#paths .top', { hasText: '/burst' }).waitFor();
  await page.keyboard.press('Escape');
  await waitForHash(page, '#range=1h');
  await drag();
  await page.goBack();
  await waitForHash(page, '#range=1h');
  await ready(page);
  assert.deepEqual(faults, []);
});

void test('a span is chosen by keyboard', async (t) => {
  const site = await startPastSite(t);
  const { page, faults } = await visit(t, browser, site.url);
  const minute = (ago: number): string => new Date(Date.now() - ago * 1000).toISOString().slice(0, 16);
  await page.locator('#range summary').focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('From').fill(minute(600));
  await page.getByLabel('To').fill(minute(AGO + 600));
  await page.keyboard.press('Enter');
  await page.locator('#range', { hasText: 'The end must be after the beginning.' }).waitFor();
  await page.getByLabel('From').fill(minute(AGO + 600));
  await page.getByLabel('To').fill(minute(600));
  await page.keyboard.press('Enter');
  await waitForHash(page, /^#from=\d+&to=\d+$/);
  await ready(page);
  await page.locator('#paths .top', { hasText: '/burst' }).waitFor();
  assert.equal(await page.evaluate('document.activeElement.tagName'), 'SUMMARY');
  assert.deepEqual(faults, []);
});

void test('a range goes on by itself, and what was there stays until the new comes', async (t) => {
  const site = await startPastSite(t);
  const { page, faults } = await visit(t, browser, `${site.url}/#range=1h`);
  await ready(page);
  await page.locator('#paths .top', { hasText: '/burst' }).waitFor();
  const count = await figureOf(page, 'Requests');
  await page.evaluate(`window.gaps = [];
    new MutationObserver(() => {
      if (document.querySelector('#traffic .chart').hidden) window.gaps.push('chart');
      if (!document.querySelector('#paths .top')) window.gaps.push('paths');
    }).observe(document.body, { subtree: true, childList: true, attributes: true });`);
  await page.locator('#figures > div', { hasText: 'Requests' }).filter({ hasNotText: count }).waitFor();
  assert.deepEqual(await page.evaluate('window.gaps'), []);
  assert.deepEqual(faults, []);
});

void test('a time of which nothing was counted, and history that is off, are said', async (t) => {
  const site = await startPastSite(t);
  const { page, faults } = await visit(t, browser, `${site.url}/#from=86400&to=90000`);
  await page.locator('#traffic', { hasText: 'Nothing was counted in this time.' }).waitFor();
  await page.locator('#alerts', { hasText: 'None in this time.' }).waitFor();
  assert.equal(await figureOf(page, 'Requests'), '–');
  assert.deepEqual(faults, []);
  const off = await startSite(t, { seed: takeSeed(t), settings: { HISTORY: 'off' } });
  const other = await visit(t, browser, `${off.url}/#range=24h`);
  await other.page
    .locator('#range', { hasText: 'It could not be loaded: no history is kept: history is off' })
    .waitFor();
  await other.page.locator('#traffic', { hasText: 'No history: no history is kept' }).waitFor();
  await other.page.locator('#range a', { hasText: 'Live' }).click();
  await other.page.locator('#traffic .chart').waitFor();
  assert.equal(await other.page.locator('#alerts .empty').textContent(), 'None since fluffy started.');
  assert.deepEqual(other.faults, []);
});

void test('axe finds no fault in a range, in light and in dark, with tables and the form open', async (t) => {
  const site = await startPastSite(t);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await visit(t, browser, `${site.url}/#range=24h`, { colorScheme });
    await ready(page);
    await page.locator('#range summary').click();
    for (const button of await page.getByRole('button', { name: 'Table: ' }).all()) await button.click();
    assert.equal(await page.locator('#traffic thead th').first().textContent(), 'From');
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    assert.deepEqual(found, [], colorScheme);
  }
});

void test('an hour with two incidents, for the documentation', async (t) => {
  const incidents = (now: number): string => {
    let text = '';
    for (let second = 0; second < 240; second++)
      text += lineOf(now - 2400 + second, { path: '/login', status: 401, client: '198.51.100.9' }).repeat(70);
    for (let second = 0; second < 300; second++)
      text += lineOf(now - 1000 + second, { path: '/api/orders', status: 503, ms: 850 }).repeat(6);
    return text;
  };
  // The picture is of the same traffic each time, but for the time of day.
  const site = await startSite(t, { seed: 7, pastSeconds: 3600, pastLines: incidents });
  const { page, faults } = await visit(t, browser, site.url, { colorScheme: 'light' });
  await page.locator('#sources', { hasText: 'nothing' }).waitFor();
  await page.locator('#range a', { hasText: '1 h' }).click();
  await ready(page);
  await page.locator('#paths .top', { hasText: '/login' }).waitFor();
  // At the hour's beginning two of the ordinary errors among a few requests may fire the rule as well.
  assert.equal(await page.locator('#alerts .alert', { hasText: /server-errors.*\/api\/orders/ }).count(), 1);
  await page.screenshot({ path: join(ROOT, 'docs', 'images', 'page-range.png') });
  assert.deepEqual(faults, []);
});

/** Of the chart of traffic, a bit above its bottom, at these shares of its width. */
const COLOURS = `(() => {
  const canvas = document.querySelector('#traffic canvas');
  const [box, plot] = [canvas, canvas.parentElement.querySelector('.u-over')].map((node) => node.getBoundingClientRect());
  const scale = canvas.width / box.width;
  const [left, top, width] = [plot.left - box.left, plot.bottom - box.top - 4, plot.width].map((px) => Math.round(px * scale));
  const { data } = canvas.getContext('2d').getImageData(left, top, width, 1);
  return [0.08, 0.25, 0.5, 0.75].map((share) => 4 * Math.round(share * width)).map((at) => String(data.slice(at, at + 4)));
})()`;

void test('time that was not counted is a gap in the chart, counted time without requests is not', async (t) => {
  const site = await startPastSite(t);
  const { page, faults } = await visit(t, browser, site.url);
  const [from, to] = [1_795_471_200, 1_795_474_800];
  const places = Array.from({ length: 360 }, (_, i) => i).filter((i) => i < 120 || i >= 240);
  const busy = places.map((i) => (i >= 60 && i < 120 ? 0 : 50));
  const none = places.map(() => 0);
  await page.route('**/api/series*', async (route) =>
    route.fulfill({
      json: {
        available: true,
        fromSeconds: from,
        toSeconds: to,
        everySeconds: 10,
        resolution: '10s',
        firstSeconds: from,
        completeFromSeconds: null,
        steps: {
          times: places.map((i) => from + 10 * i),
          seconds: places.map(() => 10),
          requests: busy,
          classes: [none, none, busy, none, none, none],
          errors: none,
          bytes: none,
          p50: none,
          p95: none,
          p99: none,
        },
        whole: { requests: 1, classes: [0, 0, 1, 0, 0, 0], errors: 0, bytes: 0, p50: 1, p95: 1, p99: 1 },
        paths: [],
        statuses: [],
        clients: [],
        alerts: [],
        hasMoreAlerts: false,
      },
    }),
  );
  await page.goto(`${site.url}/#from=${from}&to=${to}`);
  await ready(page);
  const drawnAt = (await page.evaluate(COLOURS)) as string[];
  const [counted, quiet, gap, again] = drawnAt;
  assert.notEqual(counted, gap, String(drawnAt));
  assert.deepEqual([again, quiet], [counted, gap]);
  await page.getByRole('button', { name: 'Table: Requests per second' }).click();
  const minutes = await page.locator('#traffic tbody td:nth-child(2)').allTextContents();
  // Newest first: twenty minutes of 5, the gap in one row, ten of zero, ten of 5.
  assert.deepEqual(minutes.slice(19, 32), ['5', '–', ...Array.from({ length: 10 }, () => '0'), '5']);
  assert.deepEqual(faults, []);
});
