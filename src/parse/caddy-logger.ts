// Caddy's loggers, all of which write into one file unless they are told otherwise: which of their entries are no requests.

/** A request that failed, or was handed on, is in the access log as well. */
const ABOUT_REQUESTS = /^http\.(?:log\.error|handlers\.)/;
const OF_SERVER = /^(?:admin|events|http|pki|tls)(?:\.|$)/;

/** Whether its entries tell of requests that another logger tells of. */
export function isAboutRequests(logger: string): boolean {
  return ABOUT_REQUESTS.test(logger);
}

/** Whether an entry of it that holds nothing of a request tells of the server. */
export function isOfServer(entry: object, logger: string): boolean {
  return OF_SERVER.test(logger) ? !logger.startsWith('http.log.access') : logger === '' && isOfCore(entry);
}

/** Caddy itself has no logger: `{"level":"info","ts":1796077258.59,"msg":"serving initial configuration"}`. */
function isOfCore(entry: object): boolean {
  const [level, ts, msg] = Object.entries(entry);
  return (
    level?.[0] === 'level' &&
    ts?.[0] === 'ts' &&
    typeof ts[1] === 'number' &&
    msg?.[0] === 'msg' &&
    typeof msg[1] === 'string'
  );
}
