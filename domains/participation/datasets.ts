import { anonymous, type DatasetSource } from '@parvis/platform';
import type { Calls, Ideas, Projects } from './face.ts';

const batch = 100;

/** What the open-data catalogue holds of this room: published ideas and projects of published calls. */
export function participationDatasets(rooms: {
	calls: Calls;
	ideas: Ideas;
	projects: Projects;
}): DatasetSource[] {
	const calls = () => rooms.calls.list(anonymous, { limit: 1000 });
	return [
		{
			name: 'idees',
			title: { fr: 'Idées des habitants', en: 'Residents’ ideas' },
			columns: [
				'call',
				'number',
				'title',
				'category',
				'district',
				'longitude',
				'latitude',
				'supports',
				'comments',
				'verdict',
				'published',
			],
			async *rows() {
				for (const call of await calls())
					for (let page = 1; ; page++) {
						const { items, total } = await rooms.ideas.list(anonymous, call.id, {
							page,
							pageSize: batch,
							sort: 'recent',
						});
						for (const one of items)
							yield [
								call.slug,
								one.number,
								one.title,
								one.category?.fr ?? null,
								one.district,
								one.longitude,
								one.latitude,
								one.supportCount,
								one.commentCount,
								one.verdict,
								one.publishedAt?.toISOString() ?? null,
							];
						if (page * batch >= total) break;
					}
			},
		},
		{
			name: 'projets',
			title: { fr: 'Projets des budgets participatifs', en: 'Projects of participatory budgets' },
			columns: [
				'call',
				'number',
				'title',
				'envelope',
				'district',
				'longitude',
				'latitude',
				'cost_euros',
				'status',
				'due',
				'late',
			],
			async *rows() {
				for (const call of await calls())
					for (let page = 1; ; page++) {
						const { items, total } = await rooms.projects.list(anonymous, {
							callId: call.id,
							page,
							pageSize: batch,
						});
						for (const one of items)
							yield [
								call.slug,
								one.number,
								one.title,
								one.envelope,
								one.district,
								one.longitude,
								one.latitude,
								one.costCents / 100,
								one.status,
								one.dueOn,
								one.late,
							];
						if (page * batch >= total) break;
					}
			},
		},
	];
}
