// The formats known by name, in the order in which a line of unknown format is tried against them.
import { compileFormat } from './format.ts';
import { onlyRequests } from './haproxy.ts';
import { KNOWN_KEYS } from './json-keys.ts';
import type { JsonKeys } from './json-keys.ts';
import { createJsonParser } from './json.ts';
import type { AccessRecord, LineParser, ParseResult } from './record.ts';
import { createCut, createUnescaped, createUnescapedRequest } from './rescue.ts';
import { createW3cParser } from './w3c.ts';
import { UTC } from './zone.ts';
import type { Zone } from './zone.ts';

const COMMON = '$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent';
const COMBINED = `${COMMON} "$http_referer" "$http_user_agent"`;
/** NGINX's guide has no space before `rt=`; whoever writes the format himself has one. */
const UPSTREAM_TIMES =
  'rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time"';
const INGRESS = `${COMBINED} $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id`;
const TRAEFIK = `${COMBINED} $count "$router" "$service" $latency_with_unit`;
/** Captured headers stand in braces before the request when there are any; HAProxy encodes quotes in them. */
const HAPROXY =
  '$client_and_port [$day/$month_name/$year:$hour:$minute:$second.$fraction] $frontend $backend $latency_last_ms $status $body_bytes_sent $request_cookie $response_cookie $termination $connections $queues $captures"$request"';
const ALB =
  '$type $time_iso8601 $elb $client_and_port $target $latency_s $latency_further_s $latency_further_s $status $target_status $received_bytes $body_bytes_sent "$request" "$http_user_agent" $cipher $protocol';
const ENVOY_END =
  '$received_bytes $body_bytes_sent $latency_ms $upstream_ms "$http_x_forwarded_for" "$http_user_agent" "$request_id" "$authority" "$upstream"';
const ENVOY = `[$time_iso8601] "$request" $status $flags ${ENVOY_END}`;
const ISTIO = `[$time_iso8601] "$request" $status $flags $details $termination "$failure" ${ENVOY_END}`;

interface Preset {
  readonly create: (options: Required<PresetOptions>) => LineParser;
  /** It takes any line that begins in its way, so the exact formats come first. */
  readonly isLoose: boolean;
  /** `auto` tries it; another name for a format it tries already is not tried again. */
  readonly isTried: boolean;
  readonly isJson: boolean;
}

const PRESETS: ReadonlyMap<string, Preset> = new Map([
  exact('combined', COMBINED),
  exact('main', `${COMBINED} "$http_x_forwarded_for"`),
  exact('vhost_combined', `$host_and_port ${COMBINED}`),
  exact('common', COMMON),
  json('json', true),
  exact('upstream_time', `${COMBINED} ${UPSTREAM_TIMES}`, `${COMBINED}${UPSTREAM_TIMES}`),
  exact('ingress', INGRESS),
  exact('traefik', TRAEFIK),
  // HAProxy cuts its lines off behind 1,024 bytes unless it is told otherwise: in the request, which is the last field.
  haproxy(open('haproxy', HAPROXY, createCut)),
  open('alb', ALB),
  // A line of Istio would do for one of Envoy, whose fields behind the flags may be anything.
  open('istio', ISTIO),
  open('envoy', ENVOY),
  w3c('cloudfront', true),
  w3c('w3c', true),
  w3c('iis', false),
  json('caddy', false),
  json('traefik-json', false),
  json('nginx-json', false),
  loose('combined+', COMBINED),
  loose('vhost_combined+', `$host_and_port ${COMBINED}`),
  loose('common+', COMMON),
]);

/** Every name that `log-format` takes besides `auto`. A `+` means: with further fields behind. */
export const PRESET_NAMES: readonly string[] = [...PRESETS.keys()];

/** The presets that `auto` tries, the exact ones first. */
export const TRIED_PRESETS: readonly string[] = PRESET_NAMES.filter((name) => getPreset(name).isTried);

/** The presets that read JSON. */
export const JSON_PRESETS: readonly string[] = PRESET_NAMES.filter((name) => getPreset(name).isJson);

export interface PresetOptions {
  /** Of times that name no offset; UTC when it is left out. */
  readonly zone?: Zone;
  /** Of JSON logs; the known ones when it is left out. */
  readonly jsonKeys?: JsonKeys;
  /** What a parser of this preset has saved; anything else is passed over. */
  readonly saved?: string | null;
}

/** A parser of the preset `name`, which must be one of `PRESET_NAMES`; throws otherwise. */
export function createPresetParser(
  name: string,
  { zone = UTC, jsonKeys = KNOWN_KEYS, saved = null }: PresetOptions = {},
): LineParser {
  return getPreset(name).create({ zone, jsonKeys, saved });
}

export function isLoosePreset(name: string): boolean {
  return getPreset(name).isLoose;
}

function getPreset(name: string): Preset {
  const preset = PRESETS.get(name);
  if (preset === undefined) throw new Error(`unknown log format "${name}"`);
  return preset;
}

type Entry = [string, Preset];

/** `variants` are ways of writing the same. */
function exact(name: string, ...variants: readonly string[]): Entry {
  const create = ({ zone }: Required<PresetOptions>): LineParser =>
    firstOf(variants.map((format) => compileFormat({ name, format, zone, rescue: createUnescaped })));
  return [name, { create, isLoose: false, isTried: true, isJson: false }];
}

/** The servers themselves have put further fields behind from version to version. */
function open(name: string, format: string, rescue?: typeof createCut): Entry {
  const create = ({ zone }: Required<PresetOptions>): LineParser =>
    compileFormat({
      name,
      format,
      zone,
      allowsExtraFields: true,
      ...(rescue === undefined ? {} : { rescue }),
    });
  return [name, { create, isLoose: false, isTried: true, isJson: false }];
}

function loose(name: string, format: string): Entry {
  return [name, { ...open(name, format, createUnescapedRequest)[1], isLoose: true }];
}

function haproxy([name, preset]: Entry): Entry {
  return [name, { ...preset, create: (options) => onlyRequests(preset.create(options)) }];
}

function w3c(name: 'w3c' | 'iis' | 'cloudfront', isTried: boolean): Entry {
  return [
    name,
    { create: ({ saved }) => createW3cParser(name, saved), isLoose: false, isTried, isJson: false },
  ];
}

/** One parser for all of them: keys tell which server it was. */
function json(name: string, isTried: boolean): Entry {
  return [
    name,
    {
      create: ({ zone, jsonKeys }) => createJsonParser(zone, name, jsonKeys),
      isLoose: false,
      isTried,
      isJson: true,
    },
  ];
}

/** The first parser that takes a line reads it; when none does, the one that came farthest says why. */
function firstOf(parsers: readonly LineParser[]): LineParser {
  const [only] = parsers;
  if (only === undefined) throw new Error('a format needs a way of writing it');
  if (parsers.length === 1) return only;
  return {
    name: only.name,
    saved: only.saved,
    rescue: (...line) => parsers.some((parser) => parser.rescue?.(...line) === true),
    parse(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
      let farthest: ParseResult | null = null;
      for (const parser of parsers) {
        const result = parser.parse(bytes, start, end, record);
        if (result.ok) return result;
        if (farthest === null || farthest.ok || result.column > farthest.column) farthest = result;
      }
      return farthest ?? only.parse(bytes, start, end, record);
    },
  };
}
