import { runCodecCommand } from '@parvis/sensing';

/** `codec test FILE`: see domains/sensing/codecs. */
export const run = (args: string[]): Promise<number> => runCodecCommand(args);
