// Which keys of a configuration differ from what the monitor was started with, of those that it takes over at a start only.
import type { Config } from './schema.ts';

/** Taken over while the monitor runs. */
const RELOADED: ReadonlySet<string> = new Set([
  'alerts',
  'alertWindowSeconds',
  'hasDefaultRules',
  'isExplained',
  'maintenance',
  'objective',
  'repeatSeconds',
  'threshold',
] satisfies (keyof Config)[]);

/** Names of the properties of `Config`, in its order. */
export function findChanges(started: Config, loaded: Config): string[] {
  const before = new Map<string, unknown>(Object.entries(started));
  return Object.entries(loaded)
    .filter(([key, value]) => !RELOADED.has(key) && JSON.stringify(before.get(key)) !== JSON.stringify(value))
    .map(([key]) => key);
}
