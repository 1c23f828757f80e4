// Draws one request after another: who asks for what, and what the server answers. Lines and HTTP requests are
// both made from these. Pure.
import { AGENTS, PROTOCOLS, REFERERS, USERS, inventClients, pathTraits } from './catalog.ts';
import { createRandom, type Random } from './random.ts';
import { createZipf } from './zipf.ts';

export interface MixOptions {
  readonly seed: string;
  /** Without query string, the most popular first. */
  readonly paths: readonly string[];
  /** Exponent of the popularity; 0 makes all paths equally popular. */
  readonly zipf: number;
  /** Share of requests answered with status 4xx or 5xx, 0 to 1. */
  readonly errorShare: number;
  readonly clientCount: number;
}

/** One request. The mix fills the same object again for every draw. */
export interface Request {
  client: string;
  user: string;
  method: string;
  /** Index into the paths of the mix. */
  pathIndex: number;
  /** Path and query string. */
  target: string;
  protocol: string;
  status: number;
  /** Size of the response body, bytes. */
  sizeBytes: number;
  referer: string;
  agent: string;
  durationMicros: number;
}

export interface RequestMix {
  draw(): Request;
}

const QUERY_SHARE = 0.2;

const SUCCESSES = weighted([
  [200, 85],
  [304, 6],
  [204, 2],
  [206, 1],
  [201, 3],
  [301, 2],
  [302, 1],
]);

const ERRORS = weighted([
  [404, 50],
  [500, 10],
  [403, 8],
  [502, 7],
  [503, 7],
  [400, 6],
  [401, 5],
  [429, 4],
  [499, 2],
  [405, 1],
]);

function weighted(weights: readonly (readonly [status: number, weight: number])[]): readonly number[] {
  return weights.flatMap(([status, weight]) => Array<number>(weight).fill(status));
}

export function createRequestMix(options: MixOptions): RequestMix {
  const random = createRandom(options.seed, 'requests');
  const clients = inventClients(options.clientCount, createRandom(options.seed, 'clients'));
  const popularity = createZipf(options.paths.length, options.zipf);
  const traits = options.paths.map(pathTraits);
  const request = emptyRequest();
  return {
    draw() {
      const pathIndex = popularity.rankOf(random.float());
      const path = options.paths[pathIndex];
      const trait = traits[pathIndex];
      if (path === undefined || trait === undefined) throw new RangeError(`no path ${pathIndex}`);
      request.pathIndex = pathIndex;
      request.target = random.chance(QUERY_SHARE) ? path + random.pick(trait.queries) : path;
      request.method = random.pick(trait.methods);
      request.status = drawStatus(options.errorShare, request.method, random);
      request.sizeBytes = drawSize(request, random);
      // Squaring favours the first clients, as a few are always busier than the rest.
      request.client = clients[Math.floor(random.float() ** 2 * clients.length)] ?? '-';
      request.user = random.pick(USERS);
      request.protocol = random.pick(PROTOCOLS);
      request.referer = random.pick(REFERERS);
      request.agent = random.pick(AGENTS);
      request.durationMicros = Math.floor(300 * 2 ** (random.float() * 12));
      return request;
    },
  };
}

function emptyRequest(): Request {
  return {
    client: '-',
    user: '-',
    method: 'GET',
    pathIndex: 0,
    target: '/',
    protocol: 'HTTP/1.1',
    status: 200,
    sizeBytes: 0,
    referer: '-',
    agent: '-',
    durationMicros: 0,
  };
}

function drawStatus(errorShare: number, method: string, random: Random): number {
  if (random.chance(errorShare)) return random.pick(ERRORS);
  const status = random.pick(SUCCESSES);
  const isRead = method === 'GET' || method === 'HEAD';
  if ((status === 304 || status === 206) && !isRead) return 200;
  return status === 201 && isRead ? 200 : status;
}

function drawSize(request: Request, random: Random): number {
  if (request.method === 'HEAD' || request.status === 304 || request.status === 204) return 0;
  if (request.status === 499) return 0;
  if (request.status >= 300) return 120 + random.below(480);
  return Math.floor(180 * 2 ** (random.float() * 11));
}
