// Speaks as much of SNS over HTTP as publishing needs: the Query protocol that the AWS SDK sends.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
import type { TestContext } from 'node:test';
import { startReceiver } from './receiver.ts';
import type { Behaviour, Received, Receiver } from './receiver.ts';

const HEADERS = { 'content-type': 'text/xml', 'x-amzn-requestid': '567910cd-659e-55d4-8ccb-5aaf14679dc0' };
const NAMESPACE = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"';

const taking: Behaviour = (answer) =>
  answer
    .writeHead(200, HEADERS)
    .end(
      `<PublishResponse ${NAMESPACE}><PublishResult>` +
        '<MessageId>94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult></PublishResponse>',
    );

export function refusing(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Behaviour {
  return (answer) =>
    answer
      .writeHead(status, { ...HEADERS, ...headers })
      .end(
        `<ErrorResponse ${NAMESPACE}><Error><Type>Sender</Type><Code>${code}</Code>` +
          `<Message>${message}</Message></Error></ErrorResponse>`,
      );
}

/** The connection is cut. */
export const resetting: Behaviour = (answer) => answer.destroy();

/** Shows each of `behaviours` once and takes every message after that. */
export async function startSns(
  context: TestContext,
  behaviours: readonly Behaviour[] = [],
): Promise<Receiver> {
  const left = [...behaviours];
  return startReceiver(context, (answer, request) => (left.shift() ?? taking)(answer, request));
}

export function parametersOf({ body }: Received): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body));
}
