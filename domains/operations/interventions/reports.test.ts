import { newId } from '@parvis/platform';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import type { ReportInput } from './face.ts';
import { forgetReporters } from './reports/desk.ts';

let town: TestOperations;
let nadia: Awaited<ReturnType<TestOperations['person']>>;
const here = { longitude: 3.71, latitude: 48.31 };

beforeAll(async () => {
	town = await createTestOperations();
	nadia = await town.person('Nadia', 'operations:agent');
}, 120_000);
afterAll(() => town.close());

const value = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
	if (!result.ok) throw new Error(result.error);
	return result.value;
};
const reports = () => town.operations.interventions.reports;
let houses = 0;
/** Each at a place of its own, unless told. */
const send = async (input: Partial<ReportInput> = {}, options: object = {}) =>
	reports().create(
		{ category: 'pothole', longitude: here.longitude + ++houses / 100, latitude: here.latitude, ...input },
		{ via: 'web', ...options },
	);
const letters = async (to: string) => (await town.platform.mail.list()).filter((letter) => letter.to === to);
const ofReport = async (number: string) => {
	const queue = value(await reports().queue(nadia)).items.find((one) => one.number === number);
	return value(await town.operations.interventions.get(nadia, queue?.interventionNumber ?? ''));
};
const jpeg = () =>
	sharp({ create: { width: 64, height: 48, channels: 3, background: '#846' } })
		.jpeg()
		.withExif({ IFD3: { GPSLatitude: '48/1 17/1 0/1' } })
		.toBuffer();

