// Logging in and out, when fluffy has a token: the button that ends the session, and the way back to the form once there
// is none.
import { byId } from './element.ts';

const URL = '/api/session';

/** Shows the button to whoever has logged in. */
export async function installLogOut(): Promise<void> {
  const button = byId('log-out');
  button.addEventListener('click', () => {
    // The form comes in place of the page; if fluffy is away, the page says so already.
    fetch(URL, { method: 'DELETE' }).then(reload, () => {});
  });
  button.hidden = !(await isBySession());
}

/** Asks for the page anew, which is the form for the token, if whoever looks at it may not look any more. */
export async function leaveIfRefused(): Promise<void> {
  const status = await fetch(URL, { method: 'HEAD' }).then(
    (answer) => answer.status,
    () => null,
  );
  if (status === 401) reload();
}

async function isBySession(): Promise<boolean> {
  try {
    const answer = await fetch(URL);
    const session: { readonly by: string } = await answer.json();
    return session.by === 'session';
  } catch {
    // fluffy is away, or of a version that knows no sessions.
    return false;
  }
}

function reload(): void {
  location.reload();
}
