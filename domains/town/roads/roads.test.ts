import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Actor, anonymous, createHttp, mountApi } from '@parvis/platform';
import { createTestPlatform, type TestPlatform } from '@parvis/platform/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTown, type Position, type Town } from '../index.ts';
import { createMatrixCache } from './matrix-cache.ts';
import { decodePolyline } from './valhalla.ts';

const editor: Actor = {
	...anonymous,
	kind: 'person',
	id: 'e',
	displayName: 'Élodie',
	roles: ['town:editor'],
	secondFactor: true,
};

/** A square of streets, one of them one-way, with an avenue under a low bridge. */
function extract({ oneWay = true } = {}): string {
	const node = (id: number, x: number, y: number) =>
		`<node id="${id}" lon="${2 + x * 0.0013}" lat="${47 + y * 0.0009}"/>`;
	const way = (id: number, nodes: number[], tags: string) =>
		`<way id="${id}">${nodes.map((ref) => `<nd ref="${ref}"/>`).join('')}${tags}</way>`;
	const street = '<tag k="highway" v="residential"/>';
	return `<?xml version="1.0"?><osm version="0.6">${node(1, 0, 0)}${node(2, 1, 0)}${node(3, 1, 1)}${node(4, 0, 1)}
		${way(1, [1, 2], street + (oneWay ? '<tag k="oneway" v="yes"/>' : ''))}
		${way(2, [2, 3], street)}${way(3, [3, 4], street)}
		${way(4, [4, 1], `<tag k="highway" v="primary"/><tag k="maxheight" v="3"/>`)}</osm>`;
}
async function* once(content: string | Uint8Array) {
	yield typeof content === 'string' ? new TextEncoder().encode(content) : content;
}
const west: Position = [2.0002, 47];
const east: Position = [2.0012, 47];

let running: TestPlatform<{ town: Town }>;
let town: Town;
beforeAll(async () => {
	running = await createTestPlatform((platform) => ({ town: createTown(platform) }), { PARVIS_ROLES: 'web' });
	town = running.built.town;
});
afterAll(() => running.close());

const load = (content: string | Uint8Array, actor = editor) =>
	town.roads.import(actor, once(content), { source: 'ville.osm' });

describe('without roads', () => {
	test('distances are the straight line with a detour, and say so', async () => {
		const { meters, seconds, provider } = await town.roads.matrix([west, east], { profile: 'car' });
		expect(provider).toBe('straight');
		expect(meters[1]).toBeCloseTo(98.6, 0);
		expect([meters[0], seconds[0]]).toEqual([0, 0]);
		expect((await town.roads.route([west, east], { profile: 'foot' })).coordinates).toEqual([west, east]);
		expect(await town.roads.status()).toEqual({ provider: 'straight', network: null, server: null });
	});
});

