import { anonymous, atomFeed } from '@parvis/platform';
import type { Context } from '../context.ts';
import type { Meetings } from '../face.ts';
import type { DeliberationQuery, Deliberations, Feeds } from './face.ts';

const mostEntries = 50;

/** What the council decides and when it meets, as Atom feeds. */
export function createFeeds(
	{ platform, town, now }: Context,
	{ deliberations, meetings }: { deliberations: Deliberations; meetings: Meetings },
): Feeds {
	const feed = async (title: string, self: string, page: string) => ({
		title,
		author: (await town.settings.get()).name,
		self: platform.config.publicUrl + self,
		page: platform.config.publicUrl + page,
		updated: now(),
	});
	return {
		async deliberations(query: DeliberationQuery, self) {
			const { items } = await deliberations.list({
				...query,
				published: true,
				page: 1,
				pageSize: mostEntries,
			});
			return atomFeed(
				await feed('Délibérations', self, '/conseil/deliberations'),
				items.map((one) => ({
					id: one.id,
					title: one.title,
					summary: [
						`${one.meeting.body}, ${one.adopted ? 'adoptée' : 'rejetée'} : ${one.for} pour, ${one.against} contre, ${one.abstention} abstention(s).`,
						one.place?.name ?? '',
					]
						.filter(Boolean)
						.join(' '),
					at: one.publishedAt ?? one.meeting.startsAt,
					url: platform.config.publicUrl + one.url,
				})),
				'fr',
			);
		},

		async meetings(query, self) {
			const { items } = await meetings.list(anonymous, { ...query, pageSize: mostEntries });
			return atomFeed(
				await feed('Séances', self, '/conseil'),
				items.map((one) => ({
					id: one.id,
					title: `${one.body} : ${one.title}`,
					summary: one.startsAt.toLocaleString('fr-FR', {
						timeZone: 'Europe/Paris',
						dateStyle: 'full',
						timeStyle: 'short',
					}),
					at: one.convenedAt ?? one.startsAt,
					url: platform.config.publicUrl + one.url,
				})),
				'fr',
			);
		},
	};
}
