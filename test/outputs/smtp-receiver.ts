// An SMTP server on loopback that keeps the mails it takes.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

/** Of 127.0.0.1, for a hundred years: openssl req -x509 -newkey ec -addext subjectAltName=IP:127.0.0.1 … */
export const CERTIFICATE = read('certificate.pem');

export interface ReceivedMail {
  readonly sender: string;
  readonly recipients: readonly string[];
  /** Head and body, as sent. */
  readonly source: string;
  readonly isEncrypted: boolean;
  /** Who logged in. */
  readonly user: unknown;
}

export interface SmtpReceiver extends AsyncDisposable {
  readonly port: number;
  /** In the order of their coming. */
  readonly mails: readonly ReceivedMail[];
}

/** No login is asked for unless `options` say so. */
export async function startSmtpReceiver(options: SMTPServerOptions = {}): Promise<SmtpReceiver> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    key: read('key.pem'),
    cert: CERTIFICATE,
    authOptional: options.onAuth === undefined,
    disabledCommands: options.onAuth === undefined ? ['AUTH'] : [],
    onData: (stream, { envelope, secure, user }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({
          sender: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          recipients: envelope.rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString(),
          isEncrypted: secure,
          user,
        });
        done();
      });
    },
    ...options,
  });
  // A client that does not trust the certificate hangs up.
  server.on('error', () => {});
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    mails,
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(closed)),
  };
}

/** What an `on…` function of the server gives to its callback to refuse with `responseCode`. */
export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function read(name: string): string {
  return readFileSync(join(import.meta.dirname, 'certificate', name), 'utf8');
}
