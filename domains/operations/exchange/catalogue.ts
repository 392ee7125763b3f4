import { system } from '@parvis/platform';
import type { Interventions } from '../interventions/face.ts';

/** What an event's message holds, made when it is told; null: there is nothing to tell any more. */
export type Describe = (payload: Record<string, unknown>) => Promise<object | null>;

/** Events that webhooks may choose, with what their messages hold. */
export type Catalogue = Readonly<Record<string, Describe>>;

export const testEvent = 'operations.webhook.test';

const asItIs: Describe = async (payload) => payload;

/** Messages carry the whole subject as it is when they are made, so that nobody has to ask back; never who reported it. */
export function createCatalogue(interventions: Interventions, publicUrl: string): Catalogue {
	const intervention: Describe = async ({ interventionId, version, status }) => {
		const found = await interventions.get(system, String(interventionId));
		if (!found.ok) return null;
		const { reports, photos, working: _working, url, source, description, ...whole } = found.value;
		// Of a report the description is a resident's words: they are told once an agent let them through.
		const tellable = source.kind !== 'report' || reports.some(({ textPublic }) => textPublic);
		return {
			change: { version: version ?? whole.version, ...(status !== undefined && { status }) },
			intervention: {
				...whole,
				description: tellable ? description : null,
				source,
				reports: reports.map((report) => ({
					number: report.number,
					category: report.category.code,
					status: report.status,
				})),
				photos: photos.filter((photo) => photo.public).map((photo) => `${publicUrl}${photo.url}`),
				url: `${publicUrl}${url}`,
			},
		};
	};

	const report: Describe = async ({ number }) => {
		const found = await interventions.reports.get(String(number));
		if (!found) return null;
		return { report: { ...found, photos: found.photos.map((photo) => `${publicUrl}${photo.url}`) } };
	};

	return {
		'operations.intervention.opened': intervention,
		'operations.intervention.changed': intervention,
		'operations.intervention.closed': intervention,
		'operations.report.received': report,
		'operations.report.closed': report,
		'operations.waste.planned': asItIs,
		'operations.waste.round_changed': asItIs,
		'operations.waste.container_emptied': asItIs,
		'operations.waste.container_not_emptied': asItIs,
	};
}