test('a report becomes an intervention; whoever confirmed an address is told until the end, with the photo', async () => {
	const email = 'camille@example.org';
	const sent = value(
		await send({ description: 'Profond, devant l’école', email, photo: await jpeg(), locale: 'fr' }),
	);
	const [first] = await letters(email);
	expect(first?.text).toContain(`/signalements/${sent.token}?confirmer=1`);
	expect(first?.text).not.toContain('Profond');
	const intervention = await ofReport(sent.number);
	expect(intervention).toMatchObject({ source: { kind: 'report' }, reportCount: 1, status: 'new' });

	// Nobody else's eyes until an agent let words and photo through.
	expect(await reports().get(sent.number)).toMatchObject({ description: '', photos: [], status: 'received' });
	const own = await reports().follow(sent.token);
	expect(own).toMatchObject({ description: 'Profond, devant l’école', following: false, unconfirmed: true });
	const photoId = own?.photos[0]?.id ?? '';
	const stranger = {
		kind: 'anonymous',
		id: null,
		displayName: '',
		roles: [],
		scopes: [],
		secondFactor: false,
	} as const;
	expect(await town.operations.photos.read(stranger, photoId)).toBeNull();
	const shown = await reports().photo(sent.token, photoId);
	const bytes = Buffer.concat(await Array.fromAsync(shown?.content ?? []));
	expect((await sharp(bytes).metadata()).exif).toBeUndefined();

	value(
		await town.operations.interventions.change(nadia, intervention.id, null, { plannedOn: '2026-11-25' }),
	);
	expect(await letters(email), 'an unconfirmed address gets nothing more').toHaveLength(1);
	value(await reports().confirm(sent.token));
	value(
		await town.operations.interventions.act(nadia, {
			id: newId(),
			interventionId: intervention.id,
			kind: 'done',
			at: town.clock.now,
			text: 'Rebouché ce matin.',
		}),
	);
	const told = await letters(email);
	expect(told).toHaveLength(2);
	expect(told[0]?.text).toMatch(/Rebouché ce matin\.[\s\S]*\/signalements\//);
	expect((await reports().follow(sent.token))?.steps.map(({ status }) => status)).toEqual([
		'received',
		'planned',
		'fixed',
	]);

	value(await reports().moderate(nadia, own?.id ?? '', { textPublic: true, publicPhotoIds: [photoId] }));
	expect(await reports().get(sent.number)).toMatchObject({
		description: 'Profond, devant l’école',
		photos: [{ id: photoId }],
	});
	expect(await town.operations.photos.read(stranger, photoId)).not.toBeNull();
});

test('one that is near and alike is shown first, and saying so opens no second intervention', async () => {
	const at = { longitude: here.longitude + 0.5, latitude: here.latitude };
	const first = value(
		await send({ ...at, description: 'Lampadaire cassé rue du Pont', category: 'lamp-out' }),
	);
	const near = { longitude: at.longitude + 0.0005, latitude: at.latitude };
	expect(
		(await reports().similar({ category: 'lamp-damaged', ...near })).map(({ number }) => number),
	).toEqual([first.number]);
	expect(await reports().similar({ category: 'pothole', ...near }), 'of another family').toEqual([]);
	const far = { longitude: at.longitude + 0.002, latitude: at.latitude };
	expect(await reports().similar({ category: 'lamp-out', ...far })).toEqual([]);
	expect(
		await reports().similar({
			category: 'lamp-out',
			...far,
			description: 'lampadaire cassé dans la rue du pont',
		}),
		'words reach further',
	).toHaveLength(1);
	const before = value(await town.operations.interventions.list(nadia)).total;
	const second = value(
		await send({ ...near, category: 'lamp-out', sameAs: first.number, email: 'b@example.org' }),
	);
	expect(value(await town.operations.interventions.list(nadia)).total).toBe(before);
	expect(await reports().get(first.number)).toMatchObject({ count: 2 });
	const intervention = await ofReport(first.number);
	expect(intervention.reports.map(({ number }) => number)).toEqual([first.number, second.number]);
	value(await reports().confirm(second.token));
	value(
		await town.operations.interventions.change(nadia, intervention.id, null, {
			status: 'cancelled',
			reason: 'Réseau privé',
		}),
	);
	expect((await letters('b@example.org'))[0]?.text).toContain('Réseau privé');
	expect(await send({ ...near, category: 'lamp-out', sameAs: first.number })).toMatchObject({
		error: 'operations.same_report_closed',
	});
});

test('hostile reports are refused, held or counted, and never break anything', async () => {
	for (const [input, error] of [
		[{ category: '' }, 'operations.category_missing'],
		[{ category: 'container-fault' }, 'operations.category_unknown'],
		[{ longitude: 170, latitude: 80 }, null],
		[{ email: 'not an address' }, 'operations.email_invalid'],
		[{ photo: new TextEncoder().encode('<svg onload=alert(1)>') }, 'platform.photo_unreadable'],
		[{ photo: new Uint8Array(11 * 1024 * 1024) }, 'operations.photo_too_large'],
		[
			{ longitude: undefined, latitude: undefined, address: 'rue qui n’existe pas' },
			'operations.address_unknown',
		],
		[{ sameAs: "S-0'; --\0" }, 'operations.same_report_closed'],
	] as const) {
		const result = await send(input as Partial<ReportInput>);
		if (error) expect(result).toMatchObject({ ok: false, error });
	}
	const strange = value(await send({ description: 'a\0b\ud800 <script>', address: "';--\0" }));
	expect(await reports().follow(strange.token)).toMatchObject({ description: 'ab\ufffd <script>' });
	for (const token of ['', '\0', 'x'.repeat(5000), '%', strange.number])
		expect(await reports().follow(token)).toBeNull();

	const held = value(await send({ description: 'Buy pills' }, { suspect: true }));
	expect(await reports().get(held.number)).toBeNull();
	const [waiting] = value(await reports().queue(nadia, { waiting: true })).items;
	expect(waiting).toMatchObject({ number: held.number, status: 'held', interventionNumber: null });
	value(await reports().accept(nadia, waiting?.id ?? ''));
	const real = await ofReport(held.number);
	value(await reports().discard(nadia, waiting?.id ?? ''));
	expect(value(await town.operations.interventions.get(nadia, real.id)).status).toBe('cancelled');
	expect(await reports().follow(held.token)).toBeNull();

	const results = [];
	for (let n = 0; n < 22; n++) results.push(await send({}, { address: '192.0.2.7' }));
	expect(results.filter(({ ok }) => !ok)).toHaveLength(2);
	const { rows } = await town.platform.pool.query('SELECT key FROM operations.report_rate');
	expect(JSON.stringify(rows)).not.toContain('192.0.2');
});

test('the same one of another system comes in once, even at once', async () => {
	const sent = await Promise.all(
		[1, 2, 3].map(() => send({ longitude: 3.9 }, { via: 'open311', externalKey: 'app-77' })),
	);
	expect(new Set(sent.map((one) => value(one).number)).size).toBe(1);
});

test('merging brings reports together and cancels the intervention that nobody needs', async () => {
	const [a, b] = [value(await send()), value(await send())];
	const [first, second] = [await ofReport(a.number), await ofReport(b.number)];
	value(await reports().merge(nadia, second.reports[0]?.id ?? '', first.number));
	expect(value(await town.operations.interventions.get(nadia, first.id)).reportCount).toBe(2);
	expect(value(await town.operations.interventions.get(nadia, second.id))).toMatchObject({
		status: 'cancelled',
		reason: expect.stringContaining(first.number),
	});
	expect(await reports().follow(b.token)).toMatchObject({ status: 'received' });
});

test('addresses are forgotten: unconfirmed after two weeks, the others a year after the end', async () => {
	const kept = async (token: string) => {
		const own = await reports().follow(token);
		return own?.following || own?.unconfirmed;
	};
	const [unconfirmed, closed] = [
		value(await send({ email: 'u@example.org' })),
		value(await send({ email: 'c@example.org' })),
	];
	value(await reports().confirm(closed.token));
	const { id } = await ofReport(closed.number);
	value(await town.operations.interventions.change(nadia, id, null, { status: 'done' }));
	const start = town.clock.now;
	const after = async (days: number) => {
		town.clock.now = new Date(start.getTime() + days * 86_400_000);
		await forgetReporters(town.context, 365);
	};
	await after(13);
	expect([await kept(unconfirmed.token), await kept(closed.token)]).toEqual([true, true]);
	await after(15);
	expect([await kept(unconfirmed.token), await kept(closed.token)]).toEqual([false, true]);
	await after(364);
	expect(await kept(closed.token)).toBe(true);
	await after(366);
	expect(await kept(closed.token)).toBe(false);
	town.clock.now = start;
});

test('what is kept of a person is given and erased by their confirmed address', async () => {
	const person = await town.person('Camille');
	const email = `${person.id}@example.org`;
	const sent = value(await send({ email, description: 'Mon signalement' }));
	value(await reports().confirm(sent.token));
	const sources = town.platform.personalData.all().filter(({ room }) => room === 'operations');
	const given = await Promise.all(sources.map(({ source }) => source.export(person.id)));
	expect(JSON.stringify(given)).toContain('Mon signalement');
	await town.platform
		.db<object>()
		.transaction()
		.execute(async (trx) => {
			for (const { source } of sources) await source.erase(trx, person.id);
		});
	expect(await reports().follow(sent.token)).toMatchObject({ following: false, unconfirmed: false });
});
