import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, newId, readConfiguration } from '@parvis/platform';
import { createTestDatabase, until } from '@parvis/platform/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../server/main.ts';
import { openBrowser, portalBuilt } from '../../server/testing.ts';
import { graveFaults, system } from './town.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let config: ReturnType<typeof readConfiguration>;
let server: RunningServer;
let browser: Browser;
let accounts: { email: string; password: string; roles: readonly string[] }[];
let day: string;
const ids = new Map<string, string>();

type Kept<T> = { ok: true; value: T } | { ok: false; error: string };
async function kept<T>(result: Promise<Kept<T>>): Promise<T> {
	const outcome = await result;
	if (!outcome.ok) throw new Error(outcome.error);
	return outcome.value;
}
const operations = () => server.rooms.operations;

/** A town that can be stopped and started again on the same port and database. */
beforeAll(async () => {
	await portalBuilt();
	database = await createTestDatabase();
	config = readConfiguration({
		PARVIS_DATA: await mkdtemp(join(tmpdir(), 'parvis-terrain-')),
		PARVIS_PORT: String(await freePort()),
		PARVIS_DEMO: 'true',
		PARVIS_LOG_LEVEL: 'error',
		DATABASE_URL: database.url,
		DATABASE_POOL_SIZE: '10',
		MQTT_PORT: '0',
		LIVEKIT_TCP_PORT: '0',
		LIVEKIT_UDP_PORT: '0',
	});
	server = await startServer(config);
	accounts = await server.rooms.identity.ensureDemoAccounts();
	const { rows } = await server.platform.pool.query('SELECT id, email FROM identity.person');
	for (const { id, email } of rows) ids.set(String(email).split('@')[0] ?? '', String(id));
	await fill();
	browser = await openBrowser();
}, 300_000);
afterAll(async () => {
	await browser?.close();
	await server?.stop();
	await database?.drop();
	if (config) await rm(config.dataDir, { recursive: true, force: true });
});

/** A depot, a truck, full containers, and the plan of the day given to Karim. */
async function fill(): Promise<void> {
	const { waste, interventions } = operations();
	const [longitude, latitude] = [2.2136, 46.7421];
	await kept(
		waste.setup.changeSettings(system, {
			...(await waste.setup.settings()),
			solveSeconds: 0.3,
			collectionWeekdays: [1, 2, 3, 4, 5, 6, 7],
		}),
	);
	await kept(
		waste.sites.save(system, { externalId: 'depot', kind: 'depot', name: 'Dépôt', longitude, latitude }),
	);
	await kept(
		waste.sites.save(system, {
			externalId: 'quai',
			kind: 'unloading',
			name: 'Quai de transfert',
			longitude: longitude + 0.02,
			latitude,
		}),
	);
	await kept(
		waste.vehicles.save(system, {
			externalId: 'verre',
			name: 'Camion verre',
			compartments: [{ flow: 'glass', cubicMeters: 20 }],
			payloadKilograms: 9000,
			heightMeters: 3.6,
			weightTonnes: 19,
			litersPer100Kilometers: 42,
			depot: 'depot',
			shiftFrom: '00:01',
			shiftTo: '23:58',
		}),
	);
	for (let n = 0; n < 6; n++)
		await kept(
			waste.containers.save(system, {
				externalId: `c${n}`,
				name: `Colonne ${n}`,
				flow: 'glass',
				volumeLiters: 3000,
				longitude: longitude + Math.cos(n) * 0.01,
				latitude: latitude + Math.sin(n) * 0.008,
				address: `${n} rue du Moulin`,
				accessNote: 'Code du portail : 12A',
			}),
		);
	await server.platform.pool.query(
		`UPDATE operations.waste_container SET emptied_at = now() - interval '30 days'`,
	);
	await waste.forecasts.run();
	day = waste.today();
	const plan = await kept(waste.plans.make(system, day));
	for (const round of plan.rounds)
		await kept(waste.rounds.assign(system, round.id, ids.get('chauffeur') ?? ''));
	const service = await kept(
		interventions.services.save(system, { code: 'voirie', nameFr: 'Voirie', nameEn: 'Roads' }),
	);
	await kept(
		interventions.categories.save(system, {
			code: 'trou',
			nameFr: 'Nid-de-poule',
			nameEn: 'Pothole',
			serviceId: service.id,
			priority: 'normal',
			dueHours: 48,
			durationMinutes: 30,
			public: true,
			checklist: ['Baliser', 'Reboucher'],
		}),
	);
}

const open = (title: string, ...who: string[]) =>
	kept(
		operations().interventions.open(system, {
			source: { kind: 'agent', key: newId() },
			title,
			category: 'trou',
			longitude: 2.2136,
			latitude: 46.7421,
			plannedOn: day,
			assigneeIds: who.map((name) => ids.get(name) ?? ''),
		}),
	);
