import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
beforeAll(async () => {
	town = await openTown({ fill: false });
	const { policy } = town.rooms.equipment;
	const draft = await policy.versions.draft(system);
	if (!draft.ok) throw new Error(draft.error);
	await policy.versions.vote(system, draft.value.id, {
		votedOn: '2020-01-10',
		inForceFrom: '2020-02-01',
		deliberationNumber: '2020-004',
	});
	await policy.orders.saveOffer(system, {
		category: 'laptop',
		repairCents: 16_000,
		batteryCents: 8_500,
		reinstallCents: 4_500,
		refurbishedCents: 41_000,
		newCents: 89_000,
		repairDays: 7,
		poolDays: 2,
		refurbishedDays: 12,
		newDays: 25,
		source: 'Essai',
	});
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const year = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Paris' }).slice(0, 4);
const reason = 'Le logiciel métier demande un processeur que rien de reconditionné ne porte encore.';

test('an agent tells a need, the policy answers, the officer decides otherwise and says why, everybody reads the report', async () => {
	await town.visit({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } }, async (page) => {
		await town.signIn(page, ({ email }) => email.startsWith('agente@'));
		await page.goto('/espace/equipements/demandes');
		await page.getByRole('link', { name: 'Dire un besoin' }).click();
		await page.getByLabel('À quoi doit-il servir').fill('Une apprentie arrive à l’urbanisme.');
		await page.getByRole('button', { name: 'Voir d’abord la réponse' }).click();
		const answer = page.locator('section[aria-labelledby="reponse"]');
		await answer.waitFor();
		await expect
			.poll(() => answer.locator('tr', { hasText: 'Réponse retenue' }).textContent())
			.toContain('Acheter reconditionné');
		// What was typed is still there.
		await expect.poll(() => page.getByLabel('À quoi doit-il servir').inputValue()).toContain('apprentie');
		await page.getByRole('button', { name: 'Envoyer la demande' }).click();
		await page.waitForURL(`**/demandes/D-${year}-0001`);
		expect(await page.getByRole('heading', { name: 'Décider' }).count()).toBe(0);
		expect((await page.request.get('/espace/equipements/politique')).status()).toBe(403);
	});

	await town.visit({}, async (page) => {
		await town.signIn(page, ({ email }) => email.startsWith('informatique@'));
		await page.goto('/espace/equipements/demandes');
		await page.getByRole('link', { name: `D-${year}-0001` }).click();
		expect(await graveFaults(page)).toEqual([]);
		await page.setViewportSize({ width: 360, height: 740 });
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
		await page.getByLabel('Acheter neuf').check();
		await page.getByRole('button', { name: 'Enregistrer la décision' }).click();
		await expect.poll(() => page.locator('main').textContent()).toContain('vingt caractères');
		// What was chosen is still chosen.
		await expect.poll(() => page.getByLabel('Acheter neuf').isChecked()).toBe(true);
		await page.getByLabel('Raison').fill(reason);
		await page.getByRole('button', { name: 'Enregistrer la décision' }).click();
		await page.getByText('Exception : la politique proposait').waitFor();

		await page.getByRole('link', { name: 'Dans la commande' }).click();
		const effect = page.locator('section[aria-labelledby="effet"]');
		await expect
			.poll(async () => (await effect.textContent())?.replaceAll(/\s+/g, ' '))
			.toContain('pour 30 % demandés');
		expect(await graveFaults(page)).toEqual([]);
		await page.getByLabel('Fournisseur').fill('Maison du poste');
		await page.getByRole('button', { name: 'Passer la commande' }).click();
		await page.getByText('elle compte dans les parts').waitFor();

		await page.goto('/espace/equipements/bilan');
		expect(await page.locator('section[aria-labelledby="raisons"]').textContent()).toContain(reason);
		expect(await graveFaults(page)).toEqual([]);
		for (const path of ['politique', 'commandes', 'commandes/prix', 'declaration', 'securite']) {
			await page.goto(`/espace/equipements/${path}`);
			expect(await graveFaults(page)).toEqual([]);
		}
	});

	await town.visit({ viewport: { width: 360, height: 740 } }, async (page) => {
		await page.goto('/numerique-responsable/bilan-des-achats');
		const text = ((await page.textContent('main')) ?? '').replaceAll(/\s+/g, ' ');
		expect(text).toContain('Demandes reçues dans l’année : 1');
		expect(text).toContain('1 fois : acheter neuf, quand la politique proposait : acheter reconditionné');
		expect(text).not.toContain('processeur');
		expect(text).not.toContain('Nadia');
		expect(await graveFaults(page)).toEqual([]);
		await page.goto('/numerique-responsable/politique');
		expect(await page.textContent('main')).toContain('délibération 2020-004');
		expect(await page.getByRole('heading', { name: 'Article 2.' }).count()).toBe(1);
		expect(await graveFaults(page)).toEqual([]);
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
		expect((await page.request.get('/numerique-responsable/politique/1')).status()).toBe(200);
		expect((await page.request.get('/numerique-responsable/politique/2')).status()).toBe(404);
		expect((await page.request.get('/numerique-responsable/politique/rien')).status()).toBe(404);
		const weight = await page.evaluate(() =>
			performance
				.getEntries()
				.reduce((sum, entry) => sum + ((entry as PerformanceResourceTiming).transferSize ?? 0), 0),
		);
		expect(weight).toBeLessThan(100_000);
	});
}, 180_000);

test('the officer writes a draft, compares it, records the vote; the former one stays readable', async () => {
	await town.visit({}, async (page) => {
		await town.signIn(page, ({ email }) => email.startsWith('informatique@'));
		await page.goto('/espace/equipements/politique');
		await page.getByRole('button', { name: 'Préparer une nouvelle version' }).click();
		await page.locator('summary', { hasText: /^Ordinateur portable$/ }).click();
		await page.locator('[name="laptop.minimumYears"]').fill('9');
		await page.locator('form[action="?/save"]').getByRole('button', { name: 'Enregistrer' }).click();
		await page.getByText('Ordinateurs portables, durée d’usage minimale : 9 ans au lieu de 7 ans').waitFor();
		await expect.poll(() => page.textContent('#article-2')).toContain('ordinateurs portables : 9 ans');
		expect(await graveFaults(page)).toEqual([]);
		await page.getByLabel('Votée le').fill('2021-03-01');
		await page.getByLabel('En vigueur le').fill('2021-04-01');
		await page.getByLabel('Numéro de la délibération').fill('2021-020');
		await page.getByRole('button', { name: 'Enregistrer le vote' }).click();
		await page.getByText('La version 2 est votée').waitFor();
		expect(await page.locator('form[action="?/save"]').count()).toBe(0);
		await page.goto('/numerique-responsable/politique/1');
		expect(await page.textContent('main')).toContain('s’est appliquée jusqu’au mercredi 31 mars 2021');
	});
}, 120_000);
