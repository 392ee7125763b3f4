import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '@parvis/platform/testing';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeMedia, openBrowser } from '../../server/testing.ts';
import { graveFaults, openTown, submit, system, townDay, type VisitedTown } from './town.ts';

let town: VisitedTown;
let folder: string;
beforeAll(async () => {
	town = await openTown({ fill: false });
	await town.platform.pool.query(
		`INSERT INTO equipment.model (id, manufacturer, name, category, created_at)
			VALUES (gen_random_uuid(), 'Fabrique', 'Portable 14', 'laptop', now())`,
	);
	folder = await mkdtemp(join(tmpdir(), 'parvis-scan-'));
}, 240_000);
afterAll(async () => {
	await town?.stop();
	if (folder) await rm(folder, { recursive: true, force: true });
});

async function kept<T>(result: Promise<{ ok: true; value: T } | { ok: false; error: string }>): Promise<T> {
	const outcome = await result;
	if (!outcome.ok) throw new Error(outcome.error);
	return outcome.value;
}
const inventory = () => town.rooms.equipment.inventory;
async function device(tag: string, fields: object = {}) {
	const { rows } = await town.platform.pool.query('SELECT id FROM equipment.model');
	return kept(inventory().devices.create(system, { modelId: rows[0].id, tag, ...fields }));
}
const officer = ({ roles }: { roles: readonly string[] }) => roles.includes('equipment:manager');
const agent = ({ roles }: { roles: readonly string[] }) => roles.includes('equipment:agent');
const phone = { viewport: { width: 360, height: 740 } };
const shot = (page: Page, name: string) =>
	process.env.SHOTS
		? page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true })
		: null;
async function sound(page: Page) {
	expect(await graveFaults(page), page.url()).toEqual([]);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	expect(wide, page.url()).toBeLessThanOrEqual(0);
}

/** A browser whose camera sees a label, as it was drawn for the sheet. */
async function seeing(label: { size: number; path: string }): Promise<Browser> {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${label.size} ${label.size}" width="420" height="420"><rect width="100%" height="100%" fill="#fff"/><path d="${label.path}"/></svg>`;
	const picture = join(folder, 'label.png');
	await writeFile(
		picture,
		await sharp({ create: { width: 640, height: 480, channels: 3, background: '#8a8a8a' } })
			.composite([{ input: await sharp(Buffer.from(svg)).png().toBuffer(), left: 110, top: 30 }])
			.png()
			.toBuffer(),
	);
	const video = join(folder, 'label.y4m');
	await promisify(execFile)('ffmpeg', [
		'-y',
		'-loglevel',
		'error',
		'-loop',
		'1',
		'-i',
		picture,
		'-t',
		'2',
		'-r',
		'10',
		'-pix_fmt',
		'yuv420p',
		video,
	]);
	return openBrowser([...fakeMedia, `--use-file-for-fake-video-capture=${video}`]);
}

