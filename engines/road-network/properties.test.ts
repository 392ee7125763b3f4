import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildNetwork } from './index.ts';
import type { Member } from './osm.ts';
import { createSearch } from './search.ts';
import { type Extract, opening, routerOf, toXml } from './testing.ts';
import { buildTurnGraph } from './turn-graph.ts';

/** Small towns full of one-ways, dead ends and restrictions, by nodes and by ways, that often contradict each other. */
const towns = fc
	.record({
		missing: fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
		oneWay: fc.array(fc.constantFrom('no', 'no', 'yes', '-1'), { minLength: 24, maxLength: 24 }),
		speed: fc.array(fc.constantFrom('30', '50', '80'), { minLength: 24, maxLength: 24 }),
		restrictions: fc.array(
			fc.record({
				value: fc.constantFrom('no_left_turn', 'no_right_turn', 'only_straight_on', 'no_u_turn'),
				start: fc.nat({ max: 15 }),
				walk: fc.array(fc.constantFrom(1, -1, 4, -4), { minLength: 3, maxLength: 4 }),
			}),
			{ minLength: 30, maxLength: 60 },
		),
	})
	.map(({ missing, oneWay, speed, restrictions }): Extract => {
		const nodes = Array.from({ length: 16 }, (_, i) => ({ id: i + 1, x: i % 4, y: Math.floor(i / 4) }));
		const pairs = nodes.flatMap(({ id, x, y }) => [
			...(x < 3 ? [[id, id + 1]] : []),
			...(y < 3 ? [[id, id + 4]] : []),
		]);
		const ways = pairs.flatMap((pair, i) =>
			missing[i] && i % 3 === 0
				? []
				: [
						{
							id: i + 1,
							nodes: pair,
							tags: { highway: 'residential', oneway: oneWay[i] ?? 'no', maxspeed: speed[i] ?? '50' },
						},
					],
		);
		const wayBetween = (a: number, b: number) =>
			ways.find(({ nodes: ends }) => ends.includes(a) && ends.includes(b))?.id;
		return {
			nodes,
			ways,
			relations: restrictions.flatMap(({ value, walk, start }, i) => {
				const path = [start + 1];
				for (const step of walk) path.push((path.at(-1) ?? 0) + step);
				const ids = path.slice(1).map((node, n) => wayBetween(path[n] ?? 0, node));
				const [from, ...over] = ids;
				const to = over.pop();
				if (from === undefined || to === undefined || over.includes(undefined)) return [];
				const via: Member[] = over.length
					? over.map((id) => ({ kind: 'way', id: id ?? 0, role: 'via' }))
					: [{ kind: 'node', id: path[1] ?? 0, role: 'via' }];
				return [
					{
						id: i + 1,
						members: [{ kind: 'way', id: from, role: 'from' }, ...via, { kind: 'way', id: to, role: 'to' }],
						tags: { type: 'restriction', restriction: value },
					},
				];
			}),
		};
	});

const graphOf = async (extract: Extract) => {
	const { network } = await buildNetwork(opening(new TextEncoder().encode(toXml(extract))));
	return { network, graph: buildTurnGraph(network, { profile: 'car' }) };
};

/** All pairs of states by Floyd and Warshall, from the end of one arc to the end of another. */
function allPairs(graph: Awaited<ReturnType<typeof graphOf>>['graph']): Float64Array[] {
	const far = Array.from({ length: graph.states }, (_, s) => {
		const row = new Float64Array(graph.states).fill(Infinity);
		row[s] = 0;
		for (let move = graph.first[s] ?? 0; move < (graph.first[s + 1] ?? 0); move++) {
			const next = graph.target[move] ?? 0;
			row[next] = Math.min(row[next] ?? Infinity, graph.weight[move] ?? 0);
		}
		return row;
	});
	for (let k = 0; k < graph.states; k++)
		for (const row of far) {
			const through = row[k] ?? Infinity;
			if (through === Infinity) continue;
			for (let j = 0; j < graph.states; j++)
				row[j] = Math.min(row[j] ?? Infinity, through + (far[k]?.[j] ?? Infinity));
		}
	return far;
}

