import { type Actor, ok, type Platform, type Result, refuse } from '@parvis/platform';
import { z } from 'zod';
import type { Page } from '../face.ts';
import { mayManageDevices } from '../policies.ts';
import type { DB } from '../tables.ts';
import type { Ingest, Outcome } from './ingest.ts';
import { fromJson, normalisedTopic, type Parsed } from './message.ts';
import { parseChirpStack, parsePlain, parsePublication, parseThingsStack } from './networks.ts';

/** A message that could not become observations, kept with its reason. */
export interface DeadLetterView {
	id: string;
	receivedAt: Date;
	/** Way it came: `chirpstack`, `tts`, `mqtt`, `http`. */
	source: string;
	topic: string | null;
	deviceId: string | null;
	identifier: string | null;
	/** `codec_error`, `not_json` … : `sensing.reason.<reason>` says it in words. */
	reason: string;
	detail: string;
	/** As it came, cut at 2,000 characters. */
	payload: string;
	status: 'waiting' | 'replayed' | 'discarded';
}

export interface DeadLetters {
	list(
		actor: Actor,
		filter?: { status?: DeadLetterView['status']; reason?: string; page?: number; pageSize?: number },
	): Promise<Result<Page<DeadLetterView>>>;
	/** How many wait, by reason. */
	reasons(actor: Actor): Promise<Result<{ reason: string; count: number }[]>>;
	/**
	 * Take letters in again as if they came now, at their first reception's instant: all that wait, or those of a
	 * reason, or one. What fails again waits again as a new letter.
	 */
	replay(
		actor: Actor,
		which: { id?: string; reason?: string },
	): Promise<Result<{ replayed: number; failed: number }>>;
	discard(actor: Actor, which: { id?: string; reason?: string }): Promise<Result<{ discarded: number }>>;
}

const mostReplayed = 10_000;

/** Whether a message became a dead letter anew: refused, or with a field that is still no number. */
function isLetterAgain(outcome: Outcome): boolean {
	return outcome.kind === 'rejected' || (outcome.kind === 'stored' && outcome.unusableFields.length > 0);
}

export function createDeadLetters(platform: Platform, ingest: Ingest): DeadLetters {
	const db = platform.db<DB>();

	const waitingLetters = (which: { id?: string; reason?: string }) =>
		db
			.selectFrom('sensing.dead_letter')
			.where('status', '=', 'waiting')
			.$if(which.id !== undefined, (query) => query.where('id', '=', which.id ?? ''))
			.$if(which.reason !== undefined, (query) => query.where('reason', '=', which.reason ?? ''));

	const isValid = (which: { id?: string }) => which.id === undefined || z.uuid().safeParse(which.id).success;

	return {
		async list(actor, { status = 'waiting', reason, page = 1, pageSize = 50 } = {}) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			const size = Math.min(200, Math.max(1, Math.trunc(pageSize)));
			const matching = db
				.selectFrom('sensing.dead_letter')
				.where('status', '=', status)
				.$if(reason !== undefined, (query) => query.where('reason', '=', reason ?? ''));
			const { total } = await matching
				.select((e) => e.fn.countAll<number>().as('total'))
				.executeTakeFirstOrThrow();
			const rows = await matching
				.selectAll()
				.orderBy('received_at', 'desc')
				.orderBy('id', 'desc')
				.limit(size)
				.offset((Math.max(1, page) - 1) * size)
				.execute();
			const items = rows.map((row) => ({
				id: row.id,
				receivedAt: row.received_at,
				source: row.source,
				topic: row.topic,
				deviceId: row.device_id,
				identifier: row.identifier,
				reason: row.reason,
				detail: row.detail ?? '',
				payload: row.payload?.subarray(0, 2000).toString('utf8') ?? '',
				status: row.status,
			}));
			return ok({ items, total, page: Math.max(1, page), pageSize: size });
		},

		async reasons(actor) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			const rows = await db
				.selectFrom('sensing.dead_letter')
				.select(['reason', (e) => e.fn.countAll<number>().as('count')])
				.where('status', '=', 'waiting')
				.groupBy('reason')
				.orderBy('count', 'desc')
				.execute();
			return ok(rows);
		},

		async replay(actor, which) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			if (!isValid(which)) return refuse('sensing.dead_letter_unknown');
			const letters = await waitingLetters(which)
				.selectAll()
				.orderBy('received_at')
				.limit(mostReplayed)
				.execute();
			if (which.id !== undefined && !letters.length) return refuse('sensing.dead_letter_unknown');
			let failed = 0;
			for (const letter of letters) {
				const payload = letter.payload ?? Buffer.alloc(0);
				const parsed = parseAgain(letter.topic ?? '', payload, letter.received_at);
				if (!parsed) {
					failed++;
					continue;
				}
				const outcomes = await ingest.accept(parsed.messages, parsed.rejected, {
					source: letter.source,
					topic: letter.topic,
					payload: letter.topic === normalisedTopic ? Buffer.alloc(0) : payload,
				});
				if (parsed.rejected.length || outcomes.some(isLetterAgain)) failed++;
				// Marked after: a replay cut short is replayed again, which changes nothing.
				await db
					.updateTable('sensing.dead_letter')
					.set({ status: 'replayed', replayed_at: new Date() })
					.where('id', '=', letter.id)
					.execute();
			}
			await platform.audit.record(null, {
				actor,
				action: 'sensing.dead_letters.replayed',
				detail: { letters: letters.length, failed },
			});
			return ok({ replayed: letters.length - failed, failed });
		},

		async discard(actor, which) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			if (!isValid(which)) return refuse('sensing.dead_letter_unknown');
			return db.transaction().execute(async (trx) => {
				const gone = await trx
					.updateTable('sensing.dead_letter')
					.set({ status: 'discarded' })
					.where('id', 'in', waitingLetters(which).select('id'))
					.returning('id')
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'sensing.dead_letters.discarded',
					detail: { letters: gone.length },
				});
				return ok({ discarded: gone.length });
			});
		},
	};
}

function parseAgain(topic: string, payload: Buffer, receivedAt: Date): Parsed | null {
	if (topic === normalisedTopic)
		return { messages: [fromJson(JSON.parse(payload.toString('utf8')))], rejected: [] };
	return topic.startsWith('http:')
		? parseHttp(topic, payload, receivedAt)
		: parsePublication(topic, payload, receivedAt);
}

/** `http:chirpstack/up`, `http:tts`, `http:devices/<name>`: how the HTTP ways note where a letter came from. */
function parseHttp(topic: string, payload: Buffer, receivedAt: Date) {
	const [way, ...rest] = topic.slice('http:'.length).split('/');
	if (way === 'chirpstack') return parseChirpStack(rest[0] ?? 'up', payload, receivedAt);
	if (way === 'tts') return parseThingsStack(payload, receivedAt);
	if (way === 'devices') return parsePlain('http', rest.join('/'), payload, receivedAt);
	return null;
}
