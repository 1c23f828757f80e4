// The body of a request, up to a bound.
import type { IncomingMessage } from 'node:http';

const BODY_BYTES_MAX = 4096;

/** Null for one of more than 4096 bytes, which is not read to its end. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
