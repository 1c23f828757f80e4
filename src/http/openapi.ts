// The description of everything that is served over HTTP, in OpenAPI 3.1, as `/api/openapi.json`. Tests hold real answers
// against it.
import { CONTROL_HEADER } from './control.ts';
import { METRICS_CONTENT_TYPE } from './exposition.ts';
import { LIVE_SCHEMAS } from './openapi-live.ts';
import { named, object, TEXT } from './openapi-schema.ts';
import type { Schema } from './openapi-schema.ts';
import { SERIES_PARAMETERS, SERIES_SCHEMAS } from './openapi-series.ts';
import { STATUS_SCHEMAS } from './openapi-status.ts';
import { HEALTH_LIVE_PATH, HEALTH_READY_PATH, RELOAD_PATH, SESSION_PATH, SILENCES_PATH } from './routes.ts';

type Part = Readonly<Record<string, unknown>>;

/** The document; `version` is that of fluffy. */
export function describeApi(version: string): Part {
  return {
    openapi: '3.1.1',
    info: {
      title: 'fluffy',
      summary: "Watches a web server's access log: alerts, reports, metrics.",
      description:
        'With http.token-file everything but the health checks needs the token, or a session. Properties may be added; those that are there keep their meaning, but for /api/live, which is made for the page.',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }, { session: [] }],
    paths: { ...READING, ...HEALTH, ...SESSION, ...ORDERS },
    components: {
      schemas: { ...STATUS_SCHEMAS, ...LIVE_SCHEMAS, ...SERIES_SCHEMAS },
      responses: REFUSALS,
      parameters: {
        control: {
          name: CONTROL_HEADER,
          in: 'header',
          required: true,
          description: 'Anything: a page of another site may not send it.',
          schema: TEXT,
        },
      },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'What is in http.token-file.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'fluffy_session',
          description: 'Of a browser that has logged in; with _ and the port behind it, if the URL has one.',
        },
      },
    },
  };
}

function content(type: string, schema: Schema): Part {
  return { [type.split(';', 1)[0] ?? type]: { schema } };
}

function answer(description: string, schema: Schema, more: Part = {}): Part {
  return { description, content: content('application/json', schema), ...more };
}

function refusal(description: string, headers?: Part): Part {
  return answer(description, named('Refusal'), headers === undefined ? {} : { headers });
}

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } } };

const REFUSALS: Part = {
  NoToken: refusal('Without the token, or with a wrong one.', {
    'WWW-Authenticate': { schema: TEXT },
  }),
  OtherOrigin: refusal('A page of another origin asks; or an order lacks its header.'),
  OtherName: refusal('No token is set, and fluffy is asked under a name that is not in http.allowed-hosts.'),
  TooManyTries: refusal('Too many wrong tokens came from this address.', RETRY_AFTER),
};

function refusedWith(name: string): Part {
  return { $ref: `#/components/responses/${name}` };
}

/** What stands before everything but the health checks. */
const GATE: Part = {
  401: refusedWith('NoToken'),
  421: refusedWith('OtherName'),
  429: refusedWith('TooManyTries'),
};

const FORM = { ...content('application/json', named('Refusal')), ...content('text/html', TEXT) };

function reading(operationId: string, summary: string, responses: Part): Part {
  return { get: { operationId, summary, responses: { ...GATE, ...responses } } };
}

const READING: Part = {
  '/': reading('getPage', 'The page for people.', {
    200: {
      description: 'The page; text when it was not built.',
      content: { ...content('text/html', TEXT), ...content('text/plain', TEXT) },
    },
    401: { description: 'Without the token. A browser gets a form to log in with.', content: FORM },
  }),
  '/status': reading('getStatus', 'Everything that the monitor knows now.', {
    200: answer('The state at this moment.', named('Status')),
  }),
  '/metrics': reading('getMetrics', 'Metrics for Prometheus.', {
    200: { description: 'Its text format 0.0.4.', content: content(METRICS_CONTENT_TYPE, TEXT) },
  }),
  '/api/live': reading(
    'getLiveEvents',
    'Server-sent events: the last 15 minutes, then what is new each second.',
    {
      200: {
        description: 'The data of each event is JSON as of the schema LiveEvent.',
        content: content('text/event-stream', {
          type: 'string',
          contentMediaType: 'application/json',
          contentSchema: named('LiveEvent'),
        }),
      },
      503: {
        description: '200 streams are open.',
        headers: RETRY_AFTER,
        content: content('text/plain', TEXT),
      },
    },
  ),
  '/api/series': {
    get: {
      operationId: 'getSeries',
      summary: 'What was counted, step by step, from the history.',
      parameters: SERIES_PARAMETERS,
      responses: {
        ...GATE,
        200: answer('What was found; or that no history is kept.', named('Series')),
        400: answer('A parameter makes no sense.', named('SeriesRefusal')),
        500: answer("The history can't be read.", named('SeriesRefusal')),
        503: answer('Too many ask at once.', named('SeriesRefusal'), { headers: RETRY_AFTER }),
        504: answer('It took too long.', named('SeriesRefusal')),
      },
    },
  },
  '/api/openapi.json': reading('getDescription', 'This description.', {
    200: answer('OpenAPI 3.1.', { type: 'object' }),
  }),
};

