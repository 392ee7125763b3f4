import { describe, expect, test } from 'vitest';
import type { Member } from './osm.ts';
import { type Extract, routerOf } from './testing.ts';
import type { Vehicle } from './vehicle.ts';

const car: Vehicle = { profile: 'car' };
const way = (id: number, nodes: number[], tags: Record<string, string> = {}) => ({
	id,
	nodes,
	tags: { highway: 'residential', ...tags },
});
const member = (kind: Member['kind'], id: number, role: string): Member => ({ kind, id, role });

/**
 * 7 — 8 — 9
 * |   |   |
 * 4 — 5 — 6
 * |   |   |
 * 1 — 2 — 3
 * Each stretch is a way of its own: 12 is from 1 to 2.
 */
function town(
	change: Partial<Record<number, Record<string, string>>> = {},
	relations: Extract['relations'] = [],
): Extract {
	const nodes = Array.from({ length: 9 }, (_, i) => ({ id: i + 1, x: i % 3, y: Math.floor(i / 3) }));
	const pairs = [12, 23, 45, 56, 78, 89, 14, 47, 25, 58, 36, 69];
	return {
		nodes,
		ways: pairs.map((id) => way(id, [Math.floor(id / 10), id % 10], change[id])),
		relations,
	};
}
const restriction = (value: string, members: Member[], tags: Record<string, string> = {}) => ({
	id: 1,
	members,
	tags: { type: 'restriction', restriction: value, ...tags },
});
const block = 98.7;
const blocks = (meters: number) => Math.round(meters / block);

async function distance(extract: Extract, from: [number, number], to: [number, number], vehicle = car) {
	const { way: find, at } = await routerOf(extract);
	return blocks(find([at(...from), at(...to)], vehicle).meters);
}

describe('directions', () => {
	test('a one-way street is driven one way, by bicycle both where that is said, and walked both ways', async () => {
		const oneWay = town({ 45: { oneway: 'yes' } });
		expect(await distance(oneWay, [0.1, 1], [0.9, 1])).toBe(1);
		expect(await distance(oneWay, [0.9, 1], [0.1, 1])).toBeGreaterThan(2);
		expect(await distance(oneWay, [0.9, 1], [0.1, 1], { profile: 'bicycle' })).toBeGreaterThan(2);
		expect(await distance(oneWay, [0.9, 1], [0.1, 1], { profile: 'foot' })).toBe(1);
		const forBicycles = town({ 45: { oneway: 'yes', 'oneway:bicycle': 'no' } });
		expect(await distance(forBicycles, [0.9, 1], [0.1, 1], { profile: 'bicycle' })).toBe(1);
		const reversed = town({ 45: { oneway: '-1' } });
		expect(await distance(reversed, [0.9, 1], [0.1, 1])).toBe(1);
		expect(await distance(reversed, [0.1, 1], [0.9, 1])).toBeGreaterThan(2);
	});

	test('a roundabout and a motorway go one way by themselves; a reversible lane is not counted on', async () => {
		for (const tags of [{ junction: 'roundabout' }, { highway: 'motorway' }, { oneway: 'reversible' }])
			expect(await distance(town({ 45: tags }), [2, 1], [0, 1])).toBe(4);
		expect(await distance(town({ 45: { junction: 'roundabout', oneway: 'no' } }), [2, 1], [0, 1])).toBe(2);
	});

	test('within one edge: straight ahead, or round the block where one may not turn', async () => {
		const { matrix, at } = await routerOf(town({ 25: { oneway: 'yes' } }));
		const { meters } = matrix([at(1, 0.2), at(1, 0.8)], car);
		expect((meters[1] ?? 0) / block).toBeCloseTo(0.6 * 1.01, 1);
		expect((meters[2] ?? 0) / block).toBeGreaterThan(3);
		const twoWay = await routerOf(town());
		const both = twoWay.matrix([at(1, 0.2), at(1, 0.8)], car).meters;
		expect(both[1]).toBeCloseTo(both[2] ?? 0, 6);
	});

	test('no turning round in the middle of the network, only where a street ends', async () => {
		const extract = town();
		extract.nodes.push({ id: 10, x: 3, y: 1 });
		extract.ways.push(way(610, [6, 10], { oneway: 'no' }));
		// Right turn 4 5 → 5 2 forbidden: one drives round a block, or to the end of the street and back.
		extract.relations = [
			restriction('no_right_turn', [
				member('way', 45, 'from'),
				member('node', 5, 'via'),
				member('way', 25, 'to'),
			]),
		];
		const { way: find, at } = await routerOf(extract);
		const { coordinates, meters } = find([at(0.5, 1), at(1, 0.5)], car);
		expect(blocks(meters)).toBeGreaterThan(2);
		for (const [i, point] of coordinates.entries())
			if (i > 1 && coordinates[i - 2]?.join() === point.join()) expect(coordinates[i - 1]).toEqual(at(3, 1));
	});
});

