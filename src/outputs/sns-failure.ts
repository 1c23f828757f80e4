// What a failure of the AWS SDK means for what comes next, and a sentence on it without anything secret. Pure; sns.ts
// meets the failures.
import { DeliveryError } from './delivery-error.ts';
import { oneLine } from './one-line.ts';

/**
 * Whose text is told: it names a parameter, a topic or a role. That of others, as of a wrong signature, repeats headers
 * of the request, and a session token is one of them.
 */
const TOLD: ReadonlySet<string> = new Set([
  'AuthorizationErrorException',
  'InvalidParameterException',
  'InvalidParameterValueException',
  'NotFoundException',
]);
/** The message, or the ARN, is refused as such; a topic that is not there, or forbidden, can be put right. */
const FINAL: ReadonlySet<string> = new Set(['InvalidParameterException', 'InvalidParameterValueException']);
const TEXT_CHARACTERS_MAX = 200;

/** `where` is what people call the place; `retryAfterMs` what it asked for, if it did. */
export function snsFailure(error: unknown, where: string, retryAfterMs: number | null): DeliveryError {
  if (!(error instanceof Error)) return new DeliveryError(`${where}: sending failed`);
  const status = memberOf(memberOf(error, '$metadata'), 'httpStatusCode');
  const { name } = error;
  if (name === 'CredentialsProviderError')
    return new DeliveryError(
      `${where}: no AWS credentials were found in the environment, the shared files or a role`,
      { remedy: 'give fluffy a role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' },
    );
  if (typeof status !== 'number') return new DeliveryError(`cannot reach ${where}: ${systemCodeOf(error)}`);
  const text = TOLD.has(name) ? `: ${oneLine(error.message, TEXT_CHARACTERS_MAX)}` : '';
  return new DeliveryError(`${where} answered ${status} ${name.replace(/Exception$/, '')}${text}`, {
    isFinal: FINAL.has(name),
    retryAfterMs,
  });
}

/** The header of the answer, which the SDK keeps at its error. */
export function retryAfterOf(error: unknown): string | undefined {
  const value = memberOf(memberOf(memberOf(error, '$response'), 'headers'), 'retry-after');
  return typeof value === 'string' ? value : undefined;
}

/** The SDK's own texts may have the whole URL; the code of the system, or the kind of error, is enough. */
function systemCodeOf(error: Error): string {
  const code = memberOf(error, 'code');
  return typeof code === 'string' ? code : error.name;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
