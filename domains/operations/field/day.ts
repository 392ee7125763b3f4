import { createHash } from 'node:crypto';
import { ok, type Result, refuse } from '@parvis/platform';
import type { Context } from '../context.ts';
import type { Work } from './dispatch.ts';
import type { Field, FieldDay } from './face.ts';
import { maySync } from './policies.ts';

/** All that a phone needs for a day without the network. */
export function createDay(
	{ platform }: Context,
	{ rounds, interventions }: Work,
	today: () => string,
): Field['day'] {
	return async (actor, asked): Promise<Result<{ day: FieldDay; version: string }>> => {
		if (!maySync(actor)) return refuse('platform.not_allowed');
		const on = asked ?? today();
		const own = await rounds.mine(actor, on);
		if (!own.ok) return own;
		const work = await interventions.mine(actor, on);
		if (!work.ok) return work;
		const categories = await interventions.categories.list();
		const day: FieldDay = {
			person: { id: actor.id, name: actor.displayName },
			day: on,
			rounds: own.value,
			interventions: work.value,
			categories: categories.map(({ code, name, parentId, id }) => ({
				code,
				name,
				group: parentId === null && categories.some((other) => other.parentId === id),
			})),
			positionDays: platform.config.positionRetentionDays,
		};
		const version = createHash('sha256').update(JSON.stringify(day)).digest('base64url').slice(0, 22);
		return ok({ day, version });
	};
}
