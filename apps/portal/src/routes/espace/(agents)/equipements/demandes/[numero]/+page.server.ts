import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { policy, may } = locals.rooms.equipment;
	const request = expect(await policy.requests.get(locals.actor, params.numero));
	const manage = may.manage(locals.actor);
	return {
		request,
		manage,
		pool:
			manage && request.status === 'to_decide'
				? expect(await policy.requests.pool(locals.actor, params.numero))
				: [],
	};
};

export const actions: Actions = {
	async decide(event) {
		const { typed } = await readForm(event.request);
		const { requests } = event.locals.rooms.equipment.policy;
		const number = event.params.numero;
		const result = await requests.decide(event.locals.actor, number, Number(typed.version), {
			decision: typed.decision ?? '',
			reason: optional(typed.reason),
			deviceId: optional(typed.deviceId),
			unwipedReason: optional(typed.unwipedReason),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'decide');
		done(event, event.url.pathname, 'policy.doneDecided', { number });
	},
	async withdraw(event) {
		const { requests } = event.locals.rooms.equipment.policy;
		const result = await requests.withdraw(event.locals.actor, event.params.numero);
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'policy.doneWithdrawn', { number: event.params.numero });
	},
};
