import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	buildNetwork,
	createRouter,
	NetworkFormatError,
	networkFromBytes,
	networkToBytes,
	OsmError,
	readOsm,
} from './index.ts';
import { degreesOf, type Extract, opening, toPbf, toXml } from './testing.ts';

const extract: Extract = {
	nodes: [
		{ id: 1, x: 0, y: 0 },
		{ id: 2, x: 1, y: 0, tags: { highway: 'traffic_signals' } },
		{ id: 3, x: 2, y: 0 },
		{ id: 4, x: 1, y: 1, tags: { barrier: 'bollard' } },
		{ id: 5_000_000_000, x: 1, y: 2 },
	],
	ways: [
		{ id: 10, nodes: [1, 2, 3], tags: { highway: 'primary', name: 'Rue de l’Église', maxspeed: '50' } },
		{
			id: 11,
			nodes: [2, 4, 5_000_000_000],
			tags: { highway: 'residential', oneway: 'yes', maxheight: '3.5' },
		},
		{ id: 12, nodes: [5_000_000_000, 3], tags: { highway: 'service' } },
		{ id: 13, nodes: [1, 3], tags: { building: 'yes' } },
	],
	relations: [
		{
			id: 20,
			members: [
				{ kind: 'way', id: 12, role: 'from' },
				{ kind: 'node', id: 3, role: 'via' },
				{ kind: 'way', id: 10, role: 'to' },
			],
			tags: { type: 'restriction', restriction: 'no_right_turn' },
		},
	],
};
const utf8 = (text: string) => new TextEncoder().encode(text);
const gzip = async (bytes: Uint8Array) =>
	new Uint8Array(
		await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
	);
const build = (bytes: Uint8Array) => buildNetwork(opening(bytes));
const faultOf = async (bytes: Uint8Array) => {
	try {
		await build(bytes);
		return 'none';
	} catch (error) {
		if (error instanceof OsmError) return error.fault;
		throw error;
	}
};

