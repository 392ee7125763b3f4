import { newId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../../context.ts';
import { addDays, noonOf, townDay } from '../../days.ts';
import { freeTags, type Trx, writeDemoDevices } from '../changing.ts';
import { demoCategories, firstNames, lastNames, services } from './figures.ts';
import { befall, type DemoDevice, type DemoHolder, type DemoModel, livesOf } from './life.ts';
import { createRandom, type Random } from './random.ts';

const peopleOfTheDemonstration = [
	{ name: 'Nadia Benali', local: 'agente', service: 'Services techniques' },
	{ name: 'Julien Moreau', local: 'technique', service: 'Services techniques' },
	{ name: 'Sofia Haddad', local: 'informatique', service: 'Informatique' },
	{ name: 'Karim Lopes', local: 'chauffeur', service: 'Propreté' },
];

/** 900 invented devices with ten years behind them, those that they replaced, loans, problems, and two audits. Once. */
export async function fillDemo(context: Context): Promise<void> {
	const { rows } = await sql`SELECT FROM equipment.device WHERE simulated LIMIT 1`.execute(context.db);
	if (rows.length) return;
	const today = townDay(context.now());
	const random = createRandom(2016);
	await context.db.transaction().execute(async (trx) => {
		const models = await ensureModels(trx, context.now());
		const holders = await makeHolders(trx, random, context.now());
		const devices: DemoDevice[] = [];
		for (const kind of demoCategories) {
			const own = models.filter(({ category }) => category === kind.category);
			let present = 0;
			while (present < kind.present) {
				const lives = livesOf(random, kind, own, holders, today);
				const last = lives.at(-1);
				if (!last) continue;
				devices.push(...lives);
				if (last.fields.status !== 'left') present++;
			}
		}
		const loans = settleFleet(random, devices, holders, today, context.now());
		devices.sort((a, b) => ((a.fields.boughtOn ?? '') < (b.fields.boughtOn ?? '') ? -1 : 1));
		const tags = (await freeTags(trx, devices.length)).sort();
		for (const [n, device] of devices.entries()) {
			device.fields.tag = tags[n] ?? '';
			const [first] = device.events;
			if (first) first.changes = { ...first.changes, tag: [null, device.fields.tag] };
		}
		const ids = await writeDemoDevices(context, trx, devices);
		await writeLoans(trx, loans, ids, context.now());
		await writeProblems(trx, random, devices, ids, today);
		await writeAudits(trx, random, devices, ids, today);
	});
}

async function ensureModels(trx: Trx, now: Date): Promise<DemoModel[]> {
	for (const { category, model } of demoCategories)
		await sql`INSERT INTO equipment.model (id, manufacturer, name, category, created_at)
			SELECT ${newId()}, 'Modèle courant', ${model}, ${category}, ${now}
			WHERE NOT EXISTS (SELECT FROM equipment.model WHERE category = ${category}) ON CONFLICT DO NOTHING`.execute(
			trx,
		);
	const { rows } = await sql<DemoModel>`SELECT id, name, category, new_price_cents AS "newPriceCents",
		refurbished_price_cents AS "refurbishedPriceCents", supported_until AS "supportedUntil"
		FROM equipment.model ORDER BY category, lower(manufacturer), lower(name)`.execute(trx);
	return rows;
}

async function makeHolders(trx: Trx, random: Random, now: Date): Promise<DemoHolder[]> {
	const names = new Set<string>();
	const made = peopleOfTheDemonstration.map(({ name, local, service }) => ({
		id: newId(),
		name,
		email: `${local}@demo.parvis.example` as string | null,
		service,
		created_at: now,
	}));
	while (names.size < 215) {
		const name = `${random.pick(firstNames)} ${random.pick(lastNames)}`;
		if (names.has(name)) continue;
		names.add(name);
		const address = name
			.normalize('NFD')
			.replaceAll(/\p{M}/gu, '')
			.toLowerCase()
			.replaceAll(/[^a-z]+/g, '.');
		made.push({
			id: newId(),
			name,
			email: `${address}@agents.parvis.example`,
			service: random.weighted(services).name,
			created_at: now,
		});
	}
	const { rows } = await sql<DemoHolder>`INSERT INTO equipment.holder (id, name, email, service, created_at)
		SELECT id, name, email, service, created_at
		FROM jsonb_populate_recordset(NULL::equipment.holder, ${JSON.stringify(made)}::jsonb)
		ON CONFLICT (lower(email)) DO UPDATE SET service = coalesce(holder.service, excluded.service)
		RETURNING id, service`.execute(trx);
	return rows;
}

interface DemoLoan {
	device: DemoDevice;
	holderId: string;
	startsOn: string;
	dueOn: string;
	status: 'reserved' | 'out' | 'returned';
	returnedOn: string | null;
}

/** The present day: a pool, loans, repairs, what is missing or on its way out, what is ordered, what the accounts hold. */
function settleFleet(
	random: Random,
	devices: DemoDevice[],
	holders: readonly DemoHolder[],
	today: string,
	now: Date,
): DemoLoan[] {
	const served = devices.filter(
		({ fields, events }) =>
			fields.status === 'in_use' && (events.at(-1)?.at ?? now) < noonOf(addDays(today, -30)),
	);
	const take = (count: number, of: (device: DemoDevice) => boolean = () => true) => {
		const taken: DemoDevice[] = [];
		for (let n = 0; n < served.length && taken.length < count; n++) {
			const index = random.integer(0, served.length - 1);
			const device = served[index];
			if (device && of(device)) taken.push(...served.splice(index, 1));
		}
		return taken;
	};
	const kinds =
		(...wanted: string[]) =>
		(device: DemoDevice) =>
			wanted.includes(device.category);
	const on = (
		device: DemoDevice,
		kind: Parameters<typeof befall>[1],
		ago: number,
		changes: Parameters<typeof befall>[4],
		detail = {},
	) => befall(device, kind, noonOf(addDays(today, -ago)), addDays(today, -ago), changes, detail);
	for (const device of take(10)) on(device, 'missing', random.integer(3, 25), { status: 'missing' });
	for (const device of take(12, kinds('laptop', 'smartphone', 'desktop')))
		on(device, 'status_changed', random.integer(1, 12), { status: 'in_repair' });
	for (const device of take(16)) {
		on(device, 'returned', 28, { status: 'in_stock', service: null, site: 'Mairie' });
		on(device, 'status_changed', random.integer(2, 20), { status: 'leaving' });
	}
	const pool = take(
		58,
		(device) =>
			kinds('laptop', 'smartphone', 'tablet', 'monitor', 'projector')(device) &&
			!['worn', 'damaged'].includes(device.fields.condition ?? ''),
	);
	for (const device of pool)
		on(device, 'returned', 29, { status: 'in_stock', service: null, site: 'Mairie', condition: 'good' });
	const agents = holders.slice(0, 4);
	for (const [n, holder] of agents.entries())
		for (const device of take(n === 2 ? 3 : 2, kinds('laptop', 'smartphone')).slice(0, 3))
			on(device, 'assigned', 20 + n, { holderId: holder.id, service: holder.service });

	const lendable = pool.filter(kinds('laptop', 'tablet', 'projector'));
	return lendable.slice(0, 22).map((device, n): DemoLoan => {
		const holder = n === 0 ? (holders[0] as DemoHolder) : random.pick(holders);
		if (n < 11) {
			const ago = random.integer(3, 24);
			on(device, 'lent', ago, { status: 'on_loan', holderId: holder.id });
			return {
				device,
				holderId: holder.id,
				startsOn: addDays(today, -ago),
				dueOn: addDays(today, n < 3 ? -n - 1 : random.integer(1, 30)),
				status: 'out',
				returnedOn: null,
			};
		}
		const soon = random.integer(2, 20);
		return n < 16
			? {
					device,
					holderId: holder.id,
					startsOn: addDays(today, soon),
					dueOn: addDays(today, soon + random.integer(1, 12)),
					status: 'reserved',
					returnedOn: null,
				}
			: {
					device,
					holderId: holder.id,
					startsOn: addDays(today, -27),
					dueOn: addDays(today, -18),
					status: 'returned',
					returnedOn: addDays(today, -19),
				};
	});
}

async function writeLoans(
	trx: Trx,
	loans: readonly DemoLoan[],
	ids: Map<DemoDevice, string>,
	now: Date,
): Promise<void> {
	const rows = loans.map((loan) => ({
		id: newId(),
		device_id: ids.get(loan.device),
		holder_id: loan.holderId,
		starts_on: loan.startsOn,
		due_on: loan.dueOn,
		status: loan.status,
		returned_on: loan.returnedOn,
		condition_out: loan.status === 'reserved' ? null : 'good',
		condition_back: loan.status === 'returned' ? 'good' : null,
		version: 1,
		created_at: now,
	}));
	await sql`INSERT INTO equipment.loan (id, device_id, holder_id, starts_on, due_on, status, returned_on, condition_out,
			condition_back, version, created_at)
		SELECT id, device_id, holder_id, starts_on, due_on, status, returned_on, condition_out, condition_back, version, created_at
		FROM jsonb_populate_recordset(NULL::equipment.loan, ${JSON.stringify(rows)}::jsonb)`.execute(trx);
}

async function writeProblems(
	trx: Trx,
	random: Random,
	devices: readonly DemoDevice[],
	ids: Map<DemoDevice, string>,
	today: string,
): Promise<void> {
	const held = devices.filter(
		({ fields, category }) => fields.status === 'in_use' && fields.holderId && category === 'laptop',
	);
	const told = [
		['battery', 'Il s’éteint au bout d’une heure sans le chargeur.'],
		['slow', 'Dix minutes pour ouvrir la messagerie le matin.'],
		['broken', 'Une charnière de l’écran est fendue.'],
		['not_mine', 'Je l’ai rendu à l’accueil en septembre.'],
		['other', 'La touche « é » ne répond plus.'],
	] as const;
	for (const [kind, words] of told) {
		const device = random.pick(held);
		await sql`INSERT INTO equipment.device_problem (id, device_id, kind, words, at)
			VALUES (${newId()}, ${ids.get(device)}, ${kind}, ${words}, ${noonOf(addDays(today, -random.integer(1, 15)))})`.execute(
			trx,
		);
	}
}

async function writeAudits(
	trx: Trx,
	random: Random,
	devices: readonly DemoDevice[],
	ids: Map<DemoDevice, string>,
	today: string,
): Promise<void> {
	for (const { title, site, ago, share, closed } of [
		{ title: 'Récolement de la médiathèque', site: 'Médiathèque', ago: 60, share: 0.96, closed: true },
		{ title: 'Récolement du centre technique', site: 'Centre technique', ago: 1, share: 0.55, closed: false },
	]) {
		const id = newId();
		const at = noonOf(addDays(today, -ago));
		await sql`INSERT INTO equipment.audit (id, title, scope, scope_value, started_at, closed_at)
			VALUES (${id}, ${title}, 'site', ${site}, ${at}, ${closed ? noonOf(addDays(today, 2 - ago)) : null})`.execute(
			trx,
		);
		const there = devices.filter(
			({ fields }) =>
				fields.site === site && ['in_use', 'in_stock', 'in_repair', 'missing'].includes(fields.status),
		);
		await sql`INSERT INTO equipment.audit_device (audit_id, device_id)
			SELECT ${id}, unnest(${there.map((device) => ids.get(device) ?? '')}::uuid[])`.execute(trx);
		const strays = devices
			.filter(({ fields }) => fields.status === 'in_use' && fields.site === 'Mairie')
			.slice(0, 3);
		const scans = [
			...there
				.filter(({ fields }) => fields.status !== 'missing' && random.next() < share)
				.map((device) => ({ device, result: 'expected' })),
			...strays.map((device) => ({ device, result: 'misplaced' })),
		].map(({ device, result }) => ({
			id: newId(),
			audit_id: id,
			tag: device.fields.tag,
			device_id: ids.get(device),
			result,
			at,
		}));
		await sql`INSERT INTO equipment.audit_scan
			SELECT * FROM jsonb_populate_recordset(NULL::equipment.audit_scan, ${JSON.stringify(scans)}::jsonb)`.execute(
			trx,
		);
	}
}
