import { createHmac } from 'node:crypto';
import type { Identity } from '@parvis/identity';
import { type Actor, type AnyTransaction, newId, type Platform, type Result, refuse } from '@parvis/platform';
import type { Town } from '@parvis/town';
import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
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

/**
 * Parse what a person, a file or another system gave. The first fault becomes the refusal: schemas name a message key
 * (`participation.…`) where one sentence helps; any other fault names the field.
 */
export function parseInput<Schema extends z.ZodType>(
	schema: Schema,
	input: unknown,
): Result<z.output<Schema>> {
	const parsed = schema.safeParse(withoutNul(input));
	if (parsed.success) return { ok: true, value: parsed.data };
	const issue = parsed.error.issues[0];
	const field = issue?.path.map(String).join('.') ?? '';
	return issue?.message.startsWith('participation.')
		? refuse(issue.message, { field })
		: refuse('participation.field_invalid', { field });
}

/** PostgreSQL keeps no NUL and no half of a surrogate pair, and nobody means one. */
function withoutNul(value: unknown): unknown {
	if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed();
	if (Array.isArray(value)) return value.map(withoutNul);
	if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
		return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutNul(inner)]));
	return value;
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const nobodysId = '00000000-0000-0000-0000-000000000000';

/** An id as it came in an address or a form, for a comparison that an index serves; what is no id equals none. */
export function asId(text: string | null | undefined): string {
	return text && uuidPattern.test(text) ? text : nobodysId;
}

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

/** Text of one line or more as people type it: ends trimmed, line ends alike, no runs of blank lines. */
export function tidyText(text: string): string {
	return text
		.replaceAll(/\r\n?/g, '\n')
		.replaceAll(/[^\S\n]+\n/g, '\n')
		.replaceAll(/\n{3,}/g, '\n\n')
		.trim();
}

/**
 * Schema of a text as people type it, tidied, at most so many characters.
 * @param missing message key of the refusal when it is empty; without it, it may be
 */
export function textInput(most: number, missing?: string) {
	const length = missing === undefined ? z.string() : z.string().min(1, missing);
	return z.string().transform(tidyText).pipe(length.max(most));
}

/** Keyed hashes of what proves who somebody is: telephone numbers and birth dates could be guessed from plain ones. */
export function keyedHash(context: Context, purpose: string, text: string): Buffer {
	return createHmac('sha256', context.platform.config.secret)
		.update(`parvis participation ${purpose}\n${text}`)
		.digest();
}

/** A refusal thrown from deep inside a transaction, which it undoes. */
export class Refusal extends Error {
	readonly detail: Record<string, string | number> | undefined;
	constructor(error: string, detail?: Record<string, string | number>) {
		super(error);
		this.detail = detail;
	}
}

/** A transaction that a refusal, returned or thrown, undoes. */
export async function changing<Value>(
	db: Kysely<DB>,
	work: (trx: Transaction<DB>) => Promise<Result<Value>>,
): Promise<Result<Value>> {
	try {
		return await db.transaction().execute(async (trx) => {
			const outcome = await work(trx);
			if (!outcome.ok) throw new Refusal(outcome.error, outcome.detail);
			return outcome;
		});
	} catch (error) {
		if (error instanceof Refusal) return refuse(error.message, error.detail);
		throw error;
	}
}
