import { error, type RequestEvent } from '@sveltejs/kit';
import { optional, readForm, refused } from '#lib/server/forms.ts';
import { keepFiles } from '#lib/server/idea-form.ts';
import { centsOf } from '#lib/server/money.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

type Event = Pick<RequestEvent<{ id: string; numero: string }>, 'locals' | 'params'>;

const projectOf = async ({ locals, params }: Event) =>
	found(await locals.rooms.participation.projects.get(locals.actor, params.id, params.numero));

export const load: PageServerLoad = async (event) => {
	if (!event.locals.rooms.participation.may.manage(event.locals.actor)) error(403, 'platform.not_allowed');
	const { call } = await event.parent();
	const [project, places] = await Promise.all([
		projectOf(event),
		event.locals.rooms.town.places.list({ pageSize: 1000 }),
	]);
	return {
		project,
		places: places.items.map(({ id, name }) => ({ id, name })),
		voteBegun: call.phases.some(({ kind, state }) => kind === 'voting' && state !== 'coming'),
	};
};

const mostMilestones = 40;

export const actions: Actions = {
	async enregistrer(event) {
		const { typed } = await readForm(event.request);
		const project = await projectOf(event);
		const result = await event.locals.rooms.participation.projects.change(event.locals.actor, project.id, {
			...('titre' in typed && {
				title: typed.titre,
				body: typed.texte ?? '',
				costCents: centsOf(typed.cout),
				address: optional(typed.adresse),
				reviewSummary: typed.avis ?? '',
				envelopeId: typed.enveloppe ?? '',
				categoryId: optional(typed.categorie),
				yearlyCents: centsOf(typed.annuel),
			}),
			placeId: optional(typed.lieu),
			service: typed.service ?? '',
			dueOn: optional(typed.fin),
			spentCents: centsOf(typed.depense) ?? 0,
		});
		if (!result.ok) return refused(event.locals, result, typed, 'enregistrer');
		done(event, event.url.pathname, 'done.saved');
	},
	async etapes(event) {
		const { typed } = await readForm(event.request);
		const project = await projectOf(event);
		const milestones = Array.from({ length: mostMilestones + 3 }, (_, n) => n).flatMap((n) => {
			const title = optional(typed[`etape-${n}`]);
			const id = optional(typed[`etape-${n}-id`]);
			if (!title) return [];
			return [
				{
					...(id && { id }),
					title,
					dueOn: typed[`etape-${n}-fin`] ?? '',
					doneOn: optional(typed[`etape-${n}-fait`]),
					note: typed[`etape-${n}-note`] ?? '',
				},
			];
		});
		const result = await event.locals.rooms.participation.projects.setMilestones(
			event.locals.actor,
			project.id,
			milestones,
		);
		if (!result.ok) return refused(event.locals, result, typed, 'etapes');
		done(event, event.url.pathname, 'done.saved');
	},
	async photos(event) {
		const { data, typed } = await readForm(event.request);
		const project = await projectOf(event);
		const fault = await keepFiles(event.locals, { kind: 'project', id: project.id }, data, typed);
		if (fault) return refused(event.locals, fault, typed, 'photos');
		done(event, event.url.pathname, 'done.saved');
	},
	async retirerPiece(event) {
		const { typed } = await readForm(event.request);
		const { attachments } = event.locals.rooms.participation;
		const result = await attachments.remove(event.locals.actor, typed.piece ?? '');
		if (!result.ok) return refused(event.locals, result, {}, 'photos');
		done(event, event.url.pathname, 'done.fileRemoved');
	},
	async avancer(event) {
		const { typed } = await readForm(event.request);
		const project = await projectOf(event);
		const { projects } = event.locals.rooms.participation;
		const words = { text: typed.texte ?? '' };
		const result =
			typed.etat === 'started'
				? await projects.start(event.locals.actor, project.id)
				: typed.etat === 'done'
					? await projects.finish(event.locals.actor, project.id, words)
					: await projects.abandon(event.locals.actor, project.id, words);
		if (!result.ok) return refused(event.locals, result, typed, 'avancer');
		done(event, event.url.pathname, 'done.saved');
	},
	async retirer(event) {
		const project = await projectOf(event);
		const result = await event.locals.rooms.participation.projects.remove(event.locals.actor, project.id);
		if (!result.ok) return refused(event.locals, result, {}, 'retirer');
		done(event, `/espace/participation/appels/${event.params.id}/projets`, 'done.projectRemoved');
	},
};
