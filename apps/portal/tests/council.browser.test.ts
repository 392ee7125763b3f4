import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, nobody, openTown, submit, type VisitedTown } from './town.ts';

let town: VisitedTown;
beforeAll(async () => {
	town = await openTown({ fill: false });
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const isClerk = ({ roles }: { roles: readonly string[] }) => roles.includes('council:clerk');
const isResident = ({ roles }: { roles: readonly string[] }) => roles.length === 0;

async function as(
	who: (account: VisitedTown['accounts'][number]) => boolean,
	work: (page: Page, look: (path?: string) => Promise<void>) => Promise<void>,
): Promise<void> {
	await town.visit(
		{ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } },
		async (page, context) => {
			await town.signIn(page, who);
			const looking = await town.browser.newContext({
				baseURL: town.url,
				locale: 'fr-FR',
				viewport: { width: 360, height: 740 },
				storageState: await context.storageState(),
			});
			const shown = await looking.newPage();
			await work(page, async (path = page.url()) => {
				const response = await shown.goto(path);
				expect(response?.status(), path).toBe(200);
				expect(await graveFaults(shown), path).toEqual([]);
				expect(
					await shown.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
					path,
				).toBeLessThanOrEqual(0);
			});
			await looking.close();
		},
	);
}

const press = (page: Page, name: string | RegExp) => submit(page.getByRole('button', { name }).first());
const opened = (page: Page, name: string) =>
	page
		.locator('details', { has: page.getByText(name, { exact: true }) })
		.first()
		.evaluate((details) => details.setAttribute('open', ''));

test('a meeting is prepared, convened, held and published without a script; a member with an account votes alone', async () => {
	const member = town.accounts.find(isResident)?.email ?? '';
	let meeting = '';
	await as(isClerk, async (page, look) => {
		await page.goto('/espace/conseil');
		await look();
		await submit(page.getByRole('link', { name: 'Assemblées et membres' }).first());
		await page.locator('form[action="?/creer"] [name="nom"]').fill('Conseil municipal');
		await page.fill('[name="habitants"]', '14100');
		await press(page, 'Créer l’assemblée');
		for (const [name, role, email] of [
			['Hélène Vasseur', 'chair', ''],
			['Camille Roy', 'member', member],
			['Marc Oudin', 'member', 'marc@example.org'],
		] as const) {
			await opened(page, 'Ajouter un membre');
			const form = page.locator('form[action="?/sieger"]');
			await form.locator('[name="nom"]').fill(name);
			await form.locator('[name="role"]').selectOption(role);
			await form.locator('[name="courriel"]').fill(email);
			await form.locator('[name="debut"]').fill('2026-03-22');
			await press(page, 'Ajouter ce membre');
		}
		await look();

		await page.goto('/espace/conseil/seances/nouvelle');
		await look();
		await page.fill('[name="titre"]', 'Séance de décembre');
		const soon = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
		const later = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
		await page.fill('[name="debut"]', `${soon}T18:30`);
		await page.fill('[name="lieu"]', 'Hôtel de ville');
		await press(page, 'Créer le brouillon');
		await page.locator('form[action="?/ajouter"] [name="titre"]').fill('Horaires de la piscine');
		await page.locator('form[action="?/ajouter"] [name="projet"]').fill('Ouvrir à 7 h 30.');
		await press(page, 'Ajouter ce point');
		await press(page, 'Envoyer les convocations');
		await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/jours francs/);
		await page.fill('[name="debut"]', `${later}T18:30`);
		await page.fill('[name="note"]', 'De quoi il s’agit.');
		await submit(page.locator('form[action="?/enregistrer"]').getByRole('button', { name: 'Enregistrer' }));
		await press(page, 'Envoyer les convocations');
		await expect.poll(() => page.locator('.notice').first().textContent()).toContain('2 lettres');
		await look();
		meeting = page.url();
	});
	const [summary] = (await town.rooms.council.meetings.list(nobody)).items;
	const home = summary?.url ?? '';

	const letter = (await town.platform.mail.list()).find(({ to }) => to === 'marc@example.org');
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await page.goto(
			new URL(/https?:\S+/.exec(letter?.text ?? '')?.[0] ?? '').href.replace(/^https?:\/\/[^/]+/, town.url),
		);
		await press(page, 'J’ai reçu la convocation');
		await expect.poll(() => page.locator('.notice').textContent()).toContain('noté');
	});

	await as(isClerk, async (page) => {
		await page.goto(`${meeting}/pupitre`);
		await press(page, /^Arrive.*Hélène Vasseur/);
		await press(page, 'Ouvrir la séance');
		await press(page, /Passer à ce point/);
		await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/quorum/);
		await press(page, /^Arrive.*Camille Roy/);
		await press(page, /Passer à ce point/);
		await press(page, 'Scrutin public');
		await press(page, /^Pour.*Hélène Vasseur/);
	});
	await as(isResident, async (page, look) => {
		await page.goto(home);
		await look();
		await press(page, 'Demander la parole');
		await press(page, /^Contre/);
		await expect.poll(() => page.locator('.notice').first().textContent()).toContain('noté');
		// The desk is not theirs.
		const answer = await page.request.post(`${town.url}${home}`, {
			headers: { origin: town.url },
			form: { acte: 'close' },
			maxRedirects: 0,
		});
		expect(answer.status()).toBe(403);
	});
	await as(isClerk, async (page, look) => {
		await page.goto(`${meeting}/pupitre`);
		await look();
		await press(page, 'Clore le vote');
		await opened(page, 'Lever la séance');
		await press(page, 'Lever la séance');
		await page.goto(`${meeting}/pv`);
		expect(await page.inputValue('[name="texte"]')).toContain('voix du président étant prépondérante');
		await look();
		await press(page, 'Enregistrer');
		await page.fill('[name="jour"]', await page.getAttribute('[name="jour"]', 'max').then(String));
		await press(page, 'Arrêté tel quel');
		await look();
		await press(page, 'Noter cette signature');
		await press(page, 'Publier le procès-verbal');
		await look();
		await page.goto(`${meeting}/suites`);
		await look();
		await press(page, 'Noter les signatures manuscrites manquantes');
		await press(page, 'Publier tout ce qui est signé');
		await expect.poll(() => page.locator('.notice').first().textContent()).toContain('1 délibération');
	});
	await town.visit({ viewport: { width: 360, height: 740 } }, async (page) => {
		for (const path of ['/conseil', home, '/conseil/deliberations?mots=piscine', '/']) {
			await page.goto(path);
			expect(await graveFaults(page), path).toEqual([]);
			expect(
				await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
				path,
			).toBeLessThanOrEqual(0);
		}
		await page.goto('/conseil/deliberations');
		await submit(page.getByRole('link', { name: 'Horaires de la piscine' }));
		await expect.poll(() => page.locator('main').textContent()).toContain('Ouvrir à 7 h 30.');
		expect(await graveFaults(page)).toEqual([]);
	});
	const calendar = await fetch(`${town.url}/api/v1/meetings/${summary?.slug}/calendar.ics`);
	expect(calendar.headers.get('content-type')).toContain('text/calendar');
}, 180_000);