describe('an extract', () => {
	test('gives the same graph as XML, by gzip, as PBF with zlib and as plain PBF', async () => {
		const xml = utf8(toXml(extract));
		const { network, report } = await build(xml);
		expect(report).toMatchObject({ ways: 3, nodes: 5, edges: 5, barriers: 1, missingNodes: 0 });
		expect(report.restrictions.kept).toBe(1);
		expect(report.limits).toEqual({ height: 2, weight: 0, width: 0 });
		for (const bytes of [await gzip(xml), await toPbf(extract), await toPbf(extract, { plain: true })])
			expect(await build(bytes)).toEqual({ network, report });
	});

	test('is taken with its elements in any order', async () => {
		const [head = '', ...lines] = toXml(extract).split('\n');
		const turned = [head, lines[0], ...lines.slice(1, -1).toReversed(), lines.at(-1)].join('\n');
		const { report } = await build(utf8(turned));
		expect(report).toMatchObject({ ways: 3, nodes: 5, edges: 5 });
	});

	test('that was clipped keeps what is left of its roads', async () => {
		const clipped = { ...extract, nodes: extract.nodes.filter(({ id }) => id !== 4) };
		const { report } = await build(utf8(toXml(clipped)));
		expect(report).toMatchObject({ missingNodes: 1, edges: 3 });
	});

	test('a road that closes on itself is driven round', async () => {
		const loop: Extract = {
			nodes: [0, 1, 2, 3, 4].map((id) => ({
				id: id + 1,
				x: [0, 1, 2, 2, 1][id] ?? 0,
				y: [0, 0, 0, 1, 1][id] ?? 0,
			})),
			ways: [
				{ id: 1, nodes: [1, 2], tags: { highway: 'residential' } },
				{ id: 2, nodes: [2, 3, 4, 5, 2], tags: { highway: 'residential' } },
			],
		};
		const { network } = await build(utf8(toXml(loop)));
		for (const [edge, from] of network.edgeFrom.entries()) expect(network.edgeTo[edge]).not.toBe(from);
		const { meters } = createRouter(network).way([degreesOf(0, 0), degreesOf(2, 1)], { profile: 'car' });
		expect(Math.round(meters / 99)).toBe(3);
	});

	test.each([
		['empty', ''],
		['not_osm', 'PK\u0003\u0004 something else'],
		['not_osm', '<html><body/></html>'],
		['document_type', '<!DOCTYPE osm [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><osm/>'],
		['truncated', toXml(extract).slice(0, 600)],
		['malformed', '<osm><node id="1" lat="47" lon="2"><tag k="&nothing;" v=""/></node></osm>'],
		['malformed', '<osm><way><nd ref="1"/></way></osm>'],
		['malformed', '<osm><way id="1"><nd ref="x"/></way></osm>'],
		['malformed', '<osm><way id="1"><nd ref="1e300"/></way></osm>'],
		['malformed', `<osm>${'<a>'.repeat(50)}`],
		['no_roads', '<osm version="0.6"></osm>'],
		['no_roads', '<osm><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way></osm>'],
	])('is refused as %s', async (fault, text) => {
		expect(await faultOf(utf8(text))).toBe(fault);
	});

	test('bombs are stopped', async () => {
		const spaces = await gzip(utf8(`<osm>${' '.repeat(9_000_000)}</osm>`));
		expect(await faultOf(spaces)).toBe('too_large');
		await expect(buildNetwork(opening(spaces), { limits: { bytes: 1_000_000 } })).rejects.toMatchObject({
			fault: 'too_large',
		});
		const attribute = await gzip(utf8(`<osm><node id="1" a="${'a'.repeat(9_000_000)}"/></osm>`));
		expect(await faultOf(attribute)).toBe('too_large');
		// A blob that says it inflates to little and inflates to much, and one that says it is huge.
		const pbf = await toPbf(extract);
		const lying = pbf.slice();
		lying.set([0xff, 0xff, 0xff, 0xff], 0);
		expect(await faultOf(lying)).toBe('not_osm');
		expect(await faultOf(new Uint8Array([0, 0, 0xff, 0xff, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]))).toBe(
			'truncated',
		);
		await expect(
			buildNetwork(opening(utf8(toXml(extract))), { limits: { perElement: 2 } }),
		).rejects.toMatchObject({ fault: 'too_large' });
	});
});

describe('hostile bytes', () => {
	/** A graph or a typed refusal; anything else would throw. */
	const survives = async (bytes: Uint8Array) => {
		const fault = await faultOf(bytes);
		if (fault === 'none')
			createRouter((await build(bytes)).network).snap(degreesOf(0, 0), { profile: 'car' });
	};

	test('cut at each byte, never more than a refusal', async () => {
		for (const bytes of [
			await toPbf(extract),
			await toPbf(extract, { plain: true }),
			await gzip(utf8(toXml(extract))),
			utf8(toXml(extract)).subarray(0, 900),
		])
			for (let end = 0; end < bytes.length; end++) {
				const fault = await faultOf(bytes.subarray(0, end));
				expect([end, fault]).not.toEqual([end, 'none']);
			}
	});

	test('random bytes, and random bytes behind a head that promises', async () => {
		const heads = [[], [0x1f, 0x8b, 8, 0], [0, 0, 0, 13], [...utf8('<osm>')]];
		await fc.assert(
			fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 400 }), async (head, tail) => {
				await survives(new Uint8Array([...head, ...tail]));
			}),
			{ numRuns: 300 },
		);
	});

	test('sound files with a few bytes changed', async () => {
		const sources = [await toPbf(extract, { plain: true }), await toPbf(extract), utf8(toXml(extract))];
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(...sources),
				fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
				async (source, changes) => {
					const bytes = source.slice();
					for (const [at, value] of changes) bytes[at % bytes.length] = value;
					await survives(bytes);
				},
			),
			{ numRuns: 600 },
		);
	});

	test('any tags and any members', async () => {
		const keys = [
			'highway',
			'oneway',
			'maxspeed',
			'maxheight',
			'access',
			'junction',
			'type',
			'restriction',
			'except',
		];
		const values = [
			'primary',
			'yes',
			'no',
			'-1',
			'30 mph',
			'11\'6"',
			'FR:urban',
			'restriction',
			'no_left_turn',
			'only_u_turn',
		];
		const tags = fc.dictionary(
			fc.oneof(fc.constantFrom(...keys), fc.string()),
			fc.oneof(fc.constantFrom(...values), fc.string({ unit: 'grapheme' })),
			{ maxKeys: 5, noNullPrototype: true },
		);
		const id = fc.integer({ min: 1, max: 8 });
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.record({ id, x: id, y: id, tags }), { maxLength: 8 }),
				fc.array(
					fc.record({
						id,
						nodes: fc.array(id, { maxLength: 8 }),
						tags: tags.map((given) => ({ highway: 'residential', ...given })),
					}),
					{ maxLength: 6 },
				),
				fc.array(
					fc.record({
						id,
						tags: tags.map((given) => ({ type: 'restriction', restriction: 'only_straight_on', ...given })),
						members: fc.array(
							fc.record({
								kind: fc.constantFrom('node' as const, 'way' as const, 'relation' as const),
								id,
								role: fc.constantFrom('from', 'via', 'to', ''),
							}),
							{ maxLength: 6 },
						),
					}),
					{ maxLength: 4 },
				),
				async (nodes, ways, relations) => survives(await toPbf({ nodes, ways, relations })),
			),
			{ numRuns: 300 },
		);
	});
});

