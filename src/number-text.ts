// Numbers as people read them: 1,234,567.89. What Intl gives, without it: its first number takes 30 ms.

/** From here on, digits would be made up. */
const PLAIN_MAX = 1e21;

/** Without zeros at the end of the digits behind the point, of which there are at most `digitsMax`, 0 to 20. */
export function formatNumber(value: number, digitsMax = 0): string {
  if (!(Math.abs(value) < PLAIN_MAX))
    return value.toLocaleString('en-US', { maximumFractionDigits: digitsMax });
  const [whole = '', fraction = ''] = value.toFixed(digitsMax).split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  const shown = fraction.replace(/0+$/, '');
  return shown === '' ? grouped : `${grouped}.${shown}`;
}
