import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { programme } = locals.rooms.council;
	const state = expect(await programme.state(locals.actor, params.id));
	return {
		state,
		problem: state.problem && locals.platform.messages.t(locals.locale, state.problem),
		video: await programme.video(params.id),
	};
};

export const actions: Actions = {
	async lancer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.programme.start(event.locals.actor, event.params.id, {
			source: typed.source as 'room',
		});
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.programmeStarted');
	},
	async arreter(event) {
		const result = await event.locals.rooms.council.programme.stop(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.programmeStopped');
	},
	async automatique(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.programme.setAutomatic(
			event.locals.actor,
			event.params.id,
			{ automatic: typed.automatique === 'on' },
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.saved');
	},
	async retirer(event) {
		const { typed } = await readForm(event.request);
		if (typed.certain !== 'on') done(event, event.url.pathname, 'done.saved');
		const result = await event.locals.rooms.council.programme.deleteRecording(
			event.locals.actor,
			event.params.id,
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.recordingDeleted');
	},
};
