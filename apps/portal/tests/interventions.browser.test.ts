import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, submit, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
const phone = { viewport: { width: 360, height: 740 } };
const desk = { viewport: { width: 1280, height: 900 } };
const isAgent = ({ roles }: { roles: readonly string[] }) => roles.includes('operations:agent');
const isManager = ({ roles }: { roles: readonly string[] }) => roles.includes('operations:manager');

beforeAll(async () => {
	town = await openTown({ fill: false });
	const { rooms } = town;
	const square = (west: number, south: number, size: number) => [
		[
			[west, south],
			[west + size, south],
			[west + size, south + size],
			[west, south + size],
			[west, south],
		],
	];
	const features = (list: object[]) => JSON.stringify({ type: 'FeatureCollection', features: list });
	const district = {
		type: 'Feature',
		properties: { id: 'centre', name: 'Centre' },
		geometry: { type: 'Polygon', coordinates: square(3.6, 48.2, 0.2) },
	};
	const street = {
		type: 'Feature',
		properties: { id: 'lilas', name: 'Rue des Lilas', class: 'residential' },
		geometry: {
			type: 'LineString',
			coordinates: [
				[3.699, 48.3],
				[3.701, 48.3],
			],
		},
	};
	for (const [kind, feature] of [
		['districts', district],
		['streets', street],
	] as const) {
		const report = await rooms.town.import(system, kind, features([feature]));
		if (!report.ok) throw new Error(report.error);
	}
	const pool = await rooms.town.places.create(system, {
		kind: 'swimming_pool',
		name: 'Piscine municipale',
		longitude: 3.72,
		latitude: 48.31,
	});
	if (!pool.ok) throw new Error(pool.error);
}, 300_000);
afterAll(async () => {
	await town?.stop();
});

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();
const noSideways = (page: Page) =>
	page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

/** From the start page of reports to the form of the third step. */
async function describe(page: Page, address: string): Promise<void> {
	await page.goto('/signaler');
	await page.getByRole('link', { name: 'Rue et trottoir' }).click();
	await page.getByRole('link', { name: 'Nid-de-poule' }).click();
	await page.fill('[name="address"]', address);
	await press(page, 'Continuer');
}

test('a resident reports by phone without JavaScript, an agent fixes it with a photo, the resident is told', async () => {
	const email = 'habitante@example.org';
	const picture = {
		name: 'trou.jpg',
		mimeType: 'image/jpeg',
		buffer: await sharp({ create: { width: 90, height: 60, channels: 3, background: '#777' } })
			.jpeg()
			.toBuffer(),
	};
	let follow = '';
	await town.visit({ ...phone, javaScriptEnabled: false }, async (page) => {
		await describe(page, 'rue de nulle part');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('pas été trouvée');
		await page.fill('[name="address"]', 'Rue des Lilas');
		await press(page, 'Continuer');
		await page.locator('[name="description"]').waitFor();
		expect(await noSideways(page)).toBe(true);
		await page.fill('[name="description"]', 'Profond, devant le 12');
		await page.setInputFiles('[name="photo"]', picture);
		await page.fill('[name="email"]', 'pas une adresse');
		await page.locator('[name="email"]').evaluate((input) => input.setAttribute('type', 'text'));
		await press(page, 'Envoyer');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('électronique');
		await expect.poll(() => page.inputValue('[name="description"]')).toBe('Profond, devant le 12');
		await page.fill('[name="email"]', email);
		await page.setInputFiles('[name="photo"]', picture);
		await press(page, 'Envoyer');
		await page.waitForURL(/\/signalements\/[\w-]{24}$/);
		follow = new URL(page.url()).pathname;
		await expect.poll(() => page.locator('main').textContent()).toContain('Profond, devant le 12');
		expect(await noSideways(page)).toBe(true);
	});
	const letters = async () => (await town.platform.mail.list()).filter(({ to }) => to === email);
	await town.visit({ ...phone }, async (page) => {
		const link = /\/signalements\/\S+\?confirmer=1/.exec((await letters())[0]?.text ?? '')?.[0] ?? '';
		await page.goto(link);
		expect(await graveFaults(page)).toEqual([]);
		await press(page, 'Oui, m’écrire');
		await page.getByText('C’est confirmé').waitFor();
	});
	await town.visit({ ...desk, javaScriptEnabled: false }, async (page) => {
		await town.signIn(page, isAgent);
		await page.goto('/espace/interventions');
		await page.getByRole('link', { name: /Nid-de-poule/ }).click();
		await page.selectOption('select[name="kind"]', 'done');
		await page.fill('[name="text"]', 'Rebouché à l’enrobé');
		await page.setInputFiles('[name="photo"]', picture);
		await press(page, 'Noter');
		await page.getByText('Faite', { exact: true }).first().waitFor();
	});
	const [last, ...before] = await letters();
	expect(before).toHaveLength(1);
	expect(last?.text).toContain('Rebouché à l’enrobé');
	expect(last?.text).toContain(follow);
	await town.visit({ ...phone, colorScheme: 'dark' }, async (page) => {
		await page.goto(follow);
		expect(await page.locator('main').textContent()).toContain('Rebouché à l’enrobé');
		const photo = page.getByAltText('Photo 1 de l’intervention terminée');
		await expect
			.poll(() => photo.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth))
			.toBe(90);
		expect(await graveFaults(page)).toEqual([]);
		// Everybody else sees that it is done, and none of the resident's words.
		await page.goto('/signalements?etat=traites');
		await submit(page.getByRole('link', { name: 'Nid-de-poule' }));
		expect(await page.locator('main').textContent()).not.toContain('Profond');
	});
}, 240_000);

