// Who the client of a record is: behind proxies the one that X-Forwarded-For tells, and without its last part where
// addresses must not be kept. Wraps a parser, so that nothing else leaves the parsers' room.
import { createAddress, isInside, readAddress } from './address.ts';
import type { Network } from './address.ts';
import { maskAddresses, shortenAddress } from './anonymise.ts';
import { startsWith } from './field-end.ts';
import { UNIX_CLIENT } from './field-taker.ts';
import type { AccessRecord, Fit, LineParser, ParseResult } from './record.ts';

const COMMA = 0x2c;
const SPACE = 0x20;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

export interface ClientOptions {
  readonly realClientFrom: 'off' | 'x-forwarded-for';
  /** Proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly Network[];
  /** Last octet of IPv4 to 0, IPv6 to its first 48 bits; what is no address is left out. */
  readonly anonymiseIp: boolean;
}

/** `parser` itself when there is nothing to do: off costs nothing. */
export function withClient(parser: LineParser, options: ClientOptions): LineParser {
  const isOff = options.realClientFrom === 'off' && !options.anonymiseIp;
  return isOff ? parser : new ClientParser(parser, options);
}

class ClientParser implements LineParser {
  readonly mask: ((line: Buffer) => Buffer) | undefined;
  readonly #parser: LineParser;
  readonly #options: ClientOptions;
  readonly #address = createAddress();
  readonly #networks: readonly Network[];

  constructor(parser: LineParser, options: ClientOptions) {
    this.#parser = parser;
    this.#options = options;
    this.#networks = options.trustedProxies;
    this.mask = options.anonymiseIp ? maskAddresses : undefined;
  }

  get name(): string {
    return this.#parser.name;
  }

  get saved(): string {
    return this.#parser.saved;
  }

  get fit(): Fit | undefined {
    return this.#parser.fit;
  }

  parse(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    const result = this.#parser.parse(bytes, start, end, record);
    if (!result.ok) return result;
    if (this.#options.realClientFrom === 'x-forwarded-for') this.#findRealClient(record);
    if (this.#options.anonymiseIp) this.#anonymise(record);
    return result;
  }

  /** From the right, each proxy tells who it got the request from: the first that is not trusted is the client. */
  #findRealClient(record: AccessRecord): void {
    const { bytes, forwardedStart } = record;
    const hasPeer = record.clientEnd > record.clientStart;
    if (hasPeer && !this.#isTrusted(bytes, record.clientStart, record.clientEnd)) return;
    let end = record.forwardedEnd;
    while (end > forwardedStart) {
      let start = end;
      while (start > forwardedStart && bytes[start - 1] !== COMMA) start--;
      // What is no address was made up, or hides one: who passed it on is the last that is known.
      if (!takeItem(record, start, end, this.#address)) return;
      if (!this.#isInsideAny()) return;
      end = start - 1;
    }
  }

  /** A Unix socket is on the same machine: its peer is a proxy there. */
  #isTrusted(bytes: Buffer, start: number, end: number): boolean {
    if (startsWith(bytes, start, end, UNIX_CLIENT)) return true;
    return readAddress(bytes, start, end, this.#address) && this.#isInsideAny();
  }

  #isInsideAny(): boolean {
    for (const network of this.#networks) if (isInside(this.#address, network)) return true;
    return false;
  }

  /** Shortens the address where it stands: the line is nobody else's once it is parsed. */
  #anonymise(record: AccessRecord): void {
    record.forwardedStart = record.forwardedEnd = 0;
    const { bytes, clientStart, clientEnd } = record;
    record.clientEnd = shortenAddress(bytes, clientStart, clientEnd, this.#address);
    // Or what is left of it would stand behind it, and a line that is kept would tell it.
    bytes.fill(SPACE, record.clientEnd, clientEnd);
  }
}

/** Makes one item of X-Forwarded-For the client, without spaces, port and brackets; false when it is no address. */
function takeItem(record: AccessRecord, itemStart: number, itemEnd: number, address: Uint8Array): boolean {
  const { bytes } = record;
  let start = itemStart;
  let end = itemEnd;
  while (start < end && bytes[start] === SPACE) start++;
  while (end > start && bytes[end - 1] === SPACE) end--;
  if (bytes[start] === OPEN_BRACKET) {
    const close = bytes.indexOf(CLOSE_BRACKET, start);
    if (close < 0 || close >= end) return false;
    start++;
    end = close;
  } else {
    const colon = bytes.indexOf(COLON, start);
    const isPort = colon > start && colon < end && bytes.lastIndexOf(COLON, end - 1) === colon;
    if (isPort) end = colon;
  }
  if (!readAddress(bytes, start, end, address)) return false;
  record.clientStart = start;
  record.clientEnd = end;
  return true;
}
