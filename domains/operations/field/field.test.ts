import {
	type Actor,
	anonymous,
	createHttp,
	type FastifyInstance,
	mountApi,
	newId,
	system,
} from '@parvis/platform';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import { fillWaste } from '../waste/testing.ts';
import type { SyncReport } from './face.ts';
import { forgetFieldData } from './retention.ts';

let town: TestOperations;
let http: FastifyInstance;
let waste: Awaited<ReturnType<typeof fillWaste>>;
let karim: Actor & { id: string };
let nadia: Actor & { id: string };
let julien: Actor & { id: string };
const day = '2026-11-24';
const people = new Map<string, Actor>();
const deviceId = newId();

beforeAll(async () => {
	town = await createTestOperations();
	waste = await fillWaste(town);
	karim = await town.person('Karim', 'operations:agent');
	nadia = await town.person('Nadia', 'operations:agent');
	julien = await town.person('Julien', 'operations:manager');
	for (const person of [karim, nadia, julien]) people.set(person.id, person);
	http = await createHttp(town.platform, {
		authenticate: async (headers) => people.get(headers.get('x-person') ?? '') ?? anonymous,
		apiRequestsPerMinute: 100_000,
	});
	const { api } = town.operations.room;
	await mountApi(http, api ? [api] : []);
});
afterAll(async () => {
	await http.close();
	await town.close();
});

let used = 0;
/** A round with three stops at fresh containers, as a plan leaves it. */
async function round(driverId: string | null = null): Promise<{ id: string; stops: string[] }> {
	const id = newId();
	const vehicle = await waste.kept(
		town.operations.waste.vehicles.save(system, {
			externalId: `camion-${++used}`,
			name: `Camion ${used}`,
			compartments: [{ flow: 'glass', cubicMeters: 20 }],
			payloadKilograms: 9000,
			heightMeters: 3.6,
			weightTonnes: 19,
			litersPer100Kilometers: 42,
			depot: 'depot',
		}),
	);
	const stops: string[] = [];
	const at = { created_at: town.clock.now, updated_at: town.clock.now };
	const { db } = town.context;
	await db
		.insertInto('operations.waste_round')
		.values({ id, day, vehicle_id: vehicle.id, driver_id: driverId, ...at })
		.execute();
	for (let position = 0; position < 3; position++) {
		const container = await waste.kept(
			town.operations.waste.containers.save(system, {
				externalId: `f${used}-${position}`,
				name: `Colonne ${used}-${position}`,
				flow: 'glass',
				volumeLiters: 3000,
				longitude: 2.2,
				latitude: 46.7,
			}),
		);
		const stop = newId();
		stops.push(stop);
		await db
			.insertInto('operations.waste_round_stop')
			.values({ id: stop, round_id: id, day, position, kind: 'container', container_id: container.id })
			.execute();
	}
	return { id, stops };
}

async function category(): Promise<string> {
	const service = await waste.kept(
		town.operations.interventions.services.save(system, {
			code: 'voirie',
			nameFr: 'Voirie',
			nameEn: 'Roads',
		}),
	);
	const known = await town.operations.interventions.categories.get('trou');
	if (known) return known.code;
	const made = await waste.kept(
		town.operations.interventions.categories.save(system, {
			code: 'trou',
			nameFr: 'Trou',
			nameEn: 'Hole',
			serviceId: service.id,
			priority: 'normal',
			dueHours: 48,
			durationMinutes: 30,
			public: true,
		}),
	);
	return made.code;
}

const sync = async (actor: Actor, actions: unknown[], more: object = {}) => {
	const answer = await http.inject({
		method: 'POST',
		url: '/api/v1/field/sync',
		headers: { 'x-person': actor.id ?? '', 'accept-language': 'fr' },
		payload: { personId: actor.id, deviceId, sentAt: town.clock.now.toISOString(), actions, ...more },
	});
	return { status: answer.statusCode, body: answer.json() as SyncReport & { type?: string } };
};
const action = (more: object) => ({ id: newId(), at: town.clock.now.toISOString(), ...more });
const outcomes = ({ body }: { body: SyncReport }) => body.answers.map(({ outcome }) => outcome);