test('a device is taken in, given out, corrected by two at once; each step is in its history', async () => {
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await town.signIn(page, officer);
		await page.goto('/espace/equipements');
		await page.getByText('L’inventaire est vide').waitFor();
		await page.goto('/espace/equipements/nouveau');
		await page.selectOption('[name=modelId]', { index: 1 });
		await page.fill('[name=price]', 'cher');
		await page.fill('[name=boughtOn]', '2024-09-02');
		await page.getByRole('button', { name: 'Enregistrer' }).click();
		await expect.poll(() => page.textContent('.notice.bad')).toContain('montant en euros');
		await page.fill('[name=price]', '849,90');
		await page.getByRole('button', { name: 'Enregistrer' }).click();
		await expect.poll(() => page.textContent('.notice.good')).toContain('est à l’inventaire');
		await expect.poll(() => page.textContent('dl')).toContain('849,90');
		const address = page.url();
		const id = address.split('/').at(-1) ?? '';

		await page.goto(`${address}/modifier`);
		await kept(inventory().devices.edit(system, id, undefined, { site: 'Médiathèque' }));
		await page.fill('[name=serial]', 'SN-77');
		await page.getByRole('button', { name: 'Enregistrer' }).click();
		await expect.poll(() => page.textContent('.notice.bad')).toContain('pendant que vous travailliez');
		await expect.poll(() => page.inputValue('[name=serial]')).toBe('SN-77');
		expect((await kept(inventory().devices.get(system, id))).site).toBe('Médiathèque');

		await page.goto(address);
		await page
			.getByText('Confier à quelqu’un d’autre')
			.or(page.getByText('Confier', { exact: true }))
			.first()
			.click();
		await page.fill('#champ-x, [name=name] >> nth=0', 'Nadia Benali');
		await page.fill('[name=email] >> nth=0', 'agente@demo.parvis.example');
		await page.fill('[name=service] >> nth=0', 'Voirie');
		await page.getByRole('button', { name: 'Confier' }).click();
		await expect.poll(() => page.textContent('.notice.good')).toContain('confié');
		await expect.poll(() => page.textContent('.gear-history')).toContain('Détenteur : Nadia Benali');
		await expect.poll(() => page.textContent('.gear-history')).toContain('Site : Médiathèque');
		await shot(page, 'device');
	});
	await town.visit(phone, async (page) => {
		await town.signIn(page, agent);
		await page.goto('/espace/equipements');
		expect(new URL(page.url()).pathname).toBe('/espace/equipements/mes-terminaux');
		await page.getByText('Signaler un problème').click();
		await page.getByLabel('Ce qui ne va pas').selectOption('battery');
		await page.getByLabel('En quelques mots').fill('Une heure sans chargeur');
		await page.getByRole('button', { name: 'Signaler' }).click();
		await expect.poll(() => page.textContent('.notice.good')).toContain('signalé');
		await sound(page);
		await shot(page, 'mine');
	});
	const [problem] = await kept(inventory().own.problems(system));
	expect(problem).toMatchObject({ words: 'Une heure sans chargeur', by: 'Nadia Benali' });
});

test('labels are printed; one leads an agent to the device, a stranger to how to give it back', async () => {
	const one = await device('CT-1', { site: 'Atelier', status: 'in_use' });
	await town.visit(phone, async (page) => {
		expect((await page.goto('/t/rien'))?.status()).toBe(404);
		await page.goto('/t/ct-1');
		expect(await page.textContent('main')).toContain('appartient à la commune');
		expect(await page.textContent('main')).not.toContain('Portable 14');
		await sound(page);
		expect((await page.goto(`/espace/equipements/terminaux/${one.id}`))?.url()).toContain('/connexion');
	});
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await town.signIn(page, officer);
		await page.goto('/t/ct-1');
		expect(new URL(page.url()).pathname).toBe(`/espace/equipements/terminaux/${one.id}`);
		await page.goto('/espace/equipements/etiquettes?site=Atelier&planche=65&sauter=3');
		expect(await page.locator('.label-sheet > li').count()).toBe(4);
		await shot(page, 'labels');
		await page.emulateMedia({ media: 'print' });
		const box = await page.locator('.label-sheet > li').last().boundingBox();
		// 38.1 by 21.2 mm at 96 pixels to the inch.
		expect(box?.width).toBeCloseTo(144, 0);
		expect(box?.height).toBeCloseTo(80.1, 0);
		expect(await page.locator('.site-header').isVisible()).toBe(false);
	});
});

