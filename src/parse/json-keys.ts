// Which keys of a JSON log mean what: Caddy's, Traefik's, Tomcat's, nginx's variable names and usual ones, unless the configuration names
// others. json-scanner.ts finds their values in the bytes of a line, json-object.ts in an object that was parsed.

/** How often a unit of latency goes into a second. */
export type UnitsPerSecond = 1 | 1e3 | 1e6 | 1e9;

/** From the line's own object inwards, such as `request` and then `uri`; at least one name. */
export type JsonPath = readonly string[];

/** Where each value may stand, in order of preference. */
export interface JsonKeys {
  readonly time: readonly JsonPath[];
  readonly client: readonly JsonPath[];
  readonly method: readonly JsonPath[];
  readonly target: readonly JsonPath[];
  /** A whole request line. */
  readonly request: readonly JsonPath[];
  readonly status: readonly JsonPath[];
  readonly bytes: readonly JsonPath[];
  readonly latency: readonly JsonPath[];
  /** Of these two a list counts as its first value. */
  readonly forwarded: readonly JsonPath[];
  readonly agent: readonly JsonPath[];
  /** The unit of each key of `latency`; text that names its own unit has that. */
  readonly latencyUnits: readonly UnitsPerSecond[];
  /** The same for a number that is whole and at least `LONG_LATENCY`, neither in text nor in a list. */
  readonly longLatencyUnits: readonly UnitsPerSecond[];
  /** Who wrote the line, where a server has loggers that do not tell of requests. */
  readonly logger: readonly JsonPath[];
}

export const KNOWN_KEYS: JsonKeys = {
  time: [
    ['ts'],
    ['StartUTC'],
    ['StartLocal'],
    ['time_iso8601'],
    ['time_local'],
    ['msec'],
    ['timestamp'],
    ['@timestamp'],
    ['time'],
  ],
  client: [
    ['request', 'client_ip'],
    ['request', 'remote_ip'],
    // Of Caddy before version 2.5, with its port.
    ['request', 'remote_addr'],
    ['ClientHost'],
    ['remote_addr'],
    ['client_ip'],
    ['client'],
  ],
  method: [['request', 'method'], ['RequestMethod'], ['request_method'], ['method']],
  target: [['request', 'uri'], ['RequestPath'], ['request_uri'], ['uri'], ['path'], ['url']],
  request: [['request']],
  status: [['status'], ['DownstreamStatus'], ['OriginStatus'], ['statusCode']],
  bytes: [['size'], ['DownstreamContentSize'], ['body_bytes_sent'], ['bytes_sent'], ['bytes']],
  latency: [['duration'], ['Duration'], ['request_time'], ['upstream_response_time']],
  forwarded: [
    ['request', 'headers', 'X-Forwarded-For'],
    ['request_X-Forwarded-For'],
    ['http_x_forwarded_for'],
  ],
  agent: [
    ['request', 'headers', 'User-Agent'],
    ['request_User-Agent'],
    ['http_user_agent'],
    ['requestHeaders', 'User-Agent'],
  ],
  latencyUnits: [1, 1e9, 1, 1],
  // Caddy's seconds have a fraction; whole numbers of this size are its nanoseconds.
  longLatencyUnits: [1e9, 1e9, 1, 1],
  logger: [['logger']],
};

/** From so many units on a latency that is a whole number may be in a unit of its own. */
export const LONG_LATENCY = 1000;

const LENGTH_MAX = 256;

/**
 * The path that `text` names: a dot leads into an object, a backslash before a dot (or a backslash) makes it a part of
 * the name. Null for an empty name, more than 256 characters, or a control character.
 */
export function readJsonPath(text: string): JsonPath | null {
  if (text.length > LENGTH_MAX || /\p{Cc}/u.test(text)) return null;
  if (!/^(?:\\[.\\]|[^.\\])+(?:\.(?:\\[.\\]|[^.\\])+)*$/.test(text)) return null;
  const names = text.match(/(?:\\.|[^.\\])+/g) ?? [];
  return names.map((name) => name.replaceAll(/\\(.)/g, '$1'));
}

/** As `readJsonPath` reads it. */
export function formatJsonPath(path: JsonPath): string {
  return path.map((name) => name.replaceAll(/[.\\]/g, '\\$&')).join('.');
}
