// Caddy's loggers, all of which write into one file unless they are told otherwise: which of their entries are no requests.

/** A request that failed, or was handed on, is in the access log as well. */
const ABOUT_REQUESTS = /^http\.(?:log\.error|handlers\.)/;
const OF_SERVER = /^(?:admin|events|http|pki|tls)(?:\.|$)/;

/** Whether its entries tell of requests that another logger tells of. */
export function isAboutRequests(logger: string): boolean {
  return ABOUT_REQUESTS.test(logger);
}

/** Whether its entries tell of the server, if they hold nothing of a request. */
export function isOfServer(logger: string): boolean {
  return OF_SERVER.test(logger) && !logger.startsWith('http.log.access');
}
