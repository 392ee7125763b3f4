import type { Caption, TranscriptFormat } from './face.ts';

/** A transcript as a file: WebVTT with speakers, SubRip, or text by paragraphs of one speaker. Lines that are not recorded have no place in the first two. */
export function formatTranscript(captions: readonly Caption[], format: TranscriptFormat): string {
	if (format === 'txt') return textOf(captions);
	const timed = captions.flatMap((one) =>
		one.position === null ? [] : [{ ...one, position: one.position }],
	);
	if (format === 'srt')
		return timed
			.map((one, n) => {
				const previous = timed[n - 1];
				const speaker = one.speaker && one.speaker !== previous?.speaker ? `${one.speaker} : ` : '';
				return `${n + 1}\n${cueTime(one, ',')}\n${speaker}${plain(one.text)}\n`;
			})
			.join('\n');
	const cues = timed.map((one) => {
		const voice = one.speaker ? `<v ${escaped(one.speaker).replaceAll(/[\n.]/g, ' ')}>` : '';
		return `${cueTime(one, '.')}\n${voice}${escaped(plain(one.text))}\n`;
	});
	return `WEBVTT\n\n${cues.join('\n')}`;
}

const plain = (text: string) => text.replaceAll(/\s+/g, ' ');

/** WebVTT takes `&` and `<` for its own, and `-->` may not stand in a cue. */
const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function cueTime(
	{ position, durationSeconds }: { position: number; durationSeconds: number },
	point: string,
): string {
	return `${clock(position, point)} --> ${clock(position + durationSeconds, point)}`;
}

/** `01:02:03.004` */
export function clock(seconds: number, point = '.'): string {
	const milliseconds = Math.max(0, Math.round(seconds * 1000));
	const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
	return `${two(milliseconds / 3_600_000)}:${two((milliseconds / 60_000) % 60)}:${two((milliseconds / 1000) % 60)}${point}${String(milliseconds % 1000).padStart(3, '0')}`;
}

function textOf(captions: readonly Caption[]): string {
	const paragraphs: string[] = [];
	let speaker: string | null = null;
	let lines: string[] = [];
	const end = () => {
		if (lines.length) paragraphs.push(`${speaker ? `${speaker} : ` : ''}${lines.join(' ')}`);
		lines = [];
	};
	for (const caption of captions) {
		if (caption.speaker !== speaker) end();
		speaker = caption.speaker;
		lines.push(plain(caption.text));
	}
	end();
	return `${paragraphs.join('\n\n')}\n`;
}
