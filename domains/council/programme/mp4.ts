import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { type Chapter, chaptersOf } from './chapters.ts';
import { ffmpegPath } from './packager.ts';
import { readRecording } from './recording.ts';

export const mp4Job = 'council.recording.mp4';

/** The whole recording as one file, made once the programme is over; what was missed is made by the schedule. */
export function defineMp4Job(context: Context): void {
	context.platform.jobs.define<{ meetingId?: string }>(
		mp4Job,
		{ cron: '*/10 * * * *', retryLimit: 5, retryDelaySeconds: 30, expireInSeconds: 3600 },
		async ({ meetingId }) => {
			const { rows } = await sql<{ meeting_id: string }>`
				SELECT meeting_id FROM council.programme
				WHERE ended_at IS NOT NULL AND mp4_key IS NULL AND deleted_at IS NULL
					AND (${meetingId ?? null}::uuid IS NULL OR meeting_id = ${meetingId ?? null})
					AND EXISTS (SELECT FROM council.run JOIN council.segment ON run_id = run.id
						WHERE run.meeting_id = programme.meeting_id)`.execute(context.db);
			for (const row of rows) await makeMp4(context, row.meeting_id);
		},
	);
}

/** Join the runs of a recording without encoding anything anew, with its chapters, ready to be played while it loads. */
export async function makeMp4(context: Context, meetingId: string): Promise<void> {
	const { db, platform } = context;
	const recording = await readRecording(db, meetingId);
	if (!recording) return;
	const folder = join(platform.config.dataDir, 'temporary');
	await mkdir(folder, { recursive: true });
	const work = await mkdtemp(join(folder, 'recording-'));
	try {
		const parts: string[] = [];
		for (const run of recording.runs) {
			if (!run.segments.length) continue;
			const part = `${parts.length}.ts`;
			parts.push(part);
			const keys = [run.initKey, ...run.segments.map(({ fileKey }) => fileKey)];
			// In a transport stream each run carries its own parameters: the card and the room need not be encoded alike.
			await ffmpeg(
				['-f', 'mp4', '-i', 'pipe:0', '-map', '0', '-c', 'copy', '-f', 'mpegts', join(work, part)],
				Readable.from(contents(context, keys)),
			);
		}
		if (!parts.length) return;
		await writeFile(join(work, 'list.txt'), parts.map((part) => `file '${part}'\n`).join(''));
		const chapters = chaptersOf(recording.events, recording.tape, recording.names, recording.cards);
		const end = recording.tape.reduce((sum, { seconds }) => sum + seconds, 0);
		await writeFile(join(work, 'chapters.txt'), chapterMetadata(recording.title, chapters, end));
		const made = join(work, 'recording.mp4');
		await ffmpeg([
			...['-f', 'concat', '-safe', '0', '-i', join(work, 'list.txt'), '-i', join(work, 'chapters.txt')],
			...[
				'-map',
				'0',
				'-map_metadata',
				'1',
				'-map_chapters',
				'1',
				'-c',
				'copy',
				'-movflags',
				'+faststart',
				made,
			],
		]);
		const { size } = await stat(made);
		const key = `council/recording/${meetingId}/recording-${Date.now()}.mp4`;
		await platform.files.put(key, createReadStream(made), { contentType: 'video/mp4' });
		const { rows } = await sql`
			WITH kept AS (
				UPDATE council.programme SET mp4_key = ${key}, mp4_bytes = ${size}
				WHERE meeting_id = ${meetingId} AND ended_at IS NOT NULL AND deleted_at IS NULL RETURNING meeting_id
			) SELECT pg_notify('council_meeting', ${meetingId}) FROM kept`.execute(db);
		// It went on, or was taken away, while the file was made.
		if (!rows.length) await platform.files.delete(key);
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}

async function* contents({ platform }: Context, keys: readonly string[]): AsyncGenerator<Buffer> {
	for (const key of keys) {
		const content = await platform.files.get(key);
		if (!content) throw new Error(`a file of the recording is missing: ${key}`);
		for await (const chunk of content) yield chunk as Buffer;
	}
}

const escaped = (text: string) => text.replace(/[=;#\\\n]/g, (sign) => `\\${sign}`);

/** ffmpeg's own text for chapters: items of the agenda alone, players show a flat list. */
export function chapterMetadata(title: string, chapters: readonly Chapter[], endSeconds: number): string {
	const shown = chapters.filter(({ kind, title: name }) => kind === 'item' && name);
	const lines = [';FFMETADATA1', `title=${escaped(title)}`];
	for (const [n, chapter] of shown.entries()) {
		const end = shown[n + 1]?.seconds ?? Math.max(endSeconds, chapter.seconds + 1);
		lines.push(
			'[CHAPTER]',
			'TIMEBASE=1/1000',
			`START=${Math.round(chapter.seconds * 1000)}`,
			`END=${Math.round(end * 1000)}`,
			`title=${escaped(chapter.title)}`,
		);
	}
	return `${lines.join('\n')}\n`;
}

/** @throws with what ffmpeg said last */
export async function ffmpeg(args: readonly string[], input?: Readable): Promise<void> {
	const child = spawn(ffmpegPath, ['-hide_banner', '-nostats', '-loglevel', 'error', '-y', ...args], {
		stdio: [input ? 'pipe' : 'ignore', 'ignore', 'pipe'],
	});
	let said = '';
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		said = (said + text).slice(-2000);
	});
	const closed = new Promise<void>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) =>
			code === 0 ? resolve() : reject(new Error(`ffmpeg: ${said.trim().split('\n').at(-1) ?? code}`)),
		);
	});
	if (input && child.stdin) {
		const fed = pipeline(input, child.stdin);
		await Promise.all([closed, fed]);
	} else await closed;
}
