import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graveFaults, nobody, openTown, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
let school: string;
let street: string;
let district: string;

beforeAll(async () => {
	town = await openTown();
	const { areas, places } = town.rooms.town;
	const [firstStreet] = await areas.streets();
	const [firstDistrict] = await areas.districts();
	street = firstStreet?.slug ?? '';
	district = firstDistrict?.slug ?? '';
	const { items } = await places.list({ pageSize: 1000 });
	// The place with most to show: charts, values, a map, opening hours.
	let most = -1;
	for (const { id, slug } of items) {
		const values = await town.rooms.sensing.reading.latest(nobody, { placeIds: [id] });
		if (values.length > most) [most, school] = [values.length, slug];
	}
	expect(most).toBeGreaterThan(0);
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const visit: VisitedTown['visit'] = (options, work) => town.visit(options, work);

const calls = [
	'budget-participatif-de-l-an-prochain',
	'les-abords-des-ecoles',
	'budget-participatif-de-l-annee',
	'les-horaires-de-la-piscine',
	'budget-participatif-de-l-an-dernier',
];

const pages = () => [
	'/',
	'/lieux',
	`/lieux/${school}`,
	'/quartiers',
	`/quartiers/${district}`,
	'/rues',
	`/rues/${street}`,
	'/recherche?q=ecole',
	'/pres-de-moi',
	'/mesures',
	'/carte',
	'/donnees',
	'/accessibilite',
	'/mentions-legales',
	'/donnees-personnelles',
	'/connexion',
	'/inscription',
	'/connexion/nouveau-mot-de-passe',
	'/participer',
	...calls.flatMap((slug) => [`/participer/${slug}`, `/participer/${slug}/moderation`]),
	'/participer/budget-participatif-de-l-an-prochain/idees',
	'/participer/budget-participatif-de-l-an-prochain/idees?vue=carte',
	'/participer/budget-participatif-de-l-an-prochain/idees/1',
	'/participer/les-abords-des-ecoles/idees/6',
	'/participer/les-horaires-de-la-piscine/questions',
	'/participer/budget-participatif-de-l-annee/projets',
	'/participer/budget-participatif-de-l-annee/voter',
	'/participer/budget-participatif-de-l-an-dernier/projets/1',
	'/participer/budget-participatif-de-l-an-dernier/resultat',
	'/participer/desabonner',
	'/page-qui-n-existe-pas',
];

const darkPages = new Set([
	'',
	'participer',
	'lieux',
	'recherche?q=ecole',
	'mesures',
	'donnees',
	'connexion',
]);

describe('every public page', () => {
	test.each(['light', 'dark'] as const)(
		'holds no accessibility fault that axe knows (%s)',
		async (colorScheme) => {
			await visit({ colorScheme, viewport: { width: 390, height: 844 } }, async (page) => {
				// Dark differs by its colours only, and they are the same few on every page.
				const looked =
					colorScheme === 'dark'
						? pages().filter((path) => darkPages.has(path.split('/')[1] ?? ''))
						: pages();
				for (const path of looked) {
					await page.goto(path);
					expect(
						await graveFaults(page, colorScheme === 'dark' ? ['color-contrast'] : undefined),
						path,
					).toEqual([]);
				}
			});
		},
		120_000,
	);

	test('asks nothing of other sites, breaks no security policy, and weighs less than 100 kB but for the map', async () => {
		for (const path of pages())
			await visit({}, async (page, context) => {
				const elsewhere: string[] = [];
				const complaints: string[] = [];
				let bytes = 0;
				page.on('request', (request) => {
					if (!request.url().startsWith(town.url) && !/^(data|blob):/.test(request.url()))
						elsewhere.push(request.url());
				});
				page.on('console', (message) => {
					if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text());
				});
				const session = await context.newCDPSession(page);
				await session.send('Network.enable');
				session.on('Network.loadingFinished', ({ encodedDataLength }) => {
					bytes += encodedDataLength;
				});
				const response = await page.goto(path, { waitUntil: 'load' });
				const policy = response?.headers()['content-security-policy'] ?? '';
				expect(policy, path).toContain("default-src 'none'");
				expect(policy, path).not.toContain('unsafe');
				expect(elsewhere, path).toEqual([]);
				expect(complaints, path).toEqual([]);
				if (path !== '/carte') expect(bytes, path).toBeLessThan(100_000);
			});
	}, 120_000);

	test('fits a phone and text enlarged to 200 %, has a title, one main heading, landmarks and a link past the navigation', async () => {
		await visit({ viewport: { width: 320, height: 640 } }, async (page) => {
			for (const path of pages()) {
				await page.goto(path);
				const beyond = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
				expect(beyond, path).toBeLessThanOrEqual(0);
				expect(await page.title(), path).not.toBe('');
				for (const [selector, count] of [
					['h1', 1],
					['main', 1],
					['header.site-header', 1],
					['footer.site-footer', 1],
				] as const)
					expect(await page.locator(selector).count(), `${path} ${selector}`).toBe(count);
				expect(await page.locator('html').getAttribute('lang')).toBe('fr');
				await page.keyboard.press('Tab');
				expect(
					await page.locator('.skip').evaluate((link) => link === link.ownerDocument.activeElement),
					path,
				).toBe(true);
			}
		});
	});
});

describe('without JavaScript', () => {
	const still = { javaScriptEnabled: false };

	test('a place is found from the home page, with its hours, measures and their table', async () => {
		await visit(still, async (page) => {
			const place = await town.rooms.town.places.get(school);
			await page.goto('/');
			await page.locator('#recherche-accueil').fill(place?.name ?? '');
			await page.locator('.hero form button').click();
			await expect.poll(() => new URL(page.url()).pathname).toBe('/recherche');
			await page.locator(`.result a[href="/lieux/${school}"]`).click();
			await expect.poll(() => page.locator('h1').textContent()).toBe(place?.name);
			await expect.poll(() => page.locator('.figure .value').count()).toBeGreaterThan(0);
			const chart = page.locator('.chart[role="img"]').first();
			await expect.poll(() => chart.getAttribute('aria-label')).toMatch(/au plus bas .* au plus haut/);
			await page.getByText('Voir les valeurs en tableau').first().click();
			await expect.poll(() => page.locator('figure table tbody tr').count()).toBeGreaterThan(10);
			await expect
				.poll(() => page.locator('.static-map svg[role="img"]').getAttribute('aria-label'))
				.toContain(place?.name);
			expect(await page.locator('script:not([type="module"])').count()).toBe(0);
		});
	});

	test('a mistyped word finds what was meant, and says so', async () => {
		await visit(still, async (page) => {
			const { items } = await town.rooms.town.places.list({ kind: 'school' });
			const name = items[0]?.name ?? '';
			const word = name.split(/[\s'’-]/).find((part) => part.length > 5) ?? name;
			await page.goto(`/recherche?q=${encodeURIComponent(`${word.slice(0, 3)}x${word.slice(3)}`)}`);
			expect(await page.locator('.notice').textContent()).toContain('Aucun résultat pour');
			expect(await page.locator('.lines mark').count()).toBeGreaterThan(0);
		});
	});

	test('the list beside the map has what the map has', async () => {
		await visit(still, async (page) => {
			await page.goto('/carte');
			const { total } = await town.rooms.town.places.list();
			expect(await page.locator('.map-list li').count()).toBe(total);
			await page.goto('/carte?theme=education');
			const shown = await page.locator('.map-list li').count();
			expect(shown).toBeGreaterThan(0);
			expect(shown).toBeLessThan(total);
		});
	});

	test('the language is chosen, kept, and said', async () => {
		await visit(still, async (page) => {
			await page.goto('/lieux');
			await page.getByRole('link', { name: 'English' }).click();
			await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('en');
			await page.goto('/');
			expect(await page.locator('h1').textContent()).toContain('Welcome');
			await page.getByRole('link', { name: 'Français' }).click();
			await expect.poll(() => page.locator('h1').textContent()).toContain('Bienvenue');
		});
	});

	test('a street’s name leads to what is near', async () => {
		await visit(still, async (page) => {
			const found = await town.rooms.town.areas.street(street);
			await page.goto('/pres-de-moi');
			await page.locator('main input[name="rue"]').fill(`12 ${found?.name}`);
			await page.locator('main form button').first().click();
			await expect.poll(() => page.locator('.cards .card, .link-list a').count()).toBeGreaterThan(0);
			await page.goto(`/pres-de-moi?longitude=${found?.longitude}&latitude=${found?.latitude}`);
			// By the roads that the town imported, no longer « environ ».
			expect(await page.locator('.cards .card').first().textContent()).toMatch(/· ?\d+ min à pied/);
		});
	});

	test('someone opens an account by the link in the letter, signs in, and erases it', async () => {
		await visit(still, async (page) => {
			await page.goto('/inscription');
			await page.fill('input[name="name"]', 'Zoé Marchand');
			await page.fill('input[name="email"]', 'zoe.marchand@exemple.fr');
			await page.fill('input[name="password"]', 'quatre-mots-sans-lien-77');
			await page.click('main form.form button');
			await expect.poll(() => page.locator('.notice').textContent()).toContain('Regardez vos courriels');

			await page.goto('/espace/courriels');
			await page.locator('pre a').first().click();
			await page.getByRole('button', { name: 'Confirmer' }).click();
			await expect.poll(() => page.locator('.notice').first().textContent()).toContain('confirmée');

			await page.fill('form[action*="motDePasse"] input[name="email"]', 'zoe.marchand@exemple.fr');
			await page.fill('input[name="password"]', 'un-autre-mot-de-passe');
			await page.click('form[action*="motDePasse"] button');
			await expect.poll(() => page.locator('[role="alert"]').textContent()).toContain('ne convient pas');
			await expect
				.poll(() => page.locator('form[action*="motDePasse"] input[name="email"]').inputValue())
				.toBe('zoe.marchand@exemple.fr');
			await expect.poll(() => page.locator('input[name="password"]').inputValue()).toBe('');
			await page.fill('input[name="password"]', 'quatre-mots-sans-lien-77');
			await page.click('form[action*="motDePasse"] button');
			await expect.poll(() => new URL(page.url()).pathname).toBe('/compte');
			await expect.poll(() => page.locator('.site-header').textContent()).toContain('Zoé Marchand');

			await page.getByText('Supprimer mon compte', { exact: true }).click();
			await page.check('input[name="accord"]');
			await page.getByRole('button', { name: 'Supprimer définitivement' }).click();
			await expect.poll(() => page.locator('.notice').first().textContent()).toContain('supprimé');
			await expect.poll(() => page.locator('.site-header').textContent()).toContain('Se connecter');
		});
	});

	test('the work space is closed to visitors and to residents', async () => {
		await visit(still, async (page) => {
			await page.goto('/espace/capteurs?etat=silent');
			expect(page.url()).toContain('/connexion?retour=%2Fespace%2Fcapteurs%3Fetat%3Dsilent');
			const resident = town.accounts.find(({ roles }) => roles.length === 0);
			await page.fill('form[action*="motDePasse"] input[name="email"]', resident?.email ?? '');
			await page.fill('input[name="password"]', resident?.password ?? '');
			await page.click('form[action*="motDePasse"] button');
			await expect.poll(() => page.locator('h1').textContent()).toBe('Cette page ne vous est pas ouverte');
		});
	});
});

describe('the work space', () => {
	test('opens with password and code, and none of its pages holds a fault that axe knows', async () => {
		await visit(
			{ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } },
			async (page, context) => {
				await town.signIn(page, ({ roles }) => roles.includes('identity:administrator'));
				await page.goto('/espace');
				expect(await page.locator('h1').textContent()).toBe('Tableau de bord');

				const { sensing, identity } = town.rooms;
				const devices = await sensing.devices.list(system, { pageSize: 1 });
				const types = await sensing.types.list(system);
				const people = await identity.people.list(system, { limit: 1 });
				const rules = await sensing.alarms.rules.list(system);
				const idOf = (result: { ok: true; value: readonly { id: string }[] } | { ok: false }) =>
					(result.ok && result.value[0]?.id) || 'missing';
				const device = devices.ok ? (devices.value.items[0]?.id ?? 'missing') : 'missing';
				const person = people.ok ? (people.value.people[0]?.id ?? 'missing') : 'missing';
				const workPages = [
					'/espace',
					'/espace/alertes',
					'/espace/alertes?etat=cleared',
					'/espace/alertes/regles',
					`/espace/alertes/regles/${idOf(rules)}`,
					'/espace/capteurs',
					'/espace/capteurs?tri=vu&sens=desc&page=2',
					'/espace/capteurs/nouveau',
					'/espace/capteurs/import',
					`/espace/capteurs/${device}`,
					`/espace/capteurs/${device}/modifier`,
					'/espace/capteurs/a-adopter',
					'/espace/capteurs/types',
					'/espace/capteurs/types/nouveau',
					`/espace/capteurs/types/${idOf(types)}`,
					'/espace/capteurs/passerelles',
					'/espace/rejets',
					'/espace/lieux',
					'/espace/lieux/nouveau',
					'/espace/lieux/import',
					`/espace/lieux/${school}`,
					'/espace/reglages',
					'/espace/personnes',
					`/espace/personnes/${person}`,
					'/espace/delegations',
					'/espace/cles',
					'/espace/journal',
					'/espace/courriels',
					'/compte',
					'/compte/second-facteur',
				];
				// axe runs in the page: a second one of the same session, with scripts.
				const looking = await town.browser.newContext({
					baseURL: town.url,
					locale: 'fr-FR',
					storageState: await context.storageState(),
				});
				const shown = await looking.newPage();
				for (const path of workPages) {
					const response = await shown.goto(path);
					expect(response?.status(), path).toBe(200);
					expect(await graveFaults(shown), path).toEqual([]);
					await shown.setViewportSize({ width: 360, height: 740 });
					expect(
						await shown.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
						path,
					).toBeLessThanOrEqual(0);
					await shown.setViewportSize({ width: 1280, height: 900 });
				}
				await looking.close();
			},
		);
	}, 120_000);
});

describe('with JavaScript', () => {
	test('the map draws the town’s own streets and places, by keyboard too', async () => {
		await visit({}, async (page) => {
			await page.goto('/carte');
			await page.locator('[data-map][data-ready="true"]').waitFor();
			await expect.poll(() => page.getByRole('button', { name: 'Agrandir' }).count()).toBe(1);
			await page.locator('.maplibregl-canvas').focus();
			await page.keyboard.press('ArrowLeft');
			expect(await page.locator('.map-canvas.failed').count()).toBe(0);
		});
	});

	test('a value on a place’s page follows the sensor without a reload', async () => {
		const place = await town.rooms.town.places.get(school);
		const { reading, devices, types } = town.rooms.sensing;
		const values = await reading.latest(nobody, { placeIds: [place?.id ?? ''] });
		// One that is sent as it is shown: what the mapping of its type does to it is another test's subject.
		let sent: { value: (typeof values)[number]; device: string; field: string } | null = null;
		for (const value of values) {
			const device = await devices.get(system, value.series.deviceId);
			const type = device.ok ? await types.get(system, device.value.type.id) : device;
			if (!device.ok || !type.ok) continue;
			const entry = type.value.mapping.find(({ property }) => property === value.series.property);
			const name = device.value.devEui ?? device.value.externalId;
			if (
				entry &&
				name &&
				Object.keys(entry).every((key) => ['field', 'property', 'unit', 'minimum', 'maximum'].includes(key))
			)
				sent = { value, device: name, field: entry.field };
		}
		if (!sent) throw new Error('no value of this place is sent as it is');
		const { value, device, field } = sent;
		await visit({}, async (page) => {
			const listening = page.waitForRequest(/\/api\/v1\/live/);
			await page.goto(`/lieux/${school}`);
			await listening;
			const shown = page.locator(`[data-series="${value.series.id}"] [data-value]`).first();
			const fresh = value.value + 3;
			const key = await town.rooms.identity.createSystemApiKey(['observations:write']);
			const answer = await fetch(`${town.url}/api/v1/observations`, {
				method: 'POST',
				headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
				body: JSON.stringify([{ device, time: new Date(), values: { [field]: fresh } }]),
			});
			expect(answer.status, await answer.text()).toBeLessThan(300);
			const text = new Intl.NumberFormat('fr-FR', {
				minimumFractionDigits: value.series.decimals,
				maximumFractionDigits: value.series.decimals,
			}).format(fresh);
			await expect.poll(() => shown.textContent()).toBe(text);
		});
	});
});
