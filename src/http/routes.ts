// Everything that is served over HTTP, but for the page's files: what is not here is not there. docs/API.md and the
// description at `/api/openapi.json` tell what each is.

export const HEALTH_LIVE_PATH = '/health/live';
export const HEALTH_READY_PATH = '/health/ready';
export const SESSION_PATH = '/api/session';
export const SILENCES_PATH = '/api/silences';
export const RELOAD_PATH = '/api/reload';

/** Methods by path; where there is GET there is HEAD. `{rule}` stands for one part of a path. */
export const ROUTES = {
  '/': ['GET'],
  '/status': ['GET'],
  '/metrics': ['GET'],
  [HEALTH_LIVE_PATH]: ['GET'],
  [HEALTH_READY_PATH]: ['GET'],
  '/api/live': ['GET'],
  '/api/series': ['GET'],
  '/api/openapi.json': ['GET'],
  [SESSION_PATH]: ['GET', 'POST', 'DELETE'],
  [SILENCES_PATH]: ['POST'],
  [`${SILENCES_PATH}/{rule}`]: ['DELETE'],
  [RELOAD_PATH]: ['POST'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type RoutePath = keyof typeof ROUTES;

/** Null when there is none. */
export function findRoute(path: string): RoutePath | null {
  if (path.startsWith(`${SILENCES_PATH}/`)) return `${SILENCES_PATH}/{rule}`;
  return isRoute(path) ? path : null;
}

/** Those that it takes, with HEAD where there is GET. */
export function methodsOf(route: RoutePath): readonly string[] {
  return ROUTES[route].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}

/** Whether it takes orders, which control.ts sees to. */
export function isOrder(route: RoutePath | null): boolean {
  return route === RELOAD_PATH || route?.startsWith(SILENCES_PATH) === true;
}

function isRoute(path: string): path is RoutePath {
  return Object.hasOwn(ROUTES, path) && !path.includes('{');
}