describe('an import', () => {
	test('is for those who edit the town', async () => {
		expect(await load(extract(), anonymous)).toEqual({ ok: false, error: 'platform.not_allowed' });
	});

	test('that is no extract is refused whole, with the reason', async () => {
		for (const [content, error] of [
			['', 'town.roads_empty'],
			['hello', 'town.roads_not_osm'],
			['<osm><node id="1"', 'town.roads_truncated'],
			['<osm></osm>', 'town.roads_no_roads'],
		] as const) {
			const refused = await load(content);
			expect(refused).toMatchObject({ ok: false, error });
			if (!refused.ok)
				expect(running.platform.messages.t('fr', refused.error, refused.detail)).not.toContain('town.');
		}
		expect((await town.roads.status()).network).toBeNull();
	});

	test('counts from the next question on, with what it found', async () => {
		const loaded = await load(extract());
		if (!loaded.ok) throw new Error(loaded.error);
		expect(loaded.value).toMatchObject({ source: 'ville.osm', importedBy: 'Élodie', attribution: '' });
		expect(loaded.value.report).toMatchObject({ ways: 4, nodes: 4, limits: { height: 1 } });
		expect(loaded.value.report.cutOff.car).toBe(0);
		const { meters, provider } = await town.roads.matrix([west, east], { profile: 'car' });
		expect(provider).toBe('own');
		expect(meters[1]).toBeCloseTo(75.9, 0);
		expect(meters[2]).toBeGreaterThan(300);
		const onFoot = await town.roads.matrix([west, east], { profile: 'foot' });
		expect(onFoot.meters[2]).toBeCloseTo(75.9, 0);
		const route = await town.roads.route([east, west], { profile: 'car' });
		expect(route.coordinates.length).toBe(6);
		expect(route.meters).toBeCloseTo(meters[2] ?? 0, 6);
		const truck = (heightMeters: number) =>
			town.roads.route([east, west], { profile: 'truck', heightMeters });
		expect((await truck(3)).meters).toBeCloseTo(route.meters, 6);
		// Under the bridge it may not go, and one side of the one-way street is all it could reach: it is set down elsewhere.
		expect((await truck(3.4)).meters).toBeLessThan(1);
		expect((await town.roads.status()).network?.id).toBe(loaded.value.id);
	});

	test('takes effect in another process, and older graphs are cleared away', async () => {
		const other = createTown(running.platform).roads as Town['roads'] & { stop(): Promise<void> };
		const back = async () => (await other.matrix([west, east], { profile: 'car' })).meters[2] ?? 0;
		expect(await back()).toBeGreaterThan(300);
		for (let i = 0; i < 4; i++) expect((await load(extract({ oneWay: false }))).ok).toBe(true);
		expect(await back()).toBeCloseTo(75.9, 0);
		const { rows } = await running.platform.pool.query<{ id: string }>('SELECT id FROM town.road_network');
		expect(rows.length).toBe(3);
		for (const { id } of rows) expect(await running.platform.files.stat(`town/roads/${id}`)).not.toBeNull();
		await other.stop();
	});

	test('of two at once, one waits its turn by being refused', async () => {
		let release = () => {};
		const held = new Promise<void>((resolve) => (release = resolve));
		let read = () => {};
		const reading = new Promise<void>((resolve) => (read = resolve));
		const slow = town.roads.import(
			editor,
			(async function* () {
				read();
				await held;
				yield* once(extract());
			})(),
			{ source: 'lent.osm' },
		);
		await reading;
		expect(await load(extract())).toEqual({ ok: false, error: 'town.roads_busy' });
		release();
		expect((await slow).ok).toBe(true);
	});

	test('that breaks off leaves nothing behind, and the next is free', async () => {
		const before = await town.roads.status();
		await expect(
			town.roads.import(
				editor,
				(async function* () {
					yield* once('<osm>');
					throw new Error('the connection was lost');
				})(),
				{ source: 'coupé.osm' },
			),
		).rejects.toThrow('the connection was lost');
		expect(await town.roads.status()).toEqual(before);
		expect((await load(extract())).ok).toBe(true);
	});

	test('a file that went missing falls back to the straight line', async () => {
		const { network } = await town.roads.status();
		await running.platform.files.delete(`town/roads/${network?.id}`);
		const other = createTown(running.platform).roads;
		expect((await other.matrix([west, east], { profile: 'car' })).provider).toBe('straight');
		expect((await load(extract())).ok).toBe(true);
		expect((await other.matrix([west, east], { profile: 'car' })).provider).toBe('own');
	});
});

test('the same question is answered from memory, and what is handed out may be changed', async () => {
	const cache = createMatrixCache();
	let computed = 0;
	const ask = () =>
		cache.get('a network', [west, east], { profile: 'car' }, () => {
			computed++;
			return town.roads.matrix([west, east], { profile: 'car' });
		});
	const [first] = await Promise.all([ask(), ask()]);
	first.meters.fill(-1);
	const shared = await Promise.all([ask(), ask(), ask()]);
	expect(computed).toBe(1);
	expect(shared[0]?.meters).toEqual(shared[2]?.meters);
	expect(shared[0]?.meters[1]).toBeGreaterThanOrEqual(0);
	await expect(town.roads.matrix(Array(1501).fill(west), { profile: 'car' })).rejects.toThrow(RangeError);
});

test('the API takes the file as its body, and says whose the roads are', async () => {
	const actors: Record<string, Actor> = {
		key: { ...anonymous, kind: 'key', id: 'k', displayName: 'SIG', scopes: ['places:write'] },
	};
	const http = await createHttp(running.platform, {
		authenticate: async (headers) => actors[headers.get('x-as') ?? ''] ?? anonymous,
	});
	await mountApi(http, town.room.api ? [town.room.api] : []);
	const post = (payload: string, as: string) =>
		http.inject({
			method: 'POST',
			url: '/api/v1/roads?source=valbrune.osm.gz&attribution=Commune%20de%20Valbrune',
			payload,
			headers: { 'content-type': 'application/gzip', 'x-as': as },
		});
	expect((await post(extract(), 'nobody')).statusCode).toBe(403);
	const bad = await post('{}', 'key');
	expect([bad.statusCode, bad.json().type]).toEqual([400, 'town.roads_not_osm']);
	const good = await post(extract(), 'key');
	expect(good.statusCode).toBe(200);
	expect(good.json()).toMatchObject({ attribution: 'Commune de Valbrune', importedBy: 'SIG' });
	const status = await http.inject({ url: '/api/v1/roads' });
	expect(status.json()).toMatchObject({
		provider: 'own',
		network: { attribution: 'Commune de Valbrune', edges: 4 },
	});
	await http.close();
});

