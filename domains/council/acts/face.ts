import type { Actor, Result } from '@parvis/platform';

export interface Deliberation {
	id: string;
	number: string;
	title: string;
	text: string;
	matterCode: string;
	adopted: boolean;
	inOffice: number;
	voting: number;
	for: number;
	against: number;
	abstention: number;
	publishedAt: Date;
	meeting: { slug: string; title: string; startsAt: Date; body: string };
	url: string;
}

export interface Deliberations {
	list(query?: { text?: string; meetingId?: string; page?: number; pageSize?: number }): Promise<{
		items: Deliberation[];
		total: number;
		page: number;
		pageSize: number;
	}>;
	get(number: string): Promise<Deliberation | null>;
	/** The procès-verbal drafted from the record of a closed meeting, with what CGCT L2121-15 asks. */
	draftMinutes(actor: Actor, meetingId: string): Promise<Result<{ text: string }>>;
	saveMinutes(actor: Actor, meetingId: string, text: string): Promise<Result<null>>;
	publishMinutes(actor: Actor, meetingId: string, adoptedInId: string | null): Promise<Result<null>>;
	/** SCDL « délibérations » table of all that is published; the SIRET is not known here and stays empty. */
	scdl(): AsyncIterable<readonly (string | number | null)[]>;
}
