import { newId, system } from '@parvis/platform';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import type { Intervention, OpenInput } from './face.ts';

let town: TestOperations;
type Person = Awaited<ReturnType<TestOperations['person']>>;
let nadia: Person;
let karim: Person;
let julien: Person;
const here = { longitude: 3.7, latitude: 48.3 };

beforeAll(async () => {
	town = await createTestOperations();
	nadia = await town.person('Nadia', 'operations:agent');
	karim = await town.person('Karim', 'operations:agent');
	julien = await town.person('Julien', 'operations:manager');
}, 120_000);
afterAll(() => town.close());

const value = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
	if (!result.ok) throw new Error(result.error);
	return result.value;
};
const photo = () =>
	sharp({ create: { width: 40, height: 30, channels: 3, background: '#468' } })
		.jpeg()
		.withExif({ IFD0: { Artist: 'Somebody' }, IFD3: { GPSLatitude: '48/1 17/1 0/1' } })
		.toBuffer();

async function opened(input: Partial<OpenInput> = {}): Promise<Intervention> {
	return value(
		await town.operations.interventions.open(julien, {
			source: { kind: 'agent', key: newId() },
			title: 'Nid-de-poule',
			category: 'pothole',
			...here,
			...input,
		}),
	);
}

test('what is opened twice for the same source is one, even at once', async () => {
	const { interventions } = town.operations;
	const input: OpenInput = {
		source: { kind: 'alarm', key: 'alarm-1' },
		title: 'Conteneur plein',
		category: 'overflowing-bin',
		...here,
	};
	const answers = await Promise.all([1, 2, 3, 4].map(() => interventions.open(system, input)));
	const [first] = answers.map(value);
	expect(new Set(answers.map((answer) => value(answer).id)).size).toBe(1);
	expect(first).toMatchObject({
		number: expect.stringMatching(/^I-2026-\d{4}$/),
		service: { code: 'cleanliness' },
		status: 'new',
		version: 1,
		dueAt: new Date('2026-11-26T08:00:00Z'),
	});
});

test('more at once than there are connections wait for each other, and all are done', async () => {
	const { interventions } = town.operations;
	const seen = await opened();
	const many = Array.from({ length: 24 }, (_, n) => n);
	const results = await Promise.all(
		many.flatMap((n) => [
			opened({ source: { kind: 'round', key: `many-${n % 3}` } }).then(({ id }) => id),
			interventions
				.act(nadia, {
					id: newId(),
					interventionId: seen.id,
					kind: 'note',
					at: '2026-11-24T07:00:00Z',
					text: `${n}`,
				})
				.then((outcome) => String(value(outcome).applied)),
		]),
	);
	expect(new Set(results).size).toBe(4);
});

test('who may not work gets no answer, and hostile input no error', async () => {
	const { interventions } = town.operations;
	const resident = await town.person('Camille');
	const input: OpenInput = {
		source: { kind: 'api', key: 'x' },
		title: 'A',
		category: 'other',
		...here,
	};
	expect(await interventions.open(resident, input)).toMatchObject({ error: 'platform.not_allowed' });
	expect(await interventions.list(resident)).toMatchObject({ error: 'platform.not_allowed' });
	for (const wrong of [
		{ title: '\0' },
		{ title: 'x'.repeat(5000) },
		{ category: "'; DROP TABLE" },
		{ longitude: Number.NaN },
		{ latitude: 95 },
		{ placeId: newId() },
	])
		expect((await interventions.open(julien, { ...input, ...wrong })).ok).toBe(false);
	for (const reference of ['\0', 'I-2026-9999', '%', newId()])
		expect(await interventions.get(julien, reference)).toMatchObject({
			error: 'operations.intervention_unknown',
		});
	expect(value(await interventions.list(julien, { text: "%_\\'\0" })).total).toBe(0);
});

test('two edits at once: the first is kept, the second is told who was first and loses nothing', async () => {
	const { interventions } = town.operations;
	const seen = await opened();
	const outcomes = await Promise.all([
		interventions.change(julien, seen.id, seen.version, { title: 'Trou profond', priority: 'urgent' }),
		interventions.change(nadia, seen.id, seen.version, { title: 'Trou devant l’école' }),
	]);
	const saved = outcomes.map(value);
	const [refused] = saved.filter((outcome) => !outcome.saved);
	if (refused?.saved !== false) throw new Error('both were saved');
	const first = saved[0]?.saved ? 'Julien' : 'Nadia';
	expect(refused.since.by).toBe(first);
	expect(refused.clashes).toEqual(['title']);
	expect(refused.mine.find(({ field }) => field === 'title')?.after).toBe(
		first === 'Julien' ? 'Trou devant l’école' : 'Trou profond',
	);
	expect(refused.since.changes).toContainEqual(
		expect.objectContaining({ field: 'title', before: 'Nid-de-poule' }),
	);
});

