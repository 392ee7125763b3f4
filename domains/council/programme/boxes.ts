/** A box of ISO base media (ISO/IEC 14496-12, 4.2): where it stands in its bytes. */
export interface Box {
	type: string;
	/** Of its header. */
	start: number;
	/** Of its content. */
	body: number;
	end: number;
}

/** A box is read from its header alone; null while the header is not whole. @throws on a size that no box of ours has */
export function boxAt(bytes: Buffer, start: number): Box | null {
	if (start + 8 > bytes.length) return null;
	const type = bytes.toString('latin1', start + 4, start + 8);
	let size = bytes.readUInt32BE(start);
	let header = 8;
	if (size === 1) {
		if (start + 16 > bytes.length) return null;
		size = Number(bytes.readBigUInt64BE(start + 8));
		header = 16;
	}
	if (size < header || size > largestBoxBytes || !/^[\x20-\x7e]{4}$/.test(type))
		throw new Error(`not a box: ${JSON.stringify(type)} of ${size} bytes`);
	return { type, start, body: start + header, end: start + size };
}

const largestBoxBytes = 256 * 1024 * 1024;

/** The boxes between two offsets. @throws when one of them ends outside */
export function boxesIn(bytes: Buffer, start: number, end: number): Box[] {
	const boxes: Box[] = [];
	for (let at = start; at < end; ) {
		const box = boxAt(bytes, at);
		if (!box || box.end > end) throw new Error('a box ends outside what holds it');
		boxes.push(box);
		at = box.end;
	}
	return boxes;
}

/** The first box at a path such as `mdia/minf/stbl` inside another. */
export function find(bytes: Buffer, within: Box, path: string): Box | undefined {
	let box: Box | undefined = within;
	for (const type of path.split('/'))
		box = box && boxesIn(bytes, box.body, box.end).find((one) => one.type === type);
	return box;
}

export interface Track {
	id: number;
	kind: 'video' | 'audio';
	/** Ticks in a second. */
	timescale: number;
	/** RFC 6381. */
	codec: string;
	width: number;
	height: number;
}

/** The tracks that an initialisation segment declares. @throws when it has none that browsers play */
export function tracksOf(init: Buffer): Track[] {
	const moov = boxesIn(init, 0, init.length).find(({ type }) => type === 'moov');
	if (!moov) throw new Error('no moov');
	const tracks = boxesIn(init, moov.body, moov.end)
		.filter(({ type }) => type === 'trak')
		.map((trak) => trackOf(init, trak));
	if (!tracks.length) throw new Error('no tracks');
	return tracks;
}

function trackOf(init: Buffer, trak: Box): Track {
	const tkhd = find(init, trak, 'tkhd');
	const mdhd = find(init, trak, 'mdia/mdhd');
	const hdlr = find(init, trak, 'mdia/hdlr');
	const stsd = find(init, trak, 'mdia/minf/stbl/stsd');
	if (!tkhd || !mdhd || !hdlr || !stsd) throw new Error('a track lacks a box');
	const long = init[tkhd.body] === 1;
	const id = init.readUInt32BE(tkhd.body + (long ? 20 : 12));
	const timescale = init.readUInt32BE(mdhd.body + (init[mdhd.body] === 1 ? 20 : 12));
	const handler = init.toString('latin1', hdlr.body + 8, hdlr.body + 12);
	const entry = boxAt(init, stsd.body + 8);
	if (!entry || !timescale) throw new Error('a track lacks its codec or its clock');
	if (handler === 'soun') return { id, kind: 'audio', timescale, codec: 'mp4a.40.2', width: 0, height: 0 };
	if (handler !== 'vide') throw new Error(`a track of ${handler}`);
	const avcC = boxesIn(init, entry.body + 78, entry.end).find(({ type }) => type === 'avcC');
	if (!avcC) throw new Error('the picture is not H.264');
	return {
		id,
		kind: 'video',
		timescale,
		codec: `avc1.${init.toString('hex', avcC.body + 1, avcC.body + 4)}`,
		width: init.readUInt16BE(entry.body + 24),
		height: init.readUInt16BE(entry.body + 26),
	};
}

/** What a fragment holds of one track. */
export interface TrackFragment {
	trackId: number;
	/** In ticks. */
	decodeTime: number;
	/** In ticks. */
	duration: number;
	/** Of all its samples; they stand together. */
	bytes: number;
	/** Of its first sample, from the start of the moof. */
	dataOffset: number;
	traf: Box;
	/** Of the field that tells `dataOffset`, from the start of `bytes`. */
	offsetField: number;
}

/** Read `tfhd`, `tfdt` and `trun` (ISO/IEC 14496-12, 8.8): one run of samples a track, as ffmpeg writes them. */
export function trackFragments(bytes: Buffer, moof: Box): TrackFragment[] {
	return boxesIn(bytes, moof.body, moof.end)
		.filter(({ type }) => type === 'traf')
		.map((traf) => {
			const inside = boxesIn(bytes, traf.body, traf.end);
			const tfhd = inside.find(({ type }) => type === 'tfhd');
			const tfdt = inside.find(({ type }) => type === 'tfdt');
			const runs = inside.filter(({ type }) => type === 'trun');
			if (!tfhd || !tfdt || !runs.length) throw new Error('a fragment lacks a box');
			const header = bytes.readUInt32BE(tfhd.body) & 0xffffff;
			let at = tfhd.body + 8;
			if (header & 0x1) at += 8;
			if (header & 0x2) at += 4;
			const defaultDuration = header & 0x8 ? bytes.readUInt32BE(at) : 0;
			if (header & 0x8) at += 4;
			const defaultSize = header & 0x10 ? bytes.readUInt32BE(at) : 0;
			let duration = 0;
			let size = 0;
			let dataOffset = 0;
			let offsetField = 0;
			for (const [n, run] of runs.entries()) {
				const flags = bytes.readUInt32BE(run.body) & 0xffffff;
				const samples = bytes.readUInt32BE(run.body + 4);
				let field = run.body + 8;
				if (flags & 0x1) {
					if (n === 0) {
						dataOffset = bytes.readInt32BE(field);
						offsetField = field;
					}
					field += 4;
				}
				if (flags & 0x4) field += 4;
				const stride = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
				if (field + samples * stride > run.end) throw new Error('a run of samples is longer than its box');
				for (let sample = 0; sample < samples; sample++, field += stride) {
					duration += flags & 0x100 ? bytes.readUInt32BE(field) : defaultDuration;
					size += flags & 0x200 ? bytes.readUInt32BE(field + (flags & 0x100 ? 4 : 0)) : defaultSize;
				}
			}
			const decodeTime =
				bytes[tfdt.body] === 1
					? Number(bytes.readBigUInt64BE(tfdt.body + 4))
					: bytes.readUInt32BE(tfdt.body + 4);
			return {
				trackId: bytes.readUInt32BE(tfhd.body + 4),
				decodeTime,
				duration,
				bytes: size,
				dataOffset,
				traf,
				offsetField,
			};
		});
}
