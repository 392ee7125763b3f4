import type { MeetingEvent } from '../record.ts';
import type { Tally } from '../rules/majority.ts';
import { positionOf, type Run } from './tape.ts';

export type ChapterKind =
	| 'opening'
	| 'item'
	| 'speaker'
	| 'vote'
	| 'document'
	| 'closed_doors'
	| 'suspension'
	| 'interruption'
	| 'closing';

/** A place in the recording that one can jump to. */
export interface Chapter {
	kind: ChapterKind;
	at: Date;
	/** From the beginning of the recording. */
	seconds: number;
	/** What the record calls it: title of the item or document, name of the speaker; empty where the kind says all. */
	title: string;
	itemId: string | null;
	seatId: string | null;
	annexId: string | null;
	page: number | null;
	/** Of a vote that has ended. */
	result: Tally | null;
	/** How long an interruption lasted, in seconds. */
	missingSeconds: number | null;
}

export interface Names {
	items: ReadonlyMap<string, string>;
	seats: ReadonlyMap<string, string>;
	/** Public documents alone: of others nothing is told. */
	documents: ReadonlyMap<string, string>;
}

/** Shorter than this nothing is missed. */
const shortestInterruptionSeconds = 1;
/** A few seconds pass by design when the card comes and goes. */
const shortestBesideCardSeconds = 15;

/**
 * The chapters of a recording, in order, from the record of the meeting and the runs of its recording. What happened
 * behind closed doors has none but the vote's result, which is public.
 * @param cards ids of runs that show a card instead of the room
 */
export function chaptersOf(
	events: readonly MeetingEvent[],
	tape: readonly Run[],
	names: Names,
	cards: ReadonlySet<string> = new Set(),
): Chapter[] {
	const chapters: Chapter[] = [];
	const voteItems = new Map<string, string>();
	let inside = false;
	let itemId: string | null = null;
	let floor: string | null = null;
	let shown: string | null = null;
	const add = (kind: ChapterKind, at: Date, more: Partial<Chapter> = {}) => {
		const seconds = positionOf(tape, at);
		if (seconds === null) return;
		chapters.push({
			kind,
			at,
			seconds,
			title: '',
			itemId,
			seatId: null,
			annexId: null,
			page: null,
			result: null,
			missingSeconds: null,
			...more,
		});
	};
	for (const event of events) {
		switch (event.kind) {
			case 'opened':
				add('opening', event.at);
				break;
			case 'closed':
				add('closing', event.at);
				break;
			case 'suspended':
				if (!inside) add('suspension', event.at);
				break;
			case 'doors':
				if (event.data.closed && !inside) add('closed_doors', event.at);
				inside = event.data.closed;
				break;
			case 'item_taken':
				floor = null;
				itemId = event.data.itemId;
				if (!inside) add('item', event.at, { title: names.items.get(itemId) ?? '' });
				break;
			case 'floor_given':
				if (!inside && floor !== event.data.seatId)
					add('speaker', event.at, {
						seatId: event.data.seatId,
						title: names.seats.get(event.data.seatId) ?? '',
					});
				floor = inside ? null : event.data.seatId;
				break;
			case 'floor_taken_back':
				floor = null;
				break;
			case 'vote_opened':
				if (event.data.itemId !== null) voteItems.set(event.data.voteId, event.data.itemId);
				break;
			case 'vote_closed': {
				const voted = voteItems.get(event.data.voteId) ?? itemId;
				add('vote', event.at, {
					itemId: voted,
					title: names.items.get(voted ?? '') ?? '',
					result: event.data.result,
				});
				break;
			}
			case 'document_shown': {
				const { annexId, page } = event.data;
				const title = names.documents.get(annexId);
				if (!inside && title !== undefined && shown !== annexId)
					add('document', event.at, { annexId, page, title });
				shown = annexId;
				break;
			}
			case 'document_hidden':
				shown = null;
				break;
		}
	}
	for (const [n, run] of tape.entries()) {
		const before = tape[n - 1];
		if (!before) continue;
		const ended = before.startedAt.getTime() + before.seconds * 1000;
		const missingSeconds = (run.startedAt.getTime() - ended) / 1000;
		const besideCard = cards.has(run.id) || cards.has(before.id);
		if (missingSeconds < (besideCard ? shortestBesideCardSeconds : shortestInterruptionSeconds)) continue;
		add('interruption', run.startedAt, { missingSeconds: Math.round(missingSeconds), itemId: null });
	}
	return chapters.sort((a, b) => a.seconds - b.seconds || a.at.getTime() - b.at.getTime());
}
