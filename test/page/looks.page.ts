// How the page looks and for whom it works: light and dark, on a phone, by keyboard, for a screen reader. Writes the
// screenshots of the documentation.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { ROOT } from '../monitor-process.ts';
import { mustBeAccessible, startBrowser, startSite, visit, waitForHash } from './rig.ts';
import type { Site } from './rig.ts';
import { lineOf } from './traffic.ts';

const IMAGES = join(ROOT, 'docs', 'images');
const PACKED_BYTES_MAX = 150_000;
/** The pictures are of the same traffic each time, but for the time of day. */
const SEED = 7;

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(async () => browser.close());

/** A quarter of an hour with a burst of logins that failed, and errors that have just begun. */
async function startEventfulSite(t: TestContext): Promise<Site> {
  const pastLines = (now: number): string => {
    let text = '';
    for (let i = 0; i < 40 * 70; i++)
      text += lineOf(now - 500 + Math.floor(i / 70), {
        path: '/login',
        status: 401,
        client: '198.51.100.9',
        ms: 30 + (i % 9),
      });
    for (let i = 0; i < 45 * 6; i++)
      text += lineOf(now - 45 + Math.floor(i / 6), {
        path: '/api/orders',
        status: 503,
        client: `203.0.113.${i % 60}`,
        ms: 850 + (i % 97),
      });
    return text;
  };
  return startSite(t, { seed: SEED, pastSeconds: 890, pastLines });
}

/** Waits for the charts, which are drawn with the first event, to have had their second. */
async function settle(page: Page): Promise<void> {
  await page.locator('#rules .rule[data-state=firing]').first().waitFor();
  const footer = (await page.locator('#footer').textContent()) ?? '';
  await page.locator('#footer').filter({ hasNotText: footer }).waitFor();
}

void test('light, dark and phone: without a complaint, and nothing wider than the screen', async (t) => {
  const { url } = await startEventfulSite(t);
  for (const [name, options] of [
    ['page-light', { colorScheme: 'light' }],
    ['page-dark', { colorScheme: 'dark' }],
    ['page-phone', { colorScheme: 'light', viewport: { width: 360, height: 780 }, deviceScaleFactor: 2 }],
  ] as const) {
    const { page, faults } = await visit(t, browser, url, options);
    await settle(page);
    await page.screenshot({ path: join(IMAGES, `${name}.png`) });
    const width = await page.evaluate('document.documentElement.scrollWidth');
    assert.equal(width, name === 'page-phone' ? 360 : 1280, name);
    const table = await page.evaluate(
      '[document.querySelector("#sources .wide")].map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)[0]',
    );
    assert.equal(table, 0, `${name}: the table of logs is cut off`);
    assert.deepEqual(faults, [], name);
  }
});

void test('axe finds no fault, in light, in dark, with tables, and in the views of a rule and of an alert', async (t) => {
  const { url } = await startEventfulSite(t);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await visit(t, browser, url, { colorScheme });
    await settle(page);
    await mustBeAccessible(page, `${colorScheme}, overview`);
    for (const button of await page.getByRole('button', { name: 'Table: ' }).all()) await button.click();
    await mustBeAccessible(page, `${colorScheme}, tables`);
    await page.goto(`${url}/#path=%2Flogin`);
    await mustBeAccessible(page, `${colorScheme}, filter`);
    await page.goto(`${url}/#rule=server-errors`);
    await page.locator('.rule-title').waitFor();
    await mustBeAccessible(page, `${colorScheme}, rule`);
    await page.locator('#rule-view .alert a').first().click();
    await page.locator('.log-lines li').first().waitFor();
    await mustBeAccessible(page, `${colorScheme}, alert`);
  }
});

void test('the theme is switched and kept', async (t) => {
  const { url } = await startSite(t, { seed: SEED });
  const { page } = await visit(t, browser, url, { colorScheme: 'light' });
  const colour = async (): Promise<unknown> =>
    page.evaluate('getComputedStyle(document.body).backgroundColor');
  assert.equal(await colour(), 'rgb(247, 247, 245)');
  const button = page.getByRole('button', { name: 'Theme' });
  await button.click();
  await button.click();
  assert.equal(await button.textContent(), 'Theme: dark');
  assert.equal(await colour(), 'rgb(13, 14, 16)');
  await page.reload();
  assert.equal(await page.getByRole('button', { name: 'Theme' }).textContent(), 'Theme: dark');
  assert.equal(await colour(), 'rgb(13, 14, 16)');
});

void test('everything that can be clicked is reached by Tab, visibly, and keeps the focus while numbers change', async (t) => {
  const { url } = await startSite(t, { seed: SEED, pastSeconds: 60 });
  const { page } = await visit(t, browser, url);
  await page.locator('#paths a').first().waitFor();
  const reached = new Set<string>();
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const [text, outline] = (await page.evaluate(
      '[document.activeElement.textContent.slice(0, 40), getComputedStyle(document.activeElement).outlineStyle]',
    )) as [string, string];
    if (reached.has('Table') && text === 'Skip to the content') break;
    reached.add(text);
    if (text !== '' && text.length < 40) assert.equal(outline, 'solid', `no outline on ${text}`);
  }
  for (const name of [
    'Skip to the content',
    'fluffy',
    'Theme: auto',
    'traffic',
    'server-errors',
    'Table',
    '/',
    '/search',
    '200',
  ])
    assert.ok(reached.has(name), `${name} was not reached: ${[...reached].join(', ')}`);
  const link = page.locator('#paths a', { hasText: '/search' });
  await link.focus();
  const footer = (await page.locator('#footer').textContent()) ?? '';
  await page.locator('#footer').filter({ hasNotText: footer }).waitFor();
  assert.equal(await page.evaluate('document.activeElement.textContent'), '/search');
  await page.keyboard.press('Enter');
  await waitForHash(page, '#path=%2Fsearch');
});

void test('a chart can be read as a table', async (t) => {
  const { url } = await startSite(t, { seed: SEED, pastSeconds: 200 });
  const { page } = await visit(t, browser, url);
  const label = await page.locator('#traffic .chart').getAttribute('aria-label');
  assert.match(
    label ?? '',
    /^Requests per second: [\d.]+ a second on average over the last minute, threshold 60$/,
  );
  await page.getByRole('button', { name: 'Table: Requests per second' }).click();
  assert.deepEqual(await page.locator('#traffic thead th').allTextContents(), [
    'Minute',
    '2xx',
    '3xx',
    'other',
    '4xx',
    '5xx',
    'average that the rule judges',
  ]);
  assert.ok((await page.locator('#traffic tbody tr').count()) >= 3);
  assert.ok(await page.locator('#traffic .chart').isHidden());
});

void test('the page is under 150 kB packed', () => {
  const folder = join(ROOT, 'dist', 'page');
  for (const ending of ['.br', '.gz']) {
    const packed = readdirSync(folder).filter((name) => name.endsWith(ending));
    assert.ok(packed.length >= 4, 'the page was built');
    const bytes = packed.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    assert.ok(bytes < PACKED_BYTES_MAX, `${bytes} bytes`);
  }
});
