// What a valid configuration is: its types, and what each key accepts. Pure; validate.ts applies it to the values
// of the file and the environment, and every other part receives its slice of the resulting Config.
import * as v from 'valibot';

import type { Rule } from '../alerts/rule.ts';
import type { ChannelConfig } from '../outputs/channel.ts';
import type { Network } from '../parse/address.ts';
import type { JsonFields } from '../parse/json-fields.ts';
import { durationFrom, offOr, readObjective, readSwitch } from './block-values.ts';
import { DEFAULTS } from './defaults.ts';
import { readDuration, readSize } from './duration.ts';
import * as fields from './fields.ts';
import { JsonFieldsSchema } from './json-fields.ts';
import type { MaintenanceWindow } from './maintenance.ts';
import type { ConfigProblem } from './problem.ts';

export interface Config {
  /** Paths or globs as given; at least one. */
  readonly filename: readonly string[];
  readonly startFrom: 'end' | 'beginning';
  /** `auto`, the name of a preset, or a format of nginx or Apache as its configuration has it. */
  readonly logFormat: string;
  /** Which keys of a JSON log hold what; empty when they are the known ones. */
  readonly jsonFields: JsonFields;
  /** 1024 to 1048576. */
  readonly lineBytesMax: number;
  /** Identifiers in paths are counted as `:id`. */
  readonly templatePaths: boolean;
  /** Groups of paths, such as `/blog/*`; at most 100. */
  readonly pathPatterns: readonly string[];
  /** 0 to 3600. */
  readonly latenessSeconds: number;
  /** Those that come with fluffy apply, but for the ones that need an objective. */
  readonly hasDefaultRules: boolean;
  /** Percentage of requests that should succeed, above 0 and below 100; null: no rules of burn rate. */
  readonly objective: number | null;
  /** Without the default ones, and without that of `threshold` and `alert-window`. */
  readonly alerts: readonly Rule[];
  /** Alerts come with their reasons. */
  readonly isExplained: boolean;
  /** … and with a few lines of the log. */
  readonly hasLines: boolean;
  /** After so many seconds of firing an alert is told again, 60 to 604800; null: it is not. Of rules that don't say. */
  readonly repeatSeconds: number | null;
  readonly channels: readonly ChannelConfig[];
  readonly maintenance: readonly MaintenanceWindow[];
  /** Null when alerts are not written to a file. */
  readonly alertPath: string | null;
  /** 1 to 86400. */
  readonly alertWindowSeconds: number;
  /** Requests per second, above 0. */
  readonly threshold: number;
  /** Null when reports are not written to a file. */
  readonly reportPath: string | null;
  readonly reportTime: fields.ReportTime;
  /** 1 to 10000. */
  readonly reportTop: number;
  readonly reportStdout: boolean;
  /** The database that lets a restart go on where the last run ended; null to begin afresh each time. */
  readonly statePath: string | null;
  /** What was counted is kept in the state database. */
  readonly hasHistory: boolean;
  /** How long: rows of ten seconds, of a minute, of an hour. Each at least as long as the one before. */
  readonly historySeconds: readonly [number, number, number];
  /** Of the state database, 16 MiB to 1 TiB. */
  readonly historyBytesMax: number;
  /** A name of the IANA time zone database. */
  readonly timezone: string;
  /** Where the address of a client behind proxies is found. */
  readonly realClientFrom: 'off' | 'x-forwarded-for';
  /** Proxies whose word on that counts. */
  readonly trustedProxies: readonly Network[];
  /** Last octet of IPv4 to 0, IPv6 to 48 bits. */
  readonly anonymiseIp: boolean;
  /** fluffy's own operational log; null when it is not written to a file. */
  readonly logPath: string | null;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  readonly output: 'text' | 'json';
  /** Size at which a file that fluffy writes is rotated; 64 KiB to 10 GiB. */
  readonly fileBytesMax: number;
  /** The one being written included; 2 to 1000. */
  readonly fileCountMax: number;
  readonly http: HttpConfig;
  /** A changed configuration file is taken over as on SIGHUP. */
  readonly isConfigWatched: boolean;
}

interface HttpConfig {
  readonly address: string;
  /** 0 means any free port. */
  readonly port: number;
  /** The file with the token that whoever asks must have; null: anybody may ask. */
  readonly tokenPath: string | null;
  /** Names that a request may be for without a token, in small letters; `*.example.org` is any below it. At most 100. */
  readonly allowedHosts: readonly string[];
}

