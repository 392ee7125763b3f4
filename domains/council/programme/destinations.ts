import { spawn } from 'node:child_process';
import { asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { mayPrepare } from '../policies.ts';
import type { Programme } from './face.ts';
import { ffmpegPath } from './packager.ts';
import { publishAddress, withoutAddress } from './push.ts';
import { decrypt, encrypt } from './secrets.ts';

const testMilliseconds = 15_000;
const mostDestinations = 20;

const destinationInput = z.object({
	name: textInput(80, 'council.name_missing'),
	url: z
		.string()
		.trim()
		.max(500, 'council.destination_url')
		.refine(
			(text) => /^rtmps?:\/\/[^\s@|]+$/.test(text) && URL.canParse(text) && new URL(text).hostname !== '',
			'council.destination_url',
		),
	key: z
		.string()
		.trim()
		.max(500, 'council.destination_key')
		.regex(/^[^\s|]*$/, 'council.destination_key')
		.default(''),
	enabled: z.boolean().default(true),
});

export function createDestinations({ db, platform, now }: Context): Programme['destinations'] {
	const { secret } = platform.config;
	return {
		async list(actor) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<{
				id: string;
				name: string;
				url: string;
				hasKey: boolean;
				enabled: boolean;
			}>`
				SELECT id, name, url, stream_key IS NOT NULL AS "hasKey", enabled FROM council.destination
				ORDER BY created_at, id`.execute(db);
			return ok(rows);
		},

		async create(actor, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(destinationInput, given);
			if (!input.ok) return input;
			const { name, url, key, enabled } = input.value;
			return changing(db, async (trx) => {
				const { rows } = await sql<{ count: number }>`
					SELECT count(*)::int AS count FROM council.destination`.execute(trx);
				if ((rows[0]?.count ?? 0) >= mostDestinations)
					return refuse('council.too_many_destinations', { most: mostDestinations });
				const id = newId();
				await trx
					.insertInto('council.destination')
					.values({
						id,
						name,
						url,
						stream_key: key ? encrypt(secret, key) : null,
						enabled,
						created_at: now(),
					})
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.destination.create',
					subject: `destination:${id}`,
				});
				return ok({ id });
			});
		},

		async change(actor, id, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(destinationInput, given);
			if (!input.ok) return input;
			const { name, url, key, enabled } = input.value;
			return changing(db, async (trx) => {
				const { numUpdatedRows } = await trx
					.updateTable('council.destination')
					.set({ name, url, enabled, ...(key && { stream_key: encrypt(secret, key) }) })
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!numUpdatedRows) return refuse('council.destination_unknown');
				await platform.audit.record(trx, {
					actor,
					action: 'council.destination.change',
					subject: `destination:${id}`,
				});
				return ok(null);
			});
		},

		async remove(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const { numDeletedRows } = await trx
					.deleteFrom('council.destination')
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!numDeletedRows) return refuse('council.destination_unknown');
				await platform.audit.record(trx, {
					actor,
					action: 'council.destination.remove',
					subject: `destination:${id}`,
				});
				return ok(null);
			});
		},

		async test(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const row = await db
				.selectFrom('council.destination')
				.select(['url', 'stream_key'])
				.where('id', '=', asId(id))
				.executeTakeFirst();
			if (!row) return refuse('council.destination_unknown');
			const key = row.stream_key && decrypt(secret, row.stream_key);
			if (row.stream_key && key === null) return refuse('council.destination_key_lost');
			const address = publishAddress(row.url, key);
			const problem = await trySending(address);
			return problem === null
				? ok(null)
				: refuse('council.destination_failed', { reason: withoutAddress(problem, address, key) });
		},
	};
}

/** @returns what went wrong, null for nothing */
function trySending(address: string): Promise<string | null> {
	const child = spawn(
		ffmpegPath,
		[
			...['-hide_banner', '-nostats', '-loglevel', 'error', '-re'],
			...['-f', 'lavfi', '-i', 'color=c=0x1b2a41:s=640x360:r=10:d=2'],
			...['-f', 'lavfi', '-t', '2', '-i', 'anullsrc=r=48000:cl=stereo'],
			...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
			...['-f', 'flv', address],
		],
		{ stdio: ['ignore', 'ignore', 'pipe'] },
	);
	let said = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		said = (said + text).slice(-2000);
	});
	return new Promise((resolve) => {
		const timer = setTimeout(() => {
			said ||= 'no answer';
			child.kill('SIGKILL');
		}, testMilliseconds);
		child.once('error', (error) => resolve(error.message));
		child.once('close', (code) => {
			clearTimeout(timer);
			resolve(code === 0 ? null : (said.trim().split('\n').at(-1) ?? 'unknown'));
		});
	});
}
