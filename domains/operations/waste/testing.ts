import { newId, system } from '@parvis/platform';
import type { TestOperations } from '../testing.ts';

const origin = [2.2136, 46.7421] as const;

/** A depot, a transfer station, a truck for glass, another for packaging and paper, and containers around. */
export async function fillWaste(town: TestOperations, { containers = 12 } = {}) {
	const { waste } = town.operations;
	const kept = async <T>(result: Promise<{ ok: true; value: T } | { ok: false; error: string }>) => {
		const outcome = await result;
		if (!outcome.ok) throw new Error(outcome.error);
		return outcome.value;
	};
	await kept(
		waste.sites.save(system, {
			externalId: 'depot',
			kind: 'depot',
			name: 'Dépôt',
			longitude: origin[0],
			latitude: origin[1],
		}),
	);
	await kept(
		waste.sites.save(system, {
			externalId: 'quai',
			kind: 'unloading',
			name: 'Quai de transfert',
			longitude: origin[0] + 0.02,
			latitude: origin[1],
		}),
	);
	const truck = (externalId: string, name: string, compartments: { flow: string; cubicMeters: number }[]) =>
		kept(
			waste.vehicles.save(system, {
				externalId,
				name,
				compartments,
				payloadKilograms: 9000,
				heightMeters: 3.6,
				weightTonnes: 19,
				litersPer100Kilometers: 42,
				depot: 'depot',
			}),
		);
	const glassTruck = (await truck('verre', 'Camion verre', [{ flow: 'glass', cubicMeters: 20 }])).id;
	const sortingTruck = (
		await truck('tri', 'Camion tri', [
			{ flow: 'packaging', cubicMeters: 12 },
			{ flow: 'paper', cubicMeters: 8 },
		])
	).id;
	const ids: string[] = [];
	for (let n = 0; n < containers; n++) {
		const flow = (['glass', 'packaging', 'paper'] as const)[n % 3] ?? 'glass';
		const saved = await kept(
			waste.containers.save(system, {
				externalId: `c${n}`,
				name: `Colonne ${n}`,
				flow,
				volumeLiters: 3000,
				longitude: origin[0] + Math.cos(n) * 0.01,
				latitude: origin[1] + Math.sin(n) * 0.008,
			}),
		);
		ids.push(saved.id);
	}
	return { containers: ids, glassTruck, sortingTruck, kept, newId };
}
