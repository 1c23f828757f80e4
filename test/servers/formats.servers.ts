// A real nginx writes the same requests in many formats: each format, given to fluffy as it stands in nginx.conf, must
// give the same records. Needs Debian's nginx-light.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from '../../src/parse/detect.ts';
import { findFreePort } from '../free-port.ts';
import { read } from '../parse/reading.ts';

const NGINX = '/usr/sbin/nginx';

/** Directives of nginx.conf by the name of the format. */
const FORMATS: Readonly<Record<string, string>> = {
  quoted: `log_format quoted '$remote_addr - $remote_user [$time_local] "$request" $status '
    '$body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for" $request_time $upstream_response_time';`,
  parts: `log_format parts '$msec\\t$remote_addr\\t$request_method\\t$request_uri\\t$server_protocol\\t$status\\t'
    '$body_bytes_sent\\t$request_time\\t$http_x_forwarded_for\\t$http_user_agent';`,
  json: `log_format json escape=json '{"time":"$time_iso8601","addr":"$remote_addr","user":"$remote_user",'
    '"request":"$request","status":$status,"bytes":$body_bytes_sent,"took":$request_time,'
    '"up":"$upstream_response_time","xff":"$http_x_forwarded_for","agent":"$http_user_agent"}';`,
  none: `log_format none escape=none '$time_iso8601 $remote_addr "$request" $status $body_bytes_sent '
    '$request_time "$http_x_forwarded_for" "$http_user_agent"';`,
  timed: `log_format timed escape=json '$remote_addr - $remote_user [$time_local] "$request" $status '
    '$body_bytes_sent $request_time "$http_x_forwarded_for" "$http_user_agent"';`,
  args: `log_format args '$remote_addr:$remote_port [$time_local] "$request_method $uri$is_args$args $server_protocol" '
    '$status $body_bytes_sent $request_time "$http_x_forwarded_for" "$http_user_agent"';`,
  url: `log_format url '$time_iso8601,$remote_addr,"$request_method $scheme://$host$request_uri $server_protocol",'
    '$status,$body_bytes_sent,$request_time,"$http_x_forwarded_for","$http_user_agent"';`,
};

/** Raw requests, and what they ask for. */
const REQUESTS: readonly (readonly [raw: string, method: string, path: string, status: number])[] = [
  ['GET /a?b=c HTTP/1.1\r\nHost: x\r\nUser-Agent: plain/1.0\r\nConnection: close\r\n\r\n', 'GET', '/a', 200],
  [
    'POST /a/b HTTP/1.0\r\nX-Forwarded-For: 203.0.113.7, 10.0.0.1\r\nContent-Length: 0\r\n\r\n',
    'POST',
    '/a/b',
    200,
  ],
  [
    'GET /missing HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUser-Agent: a [b] {c}: "d"\r\n\r\n',
    'GET',
    '/missing',
    404,
  ],
  [
    'GET /u HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic ZnJhbmsgdGhlIDNyZDp4\r\n\r\n',
    'GET',
    '/u',
    200,
  ],
  ['\u0016\u0003\u0001\u0000\u00a5"\\ \u0000\r\n\r\n', '', '', 400],
];

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly client: string;
}

void test(
  'every way in which nginx writes a line is read alike',
  { skip: !existsSync(NGINX) },
  async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'fluffy-formats-'));
    context.after(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'logs'));
    const port = await findFreePort();
    writeFileSync(join(folder, 'nginx.conf'), nginxConf(port));
    const server = spawn(NGINX, [
      '-p',
      folder,
      '-c',
      join(folder, 'nginx.conf'),
      '-e',
      join(folder, 'error.log'),
    ]);
    context.after(() => server.kill());
    await answers(port);
    for (const [raw] of REQUESTS) await send(port, raw);
    server.kill('SIGQUIT');
    await once(server, 'exit');

    const expected: Seen[] = REQUESTS.map(([, method, path, status]) => ({
      method,
      path,
      status,
      client: '127.0.0.1',
    }));
    for (const [name, directive] of Object.entries(FORMATS)) {
      const parser = createParser(directive);
      const lines = readFileSync(join(folder, 'logs', `${name}.log`), 'latin1')
        .split('\n')
        .slice(0, -1);
      const readings = lines.map((line) => {
        const reading = read(parser, line);
        assert.ok(typeof reading !== 'string', `${name}: ${JSON.stringify(reading)}: ${line}`);
        assert.ok(Math.abs(Date.parse(reading.time) - Date.now()) < 60_000, `${name}: ${reading.time}`);
        assert.ok(reading.latencyMs !== undefined && reading.latencyMs < 60_000, line);
        return reading;
      });
      const seen = readings.map(({ method, path, status, client }): Seen => ({
        method,
        path,
        status,
        client,
      }));
      assert.deepEqual(seen, expected, name);
      assert.equal(readings[0]?.agent, 'plain/1.0', name);
      assert.equal(readings[1]?.forwarded, '203.0.113.7, 10.0.0.1', name);
    }
  },
);

function nginxConf(port: number): string {
  const logs = Object.keys(FORMATS).map((name) => `access_log logs/${name}.log ${name};`);
  return `daemon off; master_process off; pid nginx.pid; error_log error.log;
events {}
http {
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  ${Object.values(FORMATS).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    ${logs.join('\n    ')}
    location / { return 200 'hello'; }
    location /missing { return 404; }
    location /unlogged { access_log off; return 200; }
  }
}
`;
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/unlogged`).catch(() => null);
    if (answer?.ok === true) return;
    await sleep(50);
  }
  throw new Error('nginx does not answer');
}

async function send(port: number, raw: string): Promise<void> {
  const socket = net.connect(port, '127.0.0.1');
  socket.end(Buffer.from(raw, 'latin1'));
  socket.resume();
  await once(socket, 'close');
}