test('an audit: the camera reads a label, what is typed counts without a script, what nobody saw is marked missing', async () => {
	await device('CT-2', { site: 'Atelier', status: 'in_use' });
	await device('CT-3', { site: 'Atelier', status: 'in_use' });
	await device('M-1', { site: 'Mairie', status: 'in_use' });
	const audit = await kept(
		inventory().audits.start(system, { title: 'Atelier', scope: 'site', scopeValue: 'Atelier' }),
	);
	const address = `/espace/equipements/recolements/${audit.id}`;
	const { labels } = await kept(inventory().labels(system, { tagFrom: 'CT-2', tagTo: 'CT-2' }));
	const browser = await seeing(labels[0] as { size: number; path: string });
	try {
		const context = await browser.newContext({ locale: 'fr-FR', baseURL: town.url, ...phone });
		context.setDefaultTimeout(20_000);
		const page = await context.newPage();
		await town.signIn(page, agent);
		await page.goto(address);
		await page.getByLabel('Usé').check();
		await page.getByRole('button', { name: 'Ouvrir l’appareil photo' }).click();
		await page.locator('[data-heard]', { hasText: 'CT-2 – attendu ici' }).waitFor();
		await expect.poll(() => page.textContent('[data-progress]')).toBe('Vus : 1 sur 3');
		await shot(page, 'scan');
		await sound(page);
		expect(await kept(inventory().devices.get(system, 'CT-2'))).toMatchObject({ condition: 'worn' });

		await context.setOffline(true);
		await page.fill('[name=tag]', 'M-1');
		await page.getByRole('button', { name: 'Noter' }).click();
		await page.getByText('1 lecture(s) en attente').waitFor();
		await context.setOffline(false);
		await page.locator('[data-heard]', { hasText: 'n’est pas attendu ici' }).waitFor();
		await until(async () => (await kept(inventory().audits.get(system, audit.id))).misplaced === 1);
	} finally {
		await browser.close();
	}
	await town.visit({ javaScriptEnabled: false, ...phone }, async (page) => {
		await town.signIn(page, officer);
		await page.goto(address);
		await page.fill('[name=tag]', 'ct-2');
		await page.getByRole('button', { name: 'Noter' }).click();
		await expect.poll(() => page.textContent('[data-heard]')).toContain('déjà vu');
		await page.goto(`${address}/bilan`);
		expect(await page.locator('#manquants ~ form li').count()).toBe(2);
		await shot(page, 'report');
		await page.locator('li', { hasText: 'CT-1' }).getByRole('checkbox').uncheck();
		await page.getByRole('button', { name: 'Déclarer manquants' }).click();
		await expect.poll(() => page.textContent('.notice.good')).toContain('1 terminal déclaré manquant');
		await submit(page.getByRole('button', { name: 'Ils sont bien ici' }));
		await submit(page.getByRole('button', { name: 'Terminer le récolement' }));
		await expect.poll(() => page.textContent('.notice.good')).toContain('terminé');
	});
	expect((await kept(inventory().devices.get(system, 'CT-3'))).status).toBe('missing');
	expect((await kept(inventory().devices.get(system, 'CT-1'))).status).toBe('in_use');
	expect((await kept(inventory().devices.get(system, 'M-1'))).site).toBe('Atelier');
});

test('a device of the pool is lent, promised to the next, and comes back', async () => {
	await device('POOL-1', { condition: 'good' });
	const days = (ahead: number) =>
		new Date(Date.parse(townDay()) + ahead * 86_400_000).toISOString().slice(0, 10);
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await town.signIn(page, officer);
		const lend = async (from: string, to: string, name: string) => {
			await page.goto(`/espace/equipements/prets?du=${from}&au=${to}`);
			await page.selectOption('[name=deviceId]', {
				label: (await page.locator('[name=deviceId] option', { hasText: 'POOL-1' }).textContent()) ?? '',
			});
			await page.fill('[name=name]', name);
			await page.fill('#champ-startsOn', from);
			await page.fill('form[action="?/preter"] [name=dueOn]', to);
			await submit(page.getByRole('button', { name: 'Prêter ou réserver' }));
			return page.textContent('.notice');
		};
		expect(await lend(days(10), days(12), 'Ana Roux')).toContain('est noté');
		expect(await lend(days(0), days(3), 'Bob Petit')).toContain('est noté');
		await page.goto(`/espace/equipements/prets`);
		await page
			.locator('tr', { hasText: 'Bob Petit' })
			.locator('summary', { hasText: 'Changer la date' })
			.click();
		await page.locator('tr', { hasText: 'Bob Petit' }).locator('[name=dueOn]').fill(days(11));
		await page
			.locator('tr', { hasText: 'Bob Petit' })
			.getByRole('button', { name: /Changer la date/ })
			.click();
		await expect.poll(() => page.textContent('.notice.bad')).toContain('déjà promis');
		await expect.poll(() => page.locator('.loan-calendar td.out').count()).toBe(1);
		await expect.poll(() => page.locator('.loan-calendar td.reserved').count()).toBe(1);
		await shot(page, 'loans');
		await page.locator('tr', { hasText: 'Bob Petit' }).locator('summary').first().click();
		await page.locator('tr', { hasText: 'Bob Petit' }).locator('[name=condition]').selectOption('damaged');
		await page
			.locator('tr', { hasText: 'Bob Petit' })
			.getByRole('button', { name: /Noter le retour/ })
			.click();
		await expect.poll(() => page.textContent('.notice.good')).toContain('Le retour de POOL-1');
	});
	expect(await kept(inventory().devices.get(system, 'POOL-1'))).toMatchObject({
		status: 'in_stock',
		condition: 'damaged',
	});
});

