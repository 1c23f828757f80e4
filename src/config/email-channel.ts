// The keys of a channel of type email. Pure; a part of channels.ts.
import { blockOf, hidden, oneOrMore, scalar } from './blocks.ts';
import { choice, readLine, readMailAddress, wholeFrom } from './block-values.ts';
import { CHANNEL_FIELDS, type ChannelReader } from './channel-keys.ts';
import { readAddress } from './fields.ts';
import { needsOneOf, secretFile, secretOf, secretRemedy, secretVariable } from './secrets.ts';

/** Of submission, which is what `starttls` is for. */
const PORT = 587;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i;

const readBlock = blockOf(
  {
    ...CHANNEL_FIELDS,
    host: scalar(readAddress),
    port: scalar(wholeFrom(1, 65_535)),
    tls: scalar(choice(['always', 'starttls', 'never'])),
    user: hidden(scalar(readLine)),
    'password-file': secretFile,
    'password-env': secretVariable,
    from: scalar(readMailAddress),
    to: oneOrMore(scalar(readMailAddress)),
  },
  secretRemedy('password'),
);

export const readEmail: ChannelReader = (value, place, claim) => {
  const block = readBlock(value, place);
  if (block === undefined) return undefined;
  const base = claim(block);
  for (const key of ['host', 'from', 'to'] as const) {
    if (!block.isGiven(key)) block.refuse([], `needs ${key}`);
  }
  if (block.isGiven('user')) needsOneOf(block, ['password-file', 'password-env']);
  else if (block.isGiven('password-file') || block.isGiven('password-env'))
    block.refuse([], 'needs user, as there is a password');
  const { host, port = PORT, tls = 'starttls', user = null, from: sender, to: recipients } = block.values;
  if (host === undefined) return undefined;
  if (tls === 'never' && block.isGiven('user') && !LOOPBACK.test(host))
    block.refuse(['tls'], 'must be always or starttls with a password, which anyone on the way could read');
  if (base === undefined || sender === undefined || recipients === undefined) return undefined;
  const password = secretOf(block.values['password-file'], block.values['password-env']);
  return { ...base, type: 'email', host, port, tls, user, password, sender, recipients };
};