test('edits of different fields are both kept, though the second did not see the first', async () => {
	const { interventions } = town.operations;
	const seen = await opened();
	value(await interventions.change(julien, seen.id, 1, { priority: 'low' }));
	const outcome = value(
		// As a form sends it: every field, most of them as they were seen.
		await interventions.change(nadia, seen.id, 1, {
			title: seen.title,
			priority: seen.priority,
			dueAt: seen.dueAt,
			assigneeIds: [nadia.id],
			description: 'Profond de dix centimètres',
		}),
	);
	expect(outcome).toMatchObject({
		saved: true,
		since: { by: 'Julien' },
		intervention: {
			version: 3,
			priority: 'low',
			description: 'Profond de dix centimètres',
			assignees: [{ name: 'Nadia' }],
		},
	});
	const history = value(await interventions.history(julien, seen.id));
	expect(history.map(({ kind, by }) => [kind, by])).toEqual([
		['changed', 'Nadia'],
		['changed', 'Julien'],
		['opened', 'Julien'],
	]);
});

test('history cannot be rewritten', async () => {
	await opened();
	await expect(
		town.platform.pool.query("UPDATE operations.intervention_event SET note = 'x'"),
	).rejects.toThrow(/append-only/);
	await expect(town.platform.pool.query('DELETE FROM operations.intervention_event')).rejects.toThrow(
		/append-only/,
	);
});

test('an agent does it on the telephone: work, material, checklist, closing photo; the same action twice is done once', async () => {
	const { interventions } = town.operations;
	const { id, checklist } = await opened({ assigneeIds: [nadia.id], plannedOn: '2026-11-24' });
	expect(value(await interventions.mine(nadia, '2026-11-24')).map((one) => one.id)).toContain(id);
	const act = (kind: string, more: object = {}, at = '2026-11-24T07:00:00Z') =>
		interventions.act(nadia, { id: newId(), interventionId: id, kind: kind as 'start', at, ...more });
	const start = { id: newId(), interventionId: id, kind: 'start' as const, at: '2026-11-24T06:30:00Z' };
	expect(value(await interventions.act(nadia, start))).toMatchObject({ applied: true, repeated: false });
	expect(value(await interventions.act(nadia, start))).toMatchObject({ applied: true, repeated: true });
	value(await act('check', { itemId: checklist[0]?.id, checked: true }));
	value(await act('material', { name: 'Enrobé à froid', quantity: 2, unit: 'sac' }));
	expect(await act('check', { itemId: 'none', checked: true })).toMatchObject({
		error: 'operations.checklist_item_unknown',
	});
	const picture = await photo();
	const kept = value(
		await town.platform
			.db<object>()
			.transaction()
			.execute((trx) =>
				town.operations.photos.keep(trx, {
					id: newId(),
					subjectKind: 'intervention',
					subjectId: id,
					content: picture,
					sentBy: nadia.id,
				}),
			),
	);
	const done = value(await act('done', { photoIds: [kept.id], text: 'Rebouché' }, '2026-11-24T07:15:00Z'));
	expect(done.intervention).toMatchObject({
		status: 'done',
		timeSpentMinutes: 45,
		materials: [{ name: 'Enrobé à froid', quantity: 2, by: 'Nadia' }],
		photos: [{ public: true }],
		publicAnswer: 'Rebouché',
	});
	expect(done.intervention.checklist[0]?.checkedBy).toBe(nadia.id);
});

test('what comes after somebody else has closed it is kept, marked, and changes nothing', async () => {
	const { interventions } = town.operations;
	const { id } = await opened();
	const base = { interventionId: id, at: '2026-11-24T07:00:00Z', version: 1 };
	value(await interventions.act(karim, { ...base, id: newId(), kind: 'done', text: 'Fait par Karim' }));
	const late = value(
		await interventions.act(nadia, {
			...base,
			id: newId(),
			kind: 'could_not',
			reason: 'Voiture garée dessus',
			minutes: 10,
		}),
	);
	expect(late).toMatchObject({
		applied: false,
		since: { by: 'Karim' },
		intervention: { status: 'done', timeSpentMinutes: 10 },
	});
	expect(value(await interventions.history(julien, id))[0]).toMatchObject({
		kind: 'could_not',
		late: true,
		note: 'Voiture garée dessus',
		by: 'Nadia',
	});
});

test('an end needs a reason, and a day plans', async () => {
	const { interventions } = town.operations;
	const { id } = await opened();
	expect(await interventions.change(julien, id, null, { status: 'cancelled' })).toMatchObject({
		error: 'operations.reason_missing',
	});
	expect(value(await interventions.change(julien, id, null, { plannedOn: '2026-11-25' }))).toMatchObject({
		intervention: { status: 'planned', plannedOn: '2026-11-25' },
	});
	expect(
		value(
			await interventions.change(julien, id, null, { status: 'cancelled', reason: 'Rien trouvé sur place' }),
		),
	).toMatchObject({ intervention: { status: 'cancelled', closedAt: expect.any(Date) } });
	expect(value(await interventions.change(julien, id, null, { status: 'new' }))).toMatchObject({
		intervention: { status: 'new', closedAt: null },
	});
});
