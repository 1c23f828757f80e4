// The page over a live log, in Chromium: that it tells at once, keeps to itself, and comes back.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startMonitor } from '../monitor-process.ts';
import { takeSeed } from '../seed.ts';
import { startBrowser, startSite, visit, waitForHash } from './rig.ts';
import { lineOf } from './traffic.ts';

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(async () => browser.close());

async function textOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).textContent()) ?? '';
}

void test('a burst makes the alert appear within 3 s, with its reasons; nothing is complained of or asked elsewhere', async (t) => {
  const site = await startSite(t, { seed: takeSeed(t), settings: { ALERT_WINDOW: '2s' } });
  const { page, faults } = await visit(t, browser, site.url);
  await page.locator('h1', { hasText: 'All is well' }).waitFor();
  await page.locator('#logs', { hasText: 'access.log' }).waitFor();
  const second = Math.floor(Date.now() / 1000);
  appendFileSync(
    site.log,
    lineOf(second, { path: '/login', client: '198.51.100.9', status: 401 }).repeat(400),
  );
  const writtenMs = performance.now();
  await page.locator('h1', { hasText: 'traffic is firing' }).waitFor();
  const tookMs = performance.now() - writtenMs;
  assert.ok(tookMs < 3000, `took ${tookMs} ms`);
  // 400 of some 440 requests; shares are found from a sample.
  const rule = page.locator('#rules .rule[data-state=firing]');
  assert.match((await rule.textContent()) ?? '', /Firing.*requests\/s.*\/login (?:8[5-9]|9\d) %/);
  assert.match((await rule.textContent()) ?? '', /one client, 198\.51\.100\.9, sends (?:8[5-9]|9\d) %/);
  assert.match(await textOf(page, '#announcer'), /^traffic fires: .* requests\/s over 2s/);
  assert.match(await textOf(page, '#alerts'), /Firing\s*traffic/);
  assert.match(await page.title(), /^traffic is firing/);
  await page.locator('h1', { hasText: 'All is well' }).waitFor();
  assert.match(await textOf(page, '#announcer'), /^traffic is over: /);
  assert.deepEqual(faults, []);
});

void test('the numbers are those of the log', async (t) => {
  const site = await startSite(t, {
    seed: takeSeed(t),
    pastLines: (now) =>
      lineOf(now - 30, { path: '/only/a', status: 200, ms: 100 }).repeat(3) +
      lineOf(now - 20, { path: '/only/b', status: 503, ms: 100 }) +
      'this is no record\n',
  });
  const { page } = await visit(t, browser, `${site.url}/#path=%2Fonly%2Fa`);
  const row = page.locator('#paths .top', { hasText: '/only/a' });
  assert.equal((await row.textContent())?.replaceAll(/\s+/g, ' '), '/only/a3100 %');
  await page.goto(`${site.url}/#path=%2Fonly%2Fb`);
  const status = page.locator('#statuses .top', { hasText: '503' });
  assert.equal((await status.textContent())?.replaceAll(/\s+/g, ' '), '5031100 %');
  await page.goto(`${site.url}/#`);
  await page.locator('#sources', { hasText: 'this is no record' }).waitFor();
});

void test('a click on a path filters everything and has a URL; back shows everything again', async (t) => {
  const site = await startSite(t, { seed: takeSeed(t), pastSeconds: 120 });
  const { page, faults } = await visit(t, browser, site.url);
  await page.locator('#paths a', { hasText: '/shop/cart' }).click();
  await waitForHash(page, '#path=%2Fshop%2Fcart');
  await page.locator('#filter', { hasText: 'path /shop/cart' }).waitFor();
  assert.equal(await page.locator('#paths .top').count(), 1);
  await page.locator('#latency', { hasText: 'Latency is not kept by path or status.' }).waitFor();
  await page.locator('#statuses a', { hasText: '200' }).click();
  await waitForHash(page, '#path=%2Fshop%2Fcart&status=200');
  await page.locator('#filter', { hasText: 'status 200' }).waitFor();
  await page.goBack();
  await page.goBack();
  await page.locator('#filter').waitFor({ state: 'hidden' });
  assert.ok((await page.locator('#paths .top').count()) > 4);
  assert.deepEqual(faults, []);
});