/** A server that answers as told, and counts what it was asked. */
async function serve(answer: (request: IncomingMessage, body: string) => { status?: number; json: unknown }) {
	const asked: { url: string; body: string }[] = [];
	let down = false;
	const server: Server = createServer(async (request, response) => {
		const body = await text(request);
		asked.push({ url: request.url ?? '', body });
		if (down) return response.destroy();
		const { status = 200, json } = answer(request, body);
		response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		asked,
		fail: () => {
			down = true;
		},
		close: () => new Promise((resolve) => server.close(resolve)),
	};
}

async function withServer<T>(
	env: Record<string, string>,
	work: (roads: Town['roads']) => Promise<T>,
): Promise<T> {
	const made = await createTestPlatform((platform) => ({ town: createTown(platform) }), {
		PARVIS_ROLES: 'web',
		PARVIS_LOG_LEVEL: 'silent',
		...env,
	});
	try {
		return await work(made.built.town.roads);
	} finally {
		await made.close();
	}
}

describe('a routing server', () => {
	const shape = '_ynwwA__hgyBwFwF';

	test('Valhalla is asked for matrices in chunks and for ways, with the size of the truck', async () => {
		const server = await serve((request, body) => {
			const asked = JSON.parse(body);
			if (request.url === '/route')
				return { json: { trip: { legs: [{ shape }], summary: { length: 1.5, time: 90 } } } };
			return {
				json: {
					sources_to_targets: asked.sources.map((from: { lon: number }) =>
						asked.targets.map((to: { lon: number }) =>
							to.lon > 2.05
								? { distance: null, time: null }
								: { distance: Math.abs(to.lon - from.lon), time: 10 },
						),
					),
				},
			};
		});
		await withServer({ ROADS_URL: `${server.url}/` }, async (roads) => {
			const points = Array.from({ length: 60 }, (_, i): Position => [2 + i * 0.001, 47]);
			const { meters, seconds, provider } = await roads.matrix(points, {
				profile: 'truck',
				heightMeters: 3.6,
				weightTonnes: 19,
			});
			expect(provider).toBe('valhalla');
			expect(server.asked.length).toBe(4);
			expect(JSON.parse(server.asked[0]?.body ?? '')).toMatchObject({
				costing: 'truck',
				costing_options: { truck: { height: 3.6, weight: 19 } },
			});
			expect(meters[3]).toBeCloseTo(3, 6);
			expect(seconds[60 + 59]).toBe(Infinity);
			expect(meters[59 * 60 + 59]).toBe(0);
			const route = await roads.route([west, east], { profile: 'bicycle' });
			expect(route).toMatchObject({ meters: 1500, seconds: 90, provider: 'valhalla' });
			expect(route.coordinates).toEqual(decodePolyline(shape));
			expect(await roads.status()).toMatchObject({
				provider: 'valhalla',
				server: { url: server.url, failedAt: null },
			});
		});
		await server.close();
	});

	test('OSRM is asked for cars; walkers go by what else there is', async () => {
		const server = await serve((request) => {
			const url = new URL(request.url ?? '', 'http://osrm');
			if (url.pathname.startsWith('/route/'))
				return { status: 400, json: { code: 'NoRoute', message: 'Impossible route' } };
			const rows = (url.searchParams.get('sources') ?? '').split(';').length;
			const columns = (url.searchParams.get('destinations') ?? '').split(';').length;
			const cells = Array.from({ length: rows }, () =>
				Array.from({ length: columns }, (_, j) => (j === 1 ? null : 7)),
			);
			return { json: { code: 'Ok', durations: cells, distances: cells } };
		});
		await withServer({ ROADS_URL: server.url, ROADS_PROVIDER: 'osrm' }, async (roads) => {
			const { meters, provider } = await roads.matrix([west, east], { profile: 'car' });
			expect([provider, ...meters]).toEqual(['osrm', 0, Infinity, 7, 0]);
			expect(server.asked[0]?.url).toBe(
				'/table/v1/driving/2.000200,47.000000;2.001200,47.000000;2.000200,47.000000;2.001200,47.000000?annotations=duration,distance&sources=0;1&destinations=2;3',
			);
			expect(await roads.route([west, east], { profile: 'car' })).toMatchObject({
				meters: Infinity,
				coordinates: [],
			});
			expect((await roads.matrix([west, east], { profile: 'foot' })).provider).toBe('straight');
		});
		await server.close();
	});

	test.each<[string, unknown]>([
		['nothing', null],
		['another matrix', { sources_to_targets: [[{ distance: 1, time: 1 }]] }],
		['words', 'hello'],
	])('one that answers %s is left alone for a while, and our own roads answer', async (_name, json) => {
		const server = await serve(() => ({ json }));
		await withServer({ ROADS_URL: server.url }, async (roads) => {
			expect((await roads.import(editor, once(extract()), { source: 'x' })).ok).toBe(true);
			expect((await roads.matrix([west, east], { profile: 'car' })).provider).toBe('own');
			expect((await roads.route([west, east], { profile: 'car' })).provider).toBe('own');
			expect(server.asked.length).toBe(1);
			expect((await roads.status()).provider).toBe('own');
		});
		await server.close();
	});

	test('one that goes away', async () => {
		const server = await serve(() => ({ json: {} }));
		server.fail();
		await withServer({ ROADS_URL: server.url }, async (roads) => {
			expect((await roads.matrix([west, east], { profile: 'car' })).provider).toBe('straight');
			expect((await roads.status()).server?.failedAt).toBeInstanceOf(Date);
		});
		await server.close();
	});
});
