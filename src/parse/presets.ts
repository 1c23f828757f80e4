// The formats known by name, in the order in which a line of unknown format is tried against them.
import { compileFormat } from './format.ts';
import { createJsonParser } from './json.ts';
import type { LineParser } from './record.ts';

const COMMON = '$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent';
const COMBINED = `${COMMON} "$http_referer" "$http_user_agent"`;

interface Preset {
  readonly create: () => LineParser;
  /** It takes any line that begins in its way, so the exact formats come first. */
  readonly isLoose: boolean;
}

const PRESETS: ReadonlyMap<string, Preset> = new Map([
  exact('combined', COMBINED),
  exact('main', `${COMBINED} "$http_x_forwarded_for"`),
  exact('vhost_combined', `$host_and_port ${COMBINED}`),
  exact('common', COMMON),
  ['json', { create: createJsonParser, isLoose: false }],
  loose('combined+', COMBINED),
  loose('vhost_combined+', `$host_and_port ${COMBINED}`),
  loose('common+', COMMON),
]);

/** Every name that `log-format` takes besides `auto`. A `+` means: with further fields behind, as Traefik's lines. */
export const PRESET_NAMES: readonly string[] = [...PRESETS.keys()];

/** A parser of the preset `name`, which must be one of `PRESET_NAMES`; throws otherwise. */
export function createPresetParser(name: string): LineParser {
  return getPreset(name).create();
}

export function isLoosePreset(name: string): boolean {
  return getPreset(name).isLoose;
}

function getPreset(name: string): Preset {
  const preset = PRESETS.get(name);
  if (preset === undefined) throw new Error(`unknown log format "${name}"`);
  return preset;
}

function exact(name: string, format: string): [string, Preset] {
  return [name, { create: () => compileFormat({ name, format }), isLoose: false }];
}

function loose(name: string, format: string): [string, Preset] {
  return [name, { create: () => compileFormat({ name, format, allowsExtraFields: true }), isLoose: true }];
}
