import { createHmac } from 'node:crypto';
import type { Identity } from '@parvis/identity';
import {
	type Actor,
	type AnyTransaction,
	newId,
	type Platform,
	parseRoomInput,
	type Result,
	refuse,
} from '@parvis/platform';
import type { Town } from '@parvis/town';
import type { Kysely, Transaction } from 'kysely';
import type { z } from 'zod';
import type { PhaseKind, SubjectKind } from './face.ts';
import { phaseState } from './phases.ts';
import { mayTakePart } from './policies.ts';
import type { DB } from './tables.ts';

export type Neighbours = {
	town: Pick<Town, 'areas' | 'places' | 'timeline' | 'search'>;
	identity: Pick<Identity, 'people' | 'profile' | 'ensureDemoResidents'>;
};

/** What this room's own files work with. */
export interface Context extends Neighbours {
	platform: Platform;
	db: Kysely<DB>;
	/** The clock that phases go by. */
	now(): Date;
}

export type Db = Kysely<DB> | Transaction<DB>;

/** Paths of the site that letters, timelines and feeds lead to. */
export const paths = {
	call: (slug: string) => `/participer/${slug}`,
	idea: (slug: string, reference: number | string) => `/participer/${slug}/idees/${reference}`,
	project: (slug: string, number: number) => `/participer/${slug}/projets/${number}`,
	result: (slug: string) => `/participer/${slug}/resultat`,
	attachment: (id: string) => `/participer/pieces/${id}`,
};

/** Parse what was given by the room's schemas; see `parseRoomInput`. */
export const parseInput = <Schema extends z.ZodType>(
	schema: Schema,
	input: unknown,
): Result<z.output<Schema>> => parseRoomInput('participation', schema, input);

/** A number as it came in an address; what is none equals none. */
export function asNumber(text: string): number {
	return /^\d{1,9}$/.test(text) ? Number(text) : -1;
}

/** The person who acts, or a refusal that asks to sign in. */
export function takingPart(actor: Actor): Result<string> {
	return mayTakePart(actor) ? { ok: true, value: actor.id } : refuse('participation.sign_in_first');
}

/** Whether a phase of the call is open now; false too where the call has none of the kind, or is not published. */
export async function isOpen(context: Context, db: Db, callId: string, kind: PhaseKind): Promise<boolean> {
	const row = await db
		.selectFrom('participation.phase as phase')
		.innerJoin('participation.call as call', 'call.id', 'phase.call_id')
		.select(['phase.starts_at', 'phase.ends_at'])
		.where('phase.call_id', '=', callId)
		.where('phase.kind', '=', kind)
		.where('call.status', '=', 'published')
		.executeTakeFirst();
	return (
		row !== undefined &&
		phaseState({ startsAt: row.starts_at, endsAt: row.ends_at }, context.now()) === 'open'
	);
}

/** Note what happened, for those who follow the subject or its call, and for the feeds. */
export async function noteNews(
	context: Context,
	trx: AnyTransaction,
	news: {
		callId: string;
		subject: { kind: SubjectKind; id: string };
		title: { fr: string; en: string };
		url: string;
		told?: boolean;
	},
): Promise<void> {
	await (trx as unknown as Transaction<DB>)
		.insertInto('participation.news')
		.values({
			id: newId(),
			call_id: news.callId,
			subject_kind: news.subject.kind,
			subject_id: news.subject.id,
			happened_at: context.now(),
			title_fr: news.title.fr,
			title_en: news.title.en,
			url: news.url,
			told: news.told ?? false,
		})
		.execute();
}

/** Keyed hashes of what proves who somebody is: telephone numbers and birth dates could be guessed from plain ones. */
export function keyedHash(context: Context, purpose: string, text: string): Buffer {
	return createHmac('sha256', context.platform.config.secret)
		.update(`parvis participation ${purpose}\n${text}`)
		.digest();
}
