import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, submit, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
let id: string;
let slug: string;
const day = 86_400_000;

/** A budget in its phase of analysis, whose vote asks for two entries of each paper ballot. */
beforeAll(async () => {
	town = await openTown({ fill: false });
	const { calls, ideas } = town.rooms.participation;
	// Seconds and milliseconds, as a call has that no form made.
	const at = (days: number) => new Date(Date.now() + days * day + 12_345);
	const words = (fr: string) => ({ fr, en: null });
	const made = await calls.create(system, {
		kind: 'budget',
		title: words('Budget des quartiers'),
		summary: words('Vos idées'),
		body: words(''),
		phases: [
			{ kind: 'proposing', startsAt: at(-10), endsAt: at(1) },
			{ kind: 'reviewing', startsAt: at(1), endsAt: at(10) },
			{ kind: 'voting', startsAt: at(10), endsAt: at(20) },
		],
		envelopes: [{ districtId: null, name: 'Toute la commune', budgetCents: 10_000_00 }],
		categories: [],
		eligibility: { who: words(''), leastAge: 16, proofs: ['email', 'letter', 'document'] },
		ballotRules: {
			ballotType: 'approval',
			leastChoices: 1,
			mostChoices: 2,
			points: null,
			envelopes: 'all',
			counting: 'greedy',
			clash: 'paper',
			doubleEntry: true,
			lotSeed: 'le marché du samedi',
		},
		questions: [],
	});
	if (!made.ok) throw new Error(made.error);
	({ id, slug } = made.value);
	await calls.publish(system, id);
	const account = town.accounts.find(({ roles }) => roles.length === 0);
	const { rows } = await town.platform.pool.query('SELECT id FROM identity.person WHERE email = $1', [
		account?.email,
	]);
	const author = { ...system, kind: 'person', id: String(rows[0].id), displayName: 'Camille' } as const;
	for (const title of ['Des bancs au soleil', 'Une fontaine à boire', 'Un terrain de boules']) {
		const draft = await ideas.saveDraft(author, id, { title, body: `${title}, pour tout le monde.` });
		if (!draft.ok) throw new Error(draft.error);
		const handed = await ideas.submit(author, draft.value.id);
		if (!handed.ok) throw new Error(handed.error);
	}
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const isManager = ({ roles }: { roles: readonly string[] }) => roles.includes('participation:manager');
const isBooth = ({ roles }: { roles: readonly string[] }) => roles.includes('participation:booth');
const here = (part = '') => `/espace/participation/appels/${id}${part}`;
const press = (page: Page, name: string | RegExp) => submit(page.getByRole('button', { name }).first());
const notice = async (page: Page) => (await page.locator('.notice').first().textContent()) ?? '';
const csv = (text: string) => ({ name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

async function as(
	who: (account: VisitedTown['accounts'][number]) => boolean,
	work: (page: Page) => Promise<void>,
	javaScriptEnabled = false,
): Promise<void> {
	await town.visit({ javaScriptEnabled, viewport: { width: 1280, height: 900 } }, async (page) => {
		await town.signIn(page, who);
		await work(page);
	});
}

test('moderators publish and hide what waits; the author is told why', async () => {
	await as(isManager, async (page) => {
		await page.goto('/espace/participation/moderation');
		expect(await page.locator('.work-nav-wide .count').first().textContent()).toContain('3');
		await press(page, 'Publier');
		await press(page, 'Publier');
		const form = page.locator('form', { has: page.locator('[name="raison"]') });
		await form.evaluate((element) => element.closest('details')?.setAttribute('open', ''));
		await page.locator('[name="texte"]').fill('Ce terrain existe déjà.');
		await page.locator('button[name="decision"][value="hidden"]').click();
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('raison');
		await expect.poll(() => page.locator('[name="texte"]').inputValue()).toBe('Ce terrain existe déjà.');
		await page.locator('[name="raison"]').selectOption('off_topic');
		await submit(page.locator('button[name="decision"][value="hidden"]'));
		expect(await page.locator('.card').count()).toBe(0);
	});
	const log = await town.rooms.participation.moderation.log(id);
	expect(log.map(({ decision }) => decision).sort()).toEqual(['hidden', 'published', 'published']);
});

test('the board keeps filters and choices, takes a table whole or not at all, and goes by keys', async () => {
	await as(isBooth, async (page) => {
		await page.goto(here('/analyse?mots=fontaine'));
		expect(await page.locator('tbody tr').count()).toBe(1);
		await page.locator('tbody input').check();
		await page.locator('form[data-board] [name="service"]').fill('Eau');
		await page.locator('form[data-board] [name="delai"]').evaluate((input) => {
			input.setAttribute('type', 'text');
		});
		await page.locator('form[data-board] [name="delai"]').fill('demain');
		await press(page, 'Demander');
		await expect.poll(() => page.getByRole('alert').count()).toBe(1);
		await expect.poll(() => page.locator('tbody input').isChecked()).toBe(true);
		await page.locator('form[data-board] [name="delai"]').fill('2026-11-20');
		await press(page, 'Demander');
		await expect.poll(() => new URL(page.url()).searchParams.get('mots')).toBe('fontaine');
		expect(await notice(page)).toContain('1 idée');
		await page.goto(here('/analyse?retard=on'));
		expect(await page.locator('tbody').textContent()).toContain('en retard depuis');

		const lines = (cost: string) =>
			`number;service;reviewer;due;feasible;investment;yearly;how;timing\n1;Voirie;;;oui;${cost};;Deux bancs;En mai\n2;Eau;;;oui;3 000,50;120;;\n`;
		await page.setInputFiles('[name="fichier"]', csv(lines('cher')));
		await press(page, 'Importer');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('Ligne 2');
		await page.setInputFiles('[name="fichier"]', csv(lines('1 500')));
		await press(page, 'Importer');
		await page.goto(here('/analyse'));
		expect(await page.locator('tbody').textContent()).toMatch(/3\s000,50/);
		const table = await page.request.get(here('/analyse/tableau.csv'));
		expect(await table.text()).toContain('Deux bancs');
	});
	await as(
		isBooth,
		async (page) => {
			await page.goto(here('/analyse'));
			await page.keyboard.press('j');
			await page.keyboard.press('j');
			await page.keyboard.press('x');
			await expect.poll(() => page.locator('tbody tr').nth(1).locator('input').isChecked()).toBe(true);
			await page.keyboard.press('Enter');
			await page.waitForURL(/analyse\/2$/);
		},
		true,
	);
});

test('a vote is held: its key, its codes, the booth with two entries, what differs, and the count', async () => {
	await as(isManager, async (page) => {
		for (const number of [1, 2]) {
			await page.goto(here(`/analyse/${number}`));
			await page.selectOption('#verdict', 'feasible');
			await page.fill('#texte-verdict', 'Oui, au printemps.');
			await page.fill('#cout', '1 500');
			await press(page, 'Publier la réponse');
		}
		await page.goto(here('/projets'));
		for (const box of await page.locator('[name="idee"]').all()) await box.check();
		await press(page, 'Soumettre au vote');
		await page.goto(here('/projets/1'));
		await page.fill('[name="cout"]', '1 600,40');
		await submit(page.locator('form[action="?/enregistrer"] button'));
		expect((await town.rooms.participation.projects.get(system, id, '1'))?.costCents).toBe(1600_40);

		await page.goto(here('/vote'));
		await press(page, 'Créer la clé');
		expect((await page.locator('.receipt code').textContent())?.length).toBeGreaterThan(20);
		await page.goto(here('/vote'));
		expect(await page.locator('.receipt').count(), 'shown once').toBe(0);
		await page.fill('[name="nombre"]', '30');
		await press(page, 'Créer des codes');
		await expect.poll(() => page.locator('#codes ~ .notice').textContent()).toContain('30 codes');
		await page.goto(here('/fusions'));
		await page.locator('form[action="?/reunir"]').evaluate((element) => {
			element.closest('details')?.setAttribute('open', '');
		});
		await page.fill('[name="cible"]', '1');
		await page.fill('[name="idees"]', '99');
		await press(page, 'Proposer');
		await expect.poll(() => page.getByRole('alert').count()).toBe(1);
	});

	await town.platform.pool.query(
		`UPDATE participation.phase SET starts_at = starts_at - interval '12 days', ends_at = ends_at - interval '12 days'`,
	);
	const enter = async (page: Page, number: string, titles: readonly RegExp[]) => {
		await page.goto(here('/bureau'));
		await page.fill('[name="numero"]', number);
		await page.fill('[name="bureau"]', 'Mairie');
		for (const title of titles) await page.getByLabel(title).check();
		await press(page, 'Enregistrer ce bulletin');
	};
	await as(isBooth, async (page) => {
		await page.goto(here('/bureau'));
		const checkIn = async (name: string) => {
			await page.fill('[name="nom"]', name);
			await page.fill('[name="prenom"]', 'Ali');
			await page.fill('[name="naissance"]', '1980-05-06');
			await press(page, 'Émarger');
		};
		await checkIn('Durand');
		expect(await notice(page)).toContain('peut recevoir un bulletin');
		await checkIn('Durand');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('déjà voté sur papier');
		await checkIn('Petit');
		await enter(page, 'A-1', [/bancs/]);
		await enter(page, 'A-2', [/bancs/, /fontaine/]);
		await enter(page, 'A-2', [/bancs/]);
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('un autre agent');
		await expect.poll(() => page.getByLabel(/bancs/).isChecked(), { message: 'kept as typed' }).toBe(true);
	});
	await as(isManager, async (page) => {
		await enter(page, 'A-1', [/bancs/]);
		await enter(page, 'A-2', [/fontaine/]);
		await expect.poll(() => page.locator('#differences').count()).toBe(1);
		// What people vote by stands still; a word of the text may still be put right.
		await page.goto(here());
		await page.fill('[name="summaryFr"]', 'Vos idées, votre vote');
		await press(page, 'Enregistrer');
		expect(await notice(page)).toContain('enregistré');
		await page.fill('[name="envelope-0-budget"]', '20 000');
		await press(page, 'Enregistrer');
		await expect.poll(() => page.locator('[role="alert"]').textContent()).toContain('Le vote a commencé');

		await town.platform.pool.query(
			`UPDATE participation.phase SET starts_at = starts_at - interval '10 days', ends_at = ends_at - interval '10 days'`,
		);
		await page.goto(here('/vote'));
		await press(page, 'Dépouiller et publier');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('seconde saisie');
		await page.goto(here('/bureau'));
		await press(page, 'Garder la seconde');
		await page.goto(here('/vote'));
		await press(page, 'Dépouiller et publier');
		await expect.poll(() => new URL(page.url()).pathname).toBe(`/participer/${slug}/resultat`);
	});
	const result = await town.rooms.participation.counting.result(id, 'fr');
	expect(result?.paperBallots).toBe(2);
	const votes = result?.envelopes[0]?.projects.map(({ title, votes }) => `${title} ${votes}`).sort();
	expect(votes).toEqual(['Des bancs au soleil 1', 'Une fontaine à boire 1']);
}, 120_000);

test('every page of it is free of grave faults, light and dark, and turns strangers away', async () => {
	const paths = [
		'/espace/participation',
		'/espace/participation/moderation',
		'/espace/participation/communautes',
		'/espace/participation/appels/nouveau',
		...['', '/analyse', '/analyse/1', '/projets', '/projets/1', '/fusions', '/vote', '/bureau'].map(here),
	];
	for (const colorScheme of ['light', 'dark'] as const)
		await town.visit({ colorScheme, viewport: { width: 390, height: 844 } }, async (page) => {
			await town.signIn(page, isManager);
			for (const path of paths) {
				expect((await page.goto(path))?.status(), path).toBe(200);
				expect(
					await graveFaults(page, colorScheme === 'dark' ? ['color-contrast'] : undefined),
					path,
				).toEqual([]);
			}
		});
	await as(
		({ roles }) =>
			roles.length > 0 &&
			roles.every((role) => !role.startsWith('participation:') && !role.startsWith('identity:administrator')),
		async (page) => {
			for (const path of paths) expect((await page.goto(path))?.status(), path).toBe(403);
		},
	);
}, 120_000);
