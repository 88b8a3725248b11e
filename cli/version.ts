import manifest from '../package.json' with { type: 'json' };

/** Of this Kiln. */
export const VERSION: string = manifest.version;
