import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import PDFDocument from 'pdfkit';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rangeOf } from '../src/lib/server/ranges.ts';
import { graveFaults, nobody, openTown, submit, system, townDay, type VisitedTown } from './town.ts';

let town: VisitedTown;
beforeAll(async () => {
	town = await openTown({ fill: false });
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const isClerk = ({ roles }: { roles: readonly string[] }) => roles.includes('council:clerk');
const isResident = ({ roles }: { roles: readonly string[] }) => roles.length === 0;
const press = (page: Page, name: string | RegExp) => submit(page.getByRole('button', { name }).first());
const opened = (page: Page, name: string | RegExp) =>
	page
		.locator('details', { has: page.getByText(name) })
		.first()
		.evaluate((details) => details.setAttribute('open', ''));

async function pdf(words: string): Promise<string> {
	const document = new PDFDocument();
	const chunks: Buffer[] = [];
	document.on('data', (chunk: Buffer) => chunks.push(chunk));
	const done = new Promise((resolve) => document.on('end', resolve));
	document.text(words);
	document.end();
	await done;
	const path = join(tmpdir(), `${words.replaceAll(/\W+/g, '-')}.pdf`);
	await writeFile(path, Buffer.concat(chunks));
	return path;
}

/** A page as whoever reads it sees it, on a phone and on a desk in the dark: no grave fault, nothing wider than the screen. */
async function looked(page: Page, path = page.url()) {
	const context = await town.browser.newContext({
		baseURL: town.url,
		locale: 'fr-FR',
		storageState: await page.context().storageState(),
	});
	context.setDefaultTimeout(20_000);
	const shown = await context.newPage();
	for (const [width, height, colorScheme] of [
		[360, 740, 'light'],
		[1280, 900, 'dark'],
	] as const) {
		await shown.setViewportSize({ width, height });
		await shown.emulateMedia({ colorScheme });
		expect((await shown.goto(path))?.status(), path).toBe(200);
		expect(await graveFaults(shown), `${path} ${width}`).toEqual([]);
		expect(
			await shown.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
			`${path} ${width}`,
		).toBeLessThanOrEqual(0);
		if (process.env.PARVIS_SHOTS)
			await shown.screenshot({
				path: join(
					process.env.PARVIS_SHOTS,
					`${path
						.replace(/^https?:\/\/[^/]+/, '')
						.replaceAll(/\W+/g, '_')
						.slice(-50)}-${width}.png`,
				),
				fullPage: true,
			});
	}
	await context.close();
}

/** A council with a meeting ten days away. */
async function prepared() {
	const { council, town: places } = town.rooms;
	const body = await council.bodies.create(system, {
		name: 'Conseil municipal',
		kind: 'council',
		inhabitants: 2000,
	});
	const bodyId = body.ok ? body.value.id : '';
	const member = town.accounts.find(isResident)?.email ?? '';
	const personId = await town.rooms.identity.people.byAddress(member);
	const seats: string[] = [];
	for (const [name, role, more] of [
		['Hélène Vasseur', 'chair', { personId, email: member }],
		['Marc Oudin', 'member', { email: 'marc@example.org' }],
		['Ana Łuczak', 'member', {}],
	] as const) {
		const seat = await council.bodies.seat(system, bodyId, { name, role, startsOn: '2026-03-22', ...more });
		seats.push(seat.ok ? seat.value.id : '');
	}
	const made = await council.meetings.create(system, {
		bodyId,
		title: 'Séance de décembre',
		startsAt: new Date(Date.now() + 10 * 86_400_000),
		place: 'Hôtel de ville',
	});
	await places.places.create(
		{ ...system, roles: ['town:editor'] },
		{ kind: 'pool', name: 'Piscine des Tilleuls', longitude: 4.9, latitude: 45.7 },
	);
	return { bodyId, seats, id: made.ok ? made.value.id : '' };
}

test('documents and acts: from the upload to what everybody downloads', async () => {
	const { council } = town.rooms;
	const { bodyId, seats, id } = await prepared();
	const home = `/espace/conseil/seances/${id}`;
	const desk = { viewport: { width: 1280, height: 900 } };
	let state = '';
	await town.visit(desk, async (page, context) => {
		await town.signIn(page, isClerk);
		state = JSON.stringify(await context.storageState());
		await page.goto(home);
		for (const [title, section] of [
			['Horaires de la piscine', ''],
			['Budget', 'Finances'],
			['Voirie', ''],
		] as const) {
			await opened(page, 'Ajouter un point');
			const form = page.locator('form[action="?/ajouter"]');
			await form.locator('[name="titre"]').fill(title);
			await form.locator('[name="rubrique"]').fill(section);
			await form.locator('[name="projet"]').fill(`Vu le code ;\n\nDécide :\n- ${title.toLowerCase()}.`);
			await form.locator('[name="matiere"]').selectOption('8.4');
			await form
				.locator('[name="lieuConcerne"]')
				.fill(title.includes('piscine') ? 'piscine des tilleuls' : '');
			await press(page, 'Ajouter ce point');
		}
		await opened(page, 'Ajouter un point');
		await page.locator('form[action="?/ajouter"] [name="titre"]').fill('x');
		await page.locator('form[action="?/ajouter"] [name="lieuConcerne"]').fill('Nulle part');
		await press(page, 'Ajouter ce point');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('lieu n’existe pas');
		await looked(page, home);

		// By the pointer: the last item goes to the top, and stays there.
		await page.goto(home);
		await page.setViewportSize({ width: 1280, height: 1600 });
		const titles = () => page.locator('.agenda h3').allTextContents();
		const handles = page.locator('[data-handle]');
		const [from, to] = [await handles.nth(2).boundingBox(), await handles.nth(0).boundingBox()];
		await page.mouse.move((from?.x ?? 0) + 5, (from?.y ?? 0) + 5);
		await page.mouse.down();
		await page.mouse.move((to?.x ?? 0) + 5, (to?.y ?? 0) - 30, { steps: 12 });
		await Promise.all([page.waitForURL(/#ordre$/), page.mouse.up()]);
		await expect.poll(titles).toEqual(['Voirie', 'Horaires de la piscine', 'Budget']);
		// By keyboard: the button is reached and pressed.
		await page.getByRole('button', { name: 'Descendre : Voirie' }).focus();
		await page.keyboard.press('Enter');
		await page.waitForURL(/#point-/);
		await expect.poll(titles).toEqual(['Horaires de la piscine', 'Voirie', 'Budget']);

		await page.goto(`${home}/documents`);
		await looked(page, `${home}/documents`);
		const meeting = await council.meetings.get(system, id);
		const item = meeting?.items[0]?.id ?? '';
		await page.goto(`${home}/documents?point=${item}`);
		expect(await page.inputValue('form[action="?/joindre"] [name="point"]')).toBe(item);
		await page.setInputFiles('[name="fichiers"]', [
			await pdf('Frequentation du bassin'),
			await pdf('Plan des lieux'),
		]);
		await press(page, 'Joindre un document');
		await expect.poll(() => page.locator('.notice').first().textContent()).toContain('2 documents');
		await page.setInputFiles('[name="fichiers"]', await pdf('Offres confidentielles'));
		await page.locator('form[action="?/joindre"] [name="public"]').uncheck();
		await press(page, 'Joindre un document');
		const wrong = join(tmpdir(), 'rapport.docx');
		await writeFile(wrong, 'PK not a PDF');
		await page.setInputFiles('[name="fichiers"]', wrong);
		await press(page, 'Joindre un document');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('enregistrez ce fichier en PDF');
		await looked(page, `${home}/documents`);
		await page.goto(home);
		await press(page, 'Envoyer les convocations');
		await opened(page, /accusés de réception/);
		await press(page, /Noter : sur papier.*Ana/);
		await opened(page, /accusés de réception/);
		await press(page, /Écrire.*Marc/);
		await expect.poll(() => page.locator('.notice').first().textContent()).toContain('1 lettre');
		await page.goto(`${home}/documents`);
		await page.setInputFiles('[name="fichiers"]', await pdf('Note ajoutee'));
		await press(page, 'Joindre un document');
		await press(page, 'Prévenir les membres maintenant');
		await looked(page, home);
	});
	const meeting = await council.meetings.get(system, id);
	const url = meeting?.url ?? '';

	// A resident sees the public ones only; who was convened sees all, by the link of the letter.
	const letter = (await town.platform.mail.list()).find(
		({ to, text }) => to === 'marc@example.org' && text.includes('Note ajoutee'),
	);
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await page.goto(url);
		expect(await page.locator('main').textContent()).toMatch(
			/Frequentation du bassin[\s\S]*après la convocation|après la convocation[\s\S]*Frequentation/,
		);
		expect(await page.locator('main').textContent()).not.toContain('Offres');
		await looked(page, url);
		const path = new URL(/https?:\S+/.exec(letter?.text ?? '')?.[0] ?? '');
		await page.goto(path.pathname + path.search);
		await looked(page, path.pathname + path.search);
		const secret = await page.getByRole('link', { name: /Offres/ }).getAttribute('href');
		const [inside, outside] = [
			await page.request.get(`${town.url}${secret}`),
			await fetch(`${town.url}${secret?.split('?')[0]}`),
		];
		expect([inside.status(), outside.status]).toEqual([200, 404]);
		expect(inside.headers()['cache-control']).toContain('no-store');
	});
	const [annex] = await council.annexes.list(nobody, id);
	const part = await fetch(`${town.url}${annex?.url}`, { headers: { range: 'bytes=0-4' } });
	expect([part.status, await part.text(), part.headers.get('x-content-type-options')]).toEqual([
		206,
		'%PDF-',
		'nosniff',
	]);
	expect((await fetch(`${town.url}${annex?.url}`, { headers: { range: 'bytes=999999999-' } })).status).toBe(
		416,
	);

	// The meeting is held; what comes after it, without a script.
	const act = (action: object) => council.sessions.act(system, id, action);
	for (const seatId of seats.slice(0, 2)) await act({ kind: 'arrive', seatId });
	await act({ kind: 'open' });
	await act({ kind: 'name_secretary', seatId: seats[1] });
	for (const item of meeting?.items ?? []) {
		await act({ kind: 'take_item', itemId: item.id });
		await act({ kind: 'open_vote', method: 'public' });
		for (const seatId of seats.slice(0, 2)) await act({ kind: 'vote', seatId, choice: 'for' });
		await act({ kind: 'close_vote' });
	}
	await act({ kind: 'close' });
	await council.bodies.change(system, bodyId, {
		siret: '21860194600013',
		prefecture: 'PREF086',
		classificationOn: '2020-01-01',
	});
	const [pool] = (await council.deliberations.list({ meetingId: id })).items;
	const signed = JSON.parse(state);
	await town.visit({ ...desk, javaScriptEnabled: false, storageState: signed }, async (page) => {
		await page.goto(`${home}/suites`);
		await looked(page);
		await press(page, 'Afficher la liste');
		await page.goto(`${home}/suites/${pool?.number}`);
		await looked(page, `${home}/suites/${pool?.number}`);
		await page.fill('[name="texte"]', 'Vu le code ;\n\nDécide d’ouvrir le bassin à 7 h 30.');
		await press(page, 'Enregistrer');
		await page.goto(`${home}/suites`);
		await press(page, 'Noter les signatures manuscrites manquantes');
		await press(page, 'Publier tout ce qui est signé');
		await expect.poll(() => page.locator('.notice').first().textContent()).toContain('3 délibérations');
		await opened(page, /^Noter la réception/);
		await page.locator('form[action="?/recu"] [name="jour"]').first().fill(townDay());
		await submit(page.locator('form[action="?/recu"]').first().getByRole('button'));
		await looked(page, `${home}/suites`);
		const packed = await page.request.get(`${town.url}${home}/suites/${pool?.number}.tar.gz`);
		expect(gunzipSync(await packed.body()).toString('latin1')).toContain('99_DE-086-218601946-');
	});
	await town.visit({}, async (page) => {
		await looked(page, pool?.url);
		await page.goto(pool?.url ?? '');
		expect(await page.locator('main').textContent()).toContain('ouvrir le bassin');
		expect(await page.locator('main').textContent()).toContain('Exécutoire le');
		await looked(page, `${url}/liste`);
		await looked(page, '/conseil/deliberations?mots=bassin&matiere=8&annee=2026');
		await looked(page, '/lieux/piscine-des-tilleuls');
		await page.goto('/lieux/piscine-des-tilleuls');
		expect(await page.locator('main').textContent()).toContain('Délibération : Horaires de la piscine');
		const feed = await page.request.get(`${town.url}/conseil/deliberations.atom?lieu=piscine-des-tilleuls`);
		expect(await feed.text()).toContain('<title>Horaires de la piscine</title>');
		expect(await (await page.request.get(`${town.url}/conseil/seances.ics`)).text()).toContain(
			'BEGIN:VEVENT',
		);
	});
	const answer = await fetch(`${town.url}${pool?.url}.pdf`);
	expect(answer.headers.get('content-type')).toBe('application/pdf');
	const document = await getDocument({ data: new Uint8Array(await answer.arrayBuffer()), verbosity: 0 })
		.promise;
	const page = await document.getPage(1);
	const roles = JSON.stringify(await page.getStructTree());
	for (const role of ['"H1"', '"H2"', '"P"', '"LBody"']) expect(roles).toContain(role);
	expect((await page.getTextContent()).lang).toBe('fr-FR');

	// The minutes: two clerks, then adopted, signed by the chair's account, published.
	const today = townDay();
	await town.visit({ ...desk, javaScriptEnabled: false, storageState: signed }, async (page) => {
		await page.goto(`${home}/pv`);
		await page.fill('[name="texte"]', 'Mon texte.');
		await council.minutes.save({ ...system, displayName: 'Zoé' }, id, { text: 'Le sien.', base: 0 });
		await press(page, 'Enregistrer');
		await expect.poll(() => page.getByRole('alert').textContent()).toContain('Zoé');
		await expect.poll(() => page.locator('main').textContent()).toContain('Le sien.');
		await expect.poll(() => page.inputValue('[name="texte"]')).toBe('Mon texte.');
		await press(page, 'Enregistrer');
		await page.fill('[name="jour"]', today);
		await looked(page, `${home}/pv?version=1`);
		await page.fill('[name="jour"]', today);
		await press(page, 'Arrêté tel quel');
	});
	await town.visit(desk, async (page) => {
		await town.signIn(page, isResident);
		await page.goto(`${url}/proces-verbal`);
		await looked(page, `${url}/proces-verbal`);
		await press(page, 'Je signe');
		await expect.poll(() => page.locator('main').textContent()).toContain('Hélène Vasseur');
	});
	await town.visit({ ...desk, javaScriptEnabled: false, storageState: signed }, async (page) => {
		await page.goto(`${home}/pv`);
		await press(page, 'Noter cette signature');
		await press(page, 'Publier le procès-verbal');
		await looked(page, '/espace/conseil/assemblees');
	});
	expect(await (await fetch(`${town.url}${url}/proces-verbal`)).text()).toContain('Mon texte.');
	expect((await fetch(`${town.url}${url}/proces-verbal.pdf`)).headers.get('content-type')).toBe(
		'application/pdf',
	);
	const csv = await (await fetch(`${town.url}/donnees/deliberations.csv`)).text();
	expect(csv).toContain('21860194600013');
}, 240_000);

test('parts of a file are what the header asks', () => {
	expect(rangeOf('bytes=0-4', 10)).toEqual({ start: 0, end: 4 });
	expect(rangeOf('bytes=5-', 10)).toEqual({ start: 5, end: 9 });
	expect(rangeOf('bytes=-3', 10)).toEqual({ start: 7, end: 9 });
	expect(rangeOf('bytes=-30', 10)).toEqual({ start: 0, end: 9 });
	expect(rangeOf('bytes=0-99', 10)).toEqual({ start: 0, end: 9 });
	for (const whole of [null, '', 'bytes=', 'bytes=-', 'bytes=4-2', 'bytes=0-1,4-5', 'lines=0-1', 'bytes=a-b'])
		expect(rangeOf(whole, 10), String(whole)).toBeNull();
	for (const none of ['bytes=10-', 'bytes=-0', 'bytes=99-100'])
		expect(rangeOf(none, 10)).toBe('unsatisfiable');
});
