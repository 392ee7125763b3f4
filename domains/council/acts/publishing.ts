import type { AnyTransaction } from '@parvis/platform';
import { type Context, paths } from '../context.ts';

/** Show a published act where the site shows what happened: the timeline, its place's page, the search. */
export async function showPublished(context: Context, trx: AnyTransaction, id: string): Promise<void> {
	const act = await trx
		.selectFrom('council.deliberation')
		.select(['title', 'text', 'number', 'adopted', 'place_id', 'published_at'])
		.where('id', '=', id)
		.executeTakeFirst();
	if (!act?.published_at) return;
	const url = paths.deliberation(act.number);
	await context.town.timeline.record(trx, {
		room: 'council',
		subject: `deliberation:${id}`,
		placeId: act.place_id,
		happenedAt: act.published_at,
		title: act.adopted
			? { fr: `Délibération : ${act.title}`, en: `Deliberation: ${act.title}` }
			: { fr: `Délibération rejetée : ${act.title}`, en: `Deliberation rejected: ${act.title}` },
		url,
	});
	await context.town.search.index(trx, [
		{
			room: 'council',
			kind: 'deliberation',
			id,
			title: act.title,
			body: act.text,
			url,
			publishedAt: act.published_at,
		},
	]);
}
