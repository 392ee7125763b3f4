import { sql } from 'kysely';
import { paths } from '../context.ts';
import { dayOf } from '../rules/notice.ts';
import { executoryOn } from '../rules/publication.ts';
import type { Deliberation } from './face.ts';
import { matterOf } from './matters.ts';

export interface DeliberationRow {
	id: string;
	meeting_id: string;
	item_id: string;
	number: string;
	title: string;
	text: string;
	matter_code: string;
	budget_year: string;
	budget_name: string;
	place_id: string | null;
	adopted: boolean;
	in_office: number;
	voting: number;
	votes_for: number;
	votes_against: number;
	abstentions: number;
	published_at: Date | null;
	received_day: string | null;
	acknowledgement: string;
	slug: string;
	meeting_title: string;
	starts_at: Date;
	body_id: string;
	body: string;
	body_kind: string;
	siret: string;
	collectivity: string;
	prefecture: string;
	classification_day: string | null;
}

export const selectedDeliberation = sql`SELECT deliberation.*, received_on::text AS received_day, meeting.slug,
		meeting.title AS meeting_title, meeting.starts_at, body_id, body.name AS body, body.kind AS body_kind, siret,
		collectivity, prefecture, classification_on::text AS classification_day
	FROM council.deliberation JOIN council.meeting ON meeting.id = meeting_id JOIN council.body ON body.id = body_id`;

/** @param insider whether the reader sees a text that is not published yet */
export function shownDeliberation(
	row: DeliberationRow,
	place: Deliberation['place'],
	insider = false,
): Deliberation {
	const matter = matterOf(row.matter_code);
	return {
		id: row.id,
		number: row.number,
		title: row.title,
		text: row.published_at || insider ? row.text : '',
		matterCode: row.matter_code,
		matter: matter ? `${matter.theme} / ${matter.name}` : '',
		budgetYear: row.budget_year,
		budgetName: row.budget_name,
		adopted: row.adopted,
		inOffice: row.in_office,
		voting: row.voting,
		for: row.votes_for,
		against: row.votes_against,
		abstention: row.abstentions,
		place,
		publishedAt: row.published_at,
		receivedOn: row.received_day,
		executoryOn: executoryOn(row.published_at && dayOf(row.published_at), row.received_day),
		meeting: {
			id: row.meeting_id,
			slug: row.slug,
			title: row.meeting_title,
			startsAt: row.starts_at,
			body: row.body,
		},
		url: paths.deliberation(row.number),
	};
}
