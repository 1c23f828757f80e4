// How the old generations of a log are named. Pure.

export const ARCHIVE_NAMES = ['numbered', 'dated'] as const;
export type ArchiveNames = (typeof ARCHIVE_NAMES)[number];
