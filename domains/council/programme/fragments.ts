import { boxAt, boxesIn, type Track, trackFragments, tracksOf } from './boxes.ts';

export interface InitSegment {
	kind: 'init';
	data: Buffer;
	tracks: Track[];
}

export interface MediaSegment {
	kind: 'media';
	data: Buffer;
	/** From the first one. */
	startsAtSeconds: number;
	durationSeconds: number;
}

export interface Splitter {
	/** @returns what is whole now. @throws on bytes that are no fragmented MP4; nothing more is to be given then */
	push(chunk: Buffer): (InitSegment | MediaSegment)[];
}

/** Cut a stream of fragmented MP4 into its initialisation segment and its fragments, each of which begins with a key frame. */
export function createSplitter(): Splitter {
	let pending: Buffer[] = [];
	let pendingBytes = 0;
	let wanted = 8;
	let initParts: Buffer[] = [];
	let init: InitSegment | null = null;
	let moof: Buffer | null = null;
	let firstSeconds: number | null = null;

	function segment(data: Buffer, tracks: Track[]): MediaSegment | null {
		const [box] = boxesIn(data, 0, data.length);
		if (!box) throw new Error('an empty fragment');
		const parts = trackFragments(data, box);
		const timed = parts.flatMap((part) => {
			const track = tracks.find(({ id }) => id === part.trackId);
			return track ? [{ track, part }] : [];
		});
		const lead = timed.find(({ track }) => track.kind === 'video') ?? timed[0];
		if (!lead?.part.duration) return null;
		const at = lead.part.decodeTime / lead.track.timescale;
		firstSeconds ??= at;
		return {
			kind: 'media',
			data,
			startsAtSeconds: Math.max(0, at - firstSeconds),
			durationSeconds: lead.part.duration / lead.track.timescale,
		};
	}

	return {
		push(chunk) {
			pending.push(chunk);
			pendingBytes += chunk.length;
			const whole: (InitSegment | MediaSegment)[] = [];
			while (pendingBytes >= wanted) {
				const bytes = pending.length === 1 && pending[0] ? pending[0] : Buffer.concat(pending);
				pending = [bytes];
				const box = boxAt(bytes, 0);
				wanted = box ? box.end : 16;
				if (!box || bytes.length < box.end) break;
				const taken = Buffer.from(bytes.subarray(0, box.end));
				pending = [bytes.subarray(box.end)];
				pendingBytes = bytes.length - box.end;
				wanted = 8;
				if (!init) {
					if (box.type === 'moof' || box.type === 'mdat') throw new Error('a fragment before its moov');
					initParts.push(taken);
					if (box.type !== 'moov') continue;
					const data = Buffer.concat(initParts);
					initParts = [];
					init = { kind: 'init', data, tracks: tracksOf(data) };
					whole.push(init);
				} else if (box.type === 'moof') moof = taken;
				else if (box.type === 'mdat') {
					if (!moof) throw new Error('an mdat without its moof');
					const made = segment(Buffer.concat([moof, taken]), init.tracks);
					moof = null;
					if (made) whole.push(made);
				}
			}
			return whole;
		},
	};
}
