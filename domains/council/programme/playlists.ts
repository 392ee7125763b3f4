/** One run as a player sees it. */
export interface PlaylistRun {
	id: string;
	startedAt: Date;
	segments: readonly { number: number; startsAtSeconds: number; durationSeconds: number }[];
}

export interface MediaPlaylist {
	runs: readonly PlaylistRun[];
	/** Nothing more will come. */
	ended: boolean;
	/** The sound alone. */
	audio: boolean;
	/** Leave out what a player that asks for a delta has already (RFC 8216bis, 6.2.5.1). */
	skip: boolean;
}

/** Longest segment in whole seconds that players may expect while a meeting goes on. */
const leastTargetSeconds = 2;
/** A delta is for who has read the playlist less than this ago: six target durations at least. */
const skipUntilTargets = 6;

/**
 * The media playlist of a meeting (RFC 8216 and 8216bis): every run from its beginning, a discontinuity between two.
 * The addresses of segments are relative to the playlist's own.
 */
export function mediaPlaylist({ runs, ended, audio, skip }: MediaPlaylist): string {
	const recorded = runs.filter(({ segments }) => segments.length);
	const all = recorded.flatMap(({ segments }) => segments);
	const target = Math.max(
		leastTargetSeconds,
		...all.map(({ durationSeconds }) => Math.round(durationSeconds)),
	);
	const skipUntil = target * skipUntilTargets;
	let left = 0;
	let skipped = 0;
	if (skip && !ended)
		for (let n = all.length - 1; n >= 0; n--) {
			left += all[n]?.durationSeconds ?? 0;
			if (left > skipUntil) {
				skipped = n;
				break;
			}
		}
	const lines = [
		'#EXTM3U',
		`#EXT-X-VERSION:${skipped ? 9 : 7}`,
		`#EXT-X-TARGETDURATION:${target}`,
		'#EXT-X-MEDIA-SEQUENCE:0',
		'#EXT-X-INDEPENDENT-SEGMENTS',
		...(ended ? ['#EXT-X-PLAYLIST-TYPE:VOD'] : ['#EXT-X-PLAYLIST-TYPE:EVENT']),
		...(ended
			? []
			: [`#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=${skipUntil},HOLD-BACK=${target * 3}`]),
		...(skipped ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`] : []),
	];
	const extension = audio ? 'm4a' : 'm4s';
	let passed = 0;
	for (const [n, run] of recorded.entries()) {
		const begins = passed >= skipped;
		if (begins) {
			if (n > 0) lines.push('#EXT-X-DISCONTINUITY');
			lines.push(`#EXT-X-MAP:URI="${run.id}/${audio ? 'audio' : 'init'}.mp4"`);
		}
		for (const segment of run.segments) {
			if (passed++ < skipped) continue;
			if (segment === run.segments[0])
				lines.push(
					`#EXT-X-PROGRAM-DATE-TIME:${new Date(run.startedAt.getTime() + segment.startsAtSeconds * 1000).toISOString()}`,
				);
			lines.push(
				`#EXTINF:${segment.durationSeconds.toFixed(5)},`,
				`${run.id}/${segment.number}.${extension}`,
			);
		}
	}
	if (ended) lines.push('#EXT-X-ENDLIST');
	return `${lines.join('\n')}\n`;
}

/** The master playlist: the picture with its sound, and the sound alone. */
export function masterPlaylist(picture: {
	codecs: string;
	width: number;
	height: number;
	bitsPerSecond: number;
}): string {
	return [
		'#EXTM3U',
		'#EXT-X-VERSION:7',
		'#EXT-X-INDEPENDENT-SEGMENTS',
		`#EXT-X-STREAM-INF:BANDWIDTH=${Math.round(picture.bitsPerSecond)},CODECS="${picture.codecs}",RESOLUTION=${picture.width}x${picture.height}`,
		'video.m3u8',
		`#EXT-X-STREAM-INF:BANDWIDTH=${audioBitsPerSecond},CODECS="mp4a.40.2"`,
		'audio.m3u8',
		'',
	].join('\n');
}

/** What the sound is encoded with, and a little for its container. */
const audioBitsPerSecond = 112_000;
