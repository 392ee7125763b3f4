import { until } from '@parvis/platform/testing';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, submit, system, townDay, type VisitedTown } from './town.ts';

let town: VisitedTown;
let slug: string;
const collection = () => town.rooms.equipment.collection;

type Kept<T> = { ok: true; value: T } | { ok: false; error: string };
async function kept<T>(result: Promise<Kept<T>>): Promise<T> {
	const outcome = await result;
	if (!outcome.ok) throw new Error(outcome.error);
	return outcome.value;
}
const addDays = (day: string, count: number) =>
	new Date(Date.parse(`${day}T12:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
	town = await openTown({ fill: false });
	const { campaigns } = collection();
	const today = townDay();
	({ slug } = await kept(
		campaigns.save(system, {
			title: 'Videz vos tiroirs',
			why: 'Un téléphone sur deux dort dans un tiroir.',
			audience: 'residents',
			taken: ['smartphone', 'laptop'],
			startsOn: today,
			endsOn: addDays(today, 3),
		}),
	));
	const point = await kept(
		campaigns.addPoint(system, slug, { name: 'Marché', address: '', longitude: 2.2136, latitude: 46.7421 }),
	);
	await kept(
		campaigns.addOpening(system, point.id, {
			day: addDays(today, 2),
			from: '09:00',
			to: '10:00',
			slotMinutes: 30,
			slotCapacity: 1,
		}),
	);
	await kept(campaigns.setStatus(system, slug, 'published'));
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const phone = { viewport: { width: 360, height: 740 } };
const settled = (page: Page) => page.locator('.field-state[data-link="done"][data-waiting="0"]').waitFor();
const waits = (page: Page, count: number) => page.locator(`.field-state[data-waiting="${count}"]`).waitFor();
/** The page is on the phone, with all it needs. */
const keptOnPhone = (page: Page) =>
	until(() =>
		page.evaluate(async () => {
			if (!navigator.serviceWorker.controller) return false;
			const cache = await caches.open('parvis-collecte-page');
			return (
				(await cache.match('/collecte', { ignoreVary: true })) !== undefined &&
				(await cache.keys()).length > 3
			);
		}),
	);
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first().click();
const signIn = (page: Page, role: string) => town.signIn(page, ({ roles }) => roles.includes(role));
const openDesk = async (page: Page) => {
	await signIn(page, 'equipment:collector');
	await page.waitForURL((url) => !url.pathname.startsWith('/connexion'));
	await page.goto('/collecte');
	await settled(page);
	await keptOnPhone(page);
};
const items = async () => (await kept(collection().items.list(system, { pageSize: 200 }))).items;
const photo = {
	name: 'photo.png',
	mimeType: 'image/png',
	buffer: Buffer.from(
		'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
		'base64',
	),
};
/** Nothing is wider than the screen, and axe finds nothing grave. */
async function sound(page: Page, what: string) {
	expect(await graveFaults(page), what).toEqual([]);
	expect(
		await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
		what,
	).toBeLessThanOrEqual(0);
}
const look = async (page: Page, name: string) => {
	if (process.env.PARVIS_LOOK)
		await page.screenshot({ path: `${process.env.PARVIS_LOOK}/${name}.png`, fullPage: true });
};
const receive = async (page: Page, category: string, state: string) => {
	await press(page, category);
	await press(page, state);
	await press(page, 'Donner le reçu');
	await page.locator('.desk-number').waitFor();
	return (await page.locator('.desk-number').textContent()) ?? '';
};

test('a collection day without the network: receipts at once, over a reload and a closed page, and all arrive once', async () => {
	const numbers: string[] = [];
	let code = '';
	await town.visit(phone, async (page, context) => {
		await openDesk(page);
		await sound(page, 'the desk');
		await look(page, 'desk');
		await context.setOffline(true);
		await page.getByRole('link', { name: 'Recevoir un appareil' }).click();
		await press(page, 'Donner le reçu');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('sorte');
		await look(page, 'desk-new');
		await sound(page, 'a new receipt');
		numbers.push(await receive(page, 'Smartphone', 'Fonctionne'));
		await sound(page, 'a receipt');
		await look(page, 'desk-receipt');
		await waits(page, 1);

		// One more in a box of twenty, with a photo, for somebody who wants to know.
		await press(page, 'Personne suivante');
		await press(page, 'Ordinateur portable');
		await press(page, 'Abîmé');
		await press(page, 'Encore un appareil sur le même reçu');
		await press(page, 'Téléphone à touches');
		await press(page, 'Non vérifié');
		await page.getByText('Précisions :').click();
		await page.getByLabel('Combien').fill('20');
		await page.locator('input[type=file]').setInputFiles(photo);
		await page.locator('.field-photos img').waitFor();
		await page.getByText('La personne veut savoir').click();
		await page.getByLabel('Adresse électronique').fill('lea@example.org');
		await press(page, 'Donner le reçu');
		await page.locator('.desk-number').waitFor();
		numbers.push((await page.locator('.desk-number').textContent()) ?? '');
		code = (await page.locator('.desk-code').textContent()) ?? '';
		await waits(page, 2);

		await page.goto('/collecte');
		await page.getByRole('link', { name: new RegExp(numbers[0] ?? '?') }).click();
		await page.locator('.desk-number', { hasText: numbers[0] ?? '?' }).waitFor();
		await page.close();
		const again = await context.newPage();
		await again.goto('/collecte/nouveau');
		numbers.push(await receive(again, 'Tablette', 'Hors service'));
		await press(again, 'Annuler');
		await waits(again, 2);
		await press(again, 'Écran');
		await press(again, 'Fonctionne');
		await press(again, 'Donner le reçu');
		await again.locator('.desk-number').waitFor();
		numbers.push((await again.locator('.desk-number').textContent()) ?? '');
		await waits(again, 3);
		expect(new Set(numbers).size, 'no number is given twice').toBe(4);
		expect(await items(), 'nothing could arrive').toEqual([]);

		// The answer to the first sending is lost: what was sent is sent again.
		let lost = 0;
		await context.route('**/api/v1/equipment/desk/sync', async (route) => {
			if (lost++ > 0) return route.continue();
			await route.fetch().catch(() => {});
			await route.abort();
		});
		await context.setOffline(false);
		await until(() => lost > 0);
		await again.evaluate(() => dispatchEvent(new Event('online')));
		await settled(again);
		expect(lost).toBeGreaterThan(1);
	});
	const [first = '', second = '', undone = '', last = ''] = numbers;
	const all = await items();
	expect(all.filter(({ number }) => number === first)).toMatchObject([
		{ category: 'smartphone', condition: 'works', campaign: 'Videz vos tiroirs' },
	]);
	expect(all.filter(({ receiptNumber }) => receiptNumber === second)).toHaveLength(21);
	expect(all.filter(({ receiptNumber }) => receiptNumber === undone)).toHaveLength(0);
	expect(all.filter(({ number }) => number === last)).toMatchObject([
		{ category: 'monitor', holdsData: false },
	]);
	expect(all).toHaveLength(23);
	const box = all.filter(({ category }) => category === 'feature_phone');
	await until(async () => {
		const shown = await Promise.all(box.map(({ number }) => kept(collection().items.get(system, number))));
		return shown.reduce((sum, { photos }) => sum + photos.length, 0) === 1;
	});
	expect(await collection().receipts.journey(second, code, { address: 'x' })).toMatchObject({
		ok: true,
		value: { willBeTold: true },
	});
}, 120_000);

test('two phones, and two pages of one, give numbers of their own', async () => {
	const before = (await items()).length;
	const given: string[] = [];
	const context = async (work: (page: Page, context: BrowserContext) => Promise<void>) =>
		town.visit(phone, work);
	await context(async (page, one) => {
		await openDesk(page);
		const other = await one.newPage();
		await Promise.all([page, other].map((each) => each.goto('/collecte/nouveau')));
		await one.setOffline(true);
		given.push(...(await Promise.all([page, other].map((each) => receive(each, 'Tablette', 'Fonctionne')))));
		await Promise.all([waits(page, 2), waits(other, 2)]);
		await one.setOffline(false);
		await Promise.all([settled(page), settled(other)]);
	});
	await context(async (page) => {
		await openDesk(page);
		await page.goto('/collecte/nouveau');
		given.push(await receive(page, 'Tablette', 'Fonctionne'));
		await until(async () => (await items()).length === before + 3);
	});
	expect(new Set(given).size).toBe(3);
}, 120_000);

test('a slot is booked and cancelled without a script; what is full is not offered; a receipt is followed by number and code', async () => {
	await town.visit({ javaScriptEnabled: false, ...phone }, async (page) => {
		await page.goto('/numerique-responsable/collectes');
		await page.getByRole('link', { name: 'Videz vos tiroirs' }).click();
		await page.getByRole('radio', { name: '09:00' }).check();
		await page.getByLabel('Combien').fill('zéro');
		await page.getByRole('button', { name: 'Réserver ce créneau' }).click();
		await expect.poll(() => page.getByRole('alert').first().textContent()).toContain('de 1 à 200');
		await expect
			.poll(() => page.getByRole('radio', { name: '09:00' }).isChecked(), { message: 'nobody chooses again' })
			.toBe(true);
		await page.getByLabel('Combien').fill('2');
		await page.getByRole('button', { name: 'Réserver ce créneau' }).click();
		await page.waitForURL('**/rendez-vous/**');
		const calendar = await page.request.get(`${page.url()}/agenda.ics`);
		expect(await calendar.text()).toContain('BEGIN:VEVENT');
		const mine = page.url();
		await page.goto(`/numerique-responsable/collectes/${slug}`);
		expect(await page.getByRole('radio', { name: '09:00' }).isDisabled()).toBe(true);
		await page.goto(mine);
		await page.getByRole('button', { name: 'Annuler ce rendez-vous' }).click();
		await page.getByText('Ce rendez-vous est annulé').waitFor();

		const receipt = await kept(collection().desk.receive(system, { lines: [{ category: 'laptop' }] }));
		await page.goto('/numerique-responsable/suivi');
		await page.getByLabel('Numéro').fill(receipt.number);
		await page.getByLabel('Code secret').fill('AAAAA-AAAAA');
		await page.getByRole('button', { name: 'Voir' }).click();
		await page.getByText('ne vont pas ensemble').waitFor();
		await page.getByLabel('Code secret').fill(receipt.code.toLowerCase());
		await page.getByRole('button', { name: 'Voir' }).click();
		await page.getByRole('heading', { name: /Ordinateur portable/ }).waitFor();
		expect(page.url()).not.toContain(receipt.code);
	});
	await town.visit(phone, async (page) => {
		for (const path of ['collectes', `collectes/${slug}`, 'suivi']) {
			await page.goto(`/numerique-responsable/${path}`);
			await sound(page, path);
			await look(page, path.replaceAll('/', '-'));
		}
	});
});

test('a lot is made, signed by finger, answered by the partner without an account', async () => {
	// A screen holds no data: it needs no wiping.
	const { items: numbers } = await kept(
		collection().desk.receive(system, {
			lines: [{ category: 'monitor', quantity: 2 }],
			giver: { email: 'ana@example.org' },
		}),
	);
	await town.visit({ viewport: { width: 1100, height: 900 } }, async (page) => {
		await signIn(page, 'equipment:manager');
		await page.waitForURL((url) => !url.pathname.startsWith('/connexion'));
		await page.goto('/espace/equipements/collecte/partenaires');
		await page.getByText('Ajouter un partenaire').click();
		await page.getByLabel('Nom', { exact: true }).fill('Atelier du Pont');
		await page.getByRole('button', { name: 'Enregistrer' }).click();
		await page.goto('/espace/equipements/collecte/lots');
		await page.getByRole('button', { name: 'Créer' }).click();
		await page.getByRole('textbox', { name: 'Numéros des objets' }).fill(`${numbers.join(' ')} XXX-XXX-X`);
		await page.getByRole('button', { name: 'Mettre dans le lot' }).click();
		await page.getByText('Aucun objet n’a le numéro XXX-XXX-X').waitFor();
		await page.getByRole('textbox', { name: 'Numéros des objets' }).fill(numbers.join('\n'));
		await page.getByRole('button', { name: 'Mettre dans le lot' }).click();
		await page.getByText('2 objets ajoutés').waitFor();
		await page.getByRole('button', { name: 'Fermer le lot' }).click();
		await page.getByRole('textbox', { name: 'Fonction' }).first().fill('agente');
		await page.getByRole('textbox', { name: 'Nom', exact: true }).nth(1).fill('Luc Martin');
		await page.getByRole('textbox', { name: 'Fonction' }).nth(1).fill('atelier');
		for (const frame of await page.locator('canvas').all()) {
			await frame.scrollIntoViewIfNeeded();
			const box = await frame.boundingBox();
			if (!box) throw new Error('no frame to sign in');
			await page.mouse.move(box.x + 30, box.y + 60);
			await page.mouse.down();
			for (let n = 0; n < 12; n++) await page.mouse.move(box.x + 40 + n * 15, box.y + 60 + (n % 2) * 30);
			await page.mouse.up();
		}
		await sound(page, 'a lot to hand over');
		await look(page, 'lot');
		await page.getByRole('button', { name: 'Remettre le lot, signé' }).click();
		await page.getByText('Le lot est remis').waitFor();
		const slip = await page.request.get(`${page.url()}/bordereau.pdf`);
		expect((await slip.body()).subarray(0, 5).toString()).toBe('%PDF-');
		if (process.env.PARVIS_LOOK) {
			const { writeFile } = await import('node:fs/promises');
			await writeFile(`${process.env.PARVIS_LOOK}/slip.pdf`, await slip.body());
		}
		await page.getByRole('button', { name: 'Faire un nouveau lien' }).click();
		const link = await page.locator('.notice a[href*="/lot/"]').getAttribute('href');
		await town.visit(phone, async (partner) => {
			await partner.goto(link ?? '');
			await sound(partner, 'the partner’s page');
			await look(partner, 'partner');
			await partner.getByLabel(`Devenir de ${numbers[0]}`).selectOption('reused');
			await partner.getByRole('button', { name: 'Enregistrer les réponses' }).click();
			await partner.getByText('1 réponse enregistrée').waitFor();
			await partner.getByText('Répondre avec un fichier').click();
			await partner.locator('input[type=file]').setInputFiles({
				name: 'lot.csv',
				mimeType: 'text/csv',
				buffer: Buffer.from(`numero;devenir\n${numbers[1]};recyclé\n`),
			});
			await partner.getByRole('button', { name: 'Envoyer le fichier' }).click();
			await partner.getByText('le devenir de chaque objet est connu').waitFor();
		});
		for (const path of [
			'',
			'/objets',
			`/objets/${numbers[0]}`,
			'/lots',
			'/recevoir',
			`/campagnes/${slug}`,
			'/campagnes/nouvelle',
			'/partenaires',
		]) {
			await page.goto(`/espace/equipements/collecte${path}`);
			await sound(page, path);
			await look(page, `office${path.replaceAll('/', '-')}`);
		}
		await page.setViewportSize({ width: 360, height: 740 });
		for (const path of ['', '/objets', '/recevoir', `/campagnes/${slug}`]) {
			await page.goto(`/espace/equipements/collecte${path}`);
			await sound(page, `${path} on a phone`);
			await look(page, `phone${path.replaceAll('/', '-')}`);
		}
	});
	expect((await kept(collection().items.get(system, numbers[0] ?? ''))).endedAs).toBe('reused');
	const letters = (await town.platform.mail.list({ limit: 100 })).filter(
		({ to }) => to === 'ana@example.org',
	);
	expect(letters, 'the receipt, and what became of each').toHaveLength(3);
});

test('a collector cannot say that a laptop holds no data; a manager can, with a reason that the item and its lot show', async () => {
	const { items } = await kept(collection().desk.receive(system, { lines: [{ category: 'laptop' }] }));
	const save = (page: Page) => page.locator('form[action="?/modifier"] button');
	const path = `/espace/equipements/collecte/objets/${items[0]}`;
	await town.visit(phone, async (page) => {
		await signIn(page, 'equipment:collector');
		await page.goto(path);
		await page.getByLabel('Il peut contenir des données').uncheck();
		await submit(save(page));
		expect(await page.getByRole('alert').first().textContent()).toContain('seule une personne responsable');
		await sound(page, 'an item, refused');
	});
	await town.visit(phone, async (page) => {
		await signIn(page, 'equipment:manager');
		await page.goto(path);
		await page.getByLabel('Sorte').selectOption('monitor');
		await page.getByLabel('Il peut contenir des données').uncheck();
		await submit(save(page));
		expect(await page.getByRole('alert').first().textContent()).toContain('Écrivez pourquoi');
		await page.getByLabel('Raison').fill('C’est un écran.');
		await submit(save(page));
		await page.locator('.notice', { hasText: 'C’est un écran.' }).waitFor();
		await sound(page, 'an item, ruled out');
		const { id } = await kept(
			collection().partners.save(system, { name: 'Atelier du Quai', kind: 'reuse_workshop' }),
		);
		const { number } = await kept(collection().lots.create(system, { partnerId: id }));
		await kept(collection().lots.add(system, number, items));
		await page.goto(`/espace/equipements/collecte/lots/${number}`);
		await page.locator('.notice', { hasText: 'C’est un écran.' }).waitFor();
		await sound(page, 'its lot');
	});
});

test('strangers and residents see no desk and no lots', async () => {
	await town.visit({}, async (page) => {
		for (const path of ['/collecte', '/espace/equipements/collecte']) {
			await page.goto(path);
			expect(new URL(page.url()).pathname).toBe('/connexion');
		}
		expect((await page.request.get('/api/v1/equipment/items')).status()).toBe(401);
		expect((await page.request.get('/api/v1/equipment/campaigns')).status()).toBe(200);
		await town.signIn(page, ({ roles }) => roles.length === 0);
		await page.waitForURL((url) => !url.pathname.startsWith('/connexion'));
		expect((await page.goto('/collecte'))?.status()).toBe(403);
	});
});