describe('a network as bytes', () => {
	test('comes back as it was', async () => {
		const { network } = await build(utf8(toXml(extract)));
		const bytes = networkToBytes(network);
		expect(networkFromBytes(bytes)).toEqual(network);
		const shifted = new Uint8Array(bytes.length + 3);
		shifted.set(bytes, 3);
		expect(networkFromBytes(shifted.subarray(3))).toEqual(network);
	});

	test('of another version, cut or changed is refused, or is sound', async () => {
		const bytes = networkToBytes((await build(utf8(toXml(extract)))).network);
		for (let end = 0; end < bytes.length - 8; end += 7)
			expect(() => networkFromBytes(bytes.slice(0, end))).toThrow(NetworkFormatError);
		const other = bytes.slice();
		other[4] = 99;
		expect(() => networkFromBytes(other)).toThrow('version 99');
		fc.assert(
			fc.property(fc.nat(), fc.integer({ min: 0, max: 255 }), (at, value) => {
				const changed = bytes.slice();
				changed[at % bytes.length] = value;
				try {
					createRouter(networkFromBytes(changed)).way([degreesOf(0, 0), degreesOf(1, 0)], {
						profile: 'truck',
					});
				} catch (error) {
					if (!(error instanceof NetworkFormatError)) throw error;
				}
			}),
		);
	});
});

test('elements arrive as they are written', async () => {
	const seen: string[] = [];
	const handler = {
		node: (id: number, longitude: number, latitude: number, tags: ReadonlyMap<string, string> | null) =>
			seen.push(`n${id} ${longitude.toFixed(6)} ${latitude.toFixed(6)} ${[...(tags ?? [])]}`),
		way: (id: number, nodes: readonly number[], tags: ReadonlyMap<string, string>) =>
			seen.push(`w${id} ${nodes} ${[...tags]}`),
		relation: (id: number, members: readonly object[], tags: ReadonlyMap<string, string>) =>
			seen.push(`r${id} ${JSON.stringify(members)} ${[...tags]}`),
	};
	await readOsm(opening(utf8(toXml(extract)))(), handler);
	const byXml = seen.splice(0);
	await readOsm(opening(await toPbf(extract))(), handler);
	expect(seen).toEqual(byXml);
	expect(byXml).toHaveLength(10);
	expect(byXml[5]).toContain('Rue de l’Église');
});