test('a whole round arrives once and in order, however often it is sent', async () => {
	const { id, stops } = await round(karim.id);
	const actions = [
		action({ on: 'round', roundId: id, kind: 'start' }),
		action({ on: 'round', roundId: id, stopId: stops[0], kind: 'done', fillPercent: 75 }),
		action({
			on: 'round',
			roundId: id,
			stopId: stops[1],
			kind: 'could_not',
			reason: 'blocked',
			note: 'Fourgon',
		}),
		action({ on: 'round', roundId: id, stopId: stops[2], kind: 'done' }),
		action({ on: 'round', roundId: id, kind: 'finish' }),
	];
	expect(outcomes(await sync(karim, actions.slice(0, 3)))).toEqual(Array(3).fill('accepted'));
	expect(outcomes(await sync(karim, actions))).toEqual([
		'already',
		'already',
		'already',
		'accepted',
		'accepted',
	]);
	const kept = await waste.kept(town.operations.waste.rounds.get(julien, id));
	expect(kept).toMatchObject({ status: 'done', counts: { total: 3, done: 2, couldNot: 1 } });
	expect(kept.stops[1]).toMatchObject({ reason: 'blocked', note: 'Fourgon' });
	const noted = await town.context.db
		.selectFrom('operations.field_action')
		.select('id')
		.where('subject_id', '=', id)
		.execute();
	expect(noted).toHaveLength(5);
});

test('the phone’s time is kept, and put right where its clock is wrong', async () => {
	const { id, stops } = await round(karim.id);
	const now = town.clock.now.getTime();
	const wrong = 5 * 3_600_000;
	const at = (secondsAgo: number) => new Date(now + wrong - secondsAgo * 1000).toISOString();
	const answer = await sync(
		karim,
		[{ ...action({ on: 'round', roundId: id, stopId: stops[0], kind: 'done' }), at: at(600) }],
		{ sentAt: at(0) },
	);
	expect(answer.body.clockAheadSeconds).toBe(wrong / 1000);
	const kept = await waste.kept(town.operations.waste.rounds.get(julien, id));
	expect(kept.stops[0]?.doneAt?.getTime()).toBe(now - 600_000);
	const [row] = await town.context.db
		.selectFrom('operations.field_action')
		.select(['device_at', 'happened_at', 'clock_ahead_seconds'])
		.where('subject_id', '=', id)
		.execute();
	expect(row).toMatchObject({ device_at: new Date(at(600)), happened_at: new Date(now - 600_000) });
});

test('nobody does another driver’s round, sends under another name, or takes another’s action', async () => {
	const { id, stops } = await round(karim.id);
	const done = action({ on: 'round', roundId: id, stopId: stops[0], kind: 'done' });
	const other = await sync(nadia, [done]);
	expect(other.body.answers[0]).toMatchObject({
		outcome: 'refused',
		message: expect.stringContaining('Karim'),
	});
	expect((await sync(nadia, [done], { personId: karim.id })).status).toBe(409);
	// What was refused to her is noted as hers: the id is not his to use.
	expect(outcomes(await sync(karim, [done]))).toEqual(['refused']);
	expect(outcomes(await sync(karim, [{ ...done, id: newId() }]))).toEqual(['accepted']);
	expect((await sync(anonymous, [], { personId: karim.id })).status).toBe(401);
	const resident = await town.person('Camille');
	people.set(resident.id, resident);
	expect((await sync(resident, [])).status).toBe(403);
	people.set(resident.id, { ...nadia, secondFactor: false });
	const tired = await sync(resident, []);
	expect([tired.status, tired.body.type]).toEqual([401, 'identity.second_factor_needed']);
});

test('two agents finish the same intervention: the second is told who was first, and keeps the words', async () => {
	const { interventions } = town.operations;
	const opened = await waste.kept(
		interventions.open(julien, {
			source: { kind: 'agent', key: newId() },
			title: 'Nid-de-poule',
			category: await category(),
			longitude: 2.2,
			latitude: 46.7,
		}),
	);
	const on = { on: 'intervention', interventionId: opened.id, version: opened.version };
	expect(
		outcomes(await sync(karim, [action({ ...on, kind: 'start' }), action({ ...on, kind: 'done' })])),
	).toEqual(['accepted', 'accepted']);
	const late = action({ ...on, kind: 'done', text: 'Rebouché à froid' });
	const told = await sync(nadia, [late]);
	expect(told.body.answers[0]).toMatchObject({ outcome: 'conflict', conflict: { by: 'Karim' } });
	expect((await sync(nadia, [late])).body.answers[0]).toMatchObject({ outcome: 'conflict' });
	const history = await waste.kept(interventions.history(julien, opened.id));
	expect(history.filter(({ note }) => note === 'Rebouché à froid')).toHaveLength(1);
});

