import type { Actor } from '@parvis/platform';
import type { Interventions } from '../interventions/face.ts';
import type { Rounds } from '../waste/face.ts';
import type { Finding, InterventionAction, RoundAction } from './actions.ts';
import type { SyncAnswer } from './face.ts';
import type { Dispatch } from './sync.ts';

/** The parts of the room that a phone's actions are for. */
export interface Work {
	rounds: Pick<Rounds, 'mine' | 'get' | 'act'>;
	interventions: Pick<Interventions, 'mine' | 'get' | 'act' | 'open' | 'categories'>;
}

const text = (value: unknown): string | null =>
	value === null || value === undefined
		? null
		: typeof value === 'object'
			? JSON.stringify(value)
			: String(value);

export function createDispatch({ rounds, interventions }: Work): Dispatch {
	async function onRound(actor: Actor, action: RoundAction, at: Date): Promise<SyncAnswer> {
		const { on: _, ...given } = action;
		const { id } = action;
		const round = await rounds.get(actor, action.roundId);
		if (!round.ok) return { id, outcome: 'refused', error: round.error, detail: round.detail };
		const { driver } = round.value;
		if (driver && driver.id !== actor.id)
			return {
				id,
				outcome: 'refused',
				error: 'operations.round_of_another',
				detail: { name: driver.name },
			};
		const done = await rounds.act(actor, { ...given, at });
		if (!done.ok) return { id, outcome: 'refused', error: done.error, detail: done.detail };
		const { applied, conflict } = done.value;
		if (!conflict) return { id, outcome: applied ? 'accepted' : 'already' };
		const { by, at: first, state } = conflict;
		return {
			id,
			outcome: 'conflict',
			error: 'operations.done_before',
			detail: { by },
			conflict: { by, at: first, changes: [{ field: 'state', before: 'waiting', after: state }] },
		};
	}

	async function onIntervention(actor: Actor, action: InterventionAction, at: Date): Promise<SyncAnswer> {
		const { on: _, ...given } = action;
		const done = await interventions.act(actor, { ...given, at });
		const { id } = action;
		if (!done.ok) return { id, outcome: 'refused', error: done.error, detail: done.detail };
		const { applied, repeated, since } = done.value;
		if (applied || !since) return { id, outcome: repeated ? 'already' : 'accepted' };
		return {
			id,
			outcome: 'conflict',
			error: 'operations.done_before',
			detail: { by: since.by },
			conflict: {
				by: since.by,
				at: since.at.toISOString(),
				changes: since.changes.map(({ field, before, after }) => ({
					field,
					before: text(before),
					after: text(after),
				})),
			},
		};
	}

	async function onFinding(actor: Actor, action: Finding): Promise<SyncAnswer> {
		const { id, title, description, category, longitude, latitude } = action;
		const opened = await interventions.open(actor, {
			source: { kind: 'agent', key: id },
			title,
			description,
			category,
			longitude,
			latitude,
		});
		return opened.ok
			? { id, outcome: 'accepted', interventionId: opened.value.id }
			: { id, outcome: 'refused', error: opened.error, detail: opened.detail };
	}

	return (actor, action, at) =>
		action.on === 'round'
			? onRound(actor, action, at)
			: action.on === 'intervention'
				? onIntervention(actor, action, at)
				: onFinding(actor, action);
}
