import type { Platform } from '@parvis/platform';
import type { Kysely } from 'kysely';
import type { DB } from './tables.ts';

/** What this room's own files work with. */
export interface Context {
	platform: Platform;
	db: Kysely<DB>;
	now(): Date;
}
