import { type ChildProcess, spawn } from 'node:child_process';
import { asId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { ffmpegPath } from './packager.ts';
import { decrypt } from './secrets.ts';

const mostWaitingBytes = 24 * 1024 * 1024;
const longestBackoffMilliseconds = 30_000;

/** The address that ffmpeg is given; the key is its last part. */
export function publishAddress(url: string, key: string | null): string {
	return key === null ? url : `${url.replace(/\/+$/, '')}/${key}`;
}

/** What a program says, without where it sends. */
export function withoutAddress(text: string, address: string, key: string | null): string {
	let clean = text.replaceAll(address, '…');
	if (key) clean = clean.replaceAll(key, '…');
	return clean.replace(/(rtmps?:\/\/[^/\s]+)\S*/g, '$1/…').slice(0, 300);
}

/** The programme of one meeting on its way to every destination: each for itself. */
export interface Pushes {
	/** A run begins: players need its initialisation segment. */
	begin(init: Buffer): void;
	segment(data: Buffer): void;
	/** A run ended. */
	pause(): void;
	/** Take new and changed destinations in, leave what is no longer. */
	refresh(): Promise<void>;
	stop(): Promise<void>;
}

interface Push {
	id: string;
	address: string;
	key: string | null;
	child: ChildProcess | null;
	failures: number;
	notBefore: number;
	state: string;
	/** Its program is ended by us. */
	ending: boolean;
}

export function createPushes({ db, platform }: Context, meetingId: string): Pushes {
	const pushes = new Map<string, Push>();
	let init: Buffer | null = null;

	async function note(push: Push, state: string, problem: string | null = null): Promise<void> {
		if (push.state === state && problem === null) return;
		push.state = state;
		await sql`
			WITH noted AS (
				INSERT INTO council.push (meeting_id, destination_id, state, problem, failures, state_since)
				SELECT ${asId(meetingId)}, ${push.id}, ${state}, ${problem}, ${push.failures}, now()
				WHERE EXISTS (SELECT FROM council.destination WHERE id = ${push.id})
				ON CONFLICT (meeting_id, destination_id) DO UPDATE SET state = excluded.state, failures = excluded.failures,
					problem = coalesce(excluded.problem, council.push.problem), state_since = excluded.state_since
				RETURNING 1
			) SELECT pg_notify('council_meeting', ${meetingId}) FROM noted`
			.execute(db)
			.catch(() => {});
	}

	function start(push: Push): void {
		let said = '';
		let live = false;
		push.ending = false;
		const child = spawn(
			ffmpegPath,
			[
				...['-hide_banner', '-nostats', '-loglevel', 'info', '-readrate', '1.2'],
				// The initialisation segment says all there is to know; looking on would keep the destination waiting for seconds.
				...['-analyzeduration', '500000', '-f', 'mp4', '-i', 'pipe:0'],
				...['-map', '0', '-c', 'copy', '-flvflags', 'no_duration_filesize', '-f', 'flv', push.address],
			],
			{ stdio: ['pipe', 'ignore', 'pipe'] },
		);
		push.child = child;
		void note(push, 'connecting');
		child.stdin.on('error', () => {});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			said = (said + text).slice(-4000);
			if (live || !/^Output #0/m.test(said)) return;
			live = true;
			push.failures = 0;
			void note(push, 'live');
		});
		child.once('error', () => {});
		child.once('close', () => {
			if (push.child !== child) return;
			push.child = null;
			if (push.ending) return;
			push.failures++;
			push.notBefore =
				Date.now() + Math.min(longestBackoffMilliseconds, 1000 * 2 ** Math.min(push.failures, 5));
			const last = said.trim().split('\n').at(-1) ?? '';
			void note(push, 'retrying', withoutAddress(last, push.address, push.key));
		});
	}

	function end(push: Push): void {
		push.ending = true;
		push.child?.stdin?.end();
		const { child } = push;
		push.child = null;
		if (child) setTimeout(() => child.exitCode === null && child.kill('SIGKILL'), 4000).unref();
	}

	return {
		begin(data) {
			init = data;
			for (const push of pushes.values()) end(push);
		},
		segment(data) {
			if (!init) return;
			for (const push of pushes.values()) {
				if (!push.child) {
					if (Date.now() < push.notBefore) continue;
					start(push);
					push.child = push.child as ChildProcess | null;
					push.child?.stdin?.write(init);
				}
				// A destination that takes nothing is begun anew rather than kept waiting for.
				if ((push.child?.stdin?.writableLength ?? 0) > mostWaitingBytes) push.child?.kill('SIGKILL');
				else if (push.child?.stdin?.writable) push.child.stdin.write(data);
			}
		},
		pause() {
			init = null;
			for (const push of pushes.values()) end(push);
		},
		async refresh() {
			const { rows } = await sql<{ id: string; url: string; stream_key: Buffer | null }>`
				SELECT id, url, stream_key FROM council.destination WHERE enabled ORDER BY created_at`.execute(db);
			const wanted = new Map(
				rows.map(({ id, url, stream_key }) => {
					const key = stream_key && decrypt(platform.config.secret, stream_key);
					return [id, { address: publishAddress(url, key), key }] as const;
				}),
			);
			for (const [id, push] of pushes)
				if (wanted.get(id)?.address !== push.address) {
					end(push);
					pushes.delete(id);
					void note(push, 'ended');
				}
			for (const [id, { address, key }] of wanted)
				if (!pushes.has(id))
					pushes.set(id, {
						id,
						address,
						key,
						child: null,
						failures: 0,
						notBefore: 0,
						state: '',
						ending: false,
					});
		},
		async stop() {
			for (const push of pushes.values()) {
				end(push);
				await note(push, 'ended');
			}
			pushes.clear();
		},
	};
}
