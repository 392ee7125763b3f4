import type {
	Agent,
	Category,
	ChangeInput,
	InterventionFilter,
	InterventionStatus,
} from '@parvis/operations';
import { priorityNames, statusNames } from '#lib/interventions.ts';
import { optional, optionalNumber, type Typed } from './forms.ts';
import { expect, query } from './pages.ts';
import { parisInstant } from './paris-time.ts';

/** What the office's filters ask for, as the address holds it. */
export async function filterOf(locals: App.Locals, url: URL): Promise<InterventionFilter> {
	const near = query(url, 'pres');
	const at = near ? await locals.rooms.town.areas.findAddress(near) : null;
	const priority = priorityNames.find((name) => name === query(url, 'priorite'));
	return {
		serviceId: query(url, 'service'),
		priority,
		assigneeId: query(url, 'agent') === 'moi' ? (locals.actor.id ?? undefined) : query(url, 'agent'),
		text: query(url, 'mots'),
		overdue: query(url, 'retard') === 'oui',
		...(at && { near: { longitude: at.longitude, latitude: at.latitude, withinMeters: 500 } }),
	};
}

/** Names to choose from and to show. */
export async function officeChoices(locals: App.Locals) {
	const { interventions } = locals.rooms.operations;
	const [services, categories, agents] = await Promise.all([
		interventions.services.list(),
		interventions.categories.list(),
		interventions.agents.list(locals.actor),
	]);
	return { services, categories: categoryOptions(categories), agents: expect(agents).map(agentOption) };
}

const agentOption = ({ id, name }: Agent) => ({ id, name });

function categoryOptions(categories: readonly Category[]) {
	const tops = new Map(categories.map((one) => [one.id, one]));
	return categories
		.filter(({ id }) => !categories.some(({ parentId }) => parentId === id))
		.map((one) => ({
			id: one.id,
			name: one.name,
			group: one.parentId ? (tops.get(one.parentId)?.name ?? null) : null,
		}));
}

/** Every field of the edit form; the room finds out which of them were really changed. */
export function changeOf(typed: Typed, data: FormData): ChangeInput {
	return {
		title: typed.title,
		description: typed.description,
		categoryId: typed.categoryId,
		priority: priorityNames.find((name) => name === typed.priority),
		status: statusOf(typed.status),
		dueAt: parisInstant(typed.dueAt) ?? new Date(Number.NaN),
		plannedOn: optional(typed.plannedOn),
		durationMinutes: optionalNumber(typed.durationMinutes) ?? Number.NaN,
		assigneeIds: orderedAssignees(typed, data),
		address: optional(typed.address),
		pinned: typed.pinned === 'on',
		reason: optional(typed.reason),
		publicAnswer: optional(typed.publicAnswer),
	};
}

/** Those ticked; who leads comes first. */
function orderedAssignees(typed: Typed, data: FormData): string[] {
	const ticked = data.getAll('assigneeIds').map(String);
	const lead = optional(typed.lead);
	return lead ? [lead, ...ticked.filter((id) => id !== lead)] : ticked;
}

export function statusOf(text: string | undefined): InterventionStatus | undefined {
	return statusNames.find((name) => name === text);
}