test('a finding becomes one intervention, and its photo hangs on it once', async () => {
	const found = action({
		on: 'finding',
		kind: 'found',
		title: 'Banc cassé',
		category: await category(),
		longitude: 2.21,
		latitude: 46.74,
	});
	const photo = newId();
	const content = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a33' } })
		.jpeg()
		.toBuffer();
	const send = (actor: Actor, person = actor.id, body: Buffer = content, type = 'image/jpeg') =>
		http.inject({
			method: 'POST',
			url: `/api/v1/field/photos/${photo}?person=${person}&on=finding&subject=${found.id}`,
			headers: { 'x-person': actor.id ?? '', 'content-type': type },
			payload: body,
		});
	expect((await send(karim)).statusCode).toBe(404);
	const first = await sync(karim, [found]);
	const { interventionId = '' } = first.body.answers[0] ?? {};
	expect((await sync(karim, [found])).body.answers[0]).toMatchObject({ outcome: 'already', interventionId });
	expect((await send(nadia)).statusCode).toBe(404);
	expect((await send(nadia, karim.id)).statusCode).toBe(409);
	expect((await send(karim, karim.id, Buffer.from('no picture'))).statusCode).toBe(400);
	expect((await send(karim, karim.id, content, 'text/plain')).statusCode).toBe(415);
	for (let n = 0; n < 2; n++) expect((await send(karim)).statusCode).toBe(200);
	expect(await town.operations.photos.of('intervention', interventionId)).toHaveLength(1);
});

test('hostile requests are refused one by one and leave nothing half-done', async () => {
	const { id, stops } = await round(karim.id);
	const many = Array.from({ length: 10_000 }, () => action({ on: 'round', roundId: id, kind: 'start' }));
	expect([400, 413]).toContain((await sync(karim, many)).status);
	const good = action({ on: 'round', roundId: id, stopId: stops[0], kind: 'done', note: 'a\0b' });
	const answer = await sync(karim, [
		null,
		42,
		{ id: 'x'.repeat(5000) },
		action({ on: 'round', roundId: 'nowhere', kind: 'done' }),
		action({ on: 'round', roundId: id, stopId: newId(), kind: 'done' }),
		action({ on: 'round', roundId: id, kind: 'explode' }),
		action({ on: 'round', roundId: id, stopId: stops[1], kind: 'could_not', note: 'x'.repeat(100_000) }),
		{ ...action({ on: 'round', roundId: id, kind: 'start' }), at: 'tomorrow' },
		good,
	]);
	expect(outcomes(answer)).toEqual([...Array(8).fill('refused'), 'accepted']);
	expect(answer.body.answers.every(({ id: given }) => given.length <= 60)).toBe(true);
	const kept = await waste.kept(town.operations.waste.rounds.get(julien, id));
	expect(kept.counts).toMatchObject({ done: 1, couldNot: 0 });
});

test('the day holds everything, and says by its ETag that nothing changed', async () => {
	const { id } = await round(nadia.id);
	const read = (etag?: string) =>
		http.inject({
			url: `/api/v1/field/day?day=${day}`,
			headers: { 'x-person': nadia.id, ...(etag && { 'if-none-match': etag }) },
		});
	const first = await read();
	expect(first.statusCode).toBe(200);
	expect(first.json()).toMatchObject({ person: { id: nadia.id, name: 'Nadia' }, day });
	expect(first.json().rounds.map((entry: { id: string }) => entry.id)).toContain(id);
	const etag = String(first.headers.etag);
	expect((await read(etag)).statusCode).toBe(304);
	await waste.kept(
		town.operations.waste.rounds.act(nadia, { id: newId(), roundId: id, kind: 'start', at: town.clock.now }),
	);
	expect((await read(etag)).statusCode).toBe(200);
});

test('positions: from the driver while the round runs, seen by managers alone, erased in time', async () => {
	const { field, waste: room } = town.operations;
	const { id } = await round(karim.id);
	const at = (seconds: number) => new Date(town.clock.now.getTime() + seconds * 1000).toISOString();
	const reading = { at: at(0), longitude: 2.2, latitude: 46.7, accuracyMeters: 8 };
	expect(await field.report(karim, id, [reading])).toMatchObject({ ok: false });
	await waste.kept(room.rounds.act(karim, { id: newId(), roundId: id, kind: 'start', at: town.clock.now }));
	expect(await field.report(nadia, id, [reading])).toMatchObject({ ok: false });
	const heard: string[] = [];
	const leave = await field.follow(julien, {
		positions: (values) => heard.push(...values.map(({ at: when }) => when)),
		end: () => {},
	});
	const before = { ...reading, at: at(-7200) };
	expect(await field.report(karim, id, [before, reading, reading])).toMatchObject({
		ok: true,
		value: { kept: 1 },
	});
	expect(await field.report(karim, id, [reading])).toMatchObject({ ok: true, value: { kept: 0 } });
	await expect.poll(() => heard).toContain(at(0));
	leave?.();
	expect(await field.positions(julien)).toMatchObject([{ roundId: id, longitude: 2.2, simulated: false }]);
	expect(await field.positions(karim)).toEqual([]);
	expect(await field.follow(karim, { positions: () => {}, end: () => {} })).toBeNull();
	expect(await field.trail(nadia, id)).toMatchObject({ ok: false });
	const more = Array.from({ length: 8 }, (_, n) => ({ ...reading, at: at(n) }));
	await field.report(karim, id, more);
	town.clock.now = new Date(town.clock.now.getTime() + 3 * 86_400_000);
	await forgetFieldData(town.context);
	expect(await field.trail(julien, id)).toMatchObject({ ok: true, value: [{}] });
	town.clock.now = new Date(town.clock.now.getTime() + 30 * 86_400_000);
	await forgetFieldData(town.context);
	expect(await field.trail(julien, id)).toEqual({ ok: true, value: [] });
});

