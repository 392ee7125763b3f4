import type { Footprint } from '@parvis/footprint';
import type { Identity } from '@parvis/identity';
import { type Platform, parseRoomInput, type Result } from '@parvis/platform';
import type { Sensing } from '@parvis/sensing';
import type { Town } from '@parvis/town';
import type { Kysely, Transaction } from 'kysely';
import type { z } from 'zod';
import type { DB } from './tables.ts';

export interface Neighbours {
	town: Town;
	identity: Identity;
	sensing: Sensing;
	footprint: Footprint;
}

/** What this room's own files work with. */
export interface Context extends Neighbours {
	platform: Platform;
	db: Kysely<DB>;
	/** The clock that work goes by. */
	now(): Date;
}

export type Db = Kysely<DB> | Transaction<DB>;

/** Parse what was given by the room's schemas; see `parseRoomInput`. */
export const parseInput = <Schema extends z.ZodType>(
	schema: Schema,
	input: unknown,
): Result<z.output<Schema>> => parseRoomInput('operations', schema, input);

/** What secrets of this room are sealed for; see `createSealing`. */
export const sealedFor = 'parvis operations exchange';
