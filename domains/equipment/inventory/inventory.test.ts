import { type Actor, anonymous, newId, refuse, system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';

let made: TestEquipment;
let officer: Actor & { id: string };
let agent: Actor & { id: string };
const [laptop, monitor] = [newId(), newId()];
beforeAll(async () => {
	made = await createTestEquipment();
	await made.platform.pool.query(
		`INSERT INTO equipment.model (id, manufacturer, name, category, supported_until, created_at) VALUES
			($1, 'Fabrique', 'Portable 14', 'laptop', '2025-10-14', now()), ($2, 'Fabrique', 'Écran 24', 'monitor', NULL, now())`,
		[laptop, monitor],
	);
	officer = await made.person('Sofia Haddad', 'equipment:manager');
	agent = await made.person('Nadia Benali', 'equipment:agent');
});
afterAll(() => made?.close());

async function kept<T>(result: Promise<{ ok: true; value: T } | { ok: false; error: string }>): Promise<T> {
	const outcome = await result;
	if (!outcome.ok) throw new Error(outcome.error);
	return outcome.value;
}
const { devices, own, loans, audits } = new Proxy({} as TestEquipment['equipment']['inventory'], {
	get: (_, part: keyof TestEquipment['equipment']['inventory']) =>
		new Proxy(
			{},
			{
				get:
					(_inner, name: string) =>
					(...given: unknown[]) =>
						(made.equipment.inventory[part] as unknown as Record<string, (...all: unknown[]) => unknown>)[
							name
						]?.(...given),
			},
		),
});
const device = (fields: object = {}) =>
	kept(devices.create(officer, { modelId: laptop, tag: '', ...fields }));
const letters = async () =>
	(await made.platform.mail.list()).map(({ to, subject, text }) => ({ to, subject, text }));

test('only who may sees, only who manages changes', async () => {
	const { id } = await device();
	const no = refuse('platform.not_allowed');
	expect(await devices.list(anonymous)).toEqual(no);
	expect(await devices.list(agent)).toEqual(no);
	expect(await devices.get(agent, id)).toEqual(no);
	expect(await devices.history(agent, id)).toEqual(no);
	expect(await devices.edit(agent, id, 1, { note: 'x' })).toEqual(no);
	expect(await devices.create(agent, { modelId: laptop })).toEqual(no);
	expect(await loans.list(agent)).toEqual(no);
	expect(await audits.start(agent, { title: 'x', scope: 'all' })).toEqual(no);
	expect(await audits.list(anonymous)).toEqual(no);
	expect(await own.list(anonymous)).toEqual(no);
	expect(await devices.get(officer, newId())).toEqual(refuse('equipment.not_found'));
	const key: Actor = { ...anonymous, kind: 'key', id: newId(), scopes: ['equipment:read'] };
	expect((await devices.list(key)).ok).toBe(true);
	expect(await devices.edit(key, id, 1, { note: 'x' })).toEqual(no);
});

test('the list is searched without accents, filtered, sorted and paged; counts say the same', async () => {
	const search = async (filter: object) =>
		(await kept(devices.list(officer, filter))).items.map(({ tag }) => tag);
	await device({ tag: 'L-OLD', service: 'Médiathèque', boughtOn: '2017-03-01', condition: 'worn' });
	await device({
		tag: 'L-NEW',
		service: 'Médiathèque',
		boughtOn: '2026-03-01',
		supportedUntil: '2031-01-01',
	});
	await device({
		tag: 'L-GONE',
		service: 'Médiathèque',
		boughtOn: '2016-03-01',
		status: 'left',
		leftAs: 'recycled',
		leftOn: '2024-01-01',
	});
	expect(await search({ text: 'MEDIATHEQUE', sort: 'age' })).toEqual(['L-NEW', 'L-OLD']);
	expect(await search({ service: 'médiathèque', sort: 'age', descending: true })).toEqual(['L-OLD', 'L-NEW']);
	expect(await search({ service: 'médiathèque', status: 'any', sort: 'tag' })).toEqual([
		'L-GONE',
		'L-NEW',
		'L-OLD',
	]);
	expect(await search({ text: 'portable 14', yearsFrom: 5 })).toEqual(['L-OLD']);
	expect(await search({ service: 'Médiathèque', unsupported: true })).toEqual(['L-OLD']);
	expect(await search({ tagFrom: 'l-n', tagTo: 'L-OLD' })).toEqual(['L-NEW', 'L-OLD']);
	expect(await search({ text: "%'; --\0" })).toEqual([]);
	expect(await search({ status: 'nonsense' })).toEqual([]);
	const paged = await kept(devices.list(officer, { text: 'L-', pageSize: 1, page: 2 }));
	expect(paged).toMatchObject({ total: 2, page: 2 });
	const counts = await kept(devices.counts(officer));
	expect(counts.byStatus.left).toBe(1);
	expect(counts.present).toBe((await kept(devices.list(officer))).total);
});

test('given, moved on, repaired, measured, taken back, gone: told in the history without a name', async () => {
	const { id } = await device({ boughtOn: '2021-05-01' });
	const given = await kept(
		devices.assign(officer, id, 1, {
			holder: { name: 'Zoé Martin', email: 'zoe@example.org' },
			service: 'Accueil',
			on: '2021-06-01',
		}),
	);
	expect(given).toMatchObject({
		status: 'in_use',
		inUseOn: '2021-06-01',
		holder: { name: 'Zoé Martin' },
		service: 'Accueil',
	});
	expect(await devices.assign(officer, id, 1, { service: 'Voirie' })).toEqual(
		refuse('equipment.device_changed', {}),
	);
	expect(await devices.assign(officer, id, undefined, {})).toEqual(
		refuse('equipment.holder_missing', { field: 'name' }),
	);
	expect(await devices.measureBattery(officer, id, undefined, { percent: 70, on: '2027-01-01' })).toEqual(
		refuse('equipment.day_to_come', { field: 'on' }),
	);
	await kept(devices.changeStatus(officer, id, undefined, { status: 'in_repair' }));
	expect(await devices.repair(officer, id, undefined, { what: 'soul' })).toMatchObject({
		error: 'equipment.repair_unknown',
	});
	const repaired = await kept(
		devices.repair(officer, id, undefined, {
			what: 'battery',
			costCents: 7900,
			supplier: 'Atelier',
			from: '2026-11-02',
			to: '2026-11-10',
			batteryHealthPercent: 98,
		}),
	);
	expect(repaired).toMatchObject({
		status: 'in_use',
		batteryHealthPercent: 98,
		batteryMeasuredOn: '2026-11-10',
	});
	expect(repaired.repairs).toEqual([
		{
			what: 'battery',
			costCents: 7900,
			supplier: 'Atelier',
			from: '2026-11-02',
			to: '2026-11-10',
			note: null,
		},
	]);
	expect(await devices.leave(officer, id, undefined, { as: 'donated' })).toMatchObject({
		error: 'equipment.not_wiped',
	});
	await kept(devices.takeBack(officer, id, undefined, { condition: 'good' }));
	const history = await kept(devices.history(officer, id));
	const entry = history.find(({ kind }) => kind === 'assigned');
	expect(entry?.changes.find(({ field }) => field === 'holderId')?.to).toMatch(/^[0-9a-f-]{36}$/);
	expect(entry?.holders[String(entry.changes.find(({ field }) => field === 'holderId')?.to)]).toBe(
		'Zoé Martin',
	);
	const { rows } = await made.platform.pool.query(`SELECT count(*)::int AS named FROM equipment.device_event
		WHERE to_jsonb(device_event)::text ILIKE '%Zoé%' OR to_jsonb(device_event)::text ILIKE '%zoe@%'`);
	expect(rows[0].named).toBe(0);
	const screen = await device({ modelId: monitor });
	expect(await kept(devices.leave(officer, screen.id, 1, { as: 'recycled' }))).toMatchObject({
		status: 'left',
		leftOn: '2026-11-24',
	});
	expect(await devices.leave(officer, screen.id, undefined, { as: 'recycled' })).toMatchObject({
		error: 'equipment.has_left',
	});
});

test('what I hold is mine by my confirmed address; what is wrong with it reaches the office, and the answer me', async () => {
	const { id } = await device();
	expect(await own.tellProblem(agent, id, { kind: 'slow' })).toEqual(refuse('platform.not_allowed'));
	await kept(
		devices.assign(officer, id, undefined, {
			holder: { name: 'Nadia B.', email: `${agent.id}@EXAMPLE.org` },
		}),
	);
	expect((await kept(own.list(agent))).map((one) => one.id)).toEqual([id]);
	expect((await kept(devices.get(agent, id))).tag).toBeTruthy();
	expect(await own.tellProblem(agent, id, { kind: 'other' })).toMatchObject({
		error: 'equipment.problem_words_missing',
	});
	await kept(own.tellProblem(agent, id, { kind: 'battery', words: 'S’éteint vite' }));
	const [problem] = await kept(own.problems(officer));
	expect(problem).toMatchObject({
		deviceId: id,
		kind: 'battery',
		words: 'S’éteint vite',
		by: 'Nadia Benali',
	});
	expect((await kept(devices.list(officer, { problem: true }))).items.map((one) => one.id)).toEqual([id]);
	await kept(own.handleProblem(officer, problem?.id ?? '', { answer: 'Batterie commandée' }));
	expect(await own.handleProblem(officer, problem?.id ?? '', {})).toMatchObject({
		error: 'equipment.problem_not_found',
	});
	expect((await letters())[0]).toMatchObject({
		to: `${agent.id}@example.org`,
		text: expect.stringContaining('Batterie commandée'),
	});

	const [source] = made.platform.personalData.all().filter(({ room }) => room === 'equipment');
	const exported = await source?.source.export(agent.id);
	expect(exported).toMatchObject({
		holder: [{ name: 'Nadia B.' }],
		devices: [{ status: 'in_use' }],
		problems: [{ words: 'S’éteint vite' }],
	});
	await made.platform
		.db()
		.transaction()
		.execute((trx) => source?.source.erase(trx as never, agent.id) as Promise<void>);
	expect((await kept(devices.get(officer, id))).holder).toMatchObject({ name: null });
	expect(await source?.source.export(agent.id)).toMatchObject({ holder: [], problems: [] });
});

test('no device is lent twice for the same days, however many ask at once', async () => {
	const one = await device({ condition: 'good' });
	const lend = (more: object) =>
		loans.lend(officer, { deviceId: one.id, name: 'Ana Roux', email: 'ana@example.org', ...more });
	const outcomes = await Promise.all(
		Array.from({ length: 6 }, (_, n) =>
			lend({ startsOn: '2026-12-10', dueOn: `2026-12-1${n + 1}`, name: `Personne ${n}`, email: null }),
		),
	);
	expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
	expect(
		outcomes.filter((outcome) => !outcome.ok && outcome.error === 'equipment.loan_overlaps'),
	).toHaveLength(5);
	expect(await lend({ dueOn: '2026-12-10' })).toEqual(refuse('equipment.loan_overlaps'));
	expect(await lend({ startsOn: '2026-11-01', dueOn: '2026-12-01' })).toMatchObject({
		error: 'equipment.loan_days',
	});
	const out = await kept(lend({ dueOn: '2026-12-01' }));
	expect(out).toMatchObject({ status: 'out', startsOn: '2026-11-24', conditionOut: 'good' });
	expect(await kept(devices.get(officer, one.id))).toMatchObject({
		status: 'on_loan',
		holder: { name: 'Ana Roux' },
	});
	expect(await devices.takeBack(officer, one.id, undefined, {})).toMatchObject({
		error: 'equipment.on_loan',
	});
	expect(await loans.extend(officer, out.id, '2026-12-10')).toEqual(refuse('equipment.loan_overlaps'));
	const reserved = (await kept(loans.list(officer))).find(({ status }) => status === 'reserved');
	expect(await loans.handOut(officer, reserved?.id ?? '')).toEqual(refuse('equipment.loan_overlaps'));
	expect(
		(await kept(loans.calendar(officer, '2026-11-01', '2026-12-31'))).map(({ status }) => status),
	).toEqual(['out', 'reserved']);

	made.clock.now = new Date('2026-11-30T08:00:00Z');
	expect(await loans.remind()).toBe(1);
	expect(await loans.remind()).toBe(0);
	expect((await letters())[0]).toMatchObject({
		to: 'ana@example.org',
		subject: expect.stringContaining('1 décembre 2026'),
	});
	made.clock.now = new Date('2026-12-12T08:00:00Z');
	expect(await loans.remind()).toBe(1);
	expect((await letters())[0]?.text).toContain('devait revenir');
	expect((await kept(loans.list(officer)))[0]).toMatchObject({ id: out.id, late: true });
	const back = await kept(loans.giveBack(officer, out.id, { condition: 'worn', batteryHealthPercent: 77 }));
	expect(back).toMatchObject({ status: 'returned', returnedOn: '2026-12-12', conditionBack: 'worn' });
	expect(await kept(devices.get(officer, one.id))).toMatchObject({
		status: 'in_stock',
		holder: null,
		condition: 'worn',
		batteryHealthPercent: 77,
	});
	const pool = await kept(loans.pool(officer, '2026-12-10', '2026-12-13'));
	const free = (list: typeof pool) => list.flatMap((category) => category.free.map(({ id }) => id));
	expect(free(pool)).not.toContain(one.id);
	expect(free(await kept(loans.pool(officer, '2027-01-13', '2027-01-14')))).toContain(one.id);
	made.clock.now = new Date('2026-11-24T08:00:00Z');
});

test('an audit by several phones: expected, misplaced, unknown, seen already; what nobody saw becomes missing', async () => {
	const there = await Promise.all(
		['A-1', 'A-2', 'A-3', 'A-4'].map((tag) =>
			device({ tag, site: 'Dépôt', status: 'in_use', service: 'Voirie' }),
		),
	);
	const stray = await device({ tag: 'B-1', site: 'Mairie', serial: 'SN-STRAY' });
	expect(await audits.start(officer, { title: 'Dépôt', scope: 'site' })).toMatchObject({
		error: 'equipment.audit_scope_missing',
	});
	expect(await audits.start(officer, { title: 'Lune', scope: 'site', scopeValue: 'Lune' })).toMatchObject({
		error: 'equipment.audit_empty',
	});
	const audit = await kept(
		audits.start(officer, { title: 'Dépôt 2026', scope: 'site', scopeValue: 'dépôt' }),
	);
	expect(audit).toMatchObject({ expected: 4, seen: 0 });
	const scan = (tag: string, more: object = {}) => kept(audits.scan(agent, audit.id, { tag, ...more }));
	const same = await Promise.all(Array.from({ length: 6 }, () => scan('https://ailleurs.example/t/a-1')));
	expect(same.filter(({ outcome }) => outcome === 'expected')).toHaveLength(1);
	expect(same.filter(({ outcome }) => outcome === 'already_seen')).toHaveLength(5);
	expect(await scan('A-2', { condition: 'damaged', batteryHealthPercent: 51 })).toMatchObject({
		outcome: 'expected',
		device: { condition: 'damaged' },
		seen: 2,
	});
	expect(await scan('sn-stray')).toMatchObject({
		outcome: 'misplaced',
		device: { tag: 'B-1', site: 'Mairie' },
	});
	expect(await scan('Z-404')).toMatchObject({ outcome: 'unknown', device: null });
	await scan('z-404');
	// What has moved since still belongs to what was to be found.
	await kept(devices.edit(officer, there[2]?.id ?? '', undefined, { site: 'Mairie' }));
	const report = await kept(audits.report(officer, audit.id));
	expect(report.missing.map(({ tag }) => tag)).toEqual(['A-3', 'A-4']);
	expect(report.misplacedDevices.map(({ tag }) => tag)).toEqual(['B-1']);
	expect(report.unknownTags).toHaveLength(1);
	expect(await kept(audits.moveHere(officer, audit.id, 'all'))).toBe(1);
	expect(await kept(devices.get(officer, stray.id))).toMatchObject({ site: 'dépôt' });
	expect(await kept(audits.markMissing(officer, audit.id, [there[3]?.id ?? '', stray.id]))).toBe(1);
	expect(await kept(devices.get(officer, there[3]?.id ?? ''))).toMatchObject({ status: 'missing' });
	expect(await scan('A-4')).toMatchObject({ outcome: 'expected', device: { status: 'in_use' } });
	await kept(audits.close(officer, audit.id));
	expect(await audits.scan(agent, audit.id, { tag: 'A-3' })).toEqual(refuse('equipment.audit_closed'));
	const history = await kept(devices.history(officer, there[0]?.id ?? ''));
	expect(
		history.filter(({ kind }) => kind === 'audited'),
		'six scans, one entry',
	).toHaveLength(1);
	expect(await made.equipment.inventory.byLabel('a-1')).toEqual({ id: there[0]?.id, tag: 'A-1' });
	expect(await made.equipment.inventory.byLabel('nowhere')).toBeNull();
	expect((await devices.get(system, 'a-1')).ok).toBe(true);
});

test('nobody gets a device with the data of another, unless the officer writes why; who had it has it back', async () => {
	const unwiped = { error: 'equipment.wipe_missing_in_town' };
	const ana = { name: 'Ana Remise', email: 'ana.remise@example.org' };
	const bob = { name: 'Bob Remise', email: 'bob.remise@example.org' };
	const why = 'Même bureau, poste partagé jusqu’à vendredi.';
	const { id } = await device({ condition: 'good' });
	await kept(devices.assign(officer, id, undefined, { holder: ana, service: 'Accueil' }));
	expect(await devices.assign(officer, id, undefined, { holder: bob })).toMatchObject(unwiped);
	expect(await devices.get(officer, id)).toMatchObject({ value: { holder: { name: ana.name }, version: 2 } });
	await kept(devices.takeBack(officer, id, undefined, {}));
	expect(await devices.assign(officer, id, undefined, { service: 'Accueil' })).toMatchObject(unwiped);
	expect(await devices.changeStatus(officer, id, undefined, { status: 'in_use' })).toMatchObject(unwiped);
	const [other] = await made.context.db
		.selectFrom('equipment.holder')
		.select('id')
		.where('name', '<>', ana.name)
		.limit(1)
		.execute();
	expect(await devices.edit(officer, id, undefined, { status: 'in_use', holderId: other?.id })).toMatchObject(
		unwiped,
	);
	const loan = { deviceId: id, ...bob, dueOn: '2026-12-01' };
	expect(await loans.lend(officer, loan)).toMatchObject(unwiped);
	expect((await kept(loans.list(officer))).filter((one) => one.device.id === id)).toEqual([]);
	await kept(devices.assign(officer, id, undefined, { holder: ana }));
	await kept(devices.takeBack(officer, id, undefined, {}));

	const reserved = await kept(loans.lend(officer, { ...loan, startsOn: '2026-11-26' }));
	expect(await loans.handOut(officer, reserved.id)).toMatchObject(unwiped);
	expect(await loans.handOut(officer, reserved.id, { unwipedReason: 'pressé' })).toMatchObject({
		error: 'equipment.unwiped_reason_too_short',
		detail: { field: 'unwipedReason' },
	});
	const key = { kind: 'key', id: newId(), name: 'GLPI', scopes: ['equipment:write'] } as never;
	expect(await devices.assign(key, id, undefined, { holder: bob, unwipedReason: why })).toMatchObject(
		unwiped,
	);
	await kept(loans.handOut(officer, reserved.id, { unwipedReason: why }));
	const [entry] = (await kept(devices.history(officer, id))).filter(({ kind }) => kind === 'lent');
	expect(entry?.detail).toEqual({ loanId: reserved.id, unwipedReason: why });
	await kept(loans.giveBack(officer, reserved.id, {}));
	expect(await devices.assign(officer, id, undefined, { holder: ana })).toMatchObject(unwiped);
	await kept(devices.assign(officer, id, undefined, { holder: bob }));
	// What the service is called is a correction; a screen keeps nobody's data.
	await kept(devices.edit(officer, id, undefined, { service: 'Accueil et état civil' }));
	const screen = await device({ modelId: monitor });
	await kept(devices.assign(officer, screen.id, undefined, { holder: ana }));
	await kept(devices.assign(officer, screen.id, undefined, { holder: bob }));
});
