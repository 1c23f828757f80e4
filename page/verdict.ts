// The first sentence of the page: is anything wrong? Pure.
import type { State } from './state.ts';
import { formatClock, formatFiring, formatRuleValue } from './wording.ts';

type Health = 'ok' | 'pending' | 'firing' | 'problem';

interface Headline {
  readonly health: Health;
  readonly text: string;
  readonly detail: string;
}

export function findHeadline({ event }: Pick<State, 'event'>): Headline {
  const firing = event.rules.filter(({ standing }) => standing === 'firing');
  const [first] = firing;
  const problems = [
    ...event.sources.flatMap(({ problem }) => (problem === null ? [] : [problem])),
    ...event.problems,
  ];
  if (first !== undefined) {
    const text = firing.length === 1 ? `${first.name} is firing` : `${firing.length} alerts are firing`;
    const detail =
      firing.length === 1
        ? `${formatRuleValue(first)}, ${formatFiring(first)}${first.sinceSeconds === null ? '' : `, since ${formatClock(first.sinceSeconds)}`}.`
        : `${firing.map(({ name }) => name).join(', ')}.`;
    return { health: 'firing', text, detail };
  }
  if (problems.length > 0)
    return { health: 'problem', text: 'fluffy is not ready', detail: problems.join(' ') };
  const pending = event.rules.filter(({ standing }) => standing === 'pending');
  if (pending.length > 0) {
    const names = pending.map(({ name }) => name).join(', ');
    return {
      health: 'pending',
      text: 'Nothing is firing',
      detail: `Beyond the threshold, but not for long enough: ${names}.`,
    };
  }
  const count = event.rules.length;
  // A request that fails is as good as any other to such rules.
  if (event.rules.every(({ metric }) => metric === 'request-rate'))
    return {
      health: 'ok',
      text: 'Traffic is fine',
      detail: 'Nothing else is watched: default-rules adds errors, latency and silence.',
    };
  return {
    health: 'ok',
    text: 'All is well',
    detail: count === 1 ? 'The one rule is not firing.' : `None of the ${count} rules is firing.`,
  };
}
