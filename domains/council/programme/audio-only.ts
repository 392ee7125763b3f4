import { boxAt, boxesIn, find, trackFragments, tracksOf } from './boxes.ts';

function withSize(type: string, parts: readonly Buffer[]): Buffer {
	const header = Buffer.alloc(8);
	header.writeUInt32BE(8 + parts.reduce((sum, { length }) => sum + length, 0));
	header.write(type, 4, 'latin1');
	return Buffer.concat([header, ...parts]);
}

/** The initialisation segment of the sound alone; null when there is none. */
export function audioInit(init: Buffer): Buffer | null {
	const audio = tracksOf(init).find(({ kind }) => kind === 'audio');
	if (!audio) return null;
	const kept = boxesIn(init, 0, init.length).map((box) => {
		const whole = init.subarray(box.start, box.end);
		if (box.type !== 'moov') return whole;
		const inside = boxesIn(init, box.body, box.end).flatMap((part) => {
			const bytes = init.subarray(part.start, part.end);
			if (part.type === 'trak') {
				const tkhd = find(init, part, 'tkhd');
				const id = tkhd && init.readUInt32BE(tkhd.body + (init[tkhd.body] === 1 ? 20 : 12));
				return id === audio.id ? [bytes] : [];
			}
			if (part.type !== 'mvex') return [bytes];
			const extended = boxesIn(init, part.body, part.end)
				.filter(({ type, body }) => type !== 'trex' || init.readUInt32BE(body + 4) === audio.id)
				.map(({ start, end }) => init.subarray(start, end));
			return [withSize('mvex', extended)];
		});
		return withSize('moov', inside);
	});
	return Buffer.concat(kept);
}

/** The sound of a media segment alone, with its own times. @throws when the segment has none */
export function audioSegment(init: Buffer, segment: Buffer): Buffer {
	const audio = tracksOf(init).find(({ kind }) => kind === 'audio');
	const moof = boxAt(segment, 0);
	if (moof?.type !== 'moof') throw new Error('a segment begins with its moof');
	const part = trackFragments(segment, moof).find(({ trackId }) => trackId === audio?.id);
	const header = boxesIn(segment, moof.body, moof.end).find(({ type }) => type === 'mfhd');
	if (!part || !header || !part.offsetField) throw new Error('a segment without sound');
	const samples = segment.subarray(part.dataOffset, part.dataOffset + part.bytes);
	if (samples.length !== part.bytes) throw new Error('the sound of a segment is not whole');
	const traf = Buffer.from(segment.subarray(part.traf.start, part.traf.end));
	const made = withSize('moof', [segment.subarray(header.start, header.end), traf]);
	made.writeInt32BE(made.length + 8, made.length - traf.length + part.offsetField - part.traf.start);
	return Buffer.concat([made, withSize('mdat', [samples])]);
}
