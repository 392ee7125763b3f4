import { newId } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, type VisitedTown } from './town.ts';

let town: VisitedTown;
beforeAll(async () => {
	town = await openTown({ fill: false });
	const { pool } = town.platform;
	const models = { laptop: newId(), smartphone: newId() };
	for (const [category, id] of Object.entries(models))
		await pool.query(
			`INSERT INTO equipment.model (id, manufacturer, name, category, created_at) VALUES ($1, 'Essai', $2, $2, now())`,
			[id, category],
		);
	await pool.query(
		`INSERT INTO equipment.device (id, tag, model_id, status, in_use_on, bought_on, acquired, service, created_at, updated_at)
		SELECT gen_random_uuid(), 'L-' || n, $1::uuid, 'in_use', now()::date - n * 60, now()::date - n * 60,
			CASE WHEN n % 4 = 0 THEN 'refurbished' ELSE 'new' END, 'Finances', now(), now() FROM generate_series(1, 60) n
		UNION ALL SELECT gen_random_uuid(), 'S-' || n, $2::uuid, CASE WHEN n < 4 THEN 'in_stock' ELSE 'in_use' END, now()::date - n * 90,
			now()::date - n * 90, 'new', 'Voirie', now(), now() FROM generate_series(1, 12) n`,
		[models.laptop, models.smartphone],
	);
	await pool.query(
		`INSERT INTO equipment.device_event (id, device_id, at, recorded_at, kind, changes, detail)
		SELECT gen_random_uuid(), id, in_use_on, now(), 'created', jsonb_build_object('status', jsonb_build_array(NULL, status)), '{}'
		FROM equipment.device`,
	);
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const tidy = (text: string | null) => (text ?? '').replaceAll(/[\s\u00a0\u202f]+/g, ' ');

test('anybody reads the age of the fleet and what is avoided, with its range and how it is reckoned', async () => {
	await town.visit({ viewport: { width: 360, height: 740 } }, async (page) => {
		await page.goto('/numerique-responsable');
		expect(tidy(await page.textContent('main'))).toContain('Rien n’est encore compté');
		await town.rooms.equipment.carbon.recompute(null);

		let weight = 0;
		page.on('response', async (response) => {
			weight += Number(
				response.headers()['content-length'] ?? (await response.body().catch(() => '')).length,
			);
		});
		await page.goto('/numerique-responsable', { waitUntil: 'networkidle' });
		expect(weight).toBeLessThan(100_000);
		const text = tidy(await page.textContent('main'));
		expect(text).toMatch(/Carbone évité ?[\d ]+ kg CO2e ?entre [\d ]+ et [\d ]+ kg, neuf chances sur dix/);
		expect(text).toContain('69 terminaux en service');
		expect(text).toContain('Aucune collecte annoncée');
		expect(await page.locator('script').count()).toBe(0);
		expect(await graveFaults(page)).toEqual([]);
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
		if (process.env.PICTURES)
			await page.screenshot({ path: `${process.env.PICTURES}/sober-phone.png`, fullPage: true });

		const csv = await page.request.get('/donnees/terminaux-carbone-evite.csv');
		expect(await csv.text()).toContain('kilograms_co2e_high');
		// The ledger says the same with its range.
		await page.goto('/empreinte');
		expect(tidy(await page.textContent('main'))).toMatch(
			/années de service = [\d ,]+ kg de CO2e évités, entre/,
		);
		await page.goto('/numerique-responsable?lang=en');
		if (process.env.PICTURES) {
			await page.setViewportSize({ width: 1200, height: 900 });
			await page.goto('/numerique-responsable');
			await page.screenshot({ path: `${process.env.PICTURES}/sober-desktop.png`, fullPage: true });
		}
	});
}, 120_000);

test('the IT officer asks what two years more would change, changes an assumption and sees who gets what', async () => {
	await town.visit({}, async (page) => {
		await town.signIn(page, ({ roles }) => roles.includes('equipment:manager'));
		await page.goto('/espace/equipements/plan');
		const before = tidy(await page.textContent('main'));
		expect(before).toContain('Aucune politique n’est votée');
		expect(before).toContain('Ordinateurs portables (60) : 2 ans de plus');
		expect(before).toMatch(/à l’équilibre : -[\d ]+ kg de CO2e/);
		expect(await graveFaults(page)).toEqual([]);
		if (process.env.PICTURES)
			await page.screenshot({ path: `${process.env.PICTURES}/plan.png`, fullPage: true });
		await page.fill('#champ-ans', '-1');
		await page.click('section[aria-labelledby="et-si"] button');
		const shorter = async () => tidy(await page.textContent('main'));
		await expect.poll(shorter).toContain('un an de moins');
		await expect.poll(shorter).toMatch(/à l’équilibre : \+[\d ]+ kg de CO2e/);

		await page.goto('/espace/equipements/plan/hypotheses?nom=newPrice&type=laptop');
		await page.fill('#champ-low', '1000');
		await page.fill('#champ-mid', '900');
		await page.fill('#champ-high', '1300,50');
		await page.fill('#champ-source', 'Marché 2026-04');
		await page.click('form button:has-text("Enregistrer")');
		await expect
			.poll(async () => tidy(await page.textContent('main')))
			.toContain('La borne basse ne dépasse pas le milieu');
		await expect.poll(() => page.inputValue('#champ-high')).toBe('1300,50');
		await page.fill('#champ-mid', '1100');
		await page.click('form button:has-text("Enregistrer")');
		await expect
			.poll(async () => tidy(await page.textContent('main')))
			.toContain('1 100 (1 000 – 1 300,5) €');
		expect(await graveFaults(page)).toEqual([]);
		if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/assumptions.png` });

		await page.goto('/espace/equipements/plan/remises');
		expect(tidy(await page.textContent('main'))).toMatch(/3 remises économisent|remise/);
		expect(await graveFaults(page)).toEqual([]);
		if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/handovers.png` });
		if (process.env.PICTURES) {
			await page.setViewportSize({ width: 360, height: 740 });
			await page.goto('/espace/equipements/plan');
			await page.screenshot({ path: `${process.env.PICTURES}/plan-phone.png`, fullPage: true });
		}
	});
}, 120_000);
