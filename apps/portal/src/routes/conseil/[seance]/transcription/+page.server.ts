import type { Caption } from '@parvis/council';
import { found } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

interface Turn {
	speaker: string;
	lines: Caption[];
}

export const load: PageServerLoad = async ({ locals, params }) => {
	const { meetings, sessions, captions } = locals.rooms.council;
	const meeting = found(await meetings.get(locals.actor, params.seance));
	const [status, lines, state] = await Promise.all([
		captions.status(meeting.id),
		captions.list(meeting.id),
		sessions.state(locals.actor, meeting.id),
	]);
	const parts: { itemId: string | null; turns: Turn[] }[] = [];
	for (const line of lines) {
		const itemId = state?.taken.findLast(({ at }) => at.getTime() <= line.startsAt.getTime())?.itemId ?? null;
		let part = parts.at(-1);
		if (!part || part.itemId !== itemId) {
			part = { itemId, turns: [] };
			parts.push(part);
		}
		const turn = part.turns.at(-1);
		if (turn && turn.speaker === line.speaker) turn.lines.push(line);
		else part.turns.push({ speaker: line.speaker, lines: [line] });
	}
	return {
		meeting: {
			slug: meeting.slug,
			title: meeting.title,
			url: meeting.url,
			startsAt: meeting.startsAt,
			body: meeting.body,
		},
		items: Object.fromEntries(meeting.items.map(({ id, title }) => [id, title])),
		status: { ...status, error: '' },
		parts,
		clerk: locals.rooms.council.may.prepare(locals.actor),
		meetingId: meeting.id,
	};
};