describe('access', () => {
	const alongMiddle = [[0, 1] as [number, number], [2, 1] as [number, number]] as const;
	test.each<[Record<string, string>, Vehicle['profile'][]]>([
		[{ access: 'no' }, []],
		[{ access: 'private' }, []],
		[{ access: 'no', foot: 'yes' }, ['foot']],
		[{ motor_vehicle: 'no' }, ['bicycle', 'foot']],
		[{ vehicle: 'no' }, ['foot']],
		[{ vehicle: 'no', bicycle: 'yes' }, ['bicycle', 'foot']],
		[{ hgv: 'no' }, ['car', 'bicycle', 'foot']],
		[{ bicycle: 'no' }, ['car', 'truck', 'foot']],
		[{ foot: 'no' }, ['car', 'truck', 'bicycle']],
		[{ highway: 'footway' }, ['foot']],
		[{ highway: 'pedestrian', bicycle: 'no' }, ['foot']],
		[{ highway: 'path' }, ['bicycle', 'foot']],
		[{ highway: 'cycleway' }, ['bicycle']],
		[{ highway: 'steps' }, ['foot']],
		[{ highway: 'motorway', oneway: 'no' }, ['car', 'truck']],
		[{ highway: 'construction' }, []],
	])('%j is used by %j', async (tags, may) => {
		const router = await routerOf(town({ 45: tags, 56: tags }));
		for (const profile of ['car', 'truck', 'bicycle', 'foot'] as const) {
			const { meters } = router.way([router.at(...alongMiddle[0]), router.at(...alongMiddle[1])], {
				profile,
			});
			expect([profile, blocks(meters)]).toEqual([profile, may.includes(profile) ? 2 : 4]);
		}
	});

	test('a bollard stops cars and lets bicycles pass; a gate that is open stops nobody', async () => {
		const extract = town();
		extract.nodes.push({ id: 20, x: 0.5, y: 1, tags: { barrier: 'bollard' } });
		extract.ways = extract.ways.map((one) => (one.id === 45 ? { ...one, nodes: [4, 20, 5] } : one));
		expect(await distance(extract, [0, 1], [2, 1])).toBe(4);
		expect(await distance(extract, [0, 1], [2, 1], { profile: 'bicycle' })).toBe(2);
		const gate = structuredClone(extract);
		for (const node of gate.nodes) if (node.tags) node.tags = { barrier: 'gate' };
		expect(await distance(gate, [0, 1], [2, 1])).toBe(2);
	});

	test('nobody drives through a street that is only for those who go there', async () => {
		const extract = town({ 25: { motor_vehicle: 'destination' }, 58: { motor_vehicle: 'destination' } });
		expect(await distance(extract, [1, 0], [1, 2])).toBe(4);
		expect(await distance(extract, [0, 0], [1, 0.5])).toBe(2);
		expect(await distance(extract, [1, 0], [1, 2], { profile: 'bicycle' })).toBe(2);
	});

	test('a truck keeps below what its height, weight and width allow', async () => {
		const limited = town({
			45: { maxheight: '3.2', highway: 'primary' },
			58: { maxweight: '3.5 t' },
			56: { maxwidth: '2,3 m' },
		});
		const truck = (size: Omit<Vehicle, 'profile'>) => ({ profile: 'truck', ...size }) as const;
		expect(await distance(limited, [0, 1], [2, 1])).toBe(2);
		expect(await distance(limited, [0, 1], [2, 1], truck({}))).toBe(2);
		expect(await distance(limited, [0, 1], [1, 1], truck({ heightMeters: 3.2 }))).toBe(1);
		expect(await distance(limited, [0, 1], [1, 1], truck({ heightMeters: 3.21 }))).toBe(3);
		expect(await distance(limited, [1, 1], [1, 2], truck({ weightTonnes: 12 }))).toBe(3);
		expect(await distance(limited, [1, 1], [2, 1], truck({ widthMeters: 2.5 }))).toBe(3);
		expect(await distance(limited, [1, 1], [2, 1], { profile: 'car', widthMeters: 9 })).toBe(1);
	});
});

