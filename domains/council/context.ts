import type { Identity } from '@parvis/identity';
import { type Platform, parseRoomInput, type Result } from '@parvis/platform';
import type { Town } from '@parvis/town';
import type { Kysely, Transaction } from 'kysely';
import type { z } from 'zod';
import type { DB } from './tables.ts';

export interface Neighbours {
	town: Pick<Town, 'settings' | 'timeline' | 'search' | 'places'>;
	identity: Pick<Identity, 'people' | 'ensureDemoMembers'>;
}

/** What this room's own files work with. */
export interface Context extends Neighbours {
	platform: Platform;
	db: Kysely<DB>;
	/** The clock that meetings go by. */
	now(): Date;
}

export type Db = Kysely<DB> | Transaction<DB>;

/** Paths of the site that letters, timelines and feeds lead to. */
export const paths = {
	meeting: (slug: string) => `/conseil/${slug}`,
	room: (slug: string) => `/conseil/${slug}/salle`,
	video: (slug: string, seconds?: number) =>
		`/conseil/${slug}/video${seconds === undefined ? '' : `?t=${Math.floor(seconds)}`}`,
	broadcast: (slug: string) => `/conseil/${slug}/antenne`,
	deliberation: (number: string) => `/conseil/deliberations/${number}`,
	list: (slug: string) => `/conseil/${slug}/liste`,
	minutes: (slug: string) => `/conseil/${slug}/proces-verbal`,
	scan: (id: string) => `/conseil/documents/signes/${id}`,
	annex: (id: string) => `/conseil/documents/${id}`,
	convocation: (token: string) => `/conseil/convocation?jeton=${encodeURIComponent(token)}`,
};

/** Parse what was given by the room's schemas; see `parseRoomInput`. */
export const parseInput = <Schema extends z.ZodType>(
	schema: Schema,
	input: unknown,
): Result<z.output<Schema>> => parseRoomInput('council', schema, input);