test('with JavaScript one’s own position will do, and a report that is there is joined', async () => {
	await town.visit(
		{ ...phone, geolocation: { longitude: 3.72, latitude: 48.31 }, permissions: ['geolocation'] },
		async (page) => {
			const start = async () => {
				await page.goto('/signaler?categorie=lamp-out');
				await press(page, 'Utiliser ma position');
				await page.getByText('L’endroit est noté').waitFor();
				await press(page, 'Continuer');
			};
			await start();
			expect(await graveFaults(page)).toEqual([]);
			await press(page, 'Envoyer');
			await expect.poll(() => page.locator('main').textContent()).toContain('Piscine municipale');
			const list = async () => {
				const { interventions } = town.rooms.operations;
				const all = await interventions.list(system, { sourceKind: 'report' });
				return all.ok ? all.value.total : -1;
			};
			const before = await list();
			await start();
			await expect.poll(() => page.locator('main').textContent()).toContain('1 signalement tout près');
			await press(page, 'C’est le même');
			await expect.poll(() => page.locator('main').textContent()).toContain('2 personnes l’ont signalé');
			expect(await list()).toBe(before);
		},
	);
}, 120_000);

test('of two who edit at once the second sees who was first and what changed, and chooses', async () => {
	const opened = await town.rooms.operations.interventions.open(system, {
		source: { kind: 'agent', key: 'two-editors' },
		title: 'Barrière tordue',
		category: 'furniture',
		longitude: 3.7,
		latitude: 48.3,
	});
	if (!opened.ok) throw new Error(opened.error);
	const path = `/espace/interventions/${opened.value.number}`;
	const edit = async (page: Page) => {
		await page.goto(path);
		await page.locator('details:has([name="title"])').evaluate((element) => element.setAttribute('open', ''));
	};
	await town.visit({ ...desk, javaScriptEnabled: false }, async (first) => {
		await town.signIn(first, isAgent);
		await edit(first);
		await town.visit({ ...desk }, async (second) => {
			await town.signIn(second, isManager);
			await edit(second);
			await first.fill('[name="title"]', 'Barrière tordue, dangereuse');
			await first.selectOption('[name="priority"]', 'high');
			await first.locator('form[action*="modifier"] button').last().click();
			await expect.poll(() => first.locator('h1').textContent()).toContain('dangereuse');

			await second.fill('[name="title"]', 'Barrière du pont');
			await second.fill('[name="description"]', 'À remplacer');
			await second.locator('form[action*="modifier"] button').last().click();
			const main = second.locator('main');
			await expect
				.poll(() => main.textContent())
				.toMatch(/Nadia Benali a modifié cette intervention avant vous/);
			await expect.poll(() => main.textContent()).toContain('Barrière tordue, dangereuse');
			await expect.poll(() => second.inputValue('[name="title"]')).toBe('Barrière du pont');
			await expect.poll(() => second.inputValue('[name="description"]')).toBe('À remplacer');
			await expect
				.poll(() => second.inputValue('[name="priority"]'), { message: 'what only the other changed stays' })
				.toBe('high');
			expect(await graveFaults(second)).toEqual([]);
			await second.getByLabel('Garder ce que Nadia Benali a écrit').check();
			await second.locator('form[action*="modifier"] button').last().click();
			await second.getByText('C’est enregistré').waitFor();
		});
	});
	const now = await town.rooms.operations.interventions.get(system, opened.value.id);
	expect(now.ok && now.value).toMatchObject({
		title: 'Barrière tordue, dangereuse',
		description: 'À remplacer',
		priority: 'high',
	});
}, 120_000);

