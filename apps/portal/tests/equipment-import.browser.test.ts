import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
beforeAll(async () => {
	town = await openTown({ fill: false });
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const isSofia = ({ roles }: { roles: readonly string[] }) => roles.includes('equipment:manager');
const file = (text: string) => ({ name: 'snipe.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

const snipe = `ID,Asset Name,Asset Tag,Serial,Model,Category,Status,Checked Out To,Location,Manufacturer,Purchase Date,Purchase Cost
1,PC Accueil,MV-0001,5CG0000001,Latitude 5420,Laptops,Ready to Deploy,Nadia Benali,Hôtel de ville,Dell,2021-03-04,"1,234.56"
2,,MV-0002,5CG0000002,Latitude 5420,Laptops,Ready to Deploy,,Hôtel de ville,Dell,2021-03-04,"1,234.56"
3,,MV-0003,,P24h G4,Zorglub,Out for Repair,,Mairie annexe,HP,,
4,,MV-0004,DUP,P24h G4,Monitors,Out for Repair,,Mairie annexe,HP,,
5,,MV-0005,DUP,P24h G4,Monitors,Out for Repair,,Mairie annexe,HP,,
`;

test('a Snipe-IT export is checked, its unknown word explained, applied, and changes nothing the second time', async () => {
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await town.signIn(page, isSofia);
		await page.goto('/espace/equipements/import');
		const send = async (text: string) => {
			await page.goto('/espace/equipements/import');
			await page.setInputFiles('input[name="fichier"]', file(text));
			await page.getByRole('button', { name: 'Vérifier le fichier' }).click();
			await page.waitForURL(/import\/[0-9a-f-]{36}/);
		};
		const words = async () => ((await page.textContent('main')) ?? '').replaceAll(/[\s\u00a0\u202f]+/g, ' ');

		await send(snipe);
		expect(await words()).toContain('Rien n’est encore changé');
		expect(await words()).toContain('Catégorie inconnue : « Zorglub »');
		expect(await words()).toContain('Le numéro de série DUP est sur plusieurs lignes : 5, 6.');
		await page.getByLabel('Zorglub').selectOption({ label: 'Écran' });
		await page.getByRole('button', { name: 'Enregistrer les mots' }).click();
		await expect.poll(words).not.toContain('Zorglub');
		await page.getByRole('button', { name: 'Appliquer l’import' }).click();
		await expect.poll(words).toContain('L’import est appliqué.');
		const { rows } = await town.platform.pool.query('SELECT tag, status FROM equipment.device ORDER BY tag');
		expect(rows).toEqual([
			{ tag: 'MV-0001', status: 'in_use' },
			{ tag: 'MV-0002', status: 'in_stock' },
			{ tag: 'MV-0003', status: 'in_repair' },
		]);

		await send(snipe.split('\n').slice(0, 4).join('\n'));
		expect(await words()).toContain('Rien à changer : tout est déjà dans le parc.');
		expect(await page.getByRole('button', { name: 'Appliquer l’import' }).count()).toBe(0);

		await send(snipe.split('\n').slice(0, 3).join('\n').replace('Hôtel de ville', 'Médiathèque'));
		expect(await words()).toContain('Site : Hôtel de ville → Médiathèque');

		// What Parvis exports comes in as it is.
		const csv = await page.request.get('/espace/equipements/export.csv');
		expect(csv.headers()['content-type']).toContain('text/csv');
		await send(await csv.text());
		expect(await words()).toContain('Rien à changer');

		await page.goto('/espace/equipements/import');
		await page.setInputFiles('input[name="fichier"]', file('"ouvert\n'));
		await page.getByRole('button', { name: 'Vérifier le fichier' }).click();
		await expect.poll(() => page.locator('.notice.bad').textContent()).toContain('n’est pas un CSV lisible');
	});
	await town.visit({ viewport: { width: 360, height: 740 } }, async (page) => {
		expect((await page.request.get('/espace/equipements/export.csv', { maxRedirects: 0 })).status()).not.toBe(
			200,
		);
		await town.signIn(page, isSofia);
		await page.goto('/espace/equipements/import');
		expect(await graveFaults(page)).toEqual([]);
		await page.getByRole('link', { name: 'snipe.csv' }).last().click();
		await page.waitForURL(/import\/[0-9a-f-]{36}/);
		expect(await graveFaults(page)).toEqual([]);
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
	});
});

test('a model shows its footprint with level, range and source; the town sets its own; twins are merged', async () => {
	const { catalogue } = town.rooms.equipment;
	for (const name of ['TP T14', 'ThinkPad T14'])
		await catalogue.models.save(system, { manufacturer: 'Lenovo', name, category: 'laptop' });
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await town.signIn(page, isSofia);
		const words = async () => ((await page.textContent('main')) ?? '').replaceAll(/[\s\u00a0\u202f]+/g, ' ');
		await page.goto('/espace/equipements/modeles?q=latitude');
		expect(await words()).toContain('309 [253 – 377]');
		await page.getByRole('link', { name: 'Dell Latitude 5420' }).click();
		await expect.poll(words).toContain('Valeur propre à ce modèle.');
		expect(await words()).toContain('Boavizta');
		expect(await words()).toContain('non vérifiée par un tiers');

		await page.goto('/espace/equipements/modeles?q=tp+t14');
		await page.getByRole('link', { name: 'Lenovo TP T14' }).click();
		await expect.poll(words).toContain('c’est celle de sa catégorie');
		await page.getByText('Mettre une valeur de la ville').click();
		for (const [phase, values] of [
			['manufacture', ['100', '150,5', '200']],
			['transport', ['1', '2', '3']],
			['endOfLife', ['1', '2', '3']],
			['useKwhPerYear', ['10', '20', '30']],
		] as const)
			for (const [at, bound] of (['low', 'mid', 'high'] as const).entries())
				await page.fill(`input[name="${phase}.${bound}"]`, values[at] ?? '');
		await page.fill('input[name="validFrom"]', '2026-01-01');
		await page.locator('details form input[name="source"]').fill('Fiche du titulaire');
		await page.fill('input[name="sourceYear"]', '2025');
		await page.fill('input[name="licence"]', 'fournie par le titulaire');
		await page.locator('form[action="?/valeur"] button').click();
		await expect.poll(words).toContain('Fiche du titulaire');
		await expect.poll(words).toContain('Valeur propre à ce modèle.');

		await page.getByText('C’est le même qu’un autre').click();
		await page.getByLabel('Le modèle à garder').selectOption({ label: 'Lenovo ThinkPad T14' });
		await page.getByRole('button', { name: 'Fusionner' }).click();
		await expect.poll(() => page.textContent('h1')).toBe('Lenovo ThinkPad T14');
		await page.goto('/espace/equipements/modeles/facteurs');
		expect(await words()).toContain('Impact CO2');
	});
	await town.visit({ viewport: { width: 360, height: 740 } }, async (page) => {
		await town.signIn(page, isSofia);
		for (const path of [
			'/espace/equipements/modeles',
			'/espace/equipements/modeles/facteurs',
			'/espace/equipements/modeles/nouveau',
		]) {
			await page.goto(path);
			expect(await graveFaults(page), path).toEqual([]);
			expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360);
		}
	});
});
