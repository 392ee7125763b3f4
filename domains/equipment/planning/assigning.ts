import { ok, type Result, refuse } from '@parvis/platform';
import { z } from 'zod';
import { readAssumptions } from '../carbon/assumptions.ts';
import { type Context, parseInput } from '../context.ts';
import { maySee } from '../policies.ts';
import type { AssignmentProposal, Planning } from './face.ts';
import { type FleetDevice, readFleet } from './fleet.ts';
import { type Neighbour, type Reckoning, readReckoning, replacementOf } from './reckoning.ts';
import { type AssignmentProblem, assignmentModel, costAsItIs, greedyAssignment } from './rules/assignment.ts';
import { solveLp } from './solver.ts';

/** Seconds that the solver may take. */
const mostSeconds = 20;
const withSomebody = new Set(['in_use', 'on_loan']);
const free = new Set(['in_stock', 'ordered']);

const input = z.object({
	mostMoves: z
		.number('equipment.moves_invalid')
		.int('equipment.moves_invalid')
		.min(1, 'equipment.moves_invalid')
		.max(500, 'equipment.moves_invalid'),
});

const needOf = (device: FleetDevice) =>
	device.need && device.need !== 'standard' ? device.need : 'standard';
const groupOf = (device: FleetDevice) => `${device.category}/${needOf(device)}`;

/**
 * Who could use which device, at which cost for ever: of the same category, bought for the same need or for an office where
 * nothing else is asked. A device without support is no help to whom security matters.
 */
export function assignmentProblem(
	reckoning: Reckoning,
	fleet: readonly FleetDevice[],
	{ move, mostMoves }: { move: number; mostMoves: number },
): AssignmentProblem {
	const people = fleet.filter(({ status }) => withSomebody.has(status));
	const groups = [...new Set(people.map(groupOf))];
	const without: Record<string, number> = {};
	for (const person of people) {
		const bounded = reckoning.bounded(person);
		without[groupOf(person)] ??= reckoning.chain(person.category, bounded?.successor ?? 'new').value;
	}
	const devices = fleet
		.filter(
			({ status, condition }) => withSomebody.has(status) || (free.has(status) && condition !== 'broken'),
		)
		.map((device) => {
			const costs: Record<string, number> = {};
			for (const group of groups) {
				const [category, need = 'standard'] = group.split('/');
				if (category !== device.category || (need !== 'standard' && need !== needOf(device))) continue;
				const bounded = reckoning.bounded(device, need);
				if (bounded) costs[group] = replacementOf(reckoning, bounded).value;
			}
			return { id: device.id, costs };
		});
	return {
		people: people.map((device) => ({ id: device.id, group: groupOf(device), device: device.id })),
		devices,
		move,
		mostMoves,
		without,
	};
}

export function createAssigning(context: Context, neighbour: Neighbour): Pick<Planning, 'assignment'> {
	return {
		async assignment(actor, given): Promise<Result<AssignmentProposal>> {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(input, given);
			if (!parsed.ok) return parsed;
			const fleet = await readFleet(context.db);
			const reckoning = await readReckoning(
				context,
				neighbour,
				fleet.map(({ category }) => category),
			);
			const move = (await readAssumptions(context.db))('moveCost', 'other').range.mid;
			const problem = assignmentProblem(reckoning, fleet, { move, ...parsed.value });
			const known = new Map(fleet.map((device) => [device.id, device]));
			const started = performance.now();
			if (!problem.people.length)
				return ok({
					handovers: [],
					people: 0,
					free: problem.devices.length,
					savingCents: 0,
					beyondGreedyCents: 0,
					greedyMoves: 0,
					optimal: true,
					seconds: 0,
					simulated: false,
				});
			const model = assignmentModel(problem);
			const solved = await solveLp(model.lp, mostSeconds);
			const plan = model.read((column) => solved.columns[column] ?? 0);
			const greedy = greedyAssignment(problem);
			const before = costAsItIs(problem);
			const deviceOf = new Map(problem.devices.map((device) => [device.id, device]));
			return ok({
				handovers: plan.handovers.map(({ person, device, from }) => {
					const to = known.get(person) as FleetDevice;
					const given = known.get(device) as FleetDevice;
					const giver = from === null ? undefined : known.get(from);
					const cost = (id: string) =>
						deviceOf.get(id)?.costs[groupOf(to)] ?? problem.without[groupOf(to)] ?? 0;
					return {
						device: { id: given.id, tag: given.tag, model: given.model },
						to: { deviceId: to.id, tag: to.tag, holder: to.holder, service: to.service },
						from: giver ? { tag: giver.tag, holder: giver.holder, service: giver.service } : null,
						savingCents: Math.round(cost(to.id) - cost(given.id) - move),
					};
				}),
				people: problem.people.length,
				free: problem.devices.length - problem.people.length,
				savingCents: Math.round(before - plan.cost),
				beyondGreedyCents: Math.round(greedy.cost - plan.cost),
				greedyMoves: greedy.handovers.length,
				optimal: solved.optimal,
				seconds: (performance.now() - started) / 1000,
				simulated: fleet.some(({ simulated }) => simulated),
			});
		},
	};
}
