// The words of JSON Schema that the description of the API is written with.

export type Schema = Readonly<Record<string, unknown>>;

export const TEXT: Schema = { type: 'string' };
export const NUMBER: Schema = { type: 'number' };
export const FLAG: Schema = { type: 'boolean' };
/** A whole number from 0 on. */
export const COUNT: Schema = { type: 'integer', minimum: 0 };
/** 0 to 1. */
export const SHARE: Schema = { type: 'number', minimum: 0, maximum: 1 };
/** ISO 8601, UTC. */
export const TIME: Schema = { type: 'string', format: 'date-time' };

export function described(schema: Schema, description: string): Schema {
  return { ...schema, description };
}

export function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

export function oneOf(values: readonly string[]): Schema {
  return { type: 'string', enum: values };
}

/** Exactly this value. */
export function exactly(value: string | number | boolean): Schema {
  return { const: value };
}

/** By keys that the traffic or the configuration makes. */
export function mapOf(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

export function tupleOf(...items: readonly Schema[]): Schema {
  return { type: 'array', prefixItems: items, minItems: items.length, maxItems: items.length };
}

/** All properties are always there, but for `optional` ones. More may come with later versions. */
export function object(
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required };
}

export function named(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}
