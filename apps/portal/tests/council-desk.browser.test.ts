import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, submit, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
let home = '';
let desk = '';
let seats: { id: string; name: string }[] = [];
beforeAll(async () => {
	town = await openTown({ fill: false });
	const { bodies, meetings } = town.rooms.council;
	const made = await bodies.create(system, {
		name: 'Conseil municipal',
		kind: 'council',
		inhabitants: 14_100,
	});
	const bodyId = made.ok ? made.value.id : '';
	const resident = town.accounts.find(({ roles }) => roles.length === 0)?.email ?? '';
	const personId = await town.rooms.identity.people.byAddress(resident);
	for (const [n, name] of ['Hélène Vasseur', 'Camille Roy', 'Marc Oudin', 'Inès Duval'].entries())
		await bodies.seat(system, bodyId, {
			name,
			party: n % 2 ? 'Minorité' : 'Majorité',
			role: n ? 'member' : 'chair',
			personId: n === 1 ? personId : null,
			startsOn: '2026-03-22',
		});
	const meeting = await meetings.create(system, {
		bodyId,
		title: 'Séance de décembre',
		startsAt: new Date(Date.now() + 10 * 86_400_000),
		synthesis: 'De quoi il s’agit.',
	});
	const id = meeting.ok ? meeting.value.id : '';
	for (const title of ['Horaires de la piscine', 'Budget'])
		await meetings.addItem(system, id, { kind: 'deliberation', title, draft: title });
	expect(await meetings.convene(system, id)).toMatchObject({ ok: true });
	const found = await meetings.get(system, id);
	home = found?.url ?? '';
	seats = found?.seats ?? [];
	desk = `/espace/conseil/seances/${id}/pupitre`;
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const isClerk = ({ roles }: { roles: readonly string[] }) => roles.includes('council:clerk');
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();
const sees = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

async function fits(page: Page): Promise<void> {
	expect(await graveFaults(page)).toEqual([]);
	expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(
		0,
	);
}

test('clerk and member hold a meeting live, by keys and large buttons, without a reload', async () => {
	await town.visit({ viewport: { width: 1366, height: 768 } }, async (page) => {
		await town.signIn(page, isClerk);
		await page.goto(desk);
		await sees(page, 'Page à jour');
		await press(page, 'Cocher tout le monde présent');
		await press(page, 'Enregistrer l’appel');
		await sees(page, '4 / 3');
		await press(page, 'Ouvrir la séance');
		await page.locator('[data-shortcut="p"]').waitFor();
		await page.keyboard.press('p');
		await page.getByRole('heading', { level: 1, name: /Horaires de la piscine/ }).waitFor();
		await fits(page);
		await town.visit({ viewport: { width: 360, height: 740 } }, async (member) => {
			await town.signIn(member, ({ roles }) => roles.length === 0);
			await member.goto(`${home}/ma-place`);
			await sees(member, 'Page à jour');
			await press(member, 'Demander la parole');
			await sees(member, /dans la file : 1/);
			// The desk sees the hand, gives the floor by a key, and the member sees it at once.
			await page.locator('.desk-queue').getByText('Camille Roy').first().waitFor();
			await page.keyboard.press('n');
			await sees(member, 'Vous avez la parole.');
			await page.locator('[data-shortcut="r"]').waitFor();
			await page.keyboard.press('r');
			await sees(page, 'Personne n’a la parole.');
			await page.locator('[data-shortcut="v"]').waitFor();
			await page.keyboard.press('v');
			await press(member, /^Contre/);
			await member.getByText('Contre', { exact: true }).first().waitFor();
			await page.locator('.desk-ballots').getByText('Contre').first().waitFor();
			await fits(member);
		});
		await page.locator('[data-shortcut="c"]').waitFor();
		await page.keyboard.press('c');
		await page.locator('section[aria-labelledby="vote"]').getByText('Rejetée').waitFor();
		// Typing a letter types it.
		await page.keyboard.press('/');
		await page.keyboard.type('oudin');
		await expect.poll(() => page.locator('.desk-grid-members > li').count()).toBe(1);
		await page.keyboard.press('Escape');
		await page.keyboard.press('?');
		await page.getByRole('dialog').waitFor();
		expect(await graveFaults(page)).toEqual([]);
		await page.keyboard.press('Escape');
		// The broadcast is reached by its key; its form is there.
		await page.keyboard.press('d');
		await expect.poll(() => page.evaluate('document.activeElement?.id')).toBe('diffusion');
		await page
			.locator('section[aria-labelledby="diffusion"]')
			.getByRole('button', { name: 'Lancer la diffusion' })
			.waitFor();
		// A refusal stands beside what was pressed.
		await page.getByText('Huis clos', { exact: true }).first().click();
		await press(page, 'Mettre le huis clos aux voix');
		await page.locator('section[aria-labelledby="vote"]').getByRole('alert').waitFor();
	});
}, 120_000);

test('without a script the desk does the same, on a phone too; the desk of who presides is theirs alone', async () => {
	await town.visit({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } }, async (page) => {
		await town.signIn(page, isClerk);
		await page.goto(desk);
		await page.locator('details', { hasText: 'À distance' }).first().waitFor({ state: 'attached' });
		await submit(
			page
				.locator('.desk-agenda')
				.getByRole('button', { name: /Passer à ce point/ })
				.first(),
		);
		await expect.poll(() => page.locator('h1').first().textContent()).toMatch(/Budget|piscine/);
		await submit(page.getByRole('button', { name: /Donner la parole.*Marc Oudin/ }).first());
		await expect.poll(() => page.locator('.desk-speaker').textContent()).toContain('Marc Oudin');
		await submit(page.getByRole('button', { name: /^Suspendre/ }));
		await expect.poll(() => page.locator('.desk-bar').textContent()).toContain('suspendue');
		await submit(page.getByRole('button', { name: /^Reprendre/ }).first());
		await expect.poll(() => page.locator('.desk-speaker').textContent()).toContain('Marc Oudin');
	});
	await town.visit({}, async (page) => {
		await town.signIn(page, ({ roles }) => roles.length === 0);
		expect((await page.goto(`${home}/presidence`))?.status()).toBe(403);
		await town.rooms.council.sessions.act(system, desk.split('/')[4] ?? '', {
			kind: 'take_chair',
			seatId: seats.find(({ name }) => name === 'Camille Roy')?.id,
		});
		expect((await page.goto(`${home}/presidence`))?.status()).toBe(200);
		await press(page, /^Fermer tous les micros/);
		await page.getByRole('button', { name: /^Rouvrir les micros/ }).waitFor();
		expect(await graveFaults(page)).toEqual([]);
		// The roll is the clerk's.
		expect(await page.getByRole('button', { name: /^Part/ }).count()).toBe(0);
	});
}, 120_000);

test('the public page of a meeting keeps up without a reload, and tells nothing from behind closed doors', async () => {
	const id = desk.split('/')[4] ?? '';
	const act = async (action: Record<string, unknown>) =>
		expect(await town.rooms.council.sessions.act(system, id, action)).toMatchObject({ ok: true });
	const seat = (name: string) => seats.find((one) => one.name === name)?.id;
	await town.visit({ viewport: { width: 360, height: 740 } }, async (page) => {
		await page.goto(home);
		await sees(page, 'Cette page suit la séance en direct.');
		await page.evaluate('window.kept = true');
		const main = page.locator('main');
		await act({ kind: 'give_floor', seatId: seat('Inès Duval') });
		await sees(page, 'La parole est à Inès Duval.');
		await page.locator('#ordre ~ ol details, #deroule ~ details').last().locator('summary').click();
		await act({ kind: 'close_doors', closed: true });
		await main.locator('.call-action').getByText('Huis clos').waitFor();
		await act({ kind: 'give_floor', seatId: seat('Marc Oudin') });
		await act({ kind: 'note', text: 'Ce que nul ne doit lire.' });
		await act({ kind: 'take_floor_back' });
		await act({ kind: 'close_doors', closed: false });
		await main.locator('.call-action').getByText('Huis clos').waitFor({ state: 'detached' });
		expect(await main.textContent()).not.toContain('Ce que nul ne doit lire');
		await expect.poll(() => page.locator('[data-told]').textContent()).not.toBe('');
		// What the visitor folded stays folded.
		expect(await page.locator('#deroule ~ details').getAttribute('open')).toBeNull();
		await fits(page);
		await act({ kind: 'close' });
		await page.getByRole('heading', { name: 'Par groupe' }).waitFor();
		expect(await page.evaluate('window.kept')).toBe(true);
		await fits(page);
	});
}, 120_000);
