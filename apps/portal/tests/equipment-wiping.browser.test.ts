import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@parvis/platform';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, type VisitedTown } from './town.ts';

let town: VisitedTown;
/** Ids of collected items. */
const items: string[] = [];

beforeAll(async () => {
	town = await openTown({ fill: false });
	const receipt = newId();
	const { pool } = town.platform;
	await pool.query(
		`INSERT INTO equipment.receipt (id, number, code_hash, received_at, recorded_at, content_hash) VALUES ($1, 'R-1', '', now(), now(), '')`,
		[receipt],
	);
	for (const n of [1, 2]) {
		const id = newId();
		items.push(id);
		await pool.query(
			`INSERT INTO equipment.collected_item (id, number, receipt_id, category, condition, holds_data, serial, state, received_at)
			VALUES ($1, $2, $3, 'smartphone', 'works', true, $4, 'received', now())`,
			[id, `R-1-${n}`, receipt, `SERIE${n}00${n}`],
		);
	}
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const phone = { viewport: { width: 360, height: 740 } };
const role =
	(wanted: string) =>
	({ roles }: { roles: readonly string[] }) =>
		roles.includes(wanted);
const fits = (page: Page) =>
	page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

test('a phone is wiped at the bench, verified by somebody else, certified; a stranger checks it', async () => {
	const bench = `/espace/equipements/effacement/appareil/${items[0]}`;
	await town.visit({ ...phone, javaScriptEnabled: false }, async (page) => {
		await town.signIn(page, role('equipment:collector'));
		await page.goto('/espace/equipements/effacement');
		expect(await fits(page)).toBe(true);
		expect(await page.textContent('main')).toContain('2 appareils attendent');
		await page.getByRole('link', { name: 'R-1-1' }).click();
		await page.fill('input[name="outil"]', 'Menu de réinitialisation');
		await page.getByRole('button', { name: 'Noter l’effacement' }).first().click();
		// Not said to be encrypted: refused, with the reason, and what was typed is still there.
		await expect.poll(() => page.textContent('.notice.bad')).toContain('vieux téléphone non chiffré');
		await expect.poll(() => page.inputValue('input[name="outil"]')).toBe('Menu de réinitialisation');
		await page.getByLabel('Le stockage était chiffré').check();
		await page.getByRole('button', { name: 'Noter l’effacement' }).first().click();
		await expect.poll(() => page.textContent('main')).toContain('une autre personne doit le contrôler');
		expect(await fits(page)).toBe(true);
		await page.goto('/espace/equipements/effacement/controles');
		expect(await page.textContent('main')).toContain('une autre personne le contrôle');
	});

	const number = await town.visit({}, async (page) => {
		await town.signIn(page, role('equipment:manager'));
		await page.goto('/espace/equipements/effacement/controles');
		expect(await graveFaults(page)).toEqual([]);
		await page.getByLabel('Bon : aucune donnée trouvée').check();
		await page.getByRole('button', { name: 'Noter le contrôle' }).click();
		await expect.poll(() => page.textContent('main')).toContain('1 certificat délivré');
		await page.goto(bench);
		expect(await graveFaults(page)).toEqual([]);
		const link = page.getByRole('link', { name: /^EFF-/ });
		const issued = (await link.textContent()) ?? '';
		const pdf = await page.request.get(`/espace/equipements/effacement/certificats/${issued}.pdf`);
		expect(pdf.headers()['content-type']).toBe('application/pdf');
		const bytes = await pdf.body();
		await writeFile(join(town.platform.config.dataDir, 'certificat.pdf'), bytes);
		bytes[bytes.length - 200] = (bytes[bytes.length - 200] ?? 0) ^ 1;
		await writeFile(join(town.platform.config.dataDir, 'altered.pdf'), bytes);
		return issued;
	});

	await town.visit(phone, async (page) => {
		const sent: string[] = [];
		page.on('request', (request) => void (request.method() === 'POST' && sent.push(request.url())));
		await page.goto('/numerique-responsable/certificats');
		expect(await graveFaults(page)).toEqual([]);
		expect(await fits(page)).toBe(true);
		await page.fill('input[name="numero"]', number.toLowerCase().replaceAll('-', ' '));
		await page.getByRole('button', { name: 'Vérifier' }).click();
		await page.getByText('Ce certificat est valable').waitFor();
		expect(await graveFaults(page)).toEqual([]);
		expect(await fits(page)).toBe(true);
		expect(await page.textContent('main')).not.toContain('SERIE1001');
		const file = (name: string) => join(town.platform.config.dataDir, name);
		await page.setInputFiles('input[name="fichier"]', file('certificat.pdf'));
		await page.getByText('C’est bien le fichier délivré par la ville').waitFor();
		await page.setInputFiles('input[name="fichier"]', file('altered.pdf'));
		await page.getByText('Ce n’est pas le fichier délivré').waitFor();
		expect(sent).toEqual([]);
		expect((await readFile(file('certificat.pdf'))).subarray(0, 5).toString()).toBe('%PDF-');

		// Two characters exchanged, then a number that could be but is none.
		const swapped = number.replace(/(\d)-(\d{4})(\d)(\d)/, '$1-$2$4$3');
		await page.goto(`/numerique-responsable/certificats/${swapped}`);
		expect(await page.textContent('main')).toContain('un caractère est faux ou deux sont échangés');
		expect((await page.request.get('/numerique-responsable/certificats/cle')).status()).toBe(200);
		const office = await page.request.get(`/espace/equipements/effacement/certificats/${number}.pdf`);
		expect(office.status()).toBe(403);
	});

	await town.visit({}, async (page) => {
		await town.signIn(page, role('equipment:manager'));
		await page.goto('/espace/equipements/effacement/certificats');
		expect(await graveFaults(page)).toEqual([]);
		await page.getByText('Révoquer', { exact: false }).first().click();
		await page.getByLabel('Explication publique').fill('Deux téléphones ont été confondus.');
		await page.getByRole('button', { name: 'Révoquer le certificat' }).click();
		await expect.poll(() => page.textContent('main')).toContain('révoqué');
		await page.context().clearCookies();
		await page.goto(`/numerique-responsable/certificats/${number}`);
		expect(await page.textContent('.notice.bad')).toContain('Deux téléphones ont été confondus.');
		expect(await graveFaults(page)).toEqual([]);
	});
});

test('pages of wiping are closed to residents and to agents who do not collect', async () => {
	await town.visit({}, async (page) => {
		await town.signIn(
			page,
			({ roles }) => roles.length > 0 && !roles.some((one) => one.startsWith('equipment:')),
		);
		for (const path of ['', '/controles', '/certificats', `/appareil/${items[1]}`])
			expect((await page.goto(`/espace/equipements/effacement${path}`))?.status()).toBe(403);
	});
});
