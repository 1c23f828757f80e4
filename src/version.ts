// The version that fluffy says it has: the one of its package.
import manifest from '../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;
