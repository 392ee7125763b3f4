import { deviceChoices, deviceInput } from '#lib/server/device-form.ts';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const text = query(url, 'texte');
	const list = expect(
		await locals.rooms.sensing.tray.list(locals.actor, { text, page: pageNumber(url), pageSize: 20 }),
	);
	const asked = query(url, 'appareil');
	return {
		list,
		text: text ?? '',
		adopting: list.items.find(({ id }) => id === asked) ?? null,
		choices: asked ? await deviceChoices(locals) : null,
	};
};

export const actions: Actions = {
	async adopter(event) {
		const { typed } = await readForm(event.request);
		const { devEui: _devEui, externalId: _externalId, ...input } = deviceInput(typed);
		const result = await event.locals.rooms.sensing.tray.adopt(event.locals.actor, typed.id ?? '', input);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, `/espace/capteurs/${result.value.device.id}`, 'done.adopted', {
			count: result.value.replayed,
		});
	},
	async ignorer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.sensing.tray.ignore(event.locals.actor, typed.id ?? '');
		if (!result.ok) return refused(event.locals, result);
		done(event, '/espace/capteurs/a-adopter', 'done.ignored');
	},
};