const roundNow = async () => {
	const [round] = await kept(operations().waste.rounds.list(system, day));
	if (!round) throw new Error('no round was planned');
	return round;
};

async function phone(
	work: (page: Page, context: BrowserContext) => Promise<void>,
	options = {},
): Promise<void> {
	const context = await browser.newContext({
		locale: 'fr-FR',
		baseURL: config.publicUrl,
		viewport: { width: 360, height: 740 },
		...options,
	});
	context.setDefaultTimeout(30_000);
	try {
		await work(await context.newPage(), context);
	} finally {
		await context.close();
	}
}

async function signIn(page: Page, name: string, to = '/terrain'): Promise<void> {
	const account = accounts.find(({ email }) => email.startsWith(`${name}@`));
	if (!page.url().includes('/connexion')) await page.goto(`/connexion?retour=${encodeURIComponent(to)}`);
	await page.fill('form[action*="motDePasse"] input[name="email"]', account?.email ?? '');
	await page.fill('input[name="password"]', account?.password ?? '');
	await page.click('form[action*="motDePasse"] button');
	await page.fill('input[name="code"]', (await page.locator('.notice strong').textContent()) ?? '');
	await page.getByRole('button', { name: 'Vérifier' }).click();
	await page.waitForURL(`**${to}`);
}

/** The phone has said all and heard all. */
const settled = (page: Page) => page.locator('.field-state[data-link="done"][data-waiting="0"]').waitFor();
const waits = (page: Page, count: number) => page.locator(`.field-state[data-waiting="${count}"]`).waitFor();
/** The page is on the phone, with all it needs. */
const keptOnPhone = (page: Page) =>
	until(() =>
		page.evaluate(async () => {
			if (!navigator.serviceWorker.controller) return false;
			const cache = await caches.open('parvis-terrain-page');
			return (
				(await cache.match('/terrain', { ignoreVary: true })) !== undefined && (await cache.keys()).length > 3
			);
		}),
	);
const press = (page: Page, name: string | RegExp) =>
	page
		.getByRole('button', { name, exact: typeof name === 'string' })
		.first()
		.click();
const photo = {
	name: 'photo.png',
	mimeType: 'image/png',
	buffer: Buffer.from(
		'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
		'base64',
	),
};

test('a round is driven with the network cut in the middle, over a reload and a closed page, and arrives once', async () => {
	const before = await roundNow();
	expect(before.stops.filter(({ kind }) => kind === 'container').length).toBeGreaterThan(3);
	await phone(async (page, context) => {
		await signIn(page, 'chauffeur');
		await settled(page);
		await keptOnPhone(page);
		await page.getByRole('link', { name: /Tournée à commencer/ }).click();
		await press(page, 'Commencer la tournée');
		await press(page, 'Fait');
		await until(async () => (await roundNow()).counts.done === 1);
		await settled(page);

		await context.setOffline(true);
		const [, second, third, fourth] = before.stops;
		const cutAt = Date.now();
		await page.locator('#arret', { hasText: second?.container?.name ?? '?' }).waitFor();
		await press(page, 'Fait');
		await waits(page, 1);
		await page.reload();
		await page.locator('#arret', { hasText: third?.container?.name ?? '?' }).waitFor();
		await waits(page, 1);
		await press(page, 'Impossible');
		await press(page, /Confirmer/);
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('pourquoi');
		await page.getByLabel('Accès bloqué').check();
		await page.locator('input[type=file]').setInputFiles(photo);
		await page.locator('.field-photos img').waitFor();
		await press(page, /Confirmer/);
		await waits(page, 2);
		await page.close();

		const again = await context.newPage();
		await again.goto(`/terrain/tournee/${before.id}`);
		await again.locator('#arret', { hasText: fourth?.container?.name ?? '?' }).waitFor();
		// Another page of the phone has this one read again all the while: the offer to take back stays.
		const reading = await again.evaluateHandle(() => {
			const other = new BroadcastChannel('parvis-terrain');
			return setInterval(() => other.postMessage('changed'), 1);
		});
		await press(again, 'Fait');
		await waits(again, 3);
		await again.evaluate((timer) => clearInterval(timer), reading);
		await press(again, 'Annuler');
		await waits(again, 2);
		await press(again, 'Fait');
		await waits(again, 3);
		expect((await roundNow()).counts, 'nothing could arrive').toMatchObject({ done: 1, couldNot: 0 });
		await context.setOffline(false);
		await settled(again);
		const after = await roundNow();
		expect(after.counts).toMatchObject({ done: 3, couldNot: 1 });
		const stop = after.stops.find(({ id }) => id === third?.id);
		expect(stop).toMatchObject({ state: 'could_not', reason: 'blocked' });
		expect(stop?.doneAt?.getTime(), 'by the phone’s time').toBeGreaterThanOrEqual(cutAt);
		await until(async () => (await operations().photos.of('round_stop', third?.id ?? '')).length === 1);
		const times = after.stops.slice(0, 4).map(({ doneAt }) => doneAt?.getTime() ?? 0);
		expect(times).toEqual(times.toSorted((a, b) => a - b));
	});
}, 120_000);

