import { fail } from '@sveltejs/kit';
import { optional, optionalNumber, readForm, refused, type Typed } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

/** What it is, where it is, what is known there already, then the rest: each step is a page that needs no script. */
export const load: PageServerLoad = async ({ locals, url }) => {
	const { operations, town } = locals.rooms;
	const tree = await operations.interventions.categories.publicTree();
	const code = query(url, 'categorie');
	const top = tree.find((one) => one.code === code || one.children.some((child) => child.code === code));
	const category =
		top && (top.children.length === 0 ? top : top.children.find((child) => child.code === code));
	const [streets, places, bounds, settings] = category
		? await Promise.all([
				town.areas.streets({ limit: 500 }),
				town.places.list({ pageSize: 500 }),
				town.map.bounds(),
				town.settings.get(),
			])
		: [[], { items: [] }, null, null];
	return {
		tree: tree.map(({ code, name, icon }) => ({ code, name, icon })),
		top: top ? { code: top.code, name: top.name, icon: top.icon } : null,
		children: top?.children.map(({ code, name }) => ({ code, name })) ?? [],
		category: category ? { code: category.code, name: category.name } : null,
		addresses: [...new Set([...streets, ...places.items].map(({ name }) => name))],
		bounds,
		styleUrl: settings?.mapStyleUrl || locals.platform.config.mapStyleUrl,
	};
};

const positionOf = (typed: Typed) => ({
	longitude: optionalNumber(typed.longitude) ?? undefined,
	latitude: optionalNumber(typed.latitude) ?? undefined,
});

/** What is near the place that was given, and a small drawing of it. */
async function around(
	{ locals, url }: RequestEvent,
	at: { longitude: number; latitude: number },
	description = '',
) {
	const category = query(url, 'categorie') ?? '';
	const [similar, shapes] = await Promise.all([
		locals.rooms.operations.interventions.reports.similar({ category, ...at, description }),
		locals.rooms.town.map.around([at.longitude, at.latitude], 150),
	]);
	return { at, similar, shapes };
}

/** Refused in the last step: shown again as it was, with what is near. */
async function refusedThere(event: RequestEvent, refusal: Parameters<typeof refused>[1], typed: Typed) {
	const { longitude, latitude } = positionOf(typed);
	const answer = refused(event.locals, refusal, typed, 'details');
	if (!Number.isFinite(longitude) || !Number.isFinite(latitude))
		return fail(422, { ...answer.data, near: null });
	const near = await around(event, { longitude: longitude ?? 0, latitude: latitude ?? 0 }, typed.description);
	return fail(answer.status, { ...answer.data, near });
}

export const actions: Actions = {
	async lieu(event) {
		const { locals } = event;
		const { typed } = await readForm(event.request);
		const given = positionOf(typed);
		// A position that was shown on the plan goes before the words beside it.
		const at =
			given.longitude !== undefined && given.latitude !== undefined
				? { longitude: given.longitude, latitude: given.latitude }
				: await locals.rooms.town.areas.findAddress(typed.address ?? '');
		const error = !at
			? optional(typed.address)
				? 'operations.address_unknown'
				: 'operations.position_missing'
			: !Number.isFinite(at.longitude) ||
					!Number.isFinite(at.latitude) ||
					Math.abs(at.longitude) > 180 ||
					Math.abs(at.latitude) > 90 ||
					!(await locals.rooms.town.areas.isNear([at.longitude, at.latitude]))
				? 'operations.position_far'
				: null;
		if (!at || error)
			return refused(
				locals,
				{ ok: false, error: error ?? 'operations.position_missing', detail: { field: 'address' } },
				{ ...typed, longitude: '', latitude: '' },
				'lieu',
			);
		const place = { longitude: at.longitude, latitude: at.latitude };
		return {
			form: 'details',
			typed: { ...typed, longitude: String(place.longitude), latitude: String(place.latitude) },
			near: await around(event, place),
		};
	},

	async envoyer(event) {
		const { locals } = event;
		const { data, typed } = await readForm(event.request);
		const file = data.get('photo');
		const photo =
			file instanceof File && file.size > 0 ? new Uint8Array(await file.arrayBuffer()) : undefined;
		const sent = await locals.rooms.operations.interventions.reports.create(
			{
				category: query(event.url, 'categorie') ?? '',
				description: typed.description,
				address: typed.address,
				...positionOf(typed),
				email: typed.email,
				locale: locals.locale,
				...(photo && { photo }),
			},
			// People leave the field alone that only machines see.
			{ via: 'web', address: locals.address, suspect: optional(typed.site) !== null },
		);
		if (!sent.ok) return refusedThere(event, sent, typed);
		done(event, sent.value.url, sent.value.confirmationSent ? 'done.reportSentConfirm' : 'done.reportSent');
	},

	/** It is the same as one that is there: be told too, without a second intervention. */
	async pareil(event) {
		const { locals } = event;
		const { typed } = await readForm(event.request);
		const sent = await locals.rooms.operations.interventions.reports.create(
			{
				category: query(event.url, 'categorie') ?? '',
				address: typed.address,
				...positionOf(typed),
				email: typed.email,
				locale: locals.locale,
				sameAs: typed.numero ?? '',
			},
			{ via: 'web', address: locals.address },
		);
		if (!sent.ok) return refusedThere(event, sent, typed);
		done(event, sent.value.url, sent.value.confirmationSent ? 'done.reportSameConfirm' : 'done.reportSame');
	},
};
