import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
/** The next day on which a truck may go out: a whole shift lies before it, whatever hour it is. */
let day: string;
const origin = [2.2136, 46.7421] as const;
const isManager = ({ roles }: { roles: readonly string[] }) => roles.includes('operations:manager');

beforeAll(async () => {
	town = await openTown({ fill: false });
	const { waste } = town.rooms.operations;
	const kept = async <T>(result: Promise<{ ok: true; value: T } | { ok: false; error: string }>) => {
		const outcome = await result;
		if (!outcome.ok) throw new Error(outcome.error);
		return outcome.value;
	};
	const place = (n: number) => ({
		longitude: origin[0] + Math.cos(n) * 0.01,
		latitude: origin[1] + Math.sin(n) * 0.008,
	});
	const site = { longitude: origin[0], latitude: origin[1] };
	await kept(waste.sites.save(system, { externalId: 'depot', kind: 'depot', name: 'Dépôt', ...site }));
	await kept(waste.sites.save(system, { externalId: 'quai', kind: 'unloading', name: 'Quai', ...site }));
	for (const [externalId, name] of [
		['a', 'Camion Alouette'],
		['b', 'Camion Bruant'],
	])
		await kept(
			waste.vehicles.save(system, {
				externalId,
				name,
				compartments: [{ flow: 'glass', cubicMeters: 12 }],
				payloadKilograms: 9000,
				heightMeters: 3.6,
				weightTonnes: 19,
				litersPer100Kilometers: 42,
				depot: 'depot',
			}),
		);
	for (let n = 0; n < 6; n++)
		await kept(
			waste.containers.save(system, {
				externalId: `c${n}`,
				name: `Colonne ${n}`,
				flow: 'glass',
				volumeLiters: 3000,
				...place(n),
			}),
		);
	const { version, ...settings } = await waste.setup.settings();
	await kept(
		waste.setup.changeSettings(system, {
			...settings,
			version,
			collectionWeekdays: [1, 2, 3, 4, 5, 6, 7],
			solveSeconds: 0.3,
		}),
	);
	// Five were emptied long ago, one has just been.
	await town.platform.pool.query(
		`UPDATE operations.waste_container SET emptied_at = CASE external_id WHEN 'c5' THEN now() ELSE now() - interval '20 days' END`,
	);
	day = new Date(Date.parse(`${waste.today()}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const rounds = async () => {
	const plan = await town.rooms.operations.waste.plans.get(system, day);
	return plan.ok ? (plan.value?.rounds ?? []) : [];
};
const ordered = async () =>
	(await rounds()).map(({ stops }) => stops.flatMap(({ container }) => container?.name ?? []));

async function asManager(
	options: { javaScriptEnabled?: boolean; width?: number },
	work: (page: Page) => Promise<void>,
): Promise<void> {
	await town.visit(
		{
			javaScriptEnabled: options.javaScriptEnabled ?? true,
			viewport: { width: options.width ?? 1280, height: 900 },
		},
		async (page) => {
			await town.signIn(page, isManager);
			await work(page);
		},
	);
}

test('without script: a plan is made, a container pinned, another excluded and taken back, an order changed', async () => {
	await asManager({ javaScriptEnabled: false }, async (page) => {
		await page.goto(`/espace/dechets/plan?jour=${day}`);
		await page.getByRole('button', { name: 'Faire le plan' }).click();
		await expect.poll(() => page.locator('.notice').first().textContent()).toContain('Le plan est fait');
		expect((await ordered()).flat().sort()).toEqual([0, 1, 2, 3, 4].map((n) => `Colonne ${n}`));
		const waits = page.locator('tr', { hasText: 'Colonne 5' });
		await expect.poll(() => waits.textContent()).toContain('trop peu rempli');
		await page.locator('section[aria-labelledby="dehors"] summary').click();
		await page.getByRole('button', { name: 'Épingler Colonne 5' }).click();
		await expect.poll(async () => (await ordered()).flat()).toContain('Colonne 5');

		const stop = page.locator('.round-stops > li', { hasText: 'Colonne 2' });
		await stop.locator('summary').click();
		await stop.getByLabel('Raison de l’exclusion').fill('Rue barrée');
		await stop.getByRole('button', { name: 'Exclure du plan' }).click();
		await expect.poll(async () => (await ordered()).flat()).not.toContain('Colonne 2');
		await expect
			.poll(() => page.locator('tr', { hasText: 'Colonne 2' }).textContent())
			.toContain('Rue barrée');
		await page.getByRole('button', { name: 'Reprendre Colonne 2' }).click();
		await expect.poll(async () => (await ordered()).flat()).toContain('Colonne 2');

		const [before = []] = await ordered();
		await page.getByRole('button', { name: `Descendre ${before[0]}` }).click();
		await expect.poll(async () => (await ordered())[0]?.slice(0, 2)).toEqual([before[1], before[0]]);
	});
});

test('by keyboard alone a stop goes up, and to another truck; who is too late is told', async () => {
	await asManager({}, async (page) => {
		await page.goto(`/espace/dechets/plan?jour=${day}`);
		const [before = []] = await ordered();
		await page.getByRole('button', { name: `Monter ${before[1]}` }).focus();
		await page.keyboard.press('Enter');
		await page.getByText('L’ordre est changé').waitFor();
		const [after = []] = await ordered();
		expect(after.slice(0, 2)).toEqual([before[1], before[0]]);

		await page.goto(`/espace/dechets/plan?jour=${day}`);
		const plan = await town.rooms.operations.waste.plans.make(system, day);
		expect(plan.ok).toBe(true);
		await page.getByRole('button', { name: 'Replanifier' }).click();
		await page.getByText('a modifié ce plan à').waitFor();
	});
});

test('a stop is dragged to the end', async () => {
	await asManager({}, async (page) => {
		await page.goto(`/espace/dechets/plan?jour=${day}`);
		const [before = []] = await ordered();
		const handle = page.locator('.round-stops > li', { hasText: before[0] ?? '' }).locator('[data-handle]');
		await handle.waitFor();
		await handle.scrollIntoViewIfNeeded();
		const from = await handle.boundingBox();
		const last = await page.locator('.round-stops > li', { hasText: before.at(-1) ?? '' }).boundingBox();
		await page.mouse.move((from?.x ?? 0) + 5, (from?.y ?? 0) + 5);
		await page.mouse.down();
		await page.mouse.move((from?.x ?? 0) + 5, (last?.y ?? 0) + (last?.height ?? 0) - 2, { steps: 8 });
		await page.mouse.up();
		await page.getByText('L’ordre est changé').waitFor();
		const [after = []] = await ordered();
		expect(after.at(-1)).toBe(before[0]);
	});
});

test('the pages have no grave fault, stay within a phone and show nothing fuller than full', async () => {
	const overfull = async (page: Page) =>
		(await page.locator('main').textContent())?.match(/\b(10[1-9]|1[1-9]\d|[2-9]\d\d)\s%/g) ?? null;
	await asManager({ width: 360 }, async (page) => {
		for (const part of [
			'',
			`/plan?jour=${day}`,
			'/conteneurs',
			'/conteneurs/nouveau',
			'/conteneurs/import',
			'/camions',
			'/tournees-fixes',
			'/comparaison',
			'/reglages',
		]) {
			await page.goto(`/espace/dechets${part}`);
			expect(await graveFaults(page), part).toEqual([]);
			expect(await overfull(page), part).toBeNull();
			expect(
				await page.evaluate(
					() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
				),
				part,
			).toBeLessThanOrEqual(0);
		}
		await page.goto('/espace/dechets/conteneurs');
		await page.locator('tbody th a').first().click();
		await page.getByRole('heading', { name: 'Niveau et prévision' }).waitFor();
		expect(await graveFaults(page)).toEqual([]);
		expect(await overfull(page)).toBeNull();
	});
}, 120_000);

test('agents see, and change nothing; others see nothing', async () => {
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await town.signIn(
			page,
			({ roles }) => roles.includes('operations:agent') && !roles.includes('operations:manager'),
		);
		await page.goto(`/espace/dechets/plan?jour=${day}`);
		expect(await page.getByRole('button', { name: 'Replanifier' }).count()).toBe(0);
		expect(await page.getByRole('heading', { name: 'Camion', exact: false }).count()).toBeGreaterThan(0);
		const forged = await page.request.post('/espace/dechets/plan?/planifier', {
			form: { jour: day },
			headers: { origin: town.url },
		});
		expect(await forged.text()).not.toContain('Le plan est fait');
	});
	await town.visit({}, async (page) => {
		await page.goto('/espace/dechets');
		expect(page.url()).toContain('/connexion');
	});
});
