import type { FootprintPosting } from '@parvis/footprint';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, type VisitedTown } from './town.ts';

let town: VisitedTown;
beforeAll(async () => {
	town = await openTown({ fill: false });
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const posting = (more: Partial<FootprintPosting>): FootprintPosting => ({
	key: 'waste/round/1/diesel',
	day: '2026-10-06',
	service: 'waste',
	quantity: 40,
	unit: 'l',
	factor: 'diesel_litre',
	baseline: { fr: 'la tournée fixe du mardi', en: 'the fixed round of Tuesday' },
	method: { fr: 'kilomètres du tracé × consommation déclarée', en: 'kilometres of the track × declared use' },
	simulated: false,
	...more,
});
const post = (...postings: FootprintPosting[]) =>
	town.platform
		.db<unknown>()
		.transaction()
		.execute((trx) => town.rooms.footprint.post(trx, postings));

test('anybody reads what is avoided, how each number is made, what was corrected and what is only simulated', async () => {
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await page.goto('/empreinte');
		expect(await page.textContent('main')).toContain('Rien n’est encore mesuré');

		await post(
			posting({}),
			posting({
				key: 'lighting/1',
				service: 'lighting',
				unit: 'kWh',
				quantity: -30,
				factor: 'electricity_kwh',
			}),
			posting({ key: 'hours', unit: 'h', factor: null, quantity: 3.5 }),
			posting({ key: 'simulated', quantity: 1000, simulated: true }),
			posting({ key: 'earlier', day: '2026-09-01', quantity: 5 }),
		);
		await post(posting({ quantity: 35 }));

		await page.goto('/empreinte');
		const text = ((await page.textContent('main')) ?? '').replaceAll(/[\s\u00a0\u202f]+/g, ' ');
		expect(text).toContain('35,0 l évités × 3,1 kg CO2e/l (ADEME, Base Carbone®');
		expect(text).toContain('= 109 kg de CO2e. Comparé à : la tournée fixe du mardi.');
		expect(text).toContain('année de publication à vérifier');
		expect(text).toContain('30,0 kWh de plus qu’avant × 0,052 kg CO2e/kWh');
		expect(text).toContain('3,5 h évités, qui ne se comptent pas en carbone');
		expect(text).toContain('-5,00 l');
		// 35 l and 5 l of diesel less 30 kWh: 122.44 kg, to which the 3,100 simulated kg are not added.
		expect(text).toContain('122 kg de CO2e évités');
		expect(text).toContain('3 100 kg de CO2e seraient évités');

		await page.getByRole('link', { name: 'septembre 2026' }).click();
		await expect.poll(() => page.textContent('#mois')).toContain('septembre 2026');
		await page.goto('/');
		expect(await page.textContent('main')).toContain('Comment c’est compté');

		const csv = await (await page.request.get('/empreinte.csv')).text();
		expect(csv.trim().split('\r\n')).toHaveLength(7);
		const api = await (
			await page.request.get('/api/v1/footprint/entries?month=2026-10&corrections=true')
		).json();
		expect(api).toMatchObject({ total: 1, items: [{ quantity: -5 }] });
	});
	await town.visit({ viewport: { width: 360, height: 740 } }, async (page) => {
		await page.goto('/empreinte');
		expect(await graveFaults(page)).toEqual([]);
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
		const weight = await page.evaluate(() =>
			performance
				.getEntriesByType('resource')
				.reduce((sum, one) => sum + (one as PerformanceResourceTiming).encodedBodySize, 0),
		);
		expect(weight).toBeLessThan(100_000);
	});
});

test('the manager adds a factor, and only the manager', async () => {
	await town.visit({}, async (page) => {
		await town.signIn(page, ({ roles }) => roles.includes('footprint:manager'));
		await page.goto('/espace/empreinte');
		await page.selectOption('[name=factor]', 'electricity_kwh');
		await page.fill('[name=kilogramsPerUnit]', 'beaucoup');
		await page.fill('[name=validFrom]', '2026-11-01');
		await page.fill('[name=source]', 'ADEME, Base Empreinte®');
		await page.fill('[name=year]', '2025');
		await page.getByRole('button', { name: 'Ajouter une valeur' }).click();
		await expect.poll(() => page.textContent('.notice.bad')).toContain('kilogrammes de CO2e par unité');
		await expect.poll(() => page.inputValue('[name=source]')).toBe('ADEME, Base Empreinte®');
		await page.fill('[name=kilogramsPerUnit]', '0,031');
		await page.getByRole('button', { name: 'Ajouter une valeur' }).click();
		await expect.poll(() => page.textContent('main')).toContain('La valeur est enregistrée');
		await expect.poll(() => page.textContent('main')).toContain('0,031 / kWh');
		expect(await graveFaults(page)).toEqual([]);
	});
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await town.signIn(page, ({ roles }) => roles.includes('council:clerk'));
		expect((await page.goto('/espace/empreinte'))?.status()).toBe(403);
	});
});
