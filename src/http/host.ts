// By which names fluffy may be asked, and by pages of which origin. A page elsewhere can have its own name point to
// 127.0.0.1, and a browser then takes what listens there for a part of that page.
import { readNetwork } from '../parse/address.ts';

/**
 * Whether `host`, the header of a request, is a name that no stranger can have: an IP address, `localhost` and names below
 * it or below `internal`, a name without a dot, or one of `allowed`. Without the header it is no browser that asks.
 */
export function isExpectedHost(host: string | undefined, allowed: readonly string[]): boolean {
  if (host === undefined || host === '') return true;
  const name = nameOf(host);
  if (name === null) return false;
  if (isAddress(name) || !name.includes('.')) return true;
  // https://www.rfc-editor.org/rfc/rfc6761#section-6.3; the Internet gives out no names below `internal`.
  return isAmong(name, ['*.localhost', '*.internal', ...allowed]);
}

/** Whether a page of `origin`, the header of a request to `host`, is fluffy's own. Programs send no such header. */
export function isOwnOrigin(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  const url = URL.canParse(origin) ? new URL(origin) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  // Not by its scheme: a proxy in front may have taken the encryption off.
  if (url.host === host?.toLowerCase()) return true;
  // … or have put its own name in place of the one that was asked for.
  return isAmong(url.hostname, allowed) && !isAmong(nameOf(host ?? '') ?? '', allowed);
}

/** In small letters, without the port and without a dot at the end; null when it is no host. */
function nameOf(host: string): string | null {
  const match = /^(?:\[([\da-f:.]+)\]|([\w.-]+?)\.?)(?::\d{0,5})?$/i.exec(host);
  return (match?.[1] ?? match?.[2] ?? null)?.toLowerCase() ?? null;
}

function isAddress(name: string): boolean {
  return readNetwork(name) !== null;
}

function isAmong(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern,
  );
}