export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      /** The file that was read; null when there was none. */
      readonly file: string | null;
      readonly warnings: readonly ConfigProblem[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

const FIELDS = {
  filename: v.pipe(
    v.unknown(),
    v.transform((raw) => (typeof raw === 'string' ? [raw] : raw)),
    v.array(fields.field(fields.readPath), 'must be a path or a list of paths'),
    v.minLength(1, 'must name at least one path'),
  ),
  'start-from': fields.oneOf('end', 'beginning'),
  'log-format': fields.field(fields.readLogFormat),
  'json-fields': JsonFieldsSchema,
  timezone: fields.field(fields.readTimezone),
  'real-client-from': fields.oneOf('off', 'x-forwarded-for'),
  'trusted-proxies': v.pipe(
    v.unknown(),
    v.transform(fields.listOrNone),
    v.array(fields.field(fields.readTrustedNetwork), 'must be none, a network, or a list of networks'),
  ),
  'anonymise-ip': v.boolean('must be true or false'),
  lateness: fields.field(fields.within(readDuration, '0s', '1h')),
  'line-bytes-max': fields.field(fields.within(readSize, '1KiB', '1MiB')),
  'template-paths': v.boolean('must be true or false'),
  'path-patterns': v.pipe(
    v.unknown(),
    v.transform((raw) => (raw === 'off' ? [] : typeof raw === 'string' ? [raw] : raw)),
    v.array(fields.field(fields.readPathPattern), 'must be a path pattern or a list of them, or off'),
    v.maxLength(100, 'must be at most 100 patterns'),
  ),
  threshold: fields.numberAbove(0),
  'alert-window': fields.field(fields.within(readDuration, '1s', '24h')),
  'default-rules': fields.field(readSwitch),
  objective: fields.field(readObjective),
  explain: fields.field(readSwitch),
  'explain-lines': fields.field(readSwitch),
  'repeat-interval': fields.field(offOr(durationFrom('1m', '7d'))),
  'alert-path': fields.field(fields.readOutputPath),
  'report-time': fields.field(fields.readReportTime),
  'report-path': fields.field(fields.readOutputPath),
  'report-top': fields.wholeNumber(1, 10_000),
  'report-stdout': v.boolean('must be true or false'),
  'state-path': fields.field(fields.readOutputPath),
  history: fields.field(readSwitch),
  'history-10s': fields.field(durationFrom('1h', '7300d')),
  'history-1m': fields.field(durationFrom('1h', '7300d')),
  'history-1h': fields.field(durationFrom('1h', '7300d')),
  'history-max-size': fields.field(fields.within(readSize, '16MiB', '1024GiB')),
  output: fields.oneOf('text', 'json'),
  'max-file-size': fields.field(fields.within(readSize, '64KiB', '10GiB')),
  'max-files': fields.wholeNumber(2, 1000),
  'http.address': fields.field(fields.readAddress),
  'http.port': fields.wholeNumber(0, 65_535),
  'http.token-file': fields.field(offOr(fields.readPath)),
  'http.allowed-hosts': v.pipe(
    v.unknown(),
    v.transform(fields.listOrNone),
    v.array(fields.field(fields.readHostName), 'must be none, a host name, or a list of host names'),
    v.maxLength(100, 'must be at most 100 host names'),
  ),
  'log-level': fields.oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  'log-path': fields.field(fields.readOutputPath),
  'watch-config': fields.field(readSwitch),
} satisfies Record<
  Exclude<ConfigKey, ListKey>,
  v.GenericSchema<unknown, unknown> | v.GenericSchema<never, unknown>
>;

/** Takes a flat object of all keys but those with lists of blocks; its messages say what a value must be, without the value itself. */
export const ValuesSchema = v.object(FIELDS);
export type Values = v.InferOutput<typeof ValuesSchema>;
export type ConfigKey = keyof typeof DEFAULTS;

/** Keys whose values are lists of blocks; from a file only. */
const LIST_KEYS = ['alerts', 'channels', 'maintenance'] as const satisfies readonly ConfigKey[];
export type ListKey = (typeof LIST_KEYS)[number];
export type Lists = Pick<Config, ListKey>;

/** Every key a file may hold with its variable and its default, in the order of the documentation. */
export const CONFIG_KEYS: readonly {
  readonly key: string;
  readonly env: string;
  readonly default: string;
}[] = [
  ...Object.entries(DEFAULTS).map(([key, value]) => ({ key, env: variableOf(key), default: String(value) })),
  { key: 'http', env: variableOf('http'), default: `${DEFAULTS['http.address']}:${DEFAULTS['http.port']}` },
  { key: 'pid', env: variableOf('pid'), default: 'ignored' },
];

export const KEY_NAMES: readonly string[] = CONFIG_KEYS.map(({ key }) => key);

export function isConfigKey(key: string): key is ConfigKey {
  return Object.hasOwn(DEFAULTS, key);
}

export function isListKey(key: string): key is ListKey {
  return LIST_KEYS.some((known) => known === key);
}

/** What applies without a file and without variables. */
export function createDefaultConfig(): Config {
  return toConfig(v.parse(ValuesSchema, DEFAULTS), { alerts: [], channels: [], maintenance: [] });
}

export function toConfig(values: Values, lists: Lists): Config {
  return {
    ...lists,
    filename: values.filename,
    startFrom: values['start-from'],
    logFormat: values['log-format'],
    jsonFields: values['json-fields'],
    lineBytesMax: values['line-bytes-max'],
    templatePaths: values['template-paths'],
    pathPatterns: values['path-patterns'],
    latenessSeconds: values.lateness,
    hasDefaultRules: values['default-rules'],
    objective: values.objective,
    isExplained: values.explain,
    hasLines: values['explain-lines'],
    repeatSeconds: values['repeat-interval'],
    alertPath: values['alert-path'],
    alertWindowSeconds: values['alert-window'],
    threshold: values.threshold,
    reportPath: values['report-path'],
    reportTime: values['report-time'],
    reportTop: values['report-top'],
    reportStdout: values['report-stdout'],
    statePath: values['state-path'],
    hasHistory: values.history && values['state-path'] !== null,
    historySeconds: [values['history-10s'], values['history-1m'], values['history-1h']],
    historyBytesMax: values['history-max-size'],
    timezone: values.timezone,
    realClientFrom: values['real-client-from'],
    trustedProxies: values['trusted-proxies'],
    anonymiseIp: values['anonymise-ip'],
    logPath: values['log-path'],
    logLevel: values['log-level'],
    output: values.output,
    fileBytesMax: values['max-file-size'],
    fileCountMax: values['max-files'],
    http: {
      address: values['http.address'],
      port: values['http.port'],
      tokenPath: values['http.token-file'],
      allowedHosts: values['http.allowed-hosts'],
    },
    isConfigWatched: values['watch-config'],
  };
}

export function variableOf(key: string): string {
  return `FLUFFY_${key.toUpperCase().replaceAll(/[.-]/g, '_')}`;
}
