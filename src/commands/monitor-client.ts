// Asks the running monitor over HTTP.

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const TIMEOUT_MS = 3000;

/** Gets `path` from the monitor that listens on `address:port`; null when nobody answers there. */
export async function askMonitor(
  http: { address: string; port: number },
  path: string,
): Promise<Answer | null> {
  try {
    const response = await fetch(`http://${hostOf(http.address)}:${http.port}${path}`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { Connection: 'close' },
    });
    return { status: response.status, body: await response.text() };
  } catch {
    return null;
  }
}

/** The address to connect to for one that is listened on: "any address" means this machine. */
function hostOf(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}
