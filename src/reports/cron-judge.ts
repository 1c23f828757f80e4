// What the configuration asks about cron expressions. Two libraries run them, node-cron what is to come and croner any other time:
// an expression is good when both can.
import { isTellable } from './boundaries.ts';
import { isSchedulable } from './scheduler.ts';

export { isEndless } from './boundaries.ts';

export function isCronExpression(expression: string): boolean {
  return isSchedulable(expression) && isTellable(expression);
}
