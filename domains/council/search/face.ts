import type { Fragment } from '@parvis/town';

export type FoundKind = 'item' | 'document' | 'speech' | 'deliberation' | 'minutes';

export interface CouncilSearchQuery {
	/** A question as people ask it, or words. */
	text: string;
	bodyId?: string;
	/** Of the meeting, in Paris. */
	year?: number;
	/** Name of who spoke: only what was said then. */
	speaker?: string;
	kind?: FoundKind;
	page?: number;
	pageSize?: number;
}

/** One place where the words stand. */
export interface CouncilHit {
	kind: FoundKind;
	title: string;
	excerpt: Fragment[];
	/** Who said it; empty for what was written. */
	speaker: string;
	/** Seconds of the recording: when it was said, or when its item was taken up. Null without a recording. */
	position: number | null;
	/** Path on the site: the second of the video, or the document. */
	url: string;
}

/** What was found about one item of a meeting, or about a meeting as a whole. */
export interface CouncilFinding {
	meeting: { id: string; slug: string; title: string; body: string; startsAt: Date; url: string };
	item: { id: string; title: string } | null;
	/** The best, three at most. */
	hits: CouncilHit[];
	/** How many pieces of it answer in all. */
	count: number;
}

export interface CouncilSearchAnswer {
	items: CouncilFinding[];
	total: number;
	page: number;
	pageSize: number;
	/** Words that were looked for, of the question. */
	words: string[];
	/** How many pieces of each kind. */
	kinds: { kind: FoundKind; count: number }[];
	/** What was probably meant: nothing has the words as they were typed, the answer is for these. */
	suggestion: string | null;
	/** Nothing has all the words: the answer has some of them. */
	loose: boolean;
}

export interface CouncilSearch {
	/** What is public of all meetings and answers the words, best first, by item. */
	find(query: CouncilSearchQuery): Promise<CouncilSearchAnswer>;
	/** What the filters can be: years with meetings, names of who has spoken. */
	filters(): Promise<{ years: number[]; speakers: string[] }>;
	/** Make anew what changed since; workers do it by themselves. @returns how many meetings */
	refresh(): Promise<number>;
}
