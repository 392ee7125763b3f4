import { createIdentity } from '@parvis/identity';
import { createPlatform, readConfiguration } from '@parvis/platform';
import { createTown } from '@parvis/town';
import { createCouncil } from '../index.ts';

/** Puts one meeting in words and ends: a process that a test kills. */
const platform = createPlatform(readConfiguration(process.env));
const council = createCouncil(platform, { identity: createIdentity(platform), town: createTown(platform) });
await council.captions.advance(process.env.MEETING ?? '');
process.exit();
