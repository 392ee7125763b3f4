import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { type Actor, asId, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { mayPrepare } from '../policies.ts';
import { instantOf, readTape } from '../programme/tape.ts';
import type { Clip } from './face.ts';
import { partsOf } from './recorded.ts';

const mostSeconds = 60;

/**
 * Some seconds of a recording as a file of its own, for who corrects a line; the pictures are as they were recorded.
 * @param position seconds from the beginning of the recording
 */
export async function clipOf(
	{ db, platform }: Pick<Context, 'db' | 'platform'>,
	actor: Actor,
	meetingId: string,
	position: number,
	seconds: number,
): Promise<Result<Clip>> {
	if (!mayPrepare(actor)) return refuse('platform.not_allowed');
	const tape = await readTape(db, asId(meetingId));
	const at = instantOf(tape, position);
	const run = tape.findLast(({ startedAt }) => at !== null && startedAt.getTime() <= at.getTime());
	if (!at || !run) return refuse('council.not_recorded');
	const from = (at.getTime() - run.startedAt.getTime()) / 1000;
	const parts = await partsOf(db, run.id, from, from + Math.min(Math.max(1, seconds), mostSeconds));
	const { rows } = await sql<{
		init: string;
	}>`SELECT init_key AS init FROM council.run WHERE id = ${run.id}`.execute(db);
	const [head] = parts;
	if (!head || !rows[0]) return refuse('council.not_recorded');
	const keys = [rows[0].init, ...parts.map(({ fileKey }) => fileKey)];
	const ffmpeg = spawn(
		'ffmpeg',
		[
			...['-hide_banner', '-loglevel', 'error', '-nostdin', '-f', 'mp4', '-i', 'pipe:0', '-c', 'copy'],
			...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4', 'pipe:1'],
		],
		{ stdio: ['pipe', 'pipe', 'ignore'] },
	);
	const chunks: Buffer[] = [];
	ffmpeg.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
	const ended = new Promise<number | null>((resolve, reject) => {
		ffmpeg.once('error', reject);
		ffmpeg.once('close', resolve);
	});
	ended.catch(() => {});
	async function* content() {
		for (const key of keys) {
			const file = await platform.files.get(key);
			if (file) yield* file;
		}
	}
	await pipeline(content(), ffmpeg.stdin).catch(() => ffmpeg.kill('SIGKILL'));
	const code = await ended;
	return code === 0 && chunks.length
		? ok({ content: Buffer.concat(chunks), offsetSeconds: Math.max(0, from - head.startsAtSeconds) })
		: refuse('council.not_recorded');
}
