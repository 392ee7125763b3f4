/** What an event's message holds, made when it is told; null: there is nothing to tell any more. */
export type Describe = (payload: Record<string, unknown>) => Promise<object | null>;

/** Events that webhooks may choose, with what their messages hold. */
export type Catalogue = Readonly<Record<string, Describe>>;

export const testEvent = 'operations.webhook.test';

const asItIs: Describe = async (payload) => payload;

export function createCatalogue(): Catalogue {
	return {
		'operations.intervention.opened': asItIs,
		'operations.intervention.changed': asItIs,
		'operations.intervention.closed': asItIs,
		'operations.report.received': asItIs,
		'operations.report.closed': asItIs,
		'operations.waste.round_changed': asItIs,
		'operations.waste.container_emptied': asItIs,
		'operations.waste.container_not_emptied': asItIs,
	};
}