test('the board is moved by keys alone, days and settings are kept, nobody else comes in', async () => {
	await town.visit({ ...desk, javaScriptEnabled: false }, async (page) => {
		await town.signIn(page, isManager);
		await page.goto('/espace/interventions');
		const card = page.locator('.board-card', { hasText: 'Barrière tordue' });
		await card.locator('summary').focus();
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		await page.keyboard.type('En att');
		await page.keyboard.press('Tab');
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('pourquoi');
		await card.locator('summary').focus();
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		await page.keyboard.type('En att');
		await page.keyboard.press('Tab');
		await page.keyboard.type('Pièce commandée');
		await page.keyboard.press('Enter');
		await page.locator('section:has(#colonne-waiting) .board-card', { hasText: 'Barrière tordue' }).waitFor();

		await page.goto('/espace/interventions/entretiens/nouveau');
		await page.fill('[name="title"]', 'Vidange de la fontaine');
		await page.selectOption('[name="categoryId"]', { label: 'Eau : Avaloir bouché, rue inondée' });
		await page.fill('[name="startsOn"]', '2026-12-01');
		await page.fill('[name="targets"]', 'Piscine municipale\nNulle part');
		await press(page, 'Enregistrer');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('Nulle part');
		await page.fill('[name="targets"]', 'Piscine municipale');
		await press(page, 'Enregistrer');
		await expect.poll(() => page.locator('tbody').textContent()).toContain('Vidange de la fontaine');
	});
}, 240_000);

test('the pages of the office are for agents, and read by everybody', async () => {
	await town.visit(desk, async (page) => {
		await town.signIn(page, isManager);
		for (const path of [
			'?vue=liste&etat=toutes',
			'/planning',
			'/signalements?tous=oui',
			'/reglages/pothole',
		]) {
			await page.goto(`/espace/interventions${path}`);
			expect(await graveFaults(page), path).toEqual([]);
		}
		for (const path of ['?vue=plan', '/nouvelle', '/entretiens', '/agents', '/reglages', '/export.csv'])
			expect((await page.request.get(`/espace/interventions${path}`)).status(), path).toBe(200);
	});
	await town.visit(phone, async (page) => {
		expect((await page.goto('/espace/interventions'))?.url()).toContain('/connexion');
		await town.signIn(page, ({ roles }) => roles.length === 0);
		expect((await page.goto('/espace/interventions'))?.status()).toBe(403);
		expect((await page.goto('/signalements/inconnu'))?.status()).toBe(404);
		await page.goto('/signalements');
		expect(await graveFaults(page)).toEqual([]);
		expect(await noSideways(page)).toBe(true);
	});
}, 240_000);
