// Holds answers against the description of the API: nothing may be in them that is not in it.
import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { describeApi } from '../../src/http/openapi.ts';
import type { Answered } from './gated-server.ts';

type Node = Readonly<Record<string, unknown>>;

const REF = '#/components/schemas/';
const validators = new Map<string, ValidateFunction>();

export const DOCUMENT = describeApi('1.2.3');

/** What the description says of the answer, by status and type of content, and that it is so. */
export function mustBeDescribed(method: string, path: string, { status, headers, body }: Answered): void {
  const what = `${method} ${path} ${status}`;
  const response = resolve(at(DOCUMENT, ['paths', path, method.toLowerCase(), 'responses', String(status)]));
  assert.ok(response !== null, `${what} is not described: ${body}`);
  const type = headers['content-type']?.split(';', 1)[0] ?? 'none';
  const schema = at(response, ['content', type, 'schema']);
  assert.ok(schema !== null, `${what} as ${type} is not described`);
  const names = Object.keys(at(response, ['headers']) ?? {});
  for (const name of names) assert.ok(headers[name.toLowerCase()] !== undefined, `${what} lacks ${name}`);
  if (type === 'application/json') mustFit(schema, JSON.parse(body), what);
}

/** Of the schemas of the description. */
export function mustFitSchema(name: string, value: unknown, what: string): void {
  mustFit({ $ref: `${REF}${name}` }, value, what);
}

function mustFit(schema: Node, value: unknown, what: string): void {
  const key = JSON.stringify(schema);
  const validate = validators.get(key) ?? compile(schema);
  validators.set(key, validate);
  assert.ok(validate(value), `${what}: ${JSON.stringify(validate.errors)}\n${JSON.stringify(value)}`);
}

/** `strict`: a keyword that does not exist is an error. */
function compile(schema: Node): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/);
  ajv.addVocabulary(['components']);
  const schemas = at(DOCUMENT, ['components', 'schemas']);
  return ajv.compile({ ...closed(schema), components: { schemas: closed(schemas) } });
}

/** Every object whose properties are listed has no other. */
function closed(node: unknown): Node {
  const close = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(close);
    if (typeof value !== 'object' || value === null) return value;
    const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, close(inner)]));
    return 'properties' in copy && 'required' in copy ? { ...copy, additionalProperties: false } : copy;
  };
  return close(node) as Node;
}

function resolve(node: Node | null): Node | null {
  const ref = node?.['$ref'];
  return typeof ref === 'string' ? at(DOCUMENT, ref.split('/').slice(1)) : node;
}

/** Null when there is nothing. */
export function at(node: Node, path: readonly string[]): Node | null {
  let found: unknown = node;
  for (const key of path)
    found = typeof found === 'object' && found !== null ? (found as Node)[key] : undefined;
  return typeof found === 'object' && found !== null ? (found as Node) : null;
}