test('who may see where vehicles are: managers and keys that may write; nobody else hears or reads a thing', async () => {
	const { id } = await round(karim.id);
	const at = town.clock.now.toISOString();
	await waste.kept(
		town.operations.waste.rounds.act(karim, { id: newId(), roundId: id, kind: 'start', at: town.clock.now }),
	);
	const report = (headers: Record<string, string>, positions: unknown, roundId = id) =>
		http.inject({
			method: 'POST',
			url: `/api/v1/field/rounds/${roundId}/positions`,
			headers,
			payload: { positions } as object,
		});
	const here = { at, longitude: 2.2, latitude: 46.7 };
	const own = { 'x-person': karim.id };
	expect((await report(own, [here])).json()).toEqual({ kept: 1 });

	const camille = await town.person('Camille');
	people.set(camille.id, camille);
	people.set('tired', { ...julien, secondFactor: false });
	people.set('reader', { ...anonymous, kind: 'key', id: newId(), scopes: ['operations:read'] });
	people.set('writer', { ...anonymous, kind: 'key', id: newId(), scopes: ['operations:write'] });
	const origin = await http.listen({ port: 0, host: '127.0.0.1' });
	const open = async (who: string) => {
		const ending = new AbortController();
		const answer = await fetch(`${origin}/api/v1/field/positions/live`, {
			headers: { 'x-person': who },
			signal: ending.signal,
		});
		let first = '';
		if (answer.ok && answer.body)
			for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
				first += part;
				if (first.includes('data:')) break;
			}
		ending.abort();
		return { status: answer.status, type: answer.headers.get('content-type'), first };
	};
	for (const who of [julien.id, 'writer']) {
		const seen = await open(who);
		expect([seen.status, seen.type]).toEqual([200, 'text/event-stream; charset=utf-8']);
		expect(seen.first).toContain(id);
		// A place and a round: whose it is stays with the round.
		expect(seen.first).not.toContain(karim.id);
		const list = await http.inject({ url: '/api/v1/field/positions', headers: { 'x-person': who } });
		expect(list.json().items).toMatchObject([{ roundId: id, longitude: 2.2 }]);
	}
	for (const [who, status] of [
		['', 401],
		['tired', 401],
		[camille.id, 403],
		[karim.id, 403],
		[nadia.id, 403],
		['reader', 403],
	] as const) {
		expect((await open(who)).status, who).toBe(status);
		const list = await http.inject({ url: '/api/v1/field/positions', headers: { 'x-person': who } });
		expect(list.statusCode, who).toBe(status);
		expect(list.body, who).not.toContain(id);
	}

	for (const [who, status] of [
		['', 401],
		[camille.id, 403],
		['reader', 403],
		[nadia.id, 403],
		[julien.id, 403],
	] as const)
		expect((await report({ 'x-person': who }, [here])).statusCode, who).toBe(status);
	expect((await report(own, [here], newId())).statusCode).toBe(404);
	for (const positions of [
		null,
		'all',
		[null],
		[{ ...here, longitude: 181 }],
		[{ ...here, latitude: '46.7' }],
		[{ ...here, at: 'now' }],
		[{ ...here, headingDegrees: 361 }],
		Array(1001).fill(here),
	])
		expect((await report(own, positions)).statusCode, JSON.stringify(positions)?.slice(0, 80)).toBe(400);
	const tiny = { ...here, at: new Date(town.clock.now.getTime() + 1000), speedMetersPerSecond: 1e-200 };
	expect((await report(own, [tiny])).json()).toEqual({ kept: 1 });
	expect((await http.inject({ url: '/api/v1/field/day?day=0000-01-01', headers: own })).statusCode).toBe(400);
});