test('an answer that is lost and a server that stops and comes back do nothing twice', async () => {
	const work = await open('Affaissement', 'agente');
	await phone(async (page, context) => {
		await signIn(page, 'agente', `/terrain/intervention/${work.id}`);
		await settled(page);
		let lost = 0;
		await context.route('**/api/v1/field/sync', async (route) => {
			lost++;
			await route.fetch().catch(() => {});
			await route.abort();
		});
		await press(page, 'Commencer');
		await until(() => lost > 0);
		await page.fill('section[aria-labelledby="notes"] textarea', 'Prévoir 3 sacs');
		await press(page, 'Ajouter la note');
		await waits(page, 2);
		await server.stop();
		await context.unroute('**/api/v1/field/sync');
		await page.getByLabel('Baliser').check();
		await waits(page, 3);
		server = await startServer(config);
		await page.evaluate(() => dispatchEvent(new Event('online')));
		await settled(page);
	});
	const history = await kept(operations().interventions.history(system, work.id));
	expect(history.map(({ kind }) => kind).reverse()).toEqual(['opened', 'start', 'note', 'check']);
}, 120_000);

test('two agents finish the same: the second is told who was first, and the words are kept', async () => {
	const work = await open('Panneau tordu', 'agente', 'chauffeur');
	await phone(async (page, context) => {
		await signIn(page, 'agente', `/terrain/intervention/${work.id}`);
		await settled(page);
		await context.setOffline(true);
		await press(page, 'Terminé');
		await page.fill('.field-stop textarea', 'Redressé à la main');
		await press(page, /Confirmer/);
		await waits(page, 1);
		const karim = {
			...system,
			kind: 'person',
			id: ids.get('chauffeur') ?? '',
			displayName: 'Karim Lopes',
			roles: ['operations:agent'],
			secondFactor: true,
		} as const;
		await kept(
			operations().interventions.act(karim, {
				id: newId(),
				interventionId: work.id,
				kind: 'done',
				at: new Date(),
			}),
		);
		await context.setOffline(false);
		await page.getByText('1 envoi a besoin de vous').click();
		const told = page.locator('.field-outbox');
		await told.getByText('Karim Lopes').first().waitFor();
		expect(await graveFaults(page)).toEqual([]);
		await press(page, 'J’ai lu');
		await settled(page);
	});
	const history = await kept(operations().interventions.history(system, work.id));
	expect(history.filter(({ note, late }) => note === 'Redressé à la main' && late)).toHaveLength(1);
}, 120_000);

test('a session that ends keeps what was done; it goes after signing in again', async () => {
	const work = await open('Barrière tombée', 'agente');
	await phone(async (page) => {
		await signIn(page, 'agente', `/terrain/intervention/${work.id}`);
		await settled(page);
		await keptOnPhone(page);
		await server.platform.pool.query('DELETE FROM identity.session WHERE person_id = $1', [
			ids.get('agente'),
		]);
		await press(page, 'Commencer');
		await page.getByText('Votre session est terminée').waitFor();
		await waits(page, 1);
		await page.reload();
		await page.getByRole('link', { name: 'Se connecter' }).click();
		await page.waitForURL('**/connexion?**');
		await signIn(page, 'agente', `/terrain/intervention/${work.id}`);
		await settled(page);
	});
	expect((await kept(operations().interventions.get(system, work.id))).status).toBe('in_progress');
}, 120_000);

test('somebody else on the same phone neither sees nor sends what waits', async () => {
	const work = await open('Avaloir bouché', 'agente');
	const events = async () => (await kept(operations().interventions.history(system, work.id))).length;
	await phone(async (page) => {
		await signIn(page, 'agente', `/terrain/intervention/${work.id}`);
		await settled(page);
		await server.platform.pool.query('DELETE FROM identity.session WHERE person_id = $1', [
			ids.get('agente'),
		]);
		await press(page, 'Commencer');
		await waits(page, 1);
		await page.goto('/terrain');
		page.once('dialog', (dialog) => void dialog.accept());
		await press(page, 'Me déconnecter');
		await page.waitForURL('**/deconnexion');
		await signIn(page, 'chauffeur');
		await page.getByText(/Nadia Benali \(1 action à envoyer\)/).waitFor();
		await settled(page);
		expect(await page.getByText('Avaloir bouché').count()).toBe(0);
		expect(await events()).toBe(1);
		await press(page, 'Me déconnecter');
		await page.waitForURL('**/deconnexion');
		await signIn(page, 'agente');
		await until(async () => (await events()) === 2);
		await settled(page);
	});
	const [last] = await kept(operations().interventions.history(system, work.id));
	expect(last).toMatchObject({ kind: 'start', by: 'Nadia Benali' });
}, 120_000);

