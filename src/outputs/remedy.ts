// What a person can do about a place that did not take an alert, as far as it can be told from how it failed. Pure; for
// whoever tries a channel out.

const CREDENTIALS = 'it refuses who asks: check the token, the key or the password';
const ADDRESS = 'nothing there takes alerts: check the path of the URL, and whether the webhook still exists';
const CONTENT =
  'it does not take what was sent: check the type of the channel, and its template if there is one';

const BY_STATUS: ReadonlyMap<number, string> = new Map([
  [400, CONTENT],
  [401, CREDENTIALS],
  [403, CREDENTIALS],
  [404, ADDRESS],
  [405, ADDRESS],
  [410, ADDRESS],
  [413, CONTENT],
  [422, CONTENT],
  [429, 'it takes no more for now: try again later'],
]);

const UNKNOWN_NAME = 'the name is not known here: check it, and the DNS of this machine or container';
const AUTHORITY =
  'nobody who is known vouches for its certificate: name the file of its authority in NODE_EXTRA_CA_CERTS';

/** By codes of the system and of TLS. */
const BY_CODE: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', UNKNOWN_NAME],
  ['EAI_AGAIN', UNKNOWN_NAME],
  ['SELF_SIGNED_CERT_IN_CHAIN', AUTHORITY],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', AUTHORITY],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', AUTHORITY],
]);

export const NO_ANSWER = 'check the host and the port, and whether a firewall is between';

/** Of an answer that is none of 2xx; null when nothing is to be said. */
export function remedyOfStatus(status: number): string | null {
  if (status >= 300 && status < 400) return 'configure the URL that it redirects to';
  if (status >= 500) return 'the fault is on its side: look at its own log, or try again later';
  return BY_STATUS.get(status) ?? null;
}

/** Of a connection to `hostname` that failed with `code`; null when nothing is to be said. */
export function remedyOfCode(code: string, hostname: string): string | null {
  if (code !== 'ECONNREFUSED') return BY_CODE.get(code) ?? null;
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  const container = isLocal ? '; within a container, this host is the container itself' : '';
  return `nothing listens there: check the host and the port${container}`;
}
