// Which names stand for many. Pure.

/** Node.js takes some milliseconds to get ready for the first glob: what is none need not be matched. */
export function isGlob(name: string): boolean {
  return /[*?[{]/.test(name);
}
