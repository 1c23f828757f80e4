// Light or dark: as the system has it, unless the reader chose. The choice is kept in the browser.
import { byId, setText } from './element.ts';

const KEY = 'fluffy-theme';
const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** For whom dark.css counts. */
const DARK = '(prefers-color-scheme: dark)';
const MEDIA: Readonly<Record<Theme, string>> = { auto: DARK, light: 'not all', dark: 'all' };

/** Shows the switch; `changed` is called whenever colours are others than before. */
export function installTheme(changed: () => void): void {
  const button = byId('theme');
  const dark = findDarkSheet();
  let theme = readTheme();
  const apply = (): void => {
    dark.media = MEDIA[theme];
    setText(button, `Theme: ${theme}`);
  };
  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
    keepTheme(theme);
    apply();
    changed();
  });
  matchMedia(DARK).addEventListener('change', changed);
  apply();
}

function findDarkSheet(): HTMLLinkElement {
  const sheet = byId('dark');
  if (!(sheet instanceof HTMLLinkElement)) throw new Error('dark.css is not linked');
  return sheet;
}

/** The value of a colour of style.css, such as `--red`. */
export function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A browser may forbid to keep anything. */
function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === kept) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function keepTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds until the page is closed.
  }
}
