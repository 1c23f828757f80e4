// An alert event as a message to an SNS topic, with the limits that SNS sets. Pure; what it gives goes to sns.ts.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
import { createHash } from 'node:crypto';
import type { AlertEvent } from '../alerts/rule.ts';
import { headlineOf } from './alert-headline.ts';
import { alertDetails } from './alert-text.ts';

/** Named as SNS names them. */
export interface SnsMessage {
  readonly TopicArn: string;
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Record<string, { DataType: 'String'; StringValue: string }>;
  /** Of a FIFO topic: messages of a group stay in order. */
  readonly MessageGroupId?: string;
  /** Of a FIFO topic: the same within five minutes is the same message. */
  readonly MessageDeduplicationId?: string;
}

/** "Less than 100 characters". */
const SUBJECT_CHARACTERS_MAX = 99;

export function renderSnsMessage(event: AlertEvent, topicArn: string): SnsMessage {
  const { rule, state, severity } = event;
  return {
    TopicArn: topicArn,
    Subject: asciiOf(headlineOf([event]))
      .slice(0, SUBJECT_CHARACTERS_MAX)
      .trimEnd(),
    Message: alertDetails(event).join('\n'),
    MessageAttributes: {
      rule: { DataType: 'String', StringValue: rule },
      state: { DataType: 'String', StringValue: state },
      severity: { DataType: 'String', StringValue: severity },
    },
    ...(topicArn.endsWith('.fifo')
      ? { MessageGroupId: fifoIdOf(rule), MessageDeduplicationId: fifoIdOf(deduplicationOf(event)) }
      : {}),
  };
}

/** A reminder has the id and the state of what it reminds of. */
function deduplicationOf({ id, state, isReminder, timeSeconds }: AlertEvent): string {
  return isReminder ? `${id}:${state}:${timeSeconds}` : `${id}:${state}`;
}

/** An id of a FIFO topic has up to 128 letters, digits and marks of ASCII; what has not becomes its hash. */
function fifoIdOf(text: string): string {
  return /^[!-~]{1,128}$/.test(text) ? text : createHash('sha256').update(text).digest('hex');
}

function asciiOf(text: string): string {
  return text.replaceAll('×', 'x').replaceAll(/[^ -~]/gu, '?');
}
