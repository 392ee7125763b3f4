import { type Samples, samplesPerSecond } from './transcriber.ts';

const frameSeconds = 0.02;
const frameSamples = frameSeconds * samplesPerSecond;
const leastPauseSeconds = 0.3;
export const leastWindowSeconds = 2;
export const mostWindowSeconds = 12;
/** Kept around speech, so that no word loses its first sound. */
const marginSeconds = 0.2;
/** Above the quietest tenth of the frames, speech begins. */
const aboveFloorDecibels = 9;
/** Of full scale: below it nobody hears anything. */
const inaudibleDecibels = -55;

export interface Window {
	/** The window ends here, in seconds. */
	endSeconds: number;
	/** Where there is speech in it; null when it is silent. */
	speech: { startSeconds: number; endSeconds: number } | null;
}

/**
 * Where to cut the beginning of some audio for a transcription: at its last pause within 2 to 12 seconds, so that no word is
 * cut and live captions follow at the first breath; at its quietest moment when nobody breathes.
 * @param final nothing follows: what is left is one window, when it is short enough
 * @returns null when it is wiser to wait for more
 */
export function cutAtPause(samples: Samples, final: boolean): Window | null {
	const length = samples.length / samplesPerSecond;
	const levels = levelsOf(samples);
	const sorted = levels.toSorted((a, b) => a - b);
	const floor = sorted[Math.floor(sorted.length / 10)] ?? -100;
	const threshold = Math.max(Math.min(floor + aboveFloorDecibels, -30), inaudibleDecibels);
	const loud = levels.map((level) => level > threshold);
	const windowTo = (endSeconds: number): Window => {
		const frames = Math.round(endSeconds / frameSeconds);
		const first = loud.indexOf(true);
		const last = loud.lastIndexOf(true, frames - 1);
		if (first < 0 || first >= frames || last < first) return { endSeconds, speech: null };
		return {
			endSeconds,
			speech: {
				startSeconds: Math.max(0, first * frameSeconds - marginSeconds),
				endSeconds: Math.min(endSeconds, (last + 1) * frameSeconds + marginSeconds),
			},
		};
	};
	if (final && length <= mostWindowSeconds) return windowTo(length);
	const most = Math.min(length, mostWindowSeconds);
	let cut: number | null = null;
	for (const pause of pausesOf(loud)) {
		// In a long pause at the end, near its beginning: what was said before need not wait for it to end.
		const middle = Math.min((pause.from + pause.until) / 2, pause.from + leastPauseSeconds);
		if (middle >= leastWindowSeconds && middle <= most) cut = middle;
	}
	if (cut !== null) return windowTo(cut);
	if (!loud.includes(true) && length >= leastWindowSeconds) return { endSeconds: most, speech: null };
	if (length < mostWindowSeconds) return null;
	const from = Math.round((mostWindowSeconds - 4) / frameSeconds);
	let quietest = from;
	for (let n = from; n < Math.min(levels.length, mostWindowSeconds / frameSeconds); n++)
		if ((levels[n] ?? 0) < (levels[quietest] ?? 0)) quietest = n;
	return windowTo((quietest + 0.5) * frameSeconds);
}

/** Root mean square of each frame, in decibels of full scale. */
function levelsOf(samples: Samples): number[] {
	const levels: number[] = [];
	for (let at = 0; at < samples.length; at += frameSamples) {
		const end = Math.min(at + frameSamples, samples.length);
		let sum = 0;
		for (let n = at; n < end; n++) sum += ((samples[n] ?? 0) / 32768) ** 2;
		levels.push(10 * Math.log10(sum / (end - at) + 1e-10));
	}
	return levels;
}

function pausesOf(loud: readonly boolean[]): { from: number; until: number }[] {
	const pauses: { from: number; until: number }[] = [];
	let from: number | null = null;
	for (let n = 0; n <= loud.length; n++) {
		if (n < loud.length && !loud[n]) from ??= n;
		else if (from !== null) {
			if ((n - from) * frameSeconds >= leastPauseSeconds)
				pauses.push({ from: from * frameSeconds, until: n * frameSeconds });
			from = null;
		}
	}
	return pauses;
}