test('with the demonstration’s fleet: no grave fault, nothing wider than a phone, light and dark', async () => {
	await town.rooms.equipment.fillDemo();
	const [audit] = await kept(inventory().audits.list(system));
	const { items } = await kept(inventory().devices.list(system, { text: 'Nadia Benali' }));
	const paths = [
		'/espace/equipements',
		`/espace/equipements/terminaux/${items[0]?.id}`,
		'/espace/equipements/prets',
		'/espace/equipements/recolements',
		`/espace/equipements/recolements/${audit?.id}/bilan`,
		'/espace/equipements/etiquettes?planche=24&site=Poste+de+police+municipale',
		'/espace/equipements/nouveau',
	];
	for (const colorScheme of ['light', 'dark'] as const)
		await town.visit({ ...phone, colorScheme }, async (page) => {
			await town.signIn(page, officer);
			for (const [n, path] of paths.entries()) {
				expect((await page.goto(path))?.status(), path).toBe(200);
				await sound(page);
				await shot(page, `${colorScheme}-${n}`);
			}
		});
	if (process.env.SHOTS)
		await town.visit({ viewport: { width: 1280, height: 900 } }, async (page) => {
			await town.signIn(page, officer);
			for (const [n, path] of paths.entries()) {
				await page.goto(path);
				await shot(page, `wide-${n}`);
			}
		});
}, 120_000);

test('a device that is not wiped goes to another only for a reason, which its page shows', async () => {
	const { id } = await device('PASSE-1', { condition: 'good' });
	await kept(inventory().devices.assign(system, id, undefined, { holder: { name: 'Ana Roux' } }));
	await kept(inventory().devices.takeBack(system, id, undefined, {}));
	const reason = 'Poste de démonstration, sans compte ni dossier.';
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await town.signIn(page, officer);
		await page.goto(`/espace/equipements/prets`);
		await page.selectOption('[name=deviceId]', id);
		await page.fill('[name=name]', 'Bob Petit');
		await submit(page.getByRole('button', { name: 'Prêter ou réserver' }));
		expect(await page.textContent('.notice.bad')).toContain('ne sont pas effacées');
		expect(await page.getByRole('link', { name: 'Effacer ses données' }).getAttribute('href')).toBe(
			`/espace/equipements/effacement/terminal/${id}`,
		);
		await page.getByLabel('Raison de le remettre sans effacement').fill(reason);
		await submit(page.getByRole('button', { name: 'Prêter ou réserver' }));
		expect(await page.textContent('.notice')).toContain('est noté');
		await page.goto(`/espace/equipements/terminaux/${id}`);
		expect(await page.locator('.notice', { hasText: 'Remis sans' }).textContent()).toContain(reason);
		expect(await page.locator('.gear-history').textContent()).toContain(`Remis sans effacement : ${reason}`);
	});
});
