import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stateOf } from '../record.ts';
import type { Sitting } from '../sitting.ts';

const [width, height] = [960, 540];
const font = fileURLToPath(
	import.meta.resolve(
		'@expo-google-fonts/atkinson-hyperlegible-next/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf',
	),
);

interface Slide {
	/** Seconds from the opening. */
	from: number;
	to: number;
	item: string;
	name: string;
	detail: string;
}

/** What to show of a meeting that nobody filmed, from its record: the item, who speaks, the result of a vote. */
export function slidesOf({ meeting, seats, items, events, around, state }: Sitting): Slide[] {
	const { openedAt, closedAt } = state;
	if (!openedAt || !closedAt) return [];
	const since = (at: Date) => (at.getTime() - openedAt.getTime()) / 1000;
	const slides: Slide[] = [];
	for (const [n, event] of events.entries()) {
		const from = since(event.at);
		if (from < 0) continue;
		const now = stateOf(events.slice(0, n + 1), around, event.at);
		const seat = seats.find(({ id }) => id === now.floor?.seatId);
		const place = items.findIndex(({ id }) => id === now.itemId);
		const vote = now.votes.findLast(({ itemId }) => itemId === now.itemId);
		const result = vote?.result;
		const slide = {
			from,
			to: since(closedAt),
			item: place < 0 ? meeting.title : `${place + 1}. ${items[place]?.title ?? ''}`,
			name: seat?.name ?? (vote ? (result ? (result.adopted ? 'Adopté' : 'Rejeté') : 'Vote en cours') : ''),
			detail:
				seat?.party ??
				(result ? `${result.for} pour, ${result.against} contre, ${result.abstention} abstention(s)` : ''),
		};
		const last = slides.at(-1);
		if (last && last.item === slide.item && last.name === slide.name && last.detail === slide.detail)
			continue;
		if (last) last.to = from;
		slides.push(slide);
	}
	return slides.filter(({ from, to }) => to > from);
}

const clock = (seconds: number) =>
	`${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}:${(seconds % 60).toFixed(2).padStart(5, '0')}`;
// Braces and backslashes are commands of the format.
const plain = (text: string) => text.replaceAll(/[{}\\\n]/g, ' ');

/** The slides as Advanced SubStation Alpha, which ffmpeg draws on a plain ground. */
function scriptOf(slides: readonly Slide[]): string {
	const styles = [
		['Item', 30, '&H00F4E9DD', 8, 46],
		['Name', 54, '&H00FFFFFF', 5, 0],
		['Detail', 30, '&H00C9E5F2', 2, 120],
		['Note', 22, '&H0078D7F2', 2, 30],
	] as const;
	const line = (slide: Slide, style: string, text: string) =>
		text && `Dialogue: 0,${clock(slide.from)},${clock(slide.to)},${style},,0,0,0,,${plain(text)}`;
	return [
		'[Script Info]\nScriptType: v4.00+',
		`PlayResX: ${width}\nPlayResY: ${height}\nWrapStyle: 0`,
		'[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV',
		...styles.map(
			([name, size, colour, alignment, margin]) =>
				`Style: ${name},Atkinson Hyperlegible Next,${size},${colour},&H00000000,1,0,0,${alignment},60,60,${margin}`,
		),
		'[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text',
		...slides.flatMap((slide) => [
			line(slide, 'Item', slide.item),
			line(slide, 'Name', slide.name),
			line(slide, 'Detail', slide.detail),
			line(slide, 'Note', 'Démonstration : images dessinées d’après le déroulé, personnes inventées'),
		]),
	]
		.filter(Boolean)
		.join('\n');
}

/**
 * Have ffmpeg draw the slides of a meeting.
 * @param work is given the arguments that name the inputs and how to draw on them, without an output
 */
export async function withVideo(
	slides: readonly Slide[],
	work: (ffmpegArguments: string[]) => Promise<void>,
): Promise<void> {
	const directory = await mkdtemp(join(tmpdir(), 'parvis-slides-'));
	try {
		const script = join(directory, 'slides.ass');
		await writeFile(script, scriptOf(slides));
		const seconds = String(Math.max(...slides.map(({ to }) => to)));
		await work([
			...['-f', 'lavfi', '-i', `color=c=0x17384f:s=${width}x${height}:r=10:d=${seconds}`],
			...['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=mono', '-t', seconds],
			...['-vf', `subtitles=${script}:fontsdir=${dirname(font)}`],
		]);
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
}
