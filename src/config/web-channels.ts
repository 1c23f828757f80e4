// Channels that are an address of the web: webhook, slack, alertmanager and pagerduty. Pure; a part of channels.ts.
import { findTemplateProblems } from '../alerts/message.ts';
import { WEBHOOK_PLACEHOLDERS } from '../outputs/webhook-placeholders.ts';
import { blockOf, mappingOf, refuse, scalar, type Reader } from './blocks.ts';
import { readLine } from './block-values.ts';
import { CHANNEL_FIELDS, type ChannelReader } from './channel-keys.ts';
import type { Reading } from './duration.ts';
import {
  needsOneOf,
  plainUrl,
  readHeaders,
  secretFile,
  secretOf,
  secretRemedy,
  secretVariable,
  urlOf,
} from './secrets.ts';

const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';
const TEMPLATE_LENGTH_MAX = 16_384;
/** Two underscores in front are Prometheus's own. */
const LABEL_NAME = /^(?!__)[A-Za-z_][A-Za-z0-9_]{0,127}$/;

const URL_FIELDS = { url: plainUrl, 'url-file': secretFile, 'url-env': secretVariable };

const readWebhookBlock = blockOf(
  {
    ...CHANNEL_FIELDS,
    ...URL_FIELDS,
    'secret-file': secretFile,
    'secret-env': secretVariable,
    headers: readHeaders,
    template: readTemplate(),
  },
  secretRemedy('secret'),
);

export const readWebhook: ChannelReader = (value, place, claim) => {
  const block = readWebhookBlock(value, place);
  if (block === undefined) return undefined;
  const base = claim(block);
  needsOneOf(block, ['url', 'url-file', 'url-env']);
  needsOneOf(block, ['secret-file', 'secret-env'], { isOptional: true });
  const { values } = block;
  const url = urlOf(values.url, secretOf(values['url-file'], values['url-env']));
  if (base === undefined || url === null) return undefined;
  const secret = secretOf(values['secret-file'], values['secret-env']);
  const { headers = [], template = null } = values;
  return { ...base, type: 'webhook', url, secret, headers, template };
};

const readSlackBlock = blockOf(
  { ...CHANNEL_FIELDS, 'url-file': secretFile, 'url-env': secretVariable },
  secretRemedy('url'),
);

/** Who knows the URL of a chat can write there: it is a secret. */
export const readSlack: ChannelReader = (value, place, claim) => {
  const block = readSlackBlock(value, place);
  if (block === undefined) return undefined;
  const base = claim(block);
  needsOneOf(block, ['url-file', 'url-env']);
  const url = secretOf(block.values['url-file'], block.values['url-env']);
  return base === undefined || url === null ? undefined : { ...base, type: 'slack', url };
};

const readAlertmanagerBlock = blockOf({ ...CHANNEL_FIELDS, ...URL_FIELDS, labels: readLabels() });

export const readAlertmanager: ChannelReader = (value, place, claim) => {
  const block = readAlertmanagerBlock(value, place);
  if (block === undefined) return undefined;
  const base = claim(block);
  needsOneOf(block, ['url', 'url-file', 'url-env']);
  const { values } = block;
  const url = urlOf(values.url, secretOf(values['url-file'], values['url-env']));
  if (base === undefined || url === null) return undefined;
  return { ...base, type: 'alertmanager', url, labels: Object.fromEntries(values.labels ?? []) };
};

const readPagerdutyBlock = blockOf(
  { ...CHANNEL_FIELDS, 'routing-key-file': secretFile, 'routing-key-env': secretVariable, url: plainUrl },
  secretRemedy('routing-key'),
);

export const readPagerduty: ChannelReader = (value, place, claim) => {
  const block = readPagerdutyBlock(value, place);
  if (block === undefined) return undefined;
  const base = claim(block);
  needsOneOf(block, ['routing-key-file', 'routing-key-env']);
  const { values } = block;
  const routingKey = secretOf(values['routing-key-file'], values['routing-key-env']);
  if (base === undefined || routingKey === null) return undefined;
  return { ...base, type: 'pagerduty', routingKey, url: values.url ?? PAGERDUTY_URL };
};

/** Label names of Prometheus and their values, as text. */
function readLabels(): Reader<ReadonlyMap<string, string>> {
  const findProblem = (name: string): string | null =>
    LABEL_NAME.test(name)
      ? null
      : 'is not the name of a label: a letter or "_", then letters, digits and "_"';
  return mappingOf(findProblem, () => scalar(readText));
}

function readText(raw: unknown): Reading<string> {
  return readLine(typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : raw);
}

/** Not shown when it is refused: it may hold a token. */
function readTemplate(): Reader<string> {
  return (value, place) => {
    const text = value.kind === 'scalar' ? value.value : null;
    const at = { ...place, isHidden: true };
    if (typeof text !== 'string' || text.trim() === '' || text.length > TEMPLATE_LENGTH_MAX)
      return refuse(value, at, `must be text of up to ${TEMPLATE_LENGTH_MAX} characters`);
    const problems = findTemplateProblems(text, Object.keys(WEBHOOK_PLACEHOLDERS));
    for (const problem of problems) refuse(value, at, problem);
    return problems.length === 0 ? text : undefined;
  };
}
