import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, nobody, openTown, submit, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
beforeAll(async () => {
	town = await openTown({ fill: false });
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const slug = 'un-budget-pour-le-bourg';
const home = `/participer/${slug}`;
const day = 86_400_000;

const isResident = ({ roles }: { roles: readonly string[] }) => roles.length === 0;
const isManager = ({ roles }: { roles: readonly string[] }) => roles.includes('participation:manager');
const isReviewer = ({ roles }: { roles: readonly string[] }) => roles.includes('participation:reviewer');

const local = (at: number) =>
	new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short', timeStyle: 'short' })
		.format(at)
		.replace(' ', 'T');

/** Somebody at work on pages without scripts; axe looks at the same pages by a session with them. */
async function as(
	who: (account: VisitedTown['accounts'][number]) => boolean,
	work: (page: Page, look: (path?: string) => Promise<void>) => Promise<void>,
): Promise<void> {
	await town.visit(
		{ javaScriptEnabled: false, viewport: { width: 390, height: 844 } },
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

/** Let the phases begin and end as if so many days had passed. */
const pass = (days: number) =>
	town.platform.pool.query(
		`UPDATE participation.phase SET starts_at = starts_at - $1 * interval '1 day', ends_at = ends_at - $1 * interval '1 day'`,
		[days],
	);

const field = (page: Page, label: string | RegExp) =>
	page.getByLabel(label, { exact: typeof label === 'string' });
const press = (page: Page, name: string | RegExp) => submit(page.getByRole('button', { name }).first());

async function callId(): Promise<string> {
	return (await town.rooms.participation.calls.get(system, slug))?.id ?? '';
}

test('from an idea to a thing built: proposed, reviewed, voted, counted, checked, recounted, followed to its end', async () => {
	// The manager prepares a call: proposing now, voting in 10 days, building in 30.
	await as(isManager, async (page, look) => {
		await page.goto('/espace/participation');
		await submit(page.getByRole('link', { name: 'Nouvel appel' }));
		await look();
		await field(page, 'Titre').fill('Un budget pour le bourg');
		await page.fill('[name="summaryFr"]', 'Vos idées pour la place.');
		const now = Date.now();
		for (const [kind, from, to] of [
			['proposing', -1, 5],
			['reviewing', 5, 10],
			['voting', 10, 20],
		] as const) {
			await page.fill(`[name="${kind}-start"]`, local(now + from * day));
			await page.fill(`[name="${kind}-end"]`, local(now + to * day));
		}
		await page.fill('[name="executing-start"]', local(now + 30 * day));
		await page.fill('[name="envelope-0-name"]', 'Le bourg');
		await page.fill('[name="envelope-0-budget"]', '10 000,50');
		await page.fill('[name="category-0-fr"]', 'Nature');
		await press(page, 'Créer le brouillon');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('tirer au sort');
		// What was typed is still there.
		await expect.poll(() => page.inputValue('[name="envelope-0-budget"]')).toBe('10 000,50');
		await page.fill('[name="lotSeed"]', 'la cloche de midi');
		await press(page, 'Créer le brouillon');
		await look();
		expect((await town.rooms.participation.calls.list(nobody)).length).toBe(0);
		await page.getByText('Publier', { exact: true }).click();
		await page
			.locator('form[action="?/publier"] button')
			.evaluate((button) => button.closest('details')?.setAttribute('open', ''));
		await press(page, 'Oui, publier l’appel');
		await expect.poll(() => page.locator('.notice').first().textContent()).toContain('publié');
	});

	// A resident proposes, without a script, with a photo.
	const photo = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#696' } })
		.jpeg()
		.toBuffer();
	await as(isResident, async (page, look) => {
		await page.goto('/participer');
		await submit(page.getByRole('link', { name: 'Un budget pour le bourg' }));
		await look();
		await submit(page.getByRole('link', { name: /idée/ }).first());
		await page.goto(`${home}/idees/nouvelle`);
		await look();
		// The browser asks for what is missing by itself: nothing is sent.
		await page.getByRole('button', { name: 'Continuer' }).first().click();
		await field(page, /^Titre/).fill('Trois tilleuls sur la place');
		await page.fill('[name="body"]', 'De l’ombre pour le marché.\n\nEt des bancs dessous.');
		await page.setInputFiles('[name="fichier1"]', {
			name: 'place.jpg',
			mimeType: 'image/jpeg',
			buffer: photo,
		});
		await page.fill('[name="description1"]', 'La place aujourd’hui');
		await press(page, 'Continuer');
		await look();
		await expect.poll(() => page.locator('article').textContent()).toContain('Trois tilleuls');
		await press(page, 'Publier mon idée');
		await look();
	});
	expect((await fetch(`${town.url}${home}/idees/1`)).status).toBe(404);

	await as(isManager, async (page, look) => {
		await page.goto('/espace/participation/moderation');
		await look();
		await press(page, 'Publier');
		await page.goto(`/espace/participation/appels/${await callId()}/analyse`);
		await look();
		await page.getByLabel('Choisir « Trois tilleuls sur la place »').check();
		await page.locator('[name="service"]').last().fill('Espaces verts');
		await press(page, 'Demander');
		await expect.poll(() => page.locator('.notice').first().textContent()).toContain('1 idée');
	});
	expect((await fetch(`${town.url}${home}/idees/1`)).status).toBe(200);

	await as(isReviewer, async (page, look) => {
		await page.goto(`/espace/participation/appels/${await callId()}/analyse/1`);
		await look();
		await page.selectOption('[name="realisable"]', 'yes');
		await page.locator('[name="investissement"]').first().fill('beaucoup');
		await press(page, 'Enregistrer');
		await expect.poll(() => page.getByRole('alert').count()).toBe(1);
		await page.locator('[name="investissement"]').first().fill('6 000');
		await press(page, 'Enregistrer');
		await page.selectOption('[name="avis"]:not([type="hidden"])', 'feasible');
		await page.fill('[name="texte"]', 'C’est possible à l’automne.');
		await page.locator('[name="investissement"]').last().fill('6 000');
		await press(page, 'Publier la réponse');
		await look();
	});

	await as(isManager, async (page, look) => {
		const path = `/espace/participation/appels/${await callId()}/projets`;
		await page.goto(path);
		await look();
		await page.getByLabel(/Trois tilleuls/).check();
		await press(page, 'Soumettre au vote');
		for (const [title, cost] of [
			['Une fontaine', '3 000'],
			['Un kiosque', '9 000'],
		] as const) {
			await page.goto(path);
			await page
				.locator('details')
				.last()
				.evaluate((details) => details.setAttribute('open', ''));
			await page.fill('[name="titre"]', title);
			await page.fill('[name="cout"]', cost);
			await press(page, 'Créer le projet');
		}
		for (const part of ['vote', 'bureau', 'fusions', ''])
			await look(`/espace/participation/appels/${await callId()}/${part}`);
		await look('/espace/participation/communautes');
		await look('/espace/participation');
	});

	await pass(12);
	let receipt = '';
	await as(isResident, async (page, look) => {
		await page.goto(`${home}/voter`);
		await look();
		await press(page, 'Utiliser l’adresse de mon compte');
		await look();
		await field(page, 'Nom de naissance').fill('Roy');
		await field(page, 'Premier prénom').fill('Camille');
		await page.fill('[name="naissance"]', '2015-02-03');
		await press(page, 'M’inscrire au registre');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('16 ans');
		await page.fill('[name="naissance"]', '1990-02-03');
		await press(page, 'M’inscrire au registre');
		await look();
		await press(page, 'Relire mon bulletin');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('au moins un projet');
		await page.getByLabel(/Trois tilleuls/).check();
		await page.getByLabel(/Un kiosque/).check();
		await press(page, 'Relire mon bulletin');
		await expect.poll(() => page.locator('.choices').textContent()).toContain('Un kiosque');
		await press(page, 'Corriger');
		await page.getByLabel(/Un kiosque/).uncheck();
		await press(page, 'Relire mon bulletin');
		await press(page, 'Déposer mon bulletin');
		receipt = (await page.locator('.receipt code').textContent()) ?? '';
		expect(receipt).toMatch(/^[0-9A-Z -]{32,}$/);
		// What has voted is told so, and may look again with the receipt only.
		await page.goto(`${home}/voter`);
		await look();
		await page.fill('[name="recu"]', 'rubbish');
		await press(page, 'Ouvrir mon bulletin');
		await expect.poll(() => page.getByRole('alert').count()).toBe(1);
		await page.fill('[name="recu"]', receipt);
		await press(page, 'Ouvrir mon bulletin');
		await expect.poll(() => page.getByLabel(/Trois tilleuls/).isChecked()).toBe(true);
		await page.getByLabel(/Une fontaine/).check();
		await press(page, 'Relire mon bulletin');
		await press(page, 'Remplacer mon bulletin');
		await expect.poll(() => page.locator('.receipt code').textContent()).toBe(receipt);
	});

	await pass(10);
	await as(isManager, async (page) => {
		await page.goto(`/espace/participation/appels/${await callId()}/vote`);
		const ready = page.getByRole('button', { name: 'Dépouiller et publier' });
		// The clock may have counted it already.
		if (await ready.count()) await submit(ready);
		await page.goto(`${home}/resultat`);
		expect(await page.locator('h1').textContent()).toBe('Résultat du vote');
	});

	await as(isResident, async (page, look) => {
		await page.goto(`${home}/resultat`);
		await look();
		expect(await page.locator('.results').first().textContent()).toContain('Trois tilleuls');
		await page.fill('[name="recu"]', `${receipt.slice(0, -1)}${receipt.endsWith('7') ? '8' : '7'}`);
		await press(page, 'Vérifier mon bulletin');
		await expect.poll(() => page.getByRole('alert').count()).toBe(1);
		await page.fill('[name="recu"]', receipt);
		await press(page, 'Vérifier mon bulletin');
		await expect
			.poll(() => page.locator('#verifier ~ .notice').first().textContent())
			.toContain('Une fontaine');
		await page.goto(`${home}/projets/1`);
		await press(page, 'Suivre');
	});
	await town.visit({}, async (page) => {
		await page.goto(`${home}/resultat`);
		await page.getByRole('button', { name: /Recompter/ }).click();
		await page.getByText(/les mêmes projets sont retenus/).waitFor();
		await expect.poll(() => page.getByText(/^1 bulletins recomptés/).count()).toBe(1);
	});

	await pass(10);
	await as(isManager, async (page, look) => {
		await page.goto(`/espace/participation/appels/${await callId()}/projets/1`);
		await look();
		await press(page, 'Les travaux commencent');
		await page.locator('[name="texte"]').last().fill('Les tilleuls sont plantés.');
		await press(page, 'C’est réalisé');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('photo');
		await page.fill('[name="etape-0"]', 'Plantation');
		await page.fill('[name="etape-0-fin"]', '2026-11-01');
		await page.fill('[name="etape-0-fait"]', '2026-10-30');
		await submit(page.locator('form[action="?/etapes"] button'));
		await page.setInputFiles('[name="fichier1"]', {
			name: 'tilleuls.jpg',
			mimeType: 'image/jpeg',
			buffer: photo,
		});
		await page.fill('[name="description1"]', 'Les trois tilleuls');
		await press(page, 'Ajouter');
		await page.locator('[name="texte"]').last().fill('Les tilleuls sont plantés.');
		await press(page, 'C’est réalisé');
		await page.goto(`${home}/projets/1`);
		expect(await page.locator('main').textContent()).toContain('Les tilleuls sont plantés.');
		await look();
	});
	const feed = await (await fetch(`${town.url}/api/v1/calls/${slug}/projects/1/feed.atom`)).text();
	expect(feed).toContain('Trois tilleuls sur la place : réalisé');
	const sent = await town.rooms.participation.follows.sendDigests(new Date(Date.now() + day));
	expect(sent).toBeGreaterThan(0);
	const letters = await town.platform.mail.list({ limit: 50 });
	expect(letters.some(({ text }) => text.includes('Trois tilleuls sur la place : réalisé'))).toBe(true);
	await as(isResident, async (page, look) => {
		await page.goto('/compte/participation');
		await look();
		expect(await page.locator('main').textContent()).toContain('Trois tilleuls');
	});
}, 240_000);

test('files that are too large, foreign or forged forms get a sentence, and change nothing', async () => {
	const made = await town.rooms.participation.calls.list(nobody);
	expect(made.length).toBeGreaterThan(0);
	await as(isResident, async (page) => {
		const id = await callId();
		for (const [path, action] of [
			[`${home}/voter`, 'deposer'],
			[`${home}/idees/nouvelle`, 'publier'],
			[`/espace/participation/appels/${id}/projets`, 'creer'],
		] as const) {
			const answer = await page.request.post(`${town.url}${path}?/${action}`, {
				headers: { origin: town.url },
				form: { brouillon: 'x', projet: '999', titre: 'Volé' },
				maxRedirects: 0,
			});
			expect([303, 400, 403, 404, 422, 200], path).toContain(answer.status());
			const forged = await page.request.post(`${town.url}${path}?/${action}`, {
				headers: { origin: 'https://evil.example' },
				form: { projet: '1' },
				maxRedirects: 0,
			});
			expect(forged.status(), path).toBe(403);
		}
	});
	const { total } = await town.rooms.participation.projects.list(system, { callId: await callId() });
	expect(total).toBe(3);
});
