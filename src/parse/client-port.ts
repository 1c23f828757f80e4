// A client that a JSON log has together with its port, as Caddy before version 2.5 does.
import { isDigit } from './number.ts';
import type { AccessRecord } from './record.ts';

const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Of `192.0.2.1:33317` or `[2001:db8::1]:33317` leaves the address; `2001:db8::1` has no port. */
export function cutPort(record: AccessRecord): void {
  const { bytes, clientStart, clientEnd } = record;
  let colon = clientEnd - 1;
  while (colon > clientStart && isDigit(bytes[colon])) colon--;
  if (colon <= clientStart || colon === clientEnd - 1 || bytes[colon] !== COLON) return;
  if (bytes[clientStart] === OPEN_BRACKET && bytes[colon - 1] === CLOSE_BRACKET) {
    record.clientStart = clientStart + 1;
    record.clientEnd = colon - 1;
  } else if (bytes.indexOf(COLON, clientStart) === colon) record.clientEnd = colon;
}