function health(operationId: string, summary: string): Part {
  const responses = {
    200: answer('Yes.', named('Healthy')),
    503: answer('No, and why.', named('Unhealthy')),
  };
  return { get: { operationId, summary, security: [], responses } };
}

const HEALTH: Part = {
  [HEALTH_LIVE_PATH]: health('isAlive', 'Does the process work?'),
  [HEALTH_READY_PATH]: health('isReady', 'Can logs be read, and outputs and the state be written?'),
};

const SESSION: Part = {
  [SESSION_PATH]: {
    get: {
      operationId: 'getSession',
      summary: 'What lets whoever asks in.',
      responses: {
        200: answer('Let in.', named('Session')),
        ...GATE,
        401: { description: 'Not let in. A browser gets a form to log in with.', content: FORM },
      },
    },
    post: {
      operationId: 'logIn',
      summary: 'Begins a session of seven days, in a cookie.',
      security: [],
      requestBody: {
        required: true,
        content: content('application/x-www-form-urlencoded', object({ token: TEXT, user: TEXT }, ['user'])),
      },
      responses: {
        303: answer('Logged in.', named('Done'), {
          headers: { Location: { schema: TEXT }, 'Set-Cookie': { schema: TEXT } },
        }),
        400: refusal('No token is in it.'),
        401: { description: 'A wrong token. A browser gets the form again.', content: FORM },
        403: refusedWith('OtherOrigin'),
        421: refusedWith('OtherName'),
        429: {
          description: 'Too many wrong tokens came from this address.',
          headers: RETRY_AFTER,
          content: FORM,
        },
      },
    },
    delete: {
      operationId: 'logOut',
      summary: 'Ends the session.',
      responses: {
        200: answer('Logged out.', named('Done'), { headers: { 'Set-Cookie': { schema: TEXT } } }),
        403: refusedWith('OtherOrigin'),
        ...GATE,
      },
    },
  },
};

function order(operationId: string, summary: string, rest: { readonly responses: Part } & Part): Part {
  const parameters = [{ $ref: '#/components/parameters/control' }];
  const responses = { ...rest.responses, 403: refusedWith('OtherOrigin'), ...GATE };
  return { operationId, summary, parameters, ...rest, responses };
}

const ORDERS: Part = {
  [SILENCES_PATH]: {
    post: order('silence', 'Tells nobody of the alerts of a rule for a while.', {
      requestBody: {
        required: true,
        content: content(
          'application/json',
          object({
            rule: { type: 'string', minLength: 1, maxLength: 100 },
            seconds: { type: 'integer', minimum: 1, maximum: 2_592_000 },
            reason: { type: 'string', maxLength: 500 },
          }),
        ),
      },
      responses: {
        200: answer('Silenced.', named('Done')),
        400: refusal('That is no silence.'),
        404: refusal('There is no such rule.'),
      },
    }),
  },
  [`${SILENCES_PATH}/{rule}`]: {
    parameters: [{ name: 'rule', in: 'path', required: true, schema: TEXT }],
    delete: order('unsilence', 'Ends the silence of a rule.', {
      responses: { 200: answer('Ended.', named('Done')), 404: refusal('The rule is not silenced.') },
    }),
  },
  [RELOAD_PATH]: {
    post: order('reload', 'Reads the configuration again.', {
      responses: {
        200: answer('Its rules are in force.', named('Reloaded')),
        409: refusal('It is not valid: what was valid before stays in force.'),
      },
    }),
  },
};
