// Which keys of a JSON log mean what: Caddy's, Traefik's and nginx's variable names. json-scanner.ts finds their
// values in the bytes of a line, json-values.ts in an object that was parsed.

/** How often a unit of latency goes into a second. */
export type UnitsPerSecond = 1 | 1e3 | 1e6 | 1e9;

/** Where each value may stand, in order of preference; a dot leads into an object. */
export interface JsonKeys {
  readonly time: readonly string[];
  readonly client: readonly string[];
  readonly method: readonly string[];
  readonly target: readonly string[];
  /** A whole request line. */
  readonly request: readonly string[];
  readonly status: readonly string[];
  readonly bytes: readonly string[];
  readonly latency: readonly string[];
  /** Of these two a list counts as its first value. */
  readonly forwarded: readonly string[];
  readonly agent: readonly string[];
  /** The unit of each key of `latency`; text that names its own unit has that. */
  readonly latencyUnits: readonly UnitsPerSecond[];
}

export const KNOWN_KEYS: JsonKeys = {
  time: [
    'ts',
    'StartUTC',
    'StartLocal',
    'time_iso8601',
    'time_local',
    'msec',
    'timestamp',
    '@timestamp',
    'time',
  ],
  client: ['request.client_ip', 'request.remote_ip', 'ClientHost', 'remote_addr', 'client_ip'],
  method: ['request.method', 'RequestMethod', 'request_method', 'method'],
  target: ['request.uri', 'RequestPath', 'request_uri', 'uri', 'path'],
  request: ['request'],
  status: ['status', 'DownstreamStatus', 'OriginStatus'],
  bytes: ['size', 'DownstreamContentSize', 'body_bytes_sent', 'bytes_sent', 'bytes'],
  latency: ['duration', 'Duration', 'request_time'],
  forwarded: ['request.headers.X-Forwarded-For', 'request_X-Forwarded-For', 'http_x_forwarded_for'],
  agent: ['request.headers.User-Agent', 'request_User-Agent', 'http_user_agent'],
  latencyUnits: [1, 1e9, 1],
};
