import { found } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { meetings, sessions, programme, captions } = locals.rooms.council;
	const meeting = found(await meetings.get(locals.actor, params.seance));
	const [video, chapters, state, spoken] = await Promise.all([
		programme.video(meeting.id),
		programme.chapters(meeting.id),
		sessions.state(locals.actor, meeting.id),
		captions.status(meeting.id),
	]);
	const asked = Number(url.searchParams.get('t'));
	return {
		meeting,
		video: found(video),
		chapters,
		state,
		captions: spoken,
		clerk: locals.rooms.council.may.prepare(locals.actor),
		from: Number.isFinite(asked) && asked > 0 ? asked : 0,
	};
};
