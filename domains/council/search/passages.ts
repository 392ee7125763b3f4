/** Long enough to answer, short enough to be read in a list. */
const mostCharacters = 700;
const mostSeconds = 45;
const longestSilenceSeconds = 20;

/** A text in pieces of whole paragraphs or sentences. */
export function passagesOf(text: string): string[] {
	const passages: string[] = [];
	let current = '';
	for (const piece of text.split(/\n+|(?<=[.!?…;])\s+/)) {
		const tidy = piece.replaceAll(/\s+/g, ' ').trim();
		for (let at = 0; at < tidy.length; at += mostCharacters) {
			const part = tidy.slice(at, at + mostCharacters).toWellFormed();
			if (current && current.length + part.length > mostCharacters) {
				passages.push(current);
				current = '';
			}
			current = current ? `${current} ${part}` : part;
		}
	}
	if (current) passages.push(current);
	return passages;
}

export interface SpokenLine {
	id: string;
	startsAt: Date;
	durationSeconds: number;
	text: string;
	speaker: string;
	itemId: string | null;
}

export interface SpokenPassage {
	firstId: string;
	startsAt: Date;
	endsAt: Date;
	text: string;
	speaker: string;
	itemId: string | null;
}

/** What one speaker said on one item without a long silence, in pieces of at most 45 seconds. */
export function spokenPassages(lines: readonly SpokenLine[]): SpokenPassage[] {
	const passages: SpokenPassage[] = [];
	for (const line of lines) {
		const endsAt = new Date(line.startsAt.getTime() + line.durationSeconds * 1000);
		const last = passages.at(-1);
		if (
			last &&
			last.speaker === line.speaker &&
			last.itemId === line.itemId &&
			line.startsAt.getTime() - last.endsAt.getTime() < longestSilenceSeconds * 1000 &&
			endsAt.getTime() - last.startsAt.getTime() <= mostSeconds * 1000 &&
			last.text.length + line.text.length <= mostCharacters
		) {
			last.text += ` ${line.text}`;
			last.endsAt = endsAt;
		} else
			passages.push({
				firstId: line.id,
				startsAt: line.startsAt,
				endsAt,
				text: line.text,
				speaker: line.speaker,
				itemId: line.itemId,
			});
	}
	return passages;
}