describe('turn restrictions', () => {
	const via5 = [member('way', 45, 'from'), member('node', 5, 'via'), member('way', 58, 'to')];
	const left = (value: string, tags?: Record<string, string>, vehicle = car) =>
		distance(town({}, [restriction(value, via5, tags)]), [0.5, 1], [1, 1.5], vehicle);

	test.each(['no_left_turn', 'no_straight_on', 'no_entry'])('%s', async (value) => {
		expect(await left(value)).toBe(3);
	});
	test('only_left_turn leaves no other way on', async () => {
		expect(await left('only_left_turn')).toBe(1);
		const forced = town({}, [restriction('only_left_turn', via5)]);
		// Back by 4, and round by 1 and 2.
		expect(await distance(forced, [0.5, 1], [1.5, 1])).toBe(4);
		expect(await distance(forced, [1, 0.5], [1.5, 1])).toBe(1);
	});
	test('binds whom it says', async () => {
		expect(await left('no_left_turn', { except: 'bicycle' }, { profile: 'bicycle' })).toBe(1);
		expect(await left('no_left_turn', {}, { profile: 'bicycle' })).toBe(3);
		expect(await left('no_left_turn', {}, { profile: 'foot' })).toBe(1);
		expect(await left('', { 'restriction:hgv': 'no_left_turn' })).toBe(1);
		expect(await left('', { 'restriction:hgv': 'no_left_turn' }, { profile: 'truck' })).toBe(3);
		expect(await left('', { 'restriction:conditional': 'no_left_turn @ (07:00-09:00)' })).toBe(1);
	});
	test('several ways that may not be entered', async () => {
		const all = restriction('no_exit', [...via5, member('way', 56, 'to')]);
		expect(await distance(town({}, [all]), [0.5, 1], [1, 1.5])).toBe(3);
		expect(await distance(town({}, [all]), [0.5, 1], [1.5, 1])).toBe(4);
		expect(await distance(town({}, [all]), [0.5, 1], [1, 0.5])).toBe(1);
	});

	const over = [member('way', 14, 'from'), member('way', 45, 'via'), member('way', 58, 'to')];
	test('by way of another way, and only for who came that way', async () => {
		const extract = town({}, [restriction('no_left_turn', over)]);
		expect(await distance(extract, [0, 0.5], [1, 1.5])).toBeGreaterThan(2);
		expect(await distance(extract, [0, 1.5], [1, 1.5])).toBe(2);
		expect(await distance(extract, [0.5, 1], [1, 1.5])).toBe(1);
	});
	test('by way of two ways', async () => {
		const two = [
			member('way', 14, 'from'),
			member('way', 45, 'via'),
			member('way', 56, 'via'),
			member('way', 36, 'to'),
		];
		const open = town({ 12: { access: 'no' }, 25: { access: 'no' }, 58: { access: 'no' } });
		expect(await distance(open, [0, 0.5], [2, 0.5])).toBe(3);
		const shut = { ...open, relations: [restriction('no_right_turn', two)] };
		expect(await distance(shut, [0, 0.5], [2, 0.5])).toBeGreaterThan(3);
		expect(await distance(shut, [0.5, 1], [2, 0.5])).toBe(2);
	});
	test('only_ by way of another way: who has taken it goes on as told', async () => {
		const extract = town({}, [restriction('only_left_turn', over)]);
		expect(await distance(extract, [0, 0.5], [1, 1.5])).toBe(2);
		// Straight on from 1 4 5 is closed; up and round by 7 8 is open to all.
		expect(await distance(extract, [0, 0.5], [1.5, 1])).toBeGreaterThan(2);
		expect(await distance(extract, [0, 1.5], [1.5, 1])).toBe(2);
	});
	test('a U-turn, where the street ends', async () => {
		const extract = town();
		extract.nodes.push({ id: 10, x: 3, y: 1 });
		extract.ways.push(way(610, [6, 10]));
		expect(await distance(extract, [2.5, 1], [2, 1.5])).toBe(1);
		const { matrix, at } = await routerOf({
			...extract,
			relations: [
				restriction('no_u_turn', [
					member('way', 610, 'from'),
					member('node', 10, 'via'),
					member('way', 610, 'to'),
				]),
			],
		});
		// A street where one may not turn round, and that leads nowhere, is a trap: nobody is set down in it.
		expect(blocks(matrix([at(2.9, 1), at(2, 1.5)], car).meters[1] ?? 0)).toBe(1);
	});
	test('what is not clear is left out and counted', async () => {
		const { buildNetwork } = await import('./index.ts');
		const { opening, toXml } = await import('./testing.ts');
		const extract = town({}, [
			restriction('no_left_turn', [
				member('way', 45, 'from'),
				member('node', 999, 'via'),
				member('way', 58, 'to'),
			]),
			restriction('no_left_turn', [
				member('way', 999, 'from'),
				member('node', 5, 'via'),
				member('way', 58, 'to'),
			]),
			restriction('no_left_turn', [
				member('way', 12, 'from'),
				member('node', 5, 'via'),
				member('way', 58, 'to'),
			]),
			restriction('no_left_turn', [member('way', 45, 'from'), member('way', 58, 'to')]),
			restriction('no_left_turn', via5, { except: 'motorcar;hgv;bicycle' }),
			restriction('', via5, { 'restriction:conditional': 'no_left_turn @ Mo-Fr' }),
			restriction('no_left_turn', via5),
		]);
		const { report } = await buildNetwork(opening(new TextEncoder().encode(toXml(extract))));
		expect(report.restrictions).toEqual({
			kept: 1,
			ignored: { absent: 2, unclear: 1, members: 1, nobody: 1, conditional: 1 },
		});
	});
});

