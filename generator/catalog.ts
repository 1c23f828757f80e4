// What the traffic is made of: paths, clients, user agents, referers. The request mix draws from these tables.
import type { Random } from './random.ts';

const KNOWN_PATHS = [
  '/report/user',
  '/login/user',
  '/static/app.js',
  '/',
  '/api/v1/items',
  '/logout/user',
  '/static/style.css',
  '/search',
  '/api/v1/orders',
  '/favicon.ico',
  '/images/logo.svg',
  '/cart',
  '/report/daily',
  '/robots.txt',
  '/checkout',
];

const NUMBERED_PATHS: readonly ((id: number) => string)[] = [
  (id) => `/api/v1/items/${id}`,
  (id) => `/products/${id}`,
  (id) => `/users/${id}/profile`,
  (id) => `/static/chunk-${id}.js`,
  (id) => `/blog/post-${id}`,
];

/** Distinct paths without query string, the most popular first. */
export function inventPaths(pathCount: number): string[] {
  const paths = KNOWN_PATHS.slice(0, pathCount);
  for (let index = 0; paths.length < pathCount; index++) {
    const shape = NUMBERED_PATHS[index % NUMBERED_PATHS.length];
    if (shape !== undefined) paths.push(shape(1 + Math.floor(index / NUMBERED_PATHS.length)));
  }
  return paths;
}

export interface PathTraits {
  /** Methods a client uses here; listed several times when used more often. */
  readonly methods: readonly string[];
  /** Query strings, each with its `?`. */
  readonly queries: readonly string[];
}

const STATIC_TRAITS: PathTraits = {
  methods: ['GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'HEAD'],
  queries: ['?v=3', '?v=4.1.0', '?cache=0'],
};
const LOGIN_TRAITS: PathTraits = {
  methods: ['GET', 'POST'],
  queries: ['?next=%2Fhome', '?next=%2Freport%2Fuser', '?reason=expired&next=%2Fcart'],
};
const API_TRAITS: PathTraits = {
  methods: ['GET', 'GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD'],
  queries: ['?page=2', '?page=3&size=50', '?fields=id,name', '?q=%C3%A9clair&lang=fr'],
};
const PAGE_TRAITS: PathTraits = {
  methods: ['GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'HEAD', 'POST'],
  queries: ['?q=red+shoes', '?utm_source=mail&utm_medium=link', '?sort=price', '?a=1&b=[2]'],
};

export function pathTraits(path: string): PathTraits {
  if (path.startsWith('/static/') || path.startsWith('/images/') || /\.(?:ico|txt|html)$/.test(path)) {
    return STATIC_TRAITS;
  }
  if (path.startsWith('/login') || path.startsWith('/logout')) return LOGIN_TRAITS;
  return path.startsWith('/api/') ? API_TRAITS : PAGE_TRAITS;
}

/** Distinct client addresses, about one in four of them IPv6. */
export function inventClients(clientCount: number, random: Random): string[] {
  const clients = new Set<string>();
  while (clients.size < clientCount) clients.add(random.below(4) === 0 ? ipv6(random) : ipv4(random));
  return [...clients];
}

function ipv4(random: Random): string {
  // 128 to 222 keeps clear of loopback and of the private 10/8.
  return `${128 + random.below(95)}.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`;
}

function ipv6(random: Random): string {
  const group = (): string => random.below(65_536).toString(16);
  return random.below(2) === 0
    ? `2001:db8:${group()}::${group()}`
    : `2001:db8:${group()}:${group()}:${group()}:${group()}:${group()}:${group()}`;
}

/** Mostly nobody: a web server logs `-` unless it asked for a name itself. */
export const USERS: readonly string[] = [
  ...Array<string>(36).fill('-'),
  'alice',
  'bob',
  'dave.miller',
  'ci-bot',
];

export const PROTOCOLS: readonly string[] = [
  ...Array<string>(5).fill('HTTP/1.1'),
  ...Array<string>(4).fill('HTTP/2.0'),
  'HTTP/3.0',
];

export const REFERERS: readonly string[] = [
  '-',
  '-',
  '-',
  'https://shop.example/',
  'https://shop.example/search?q=red+shoes',
  'https://news.example/item?id=42',
];

/** One agent has quotes in its name, which every format escapes in its own way. */
export const AGENTS: readonly string[] = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'curl/8.14.1',
  'python-requests/2.32.4',
  'ExampleBot/1.0 (+https://bot.example/about)',
  'Probe "deep" check/0.9',
  '-',
];
