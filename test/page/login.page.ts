// The page of a fluffy that has a token, in Chromium: logging in with the form, staying in, and logging out.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { temporaryFolder } from '../monitor-process.ts';
import { takeSeed } from '../seed.ts';
import { mustBeAccessible, startBrowser, startSite, waitForHash } from './rig.ts';
import type { Site } from './rig.ts';

const TOKEN = 'a-token-of-a-test-0123456789';

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(async () => browser.close());

interface GuardedSite extends Site {
  readonly tokenPath: string;
}

async function startGuarded(t: TestContext): Promise<GuardedSite> {
  const tokenPath = join(temporaryFolder(t), 'token');
  writeFileSync(tokenPath, `${TOKEN}\n`);
  const site = await startSite(t, {
    seed: takeSeed(t),
    pastSeconds: 60,
    settings: { HTTP_TOKEN_FILE: tokenPath },
  });
  return { ...site, tokenPath };
}

/** A window without a session; what it asks elsewhere for, and what it complains of but for the answers 401 and 429. */
async function open(
  t: TestContext,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly faults: readonly string[] }> {
  const context = await browser.newContext({ timezoneId: 'UTC', ...options });
  t.after(async () => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    const isExpected = /status of (?:401|429)/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isExpected) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== new URL(url).origin && protocol !== 'data:') faults.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return { page, faults };
}

async function logIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
}

void test('the form says when the token is wrong; the right one shows the page live, in the view that was asked for', async (t) => {
  const { url } = await startGuarded(t);
  const { page, faults } = await open(t, `${url}/#rule=server-errors`);
  assert.equal(await page.title(), 'Log in – fluffy');
  // The field has the focus, and Enter is enough.
  assert.equal(await page.evaluate('document.activeElement.id'), 'token');
  await page.keyboard.type('wrong');
  await page.keyboard.press('Enter');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  assert.equal(await alert.textContent(), 'This is not the token.');
  assert.equal(await page.title(), 'Not logged in – fluffy');
  assert.equal(await page.getByLabel('Token').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.evaluate('document.activeElement.id'), 'token');
  assert.equal(await page.getByLabel('Token').inputValue(), '');
  await page.keyboard.type(TOKEN);
  await page.keyboard.press('Enter');
  await page.locator('.rule-title', { hasText: 'server-errors' }).waitFor();
  await page.locator('#connection', { hasText: 'Live' }).waitFor();
  await waitForHash(page, '#rule=server-errors');
  assert.deepEqual(faults, []);
});

void test('a session is kept by the browser and not by the page, and ends by logging out', async (t) => {
  const { url } = await startGuarded(t);
  const { page, faults } = await open(t, url);
  await logIn(page, TOKEN);
  await page.locator('#overview').waitFor();
  const [cookie] = await page.context().cookies();
  assert.deepEqual(
    [cookie?.httpOnly, cookie?.sameSite, cookie?.path, cookie?.secure],
    [true, 'Strict', '/', false],
  );
  assert.equal(await page.evaluate('document.cookie'), '');
  const other = await page.context().newPage();
  await other.goto(url);
  await other.locator('#overview').waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('Token').waitFor();
  assert.deepEqual(await page.context().cookies(), []);
  // The other window loses its stream, and shows the form by itself.
  await other.getByLabel('Token').waitFor();
  await page.goBack();
  // What the browser had kept asks anew by itself; who goes elsewhere meanwhile would be interrupted.
  await page.getByLabel('Token').waitFor();
  await page.goto(url);
  await page.getByLabel('Token').waitFor();
  assert.deepEqual(faults, []);
});

void test('a new token ends every session; the page that was open asks for it', async (t) => {
  const { url, tokenPath } = await startGuarded(t);
  const { page } = await open(t, url);
  await logIn(page, TOKEN);
  await page.locator('#overview').waitFor();
  writeFileSync(tokenPath, 'another-token-0123456789');
  await page.getByLabel('Token').waitFor();
  await logIn(page, 'another-token-0123456789');
  await page.locator('#overview').waitFor();
});

void test('a link on another site leads whoever has logged in to the page', async (t) => {
  const { url } = await startGuarded(t);
  const { page } = await open(t, url);
  await logIn(page, TOKEN);
  await page.locator('#overview').waitFor();
  const elsewhere = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(`<!doctype html><a href="${url}/#rule=slow-answers">an alert</a>`);
  });
  await new Promise<void>((resolve) => {
    elsewhere.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    elsewhere.close();
    elsewhere.closeAllConnections();
  });
  // By another name it is another site.
  await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);
  await page.getByRole('link').click();
  await page.locator('.rule-title', { hasText: 'slow-answers' }).waitFor();
});

void test('after ten wrong tokens the form says how long to wait', async (t) => {
  const { url } = await startGuarded(t);
  const { page } = await open(t, url);
  for (let i = 0; i < 10; i++) {
    await logIn(page, `wrong-${i}`);
    await page.getByRole('alert').filter({ hasText: 'This is not the token.' }).waitFor();
  }
  await logIn(page, TOKEN);
  const alert = page.getByRole('alert').filter({ hasText: 'Too many wrong tokens' });
  assert.match(
    (await alert.textContent()) ?? '',
    /^Too many wrong tokens: the next try is in [1-6] seconds\.$/,
  );
});

void test('axe finds no fault with the form, light and dark, on a phone, with a wrong token, nor with the button to log out', async (t) => {
  const { url } = await startGuarded(t);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await open(t, url, { colorScheme, viewport: { width: 320, height: 560 } });
    await mustBeAccessible(page, `${colorScheme}, form`);
    await logIn(page, 'wrong');
    await page.getByRole('alert').waitFor();
    await mustBeAccessible(page, `${colorScheme}, wrong token`);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
    await logIn(page, TOKEN);
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    await mustBeAccessible(page, `${colorScheme}, page`);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
  }
});

void test('the form works without scripts too', async (t) => {
  const { url } = await startGuarded(t);
  const { page } = await open(t, url, { javaScriptEnabled: false });
  await logIn(page, 'wrong');
  await page.getByRole('alert').waitFor();
  await logIn(page, TOKEN);
  await page.locator('h1', { hasText: 'Waiting for the monitor' }).waitFor();
});