test('is what Floyd and Warshall find, over all lawful moves', async () => {
	await fc.assert(
		fc.asyncProperty(towns, async (extract) => {
			const { network, graph } = await graphOf(extract);
			const far = allPairs(graph);
			const search = createSearch(network, graph);
			const edges = [...network.edgeFrom.keys()].filter(
				(e) => graph.connected[e * 2] || graph.connected[e * 2 + 1],
			);
			const snaps = edges.map((edge) => ({ edge, along: 0.25, longitude: 0, latitude: 0, meters: 0 }));
			for (const from of snaps) {
				const legs = search.toMany(from, snaps);
				for (const [j, to] of snaps.entries()) {
					let expected = to.edge === from.edge ? 0 : Infinity;
					for (const a of [from.edge * 2, from.edge * 2 + 1])
						for (const b of [to.edge * 2, to.edge * 2 + 1]) {
							if (!graph.connected[a] || !graph.connected[b]) continue;
							const start = graph.arcState[a] ?? 0;
							const ahead = (graph.arcSeconds[a] ?? 0) * (a & 1 ? 0.25 : 0.75);
							const short = (graph.arcSeconds[b] ?? 0) * (b & 1 ? 0.25 : 0.75);
							for (const end of [graph.arcState[b] ?? 0, ...(graph.moreStates.get(b) ?? [])])
								for (let move = graph.first[start] ?? 0; move < (graph.first[start + 1] ?? 0); move++)
									expected = Math.min(
										expected,
										ahead +
											(graph.weight[move] ?? 0) +
											(far[graph.target[move] ?? 0]?.[end] ?? Infinity) -
											short,
									);
						}
					expect(legs[j]?.seconds).toBeCloseTo(expected, 3);
				}
			}
		}),
		{ numRuns: 60 },
	);
});

test('no way drives a forbidden sequence, and every way is as long as the matrix says', async () => {
	await fc.assert(
		fc.asyncProperty(towns, async (extract) => {
			const { network, graph } = await graphOf(extract);
			const search = createSearch(network, graph);
			const head = (arc: number) => (arc & 1 ? network.edgeFrom : network.edgeTo)[arc >>> 1];
			const tail = (arc: number) => head(arc ^ 1);
			const edges = [...network.edgeFrom.keys()].filter(
				(e) => graph.connected[e * 2] || graph.connected[e * 2 + 1],
			);
			const snaps = edges.map((edge) => ({ edge, along: 0.5, longitude: 0, latitude: 0, meters: 0 }));
			for (const from of snaps) {
				const legs = search.toMany(from, snaps);
				for (const [j, to] of snaps.entries()) {
					const one = search.toOne(from, to);
					expect(one?.seconds ?? Infinity).toBeCloseTo(legs[j]?.seconds ?? 0, 6);
					for (const [i, arc] of (one?.arcs ?? []).entries()) {
						const next = one?.arcs[i + 1];
						if (next !== undefined) expect(tail(next)).toBe(head(arc));
					}
					for (let r = 0; r < network.restrictionOnly.length; r++) {
						const sequence = [
							...network.restrictionArcs.subarray(
								network.restrictionStart[r],
								network.restrictionStart[r + 1],
							),
						];
						if (!sequence.every((arc) => (graph.arcState[arc] ?? -1) >= 0)) continue;
						const driven = ` ${(one?.arcs ?? []).join(' ')} `;
						if (!network.restrictionOnly[r]) expect(driven).not.toContain(` ${sequence.join(' ')} `);
						else {
							const begun = ` ${sequence.slice(0, -1).join(' ')} `;
							const at = driven.indexOf(begun);
							const after =
								at < 0
									? ''
									: driven
											.slice(at + begun.length)
											.trim()
											.split(' ')[0];
							if (after) expect(Number(after)).toBe(sequence.at(-1));
						}
					}
				}
			}
		}),
		{ numRuns: 60 },
	);
});

test('going by a third point is never shorter than going straight, on foot, where one may turn anywhere', async () => {
	await fc.assert(
		fc.asyncProperty(
			towns,
			fc.array(
				fc.tuple(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true })),
				{
					minLength: 3,
					maxLength: 8,
				},
			),
			async (extract, places) => {
				const { matrix, at } = await routerOf(extract);
				const { seconds } = matrix(
					places.map(([x, y]) => at(x, y)),
					{ profile: 'foot' },
				);
				const n = places.length;
				for (let a = 0; a < n; a++)
					for (let b = 0; b < n; b++)
						for (let c = 0; c < n; c++)
							expect(seconds[a * n + c]).toBeLessThanOrEqual(
								(seconds[a * n + b] ?? 0) + (seconds[b * n + c] ?? 0) + 1e-3,
							);
			},
		),
		{ numRuns: 100 },
	);
});
