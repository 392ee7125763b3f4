import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { collection } = locals.rooms.equipment;
	const campaigns = await collection.campaigns.list(locals.actor);
	const open = campaigns.filter(({ moment }) => moment === 'under_way');
	return {
		campaigns: open.map(({ id, title }) => ({ id, title })),
		settings: await collection.settings.get(),
	};
};

export const actions: Actions = {
	async default({ locals, request }) {
		const { typed } = await readForm(request);
		const kilograms = optionalNumber(typed.poids);
		const email = optional(typed.email);
		const received = await locals.rooms.equipment.collection.desk.receive(locals.actor, {
			campaignId: optional(typed.campagne),
			lines: [
				{
					category: (typed.sorte ?? '') as 'other',
					condition: (typed.etat ?? '') as 'unknown',
					quantity: optionalNumber(typed.quantite) ?? 1,
					description: optional(typed.description),
					tag: optional(typed.etiquette),
					weightGrams: kilograms === null ? null : Math.round(kilograms * 1000),
					holdsData: typed.donnees !== undefined,
				},
			],
			giver: email ? { email, name: optional(typed.nom), locale: locals.locale } : null,
		});
		if (!received.ok) return refused(locals, received, typed);
		// The code is shown here and nowhere else: only its hash is kept.
		return { receipt: received.value };
	},
};
