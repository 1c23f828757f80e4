// The form for the token, which a browser gets in place of the page. It is whole in itself, as nothing else is served
// without the token, and needs no script: the one that it has keeps the view of the page over the log-in.
import { createHash } from 'node:crypto';
import type { Refusal } from './access.ts';
import { HTML } from './answer.ts';
import type { Answer } from './answer.ts';
import { SESSION_PATH } from './routes.ts';

const STYLE = `
:root { color-scheme: light dark; --back: #f7f7f5; --front: #1b1c1e; --field: #fff; --line: #767a80; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0d0e10; --front: #e8e8e6; --field: #17181b; --line: #8d9299; --bad: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  background: var(--back); color: var(--front); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 22rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
input, button { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: 6px;
  background: var(--field); color: inherit; font: inherit; }
button { margin-top: .75rem; background: var(--front); color: var(--back); font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid #4c8dff; outline-offset: 2px; }
[aria-invalid] { border-color: var(--bad); }
.problem { color: var(--bad); font-weight: 600; margin: .5rem 0 0; }
.hint { margin: 1rem 0 0; font-size: .875rem; }
`;

/**
 * A redirect keeps what stands behind `#` in the URL that was asked for. And a link on another site brings no cookie
 * along: whoever has logged in before has the page after one more request, which comes from here.
 */
const SCRIPT = `
document.querySelector('form').action += location.hash;
const [visit] = performance.getEntriesByType('navigation');
if (visit?.type !== 'reload') fetch('${SESSION_PATH}').then(({ ok }) => ok && location.reload(), () => {});
`;

const HEADERS = {
  'Content-Security-Policy':
    `default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; connect-src 'self'; ` +
    "img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  // The form must say to fluffy where it comes from, and to nobody else.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** With what was wrong with the token, if there was one. */
export function logInPage(refusal: Refusal): Answer {
  const isTooOften = refusal.reason === 'too-many-tries';
  return {
    status: isTooOften ? 429 : 401,
    contentType: HTML,
    body: render(describe(refusal)),
    headers: {
      ...HEADERS,
      ...(isTooOften
        ? { 'Retry-After': String(refusal.waitSeconds) }
        : { 'WWW-Authenticate': 'Bearer realm="fluffy"' }),
    },
  };
}

function describe(refusal: Refusal): string | null {
  switch (refusal.reason) {
    case 'no-token':
      return null;
    case 'wrong-token':
      return 'This is not the token.';
    case 'too-many-tries':
      return `Too many wrong tokens: the next try is in ${refusal.waitSeconds} seconds.`;
  }
}

/** The user is for password managers, which keep nothing without one. */
function render(problem: string | null): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${problem === null ? 'Log in' : 'Not logged in'} – fluffy</title>
    <link rel="icon" href="data:," />
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <h1>fluffy</h1>
      <form method="post" action="${SESSION_PATH}">
        <input name="user" value="fluffy" autocomplete="username" readonly hidden />
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required autofocus${
          problem === null ? '' : ' aria-invalid="true" aria-describedby="problem"'
        } />
        ${problem === null ? '' : `<p id="problem" class="problem" role="alert">${problem}</p>`}
        <button type="submit">Log in</button>
      </form>
      <p class="hint">It is in the file that <code>http.token-file</code> names.</p>
    </main>
    <script>${SCRIPT}</script>
  </body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
