import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, submit, type VisitedTown } from './town.ts';

let town: VisitedTown;
beforeAll(async () => {
	town = await openTown({ fill: false });
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

test('a manager sets up a webhook, tries it, sees what came of it, renews the secret and removes it', async () => {
	await town.visit({ viewport: { width: 360, height: 740 } }, async (page) => {
		await town.signIn(page, ({ roles }) => roles.includes('operations:manager'));
		await page.goto('/espace/webhooks');
		expect(await page.textContent('main')).toContain('Aucun webhook');
		await page.getByLabel('Une intervention est close').check();
		await page.fill('[name=url]', 'https://10.1.2.3/crochet');
		await page.getByRole('button', { name: 'Ajouter un webhook' }).click();
		await expect.poll(() => page.textContent('.notice.bad')).toContain('EXCHANGE_PRIVATE_HOSTS');
		await expect.poll(() => page.getByLabel('Une intervention est close').isChecked()).toBe(true);
		// A name that nobody has (RFC 2606): it is tried, and seen to be unreachable.
		await page.fill('[name=url]', 'https://gmao.invalid/crochet');
		await page.fill('[name=description]', 'GMAO');
		await page.getByRole('button', { name: 'Ajouter un webhook' }).click();
		const secret = (await page.textContent('code.secret')) ?? '';
		expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
		expect(await graveFaults(page)).toEqual([]);

		await page.getByRole('link', { name: 'GMAO' }).click();
		await expect.poll(() => page.textContent('main')).toContain('Aucun envoi');
		await page.getByRole('button', { name: 'Envoyer un message d’essai' }).click();
		await expect
			.poll(async () => {
				await page.reload();
				return page.textContent('main');
			})
			.toContain('injoignable');
		expect(await page.textContent('main')).not.toContain(secret);
		await page.getByRole('link', { name: /^Voir/ }).click();
		await expect.poll(() => page.textContent('pre')).toContain('operations.webhook.test');
		expect(await graveFaults(page)).toEqual([]);
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);

		await page.getByRole('button', { name: 'Renouveler le secret' }).click();
		await expect.poll(() => page.textContent('code.secret')).toMatch(/^whsec_/);
		expect(await page.textContent('code.secret')).not.toBe(secret);
		await page.getByRole('button', { name: 'Supprimer ce webhook' }).click();
		await expect.poll(() => page.textContent('main')).toContain('Le webhook est supprimé');
	});
	await town.visit({}, async (page) => {
		await town.signIn(page, ({ roles }) => roles.includes('operations:agent'));
		expect((await page.goto('/espace/webhooks'))?.status()).toBe(403);
	});
});

test('a manager says how others report here, and hands a category over to another server', async () => {
	await town.visit({ viewport: { width: 360, height: 740 } }, async (page) => {
		await town.signIn(page, ({ roles }) => roles.includes('operations:manager'));
		await page.goto('/espace/webhooks/open311');
		await page.getByLabel('Une clé d’API est nécessaire').check();
		await submit(page.locator('form[action="?/regler"] button'));
		expect(
			(await page.request.post('/open311/v2/requests.json', { form: { service_code: 'pothole' } })).status(),
		).toBe(403);
		await page.fill('form[action="?/ajouter"] [name=name]', 'Agglomération');
		await page.fill('form[action="?/ajouter"] [name=url]', 'https://agglomeration.invalid/open311/v2/');
		await page.fill('[name=secretKey]', 'une-clef-tres-secrete');
		expect(await graveFaults(page)).toEqual([]);
		await page.getByRole('button', { name: 'Ajouter un serveur' }).click();
		await page.selectOption('[name=category]', { index: 1 });
		await page.fill('[name=service]', '042');
		await page.getByRole('button', { name: 'Confier', exact: true }).click();
		await expect.poll(() => page.textContent('main')).toContain('042');
		await page.getByRole('link', { name: 'Demander au serveur' }).click();
		await expect.poll(() => page.textContent('main')).toContain('ne répond pas comme un serveur Open311');
		expect(await page.content()).not.toContain('une-clef-tres-secrete');
		expect(await graveFaults(page)).toEqual([]);
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
		await submit(page.getByRole('button', { name: 'Ne plus confier' }));
		await page.getByRole('button', { name: 'Supprimer ce serveur' }).click();
		await expect.poll(() => page.textContent('main')).toContain('Le serveur est supprimé');
	});
});
