// Which of the open files of a path are copies of a life that begins in a known way. Part of generation-chain.ts.
import type { ChainLink } from './chain-link.ts';
import type { Generation } from './generation.ts';
import { areForked, isComment, isPrintOfSame, isSameContent } from './head.ts';

/** True if one of them, other than `except`, begins like `head`. */
export function isOpen(links: readonly ChainLink[], head: Buffer, except?: Generation): boolean {
  return links.some(({ generation }) => generation !== except && isSameContent(headOf(generation), head));
}

/** True if one of them begins with the same line as `head`, and goes on otherwise. */
export function isForked(links: readonly ChainLink[], head: Buffer): boolean {
  return links.some(({ generation }) => !generation.isOver && areForked(generation.headNow(), head));
}

/** Those that were not known for copies yet and begin like `print`. `isOfAnother`: a life of another path, so a file with this name can be one. */
export function undecidedCopies(
  links: readonly ChainLink[],
  print: string,
  isOfAnother: boolean,
): readonly ChainLink[] {
  return links.filter(
    ({ generation, isNamed }) =>
      !generation.isOver &&
      generation.isUndecided &&
      (!isNamed || isOfAnother) &&
      isPrintOfSame(print, generation.headNow()),
  );
}

/**
 * The one that is read as if it were a log of its own, and begins like a life of `size` bytes of another path, or like the
 * beginning of it. Two logs of one format may have only the comments in common with which all of them begin.
 */
export function readCopy(links: readonly ChainLink[], head: Buffer, size: number): ChainLink | undefined {
  return links.find(({ generation }) => {
    if (generation.isOver || generation.offset > size) return false;
    const itsHead = generation.headNow();
    const shorter = itsHead.length < head.length ? itsHead : head;
    return isSameContent(itsHead, head) && !isComment(shorter);
  });
}

/** Of one that was empty when it was looked at last, what is there by now: it is about to be read. */
function headOf(generation: Generation): Buffer {
  return generation.isUndecided && !generation.isOver ? generation.headNow() : generation.head;
}
