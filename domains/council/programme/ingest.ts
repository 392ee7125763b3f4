import { fileURLToPath } from 'node:url';
import type { InitSegment, MediaSegment } from './fragments.ts';
import { audioEncoding, fragmentedOutput, startPackager } from './packager.ts';
import type { OnSegment, Take } from './take.ts';

/** Segments longer than this come of key frames too far apart: the picture is encoded anew. */
const longestCopiedSeconds = 2.5;

const encoding = [
	...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
	...[
		'-b:v',
		'2500k',
		'-maxrate',
		'3000k',
		'-bufsize',
		'3000k',
		'-force_key_frames',
		'expr:gte(t,n_forced*1.5)',
	],
];

/** What stands for a time behind closed doors. */
export const cardArguments: readonly string[] = [
	...['-re', '-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo'],
	...['-loop', '1', '-framerate', '10', '-i', fileURLToPath(new URL('./card.png', import.meta.url))],
	...['-map', '1:v', '-map', '0:a', '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'stillimage'],
	...['-profile:v', 'baseline', '-g', '15', '-pix_fmt', 'yuv420p'],
];

/** Where a town's own camera desk sends its picture; we listen. */
export function listeningAddress(
	source: 'rtmp' | 'srt',
	{ host, port }: { host: string; port: number },
	key: string,
): string {
	const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
	return source === 'rtmp'
		? `rtmp://${at}/live/${key}`
		: `srt://${at}?mode=listener&passphrase=${key}&pbkeylen=16&latency=200000`;
}

/** Who connects and says nothing is sent away, so that the desk itself gets in; waiting for a connection has no end. */
const silenceMicroseconds = 6_000_000;

/** Whoever publishes under another name than the key is refused: ffmpeg itself only remarks on it. */
const wrongKey = /Unexpected stream|App field don't match/;

/** Listen for a camera desk. H.264 with key frames close enough passes as it is; anything else when `encode`. */
export function startIngest(
	source: 'rtmp' | 'srt',
	address: string,
	encode: boolean,
	onSegment: OnSegment,
): Take {
	const input =
		source === 'rtmp'
			? ['-rw_timeout', String(silenceMicroseconds), '-f', 'flv', '-listen', '1', '-i', address]
			: ['-f', 'mpegts', '-i', address];
	return startProgram(
		[
			...['-probesize', '1000000', '-analyzeduration', '1000000', ...input],
			...['-map', '0:v:0', '-map', '0:a:0?', ...(encode ? encoding : ['-c:v', 'copy'])],
			...audioEncoding,
			...fragmentedOutput,
		],
		onSegment,
		encode,
	);
}

/** The card of closed doors. */
export function startCard(onSegment: OnSegment): Take {
	return startProgram([...cardArguments, ...audioEncoding, ...fragmentedOutput], onSegment, true);
}

/** Told by its reason: the picture has to be encoded anew. */
export const needsEncoding = 'the picture is not H.264 with key frames close enough';

function startProgram(args: readonly string[], onSegment: OnSegment, anyLength: boolean): Take {
	let startedAt: Date | null = null;
	let init: InitSegment | null = null;
	let refused: string | null = null;
	const refuse = (reason: string) => {
		refused ??= reason;
		packager.kill();
	};
	function take(segment: InitSegment | MediaSegment): void {
		if (refused) return;
		if (segment.kind === 'init') {
			init = segment;
			return;
		}
		if (!anyLength && segment.durationSeconds > longestCopiedSeconds) {
			refuse(needsEncoding);
			return;
		}
		if (!startedAt) {
			startedAt = new Date(Date.now() - segment.durationSeconds * 1000);
			if (init) onSegment(init, startedAt);
		}
		onSegment(segment, startedAt);
	}
	const packager = startPackager(args, {
		bound: true,
		onSegment: take,
		onLine(line) {
			if (wrongKey.test(line)) refuse('wrong stream key');
			if (/codec not currently supported in container|Could not find tag for codec/.test(line))
				refuse(needsEncoding);
		},
	});
	const ended = packager.ended.then((outcome) => {
		const reason = refused ?? (/not H\.264/.test(outcome.reason) ? needsEncoding : outcome.reason);
		return refused ? { ok: false, reason } : { ...outcome, reason };
	});
	const kill = async () => {
		refused ??= 'stopped';
		packager.kill();
		await ended;
	};
	return { ended, stop: kill, kill };
}
