import { asId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** What documents say around an act: who decides, where and since when it was convened. */
export async function aroundMeeting({ db, town, platform }: Context, meetingId: string) {
	const [{ rows }, settings] = await Promise.all([
		sql<{ place: string; convened_at: Date | null; collectivity: string; kind: string; body: string }>`
			SELECT place, convened_at, collectivity, kind, body.name AS body FROM council.meeting
			JOIN council.body ON body.id = body_id WHERE meeting.id = ${asId(meetingId)}`.execute(db),
		town.settings.get(),
	]);
	const [row] = rows;
	return {
		collectivity: collectivityOf(
			{ collectivity: row?.collectivity ?? '', body_kind: row?.kind ?? '', body: row?.body ?? '' },
			settings.name,
		),
		place: row?.place ?? '',
		convenedAt: row?.convened_at ?? null,
		publicUrl: platform.config.publicUrl,
	};
}

/** Official name of who decides: as it was given, or the town for its own council and committees. */
export function collectivityOf(
	body: { collectivity: string; body_kind: string; body: string },
	townName: string,
): string {
	if (body.collectivity) return body.collectivity;
	return body.body_kind === 'council' || body.body_kind === 'committee' ? townName : body.body;
}