void test('an alert has a view of its own, under a URL that can be opened', async (t) => {
  const site = await startSite(t, {
    seed: takeSeed(t),
    pastSeconds: 60,
    pastLines: (now) =>
      lineOf(now - 5, { path: '/api/orders', status: 503, client: '198.51.100.9' }).repeat(300),
  });
  const first = await visit(t, browser, site.url);
  await first.page.locator('#alerts a', { hasText: 'server-errors' }).first().click();
  await first.page.locator('.rule-title', { hasText: 'server-errors' }).waitFor();
  await waitForHash(first.page, /^#rule=server-errors&alert=/);
  const { page, faults } = await visit(t, browser, site.url);
  await page.goto(first.page.url());
  await page.locator('#rule-view .rule-title', { hasText: 'server-errors' }).waitFor();
  assert.match(await textOf(page, '#rule-view'), /path \/api\/orders.*client 198\.51\.100\.9/s);
  assert.ok(await page.locator('#overview').isHidden());
  await page.locator('#rule-view a', { hasText: 'Everything' }).click();
  await page.locator('#overview').waitFor();
  assert.deepEqual(faults, []);
});

void test('the view of an alert shows the lines of the burst, as text whatever is in them', async (t) => {
  const site = await startSite(t, { seed: takeSeed(t), settings: { ALERT_WINDOW: '2s' } });
  const { page, faults } = await visit(t, browser, site.url);
  await page.locator('h1', { hasText: 'All is well' }).waitFor();
  const second = Math.floor(Date.now() / 1000);
  const path = '/<script>document.title=1234</script>\u001B[31m';
  const line = lineOf(second, { path, client: '198.51.100.9', status: 401 });
  appendFileSync(site.log, line.repeat(400));
  await page.locator('#alerts a', { hasText: 'traffic' }).first().click();
  const rows = page.locator('#rule-view .log-lines li');
  const shown = line.trimEnd().replace('\u001B', String.raw`\u001b`);
  await rows.filter({ hasText: '198.51.100.9' }).first().waitFor();
  const texts = await rows.allTextContents();
  assert.equal(texts.length, 20);
  // 400 of some 440 requests.
  assert.ok(texts.filter((text) => text === shown).length >= 15, texts.join('\n'));
  assert.match(
    await textOf(page, '#rule-view'),
    /20, some of those that the rule counts; from when it fired/,
  );
  assert.match(await textOf(page, '#value'), /the alert from \d\d:\d\d:\d\d on, and the time before/);
  assert.equal(await page.locator('#rule-view script').count(), 0);
  assert.doesNotMatch(await page.title(), /1234/);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), `${texts.join('\n')}\n`);
  assert.deepEqual(faults, []);
});

void test('says that the monitor is away, comes back by itself, and does not hold up its end', async (t) => {
  const site = await startSite(t, { seed: takeSeed(t) });
  const { page } = await visit(t, browser, site.url);
  await page.locator('#connection', { hasText: 'Live' }).waitFor();
  const { code, tookMs } = await site.run.end();
  assert.equal(code, 0, site.run.stderr);
  assert.ok(tookMs < 2000, `took ${tookMs} ms`);
  await page.locator('#connection', { hasText: 'Connection lost, trying again' }).waitFor();
  const { port } = new URL(site.url);
  const again = startMonitor(t, { folder: site.folder, settings: { HTTP_PORT: port } });
  await again.watches();
  await page.locator('#connection', { hasText: 'Live' }).waitFor();
  await page.locator('#footer', { hasText: /up [0-9]s/ }).waitFor();
});

void test('with a filter, minutes without any request are zero', async (t) => {
  const site = await startSite(t, {
    seed: takeSeed(t),
    pastSeconds: 60,
    pastLines: (now) => lineOf(now - 600, { path: '/gone' }).repeat(10),
  });
  const { page, faults } = await visit(t, browser, `${site.url}/#path=%2Fgone`);
  await page.getByRole('button', { name: 'Table: Requests per second' }).click();
  const rows = page.locator('#traffic tbody tr');
  await rows.nth(8).waitFor();
  const averages = await rows.locator('td:nth-child(2)').allTextContents();
  assert.ok(averages.length >= 10, `${averages.length} minutes`);
  assert.deepEqual(new Set(averages.slice(0, -1)), new Set(['0']));
  assert.notEqual(averages.at(-1), '0');
  assert.deepEqual(faults, []);
});