describe('positions', () => {
	test('a point goes to the nearest place on a road, in the middle of it too', async () => {
		const { snap, at } = await routerOf(town());
		const [longitude, latitude] = at(0.5, 1.1);
		const found = snap([longitude, latitude], car);
		expect(found?.along).toBeCloseTo(0.5, 2);
		expect(found?.meters).toBeCloseTo(10, 0);
		expect(found?.latitude).toBeCloseTo(at(0.5, 1)[1], 6);
		expect(snap([2.5, 47.5], car)).toBeNull();
	});

	test('nobody is set down on an island', async () => {
		const extract = town();
		extract.nodes.push({ id: 30, x: 0.5, y: 1.3 }, { id: 31, x: 0.6, y: 1.3 });
		extract.ways.push(way(3031, [30, 31]));
		const { snap, cutOff, at } = await routerOf(extract);
		expect(snap(at(0.55, 1.3), car)?.latitude).toBeCloseTo(at(0, 1)[1], 6);
		expect(cutOff(car)).toBe(1);
	});

	test('a ring without a turning place is driven both ways round', async () => {
		const ring = town({
			45: { access: 'no' },
			56: { access: 'no' },
			25: { access: 'no' },
			58: { access: 'no' },
		});
		expect(await distance(ring, [0.9, 0], [0.1, 0])).toBe(1);
		expect(await distance(ring, [0.1, 0], [0.9, 0])).toBe(1);
	});

	test('too far from any road: no way there, and none from there', async () => {
		const { matrix, way: find, at } = await routerOf(town());
		const { meters, seconds } = matrix([at(0, 0), [3, 48], at(1, 0)], car);
		expect([...meters].map(blocks)).toEqual([0, Infinity, 1, Infinity, 0, Infinity, 1, Infinity, 0]);
		expect(seconds[1]).toBe(Infinity);
		expect(find([at(0, 0), [3, 48]], car)).toEqual({ meters: Infinity, seconds: Infinity, coordinates: [] });
	});

	test('the line of a way begins and ends where it is asked, and is as long as it says', async () => {
		const { way: find, at } = await routerOf(town());
		const { coordinates, meters } = find([at(0.3, 0), at(1, 0.4), at(2, 1.5)], car);
		expect(coordinates[0]?.[0]).toBeCloseTo(at(0.3, 0)[0], 6);
		expect(coordinates.at(-1)?.[1]).toBeCloseTo(at(2, 1.5)[1], 6);
		const { metersBetween } = await import('./network.ts');
		const measured = coordinates.reduce((sum, [x, y], i) => {
			const [px, py] = coordinates[i - 1] ?? [x, y];
			return sum + metersBetween(px * 1e7, py * 1e7, x * 1e7, y * 1e7);
		}, 0);
		expect(measured).toBeCloseTo(meters, 0);
	});

	test('speeds: what the sign says, or what the class of road is', async () => {
		const { way: find, at } = await routerOf(
			town({ 45: { maxspeed: '30' }, 78: { maxspeed: 'FR:urban' }, 12: { highway: 'steps' } }),
		);
		const time = (y: number, profile: Vehicle['profile']) =>
			find([at(0.1, y), at(0.9, y)], { profile }).seconds / ((0.8 * block * 3.6) / 1);
		expect(1 / time(1, 'car')).toBeCloseTo(25.5, -1);
		expect(1 / time(2, 'car')).toBeCloseTo(42.5, -1);
		expect(1 / time(0, 'foot')).toBeCloseTo(2.5, 1);
		expect(1 / time(1, 'foot')).toBeCloseTo(4.7, 1);
	});
});
