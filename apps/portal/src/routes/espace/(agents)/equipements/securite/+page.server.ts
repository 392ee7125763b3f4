import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { policy } = locals.rooms.equipment;
	const findings = expect(await policy.security.list(locals.actor));
	const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(new Date());
	const inForce = await policy.inForce(today);
	return { findings, graceDays: inForce?.rules.securityGraceDays ?? null };
};

export const actions: Actions = {
	async act(event) {
		const { typed } = await readForm(event.request);
		const { security } = event.locals.rooms.equipment.policy;
		const result = await security.act(event.locals.actor, typed.deviceId ?? '', {
			action: typed.action ?? '',
			supportedUntil: typed.supportedUntil,
		});
		if (!result.ok) return refused(event.locals, result, typed, typed.deviceId);
		done(event, event.url.pathname, 'policy.doneSecurity', { tag: typed.tag ?? '' });
	},
	async look(event) {
		const { policy, may } = event.locals.rooms.equipment;
		if (!may.manage(event.locals.actor))
			return refused(event.locals, { ok: false, error: 'platform.not_allowed' });
		const count = await policy.security.look();
		done(event, event.url.pathname, 'policy.doneLooked', { count });
	},
};
