import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { LiveStreams } from '../../src/http/live-streams.ts';
import { openPageFiles } from '../../src/http/page-files.ts';
import { createHttpServer, listen } from '../../src/http/server.ts';
import { OPEN_TO_ALL } from './access.ts';
import { EVENTS } from './live-events.ts';
import { SNAPSHOT } from './snapshot.ts';

const HTML = '<!doctype html><title>page</title>';
const MANIFEST = {
  '/': { file: 'index.html', contentType: 'text/html; charset=utf-8', etag: '"abc"', isImmutable: false },
  '/page-1.js': { file: 'page-1.js', contentType: 'text/javascript', etag: '"def"', isImmutable: true },
};

function folderWith(context: TestContext, manifest: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'fluffy-page-'));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'manifest.json'), manifest);
  for (const [file, text] of [
    ['index.html', HTML],
    ['page-1.js', 'let a;'],
  ] as const) {
    writeFileSync(join(folder, file), text);
    writeFileSync(join(folder, `${file}.br`), brotliCompressSync(text));
    writeFileSync(join(folder, `${file}.gz`), gzipSync(text));
  }
  return folder;
}

async function start(context: TestContext): Promise<{ url: string; folder: string }> {
  const folder = folderWith(context, JSON.stringify(MANIFEST));
  const control = {
    silence: () => ({ ok: true }) as const,
    unsilence: () => true,
    reload: () => ({ ok: true, needRestart: [] }) as const,
  };
  const server = createHttpServer({
    snapshot: () => SNAPSHOT,
    control,
    series: null,
    access: OPEN_TO_ALL,
    streams: new LiveStreams(EVENTS),
    page: openPageFiles(folder),
  });
  const port = await listen(server, '127.0.0.1', 0);
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${port}`, folder };
}

void test('the page comes packed as the browser takes it, and says what it may do', async (context) => {
  const { url } = await start(context);
  for (const [accepted, expected] of [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['identity', null],
  ] as const) {
    const answer = await fetch(`${url}/`, { headers: { 'Accept-Encoding': accepted } });
    assert.equal(answer.headers.get('content-encoding'), expected, accepted);
    assert.equal(await answer.text(), HTML);
  }
  const { headers } = await fetch(`${url}/`);
  assert.equal(
    headers.get('content-security-policy'),
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('referrer-policy'), 'no-referrer');
  assert.equal(headers.get('vary'), 'Accept-Encoding');
});

void test('a name that changes with the bytes is kept for a year; the page itself is asked for again', async (context) => {
  const { url } = await start(context);
  const script = await fetch(`${url}/page-1.js`);
  assert.equal(script.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  const page = await fetch(`${url}/`);
  assert.equal(page.headers.get('cache-control'), 'no-cache');
  assert.equal(page.headers.get('etag'), '"abc"');
});

void test('what the browser has is not sent again', async (context) => {
  const { url } = await start(context);
  for (const [given, status] of [
    ['"abc"', 304],
    ['"x", W/"abc"', 304],
    ['*', 304],
    ['"x"', 200],
  ] as const) {
    const answer = await fetch(`${url}/`, { headers: { 'If-None-Match': given } });
    assert.equal(answer.status, status, given);
    assert.equal(await answer.text(), status === 304 ? '' : HTML);
  }
});

void test('only files of the manifest are served, and HEAD has no body', async (context) => {
  const { url } = await start(context);
  for (const path of ['/manifest.json', '/index.html', '/page-1.js.br', '/%2e%2e/server.ts', '/page-1.js/'])
    assert.equal((await fetch(`${url}${path}`)).status, 404, path);
  const head = await fetch(`${url}/`, { method: 'HEAD', headers: { 'Accept-Encoding': 'identity' } });
  assert.equal(head.headers.get('content-length'), '34');
  assert.equal(await head.text(), '');
  assert.equal((await fetch(`${url}/`, { method: 'POST' })).status, 405);
});

void test('a page that was not built, or not to its end, is none', (context) => {
  const bad = { '/': { ...MANIFEST['/'], file: '../server.ts' } };
  assert.equal(openPageFiles(join(tmpdir(), 'fluffy-no-such-folder')), null);
  assert.equal(openPageFiles(folderWith(context, '{"/": ')), null);
  assert.equal(openPageFiles(folderWith(context, JSON.stringify(bad))), null);
});
