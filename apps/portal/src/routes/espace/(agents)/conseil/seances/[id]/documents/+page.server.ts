import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent, url }) => {
	const { meeting } = await parent();
	const annexes = await locals.rooms.council.annexes.list(locals.actor, meeting.id);
	return { annexes, item: query(url, 'point') ?? '' };
};

/** The path of the page itself: what is done is told there. */
const here = ({ url }: { url: URL }) => url.pathname;

export const actions: Actions = {
	async joindre(event) {
		const { data, typed } = await readForm(event.request);
		const { annexes } = event.locals.rooms.council;
		const files = data.getAll('fichiers').filter((file) => file instanceof File && file.size > 0) as File[];
		let removed = false;
		for (const [n, file] of (files.length ? files : [new File([], '')]).entries()) {
			const result = await annexes.add(event.locals.actor, event.params.id, {
				itemId: optional(typed.point),
				title: (files.length === 1 ? optional(typed.titre) : null) ?? titleOf(file.name),
				public: Boolean(typed.public),
				fileName: file.name,
				content: new Uint8Array(await file.arrayBuffer()),
			});
			if (!result.ok) {
				// Those before it are kept: the sentence names the one that is not.
				const refusal = refused(event.locals, result, typed, 'joindre');
				refusal.data.problem = file.name
					? `${file.name} (${n}/${files.length}) : ${refusal.data.problem}`
					: refusal.data.problem;
				return refusal;
			}
			removed ||= result.value.scriptsRemoved;
		}
		done(event, here(event), removed ? 'done.annexDisarmed' : 'done.annexAdded', { count: files.length });
	},
	async changer(event) {
		const { typed } = await readForm(event.request);
		const { annexes } = event.locals.rooms.council;
		const id = typed.document ?? '';
		const result =
			typed.faire === 'retirer'
				? await annexes.remove(event.locals.actor, id)
				: typed.faire === 'monter' || typed.faire === 'descendre'
					? await annexes.move(event.locals.actor, id, typed.faire === 'monter' ? -1 : 1)
					: await annexes.change(event.locals.actor, id, {
							itemId: optional(typed.point),
							title: typed.titre ?? '',
							public: Boolean(typed.public),
						});
		if (!result.ok) return refused(event.locals, result, typed, `document-${id}`);
		done(event, `${here(event)}#document-${id}`, 'done.saved');
	},
	async prevenir(event) {
		const result = await event.locals.rooms.council.annexes.tell(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result, {}, 'prevenir');
		done(event, here(event), 'done.reminded', { count: result.value.letters });
	},
};

/** A title from the name of a file: `rapport_budget-2026.pdf` becomes `rapport budget 2026`. */
const titleOf = (name: string) =>
	name
		.replace(/\.pdf$/i, '')
		.replaceAll(/[_-]+/g, ' ')
		.trim()
		.slice(0, 200);