test('something found on the way becomes an intervention with its photo, though there was no network', async () => {
	await phone(
		async (page, context) => {
			await signIn(page, 'agente');
			await settled(page);
			await keptOnPhone(page);
			await context.setOffline(true);
			await page.getByRole('link', { name: /Signaler un problème/ }).click();
			await press(page, 'Signaler');
			await expect.poll(() => page.getByRole('alert').textContent()).toContain('trouvé');
			await page.getByLabel(/^Quoi/).fill('Dalle soulevée');
			await page.getByLabel('Catégorie').selectOption('trou');
			await press(page, 'Ma position');
			await page.locator('.field-map').waitFor();
			await page.locator('input[type=file]').setInputFiles(photo);
			await page.locator('.field-photos img').waitFor();
			await press(page, 'Signaler');
			await waits(page, 1);
			await context.setOffline(false);
			await settled(page);
		},
		{ permissions: ['geolocation'], geolocation: { longitude: 2.214, latitude: 46.743 } },
	);
	const { items } = await kept(operations().interventions.list(system, { text: 'Dalle' }));
	expect(items).toHaveLength(1);
	await until(async () => (await operations().photos.of('intervention', items[0]?.id ?? '')).length === 1);
}, 120_000);

test('what the phone keeps is in the language of the page, whatever the browser would ask for by itself', async () => {
	const { PLAYWRIGHT_DISABLE_SERVICE_WORKER_NETWORK: before } = process.env;
	// Workers are then not told the language of the page: they ask in that of the browser, which is English.
	process.env.PLAYWRIGHT_DISABLE_SERVICE_WORKER_NETWORK = '1';
	try {
		await phone(async (page) => {
			const keptIn = (language: string) =>
				until(() =>
					page.evaluate(async (lang) => {
						const cache = await caches.open('parvis-terrain-page');
						const document = await cache.match('/terrain', { ignoreVary: true });
						return (await document?.text())?.includes(`<html lang="${lang}"`);
					}, language),
				);
			await signIn(page, 'agente');
			await keptIn('fr');
			await page.goto('/terrain?lang=en');
			await keptIn('en');
			await page.goto('/terrain');
			await page.getByText('My interventions').waitFor();
		});
	} finally {
		if (before === undefined) delete process.env.PLAYWRIGHT_DISABLE_SERVICE_WORKER_NETWORK;
		else process.env.PLAYWRIGHT_DISABLE_SERVICE_WORKER_NETWORK = before;
	}
}, 120_000);

test('positions go while the round runs and the switch is on', async () => {
	const round = await roundNow();
	await phone(
		async (page) => {
			await signIn(page, 'chauffeur', `/terrain/tournee/${round.id}`);
			await settled(page);
			const { field } = operations();
			expect(await field.positions(system)).toEqual([]);
			await page.getByRole('switch').check();
			await until(async () => (await field.positions(system)).some(({ roundId }) => roundId === round.id));
			await page.getByRole('switch').uncheck();
		},
		{ permissions: ['geolocation'], geolocation: { longitude: 2.214, latitude: 46.743 } },
	);
}, 120_000);

test('no grave fault, nothing wider than a phone, light and dark; strangers are turned away', async () => {
	const work = await open('Trottoir', 'chauffeur');
	const { id } = await roundNow();
	const paths = [
		'/terrain',
		`/terrain/tournee/${id}`,
		`/terrain/intervention/${work.id}`,
		'/terrain/signaler',
		'/terrain/envois',
	];
	for (const colorScheme of ['light', 'dark'] as const)
		await phone(
			async (page) => {
				await signIn(page, 'chauffeur');
				for (const path of paths) {
					await page.goto(path);
					await settled(page);
					expect(await graveFaults(page), `${path} ${colorScheme}`).toEqual([]);
					const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
					expect(wide, path).toBeLessThanOrEqual(0);
				}
			},
			{ colorScheme },
		);
	await phone(async (page) => {
		await page.goto('/terrain');
		expect(new URL(page.url()).pathname).toBe('/connexion');
		await page.goto('/');
		expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(
			0,
		);
	});
}, 120_000);
