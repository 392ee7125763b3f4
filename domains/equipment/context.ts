import type { Footprint } from '@parvis/footprint';
import type { Identity } from '@parvis/identity';
import { type Platform, parseRoomInput, type Result } from '@parvis/platform';
import type { Town } from '@parvis/town';
import type { Kysely, Transaction } from 'kysely';
import type { z } from 'zod';
import type { DB } from './tables.ts';

export interface Neighbours {
	town: Town;
	identity: Identity;
	footprint: Footprint;
}

/** What this room's own files work with. */
export interface Context extends Neighbours {
	platform: Platform;
	db: Kysely<DB>;
	/** The clock that the room goes by. */
	now(): Date;
}

export type Trx = Transaction<DB>;
export type Db = Kysely<DB> | Trx;

/** Parse what was given by the room's schemas; see `parseRoomInput`. */
export const parseInput = <Schema extends z.ZodType>(
	schema: Schema,
	input: unknown,
): Result<z.output<Schema>> => parseRoomInput('equipment', schema, input);
