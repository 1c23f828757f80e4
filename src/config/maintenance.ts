// The list `maintenance`: times in which alerts are not told. Pure.
import { blockOf, oneOrMore, readList, scalar, type Place } from './blocks.ts';
import { durationFrom } from './block-values.ts';
import { readCronExpression } from './cron.ts';
import { knownName } from './known-name.ts';
import type { YamlValue } from './yaml-document.ts';

/** From each time of a cron expression on, for a while. */
export interface MaintenanceWindow {
  /** Of five or six fields; in `timezone`. */
  readonly expression: string;
  /** 60 to 604800. */
  readonly durationSeconds: number;
  /** Names of rules; null: all. */
  readonly rules: readonly string[] | null;
}

export interface MaintenanceContext {
  /** Null: `rules` is not checked. */
  readonly ruleNames: readonly string[] | null;
  /** These two as `CheckContext` has them. */
  readonly isCronExpression: ((text: string) => boolean) | undefined;
  readonly isEndless: ((expression: string, durationSeconds: number) => boolean) | undefined;
}

export function readMaintenance(
  value: YamlValue,
  place: Place,
  context: MaintenanceContext,
): MaintenanceWindow[] {
  const readBlock = blockOf({
    cron: scalar((raw) => readCronExpression(raw, context.isCronExpression)),
    duration: scalar(durationFrom('1m', '7d')),
    rules: oneOrMore(scalar(knownName(context.ruleNames, 'rule'))),
  });
  return readList(value, place, (item, at) => {
    const block = readBlock(item, at);
    if (block === undefined) return undefined;
    const { cron, duration, rules } = block.values;
    for (const key of ['cron', 'duration'] as const) {
      if (!block.isGiven(key)) block.refuse([], `needs a ${key}`);
    }
    if (cron === undefined || duration === undefined) return undefined;
    if (context.isEndless?.(cron, duration) === true)
      block.refuse(
        ['duration'],
        'must be shorter than the time from one beginning to the next, or it is never over',
      );
    return { expression: cron, durationSeconds: duration, rules: rules ?? null };
  });
}
