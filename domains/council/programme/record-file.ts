import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { InitSegment, MediaSegment } from './fragments.ts';
import { mp4Job } from './mp4.ts';
import { audioEncoding, fragmentedOutput, startPackager } from './packager.ts';
import { type Recorder, startRun } from './recorder.ts';

/** Record what ffmpeg reads, as one run that began at an instant; what was recorded before stays. @throws when ffmpeg fails */
export async function recordFile(
	context: Context,
	meetingId: string,
	startedAt: Date,
	ffmpegArgs: readonly string[],
): Promise<void> {
	const { db, platform } = context;
	let recorder: Recorder | null = null;
	let writing: Promise<void> = Promise.resolve();
	const keep = async (segment: InitSegment | MediaSegment) => {
		if (segment.kind === 'init') recorder = await startRun(context, meetingId, 'file', startedAt, segment);
		else await recorder?.write(segment);
	};
	const packager = startPackager(
		[
			...ffmpegArgs,
			...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
			...['-force_key_frames', 'expr:gte(t,n_forced*2)', ...audioEncoding, ...fragmentedOutput],
		],
		{
			onSegment(segment) {
				writing = writing.then(() => keep(segment));
				writing.catch(() => packager.kill());
			},
		},
	);
	packager.finish();
	const outcome = await packager.ended;
	await writing;
	await (recorder as Recorder | null)?.end();
	if (!outcome.ok) throw new Error(`ffmpeg: ${outcome.reason}`);
	await sql`
		INSERT INTO council.programme (meeting_id, state_since, ended_at) VALUES (${meetingId}, now(), now())
		ON CONFLICT (meeting_id) DO UPDATE SET mp4_key = NULL, mp4_bytes = NULL`.execute(db);
	await platform.jobs.send(mp4Job, { meetingId });
}
