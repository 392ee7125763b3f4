import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
let meeting: { id: string; slug: string; url: string };
const seats: string[] = [];
const said = [
	['Hélène Vasseur', 'La séance est ouverte.'],
	['Camille Roy', 'La piscine ouvrirait dès sept heures et demie,'],
	['Camille Roy', 'et le samedi jusqu’à vingt heures.'],
	['Hélène Vasseur', 'Qui veut la parole sur la picine ?'],
] as const;

/** Twenty seconds of a picture and a tone, as one segment of a recording. */
async function record(meetingId: string, startedAt: Date): Promise<void> {
	const { stdout } = await promisify(execFile)(
		'ffmpeg',
		[
			...[
				'-loglevel',
				'error',
				'-f',
				'lavfi',
				'-i',
				'testsrc=size=160x90:rate=10',
				'-f',
				'lavfi',
				'-i',
				'sine=frequency=300',
			],
			...[
				'-t',
				'20',
				'-c:v',
				'libx264',
				'-preset',
				'ultrafast',
				'-g',
				'20',
				'-pix_fmt',
				'yuv420p',
				'-c:a',
				'aac',
			],
			...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4', '-'],
		],
		{ encoding: 'buffer', maxBuffer: 1 << 26 },
	);
	const cut = stdout.indexOf('moof') - 4;
	const runId = randomUUID();
	const keys = [`council/video/${runId}/init.mp4`, `council/video/${runId}/0.m4s`] as const;
	await town.platform.files.put(keys[0], Readable.from([stdout.subarray(0, cut)]));
	await town.platform.files.put(keys[1], Readable.from([stdout.subarray(cut)]));
	await town.platform.pool.query(
		`INSERT INTO council.run (id, meeting_id, number, source, started_at, ended_at, init_key, codecs, width, height)
		 VALUES ($1, $2, 1, 'file', $3::timestamptz, $3::timestamptz + interval '20 seconds', $4, 'avc1.42c00a,mp4a.40.2', 160, 90)`,
		[runId, meetingId, startedAt, keys[0]],
	);
	await town.platform.pool.query('INSERT INTO council.segment VALUES ($1, 0, 0, 20, 1, $2)', [
		runId,
		keys[1],
	]);
}

beforeAll(async () => {
	town = await openTown({ fill: false });
	const { bodies, meetings, sessions } = town.rooms.council;
	const value = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
		if (!result.ok) throw new Error(result.error);
		return result.value;
	};
	const { id: bodyId } = value(
		await bodies.create(system, { name: 'Conseil municipal', kind: 'council', inhabitants: 2000 }),
	);
	for (const [name, role] of [
		['Hélène Vasseur', 'chair'],
		['Camille Roy', 'member'],
	])
		seats.push(value(await bodies.seat(system, bodyId, { name, role, startsOn: '2026-03-22' })).id);
	const startsAt = new Date(Date.now() + 8 * 86_400_000);
	const made = value(await meetings.create(system, { bodyId, title: 'Séance de décembre', startsAt }));
	const item = value(
		await meetings.addItem(system, made.id, {
			kind: 'deliberation',
			title: 'Horaires du bassin',
			draft: 'Ouvrir tôt.',
		}),
	);
	value(await meetings.convene(system, made.id));
	const act = async (action: object) => value(await sessions.act(system, made.id, action));
	for (const seatId of seats) await act({ kind: 'arrive', seatId });
	await act({ kind: 'open' });
	await act({ kind: 'take_item', itemId: item.id });
	await act({ kind: 'close' });
	const state = await sessions.state(system, made.id);
	const begin = new Date((state?.taken[0]?.at.getTime() ?? 0) + 10);
	await record(made.id, begin);
	for (const [n, [speaker, text]] of said.entries())
		await town.platform.pool.query(
			`INSERT INTO council.caption (id, meeting_id, starts_at, duration_seconds, text, seat_id, provider)
			 VALUES (gen_random_uuid(), $1, $2, 3, $3, $4, 'test')`,
			[made.id, new Date(begin.getTime() + n * 4000 + 1000), text, seats[speaker === 'Camille Roy' ? 1 : 0]],
		);
	await town.rooms.council.search.refresh();
	meeting = { id: made.id, slug: made.slug, url: `/conseil/${made.slug}` };
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

const phone = { viewport: { width: 360, height: 740 } };
const isClerk = ({ roles }: { roles: readonly string[] }) => roles.includes('council:clerk');

test('a question on a phone, without a script and in the dark, leads to the second of the video', async () => {
	await town.visit({ ...phone, javaScriptEnabled: false, colorScheme: 'dark' }, async (page) => {
		await page.goto('/conseil');
		await page.getByRole('link', { name: 'Chercher dans ce qui a été dit' }).click();
		await page.fill('[name="mots"]', 'Qu’a dit le conseil sur la piscine ?');
		await page.locator('main form button').first().click();
		await page.getByText('ouvrirait dès sept heures').waitFor();
		await expect.poll(() => page.locator('main mark').first().textContent()).toBe('piscine');
		await expect
			.poll(() => page.getByRole('link', { name: 'Voir à 0:05' }).getAttribute('href'))
			.toBe(`${meeting.url}/video?t=5`);
		await page.goto('/conseil/recherche?mots=zzz&type=minutes');
		expect(await page.locator('main').textContent()).toContain('Rien avec ces critères');
		await page.goto('/recherche?q=piscine');
		await page.getByRole('link', { name: /Chercher « piscine » dans les débats/ }).click();
		await expect.poll(() => page.url()).toContain('/conseil/recherche?mots=piscine');
	});
	await town.visit(phone, async (page) => {
		for (const path of [
			'/conseil/recherche',
			'/conseil/recherche?mots=piscine&annee=2026',
			'/conseil/recherche?mots=introuvable',
			`${meeting.url}/transcription`,
		]) {
			expect((await page.goto(path))?.status(), path).toBe(200);
			expect(await graveFaults(page), path).toEqual([]);
			expect(
				await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
				path,
			).toBeLessThanOrEqual(0);
		}
		const main = await page.locator('main').textContent();
		expect(main).toContain(
			'La piscine ouvrirait dès sept heures et demie, et le samedi jusqu’à vingt heures.',
		);
		expect(main).toContain('écrit par une machine');
	});
	const file = await fetch(`${town.url}/api/v1/meetings/${meeting.slug}/transcript.vtt`);
	expect(file.headers.get('content-type')).toContain('text/vtt');
	expect(await file.text()).toContain('<v Camille Roy>La piscine');
	const found = await fetch(`${town.url}/api/v1/council/search?text=piscine`);
	expect(await found.json()).toMatchObject({ total: 1, items: [{ hits: [{ kind: 'speech' }] }] });
	expect((await fetch(`${town.url}/api/v1/council/search?text=`)).status).toBe(400);
});

test('a clerk corrects lines without a script, then by keyboard beside the video; who was first is told', async () => {
	const desk = `/espace/conseil/seances/${meeting.id}/transcription`;
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await page.goto(desk);
		expect(page.url()).toContain('/connexion');
		await town.signIn(page, ({ roles }) => roles.length === 0);
		expect((await page.goto(desk))?.status()).toBe(403);
		expect((await page.goto(`${desk}/extrait.mp4?de=1`))?.status()).toBe(403);
	});
	await town.visit({ javaScriptEnabled: false }, async (page, context) => {
		await town.signIn(page, isClerk);
		await page.goto(desk);
		const other = await context.newPage();
		await page.getByRole('link', { name: /picine/ }).click();
		await other.goto(page.url());
		await page.fill('[data-line] [name="texte"]', 'Qui veut la parole | sur la piscine ?');
		await page.getByRole('button', { name: 'Couper', exact: true }).click();
		await page.getByText('Enregistré', { exact: false }).first().waitFor();
		await expect.poll(() => page.inputValue('[data-line] [name="texte"]')).toBe('Qui veut la parole');
		await expect.poll(() => page.locator('#lignes').textContent()).toContain('5 lignes');
		await page.getByText('versions précédentes').click();
		await expect.poll(() => page.locator('.timeline').textContent()).toContain('sur la picine ?');
		// The other tab still has what stood before.
		await other.fill('[data-line] [name="texte"]', 'Tout autre chose');
		await other.getByRole('button', { name: 'Enregistrer', exact: true }).click();
		await expect
			.poll(() => other.getByRole('alert').textContent())
			.toMatch(/a corrigé cette ligne avant vous.*Qui veut la parole/);
		await expect.poll(() => other.inputValue('[data-line] [name="texte"]')).toBe('Tout autre chose');
		await page.getByRole('button', { name: 'Joindre la ligne suivante' }).click();
		await expect
			.poll(() => page.inputValue('[data-line] [name="texte"]'))
			.toBe('Qui veut la parole sur la piscine ?');
		await page.selectOption('[data-line] [name="orateur"]', 'autre');
		await page.fill('[data-line] [name="nom"]', 'Directrice des sports');
		await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
		await expect
			.poll(() => page.locator('.transcript-work').textContent())
			.toContain('Directrice des sports');
		await page.getByText('Ajouter une ligne que la machine').click();
		await page.fill('#ajout-moment', '0:18');
		await page.fill('#ajout-texte', 'La séance est levée.');
		await page.getByRole('button', { name: 'Ajouter cette ligne' }).click();
		await expect.poll(() => page.locator('#lignes').textContent()).toContain('5 lignes');
		await page.getByRole('button', { name: 'Retirer la ligne' }).click();
		await expect.poll(() => page.locator('#lignes').textContent()).toContain('4 lignes');
		await expect.poll(() => page.locator('.transcript-work').textContent()).not.toContain('levée');
	});
	await town.visit(phone, async (page) => {
		await town.signIn(page, isClerk);
		await page.goto(desk);
		expect(await graveFaults(page)).toEqual([]);
		expect(
			await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
		).toBeLessThanOrEqual(0);
		await expect
			.poll(() => page.locator('[data-clip]').evaluate((video) => (video as HTMLVideoElement).videoWidth))
			.toBe(160);
		await page.keyboard.press('Control+ ');
		await expect
			.poll(() => page.locator('[data-clip]').evaluate((video) => (video as HTMLVideoElement).currentTime))
			.toBeGreaterThan(0);
		await page.keyboard.press('Control+a');
		await page.keyboard.type('La séance est ouverte, bonsoir.');
		await page.keyboard.press('Control+Enter');
		await expect.poll(() => page.inputValue('[data-line] [name="texte"]')).toContain('La piscine');
		await page.keyboard.press('Alt+ArrowUp');
		await expect
			.poll(() => page.inputValue('[data-line] [name="texte"]'))
			.toBe('La séance est ouverte, bonsoir.');
	});
	const history = await town.platform.pool.query('SELECT count(*)::int AS kept FROM council.caption_version');
	expect(history.rows[0].kept).toBeGreaterThanOrEqual(5);
	await expect(town.platform.pool.query("UPDATE council.caption_version SET text = 'x'")).rejects.toThrow(
		'append-only',
	);
}, 120_000);

test('a resident follows a subject from the search, chooses the pace, and ends it by the link of a letter', async () => {
	await town.visit({ ...phone, javaScriptEnabled: false }, async (page) => {
		await page.goto('/conseil/recherche?mots=piscine');
		await page.getByRole('link', { name: 'Suivre par courriel' }).click();
		await expect.poll(() => page.url()).toContain('/connexion');
		const account = town.accounts.find(({ roles }) => roles.length === 0);
		await page.fill('form[action*="motDePasse"] input[name="email"]', account?.email ?? '');
		await page.fill('input[name="password"]', account?.password ?? '');
		await page.click('form[action*="motDePasse"] button');
		await page.getByText('piscine').first().waitFor();
		await page.getByLabel('tout de suite').first().check();
		await page.getByRole('button', { name: 'Suivre', exact: true }).click();
		await expect.poll(() => page.locator('#suivis ~ ul').textContent()).toContain('tout de suite');
		await page.goto('/conseil');
		await page.getByRole('link', { name: /Suivre cette assemblée/ }).click();
		await page.getByRole('button', { name: 'Suivre', exact: true }).click();
		await page.getByRole('button', { name: /Ne plus suivre.*Conseil municipal/ }).click();
		await expect.poll(() => page.locator('#suivis ~ ul li').count()).toBe(1);
		await page.goto('/conseil/desabonner?jeton=rien');
		await page.getByRole('button').last().click();
		await expect.poll(() => page.getByRole('alert').count()).toBe(1);
	});
	await town.visit(phone, async (page) => {
		await town.signIn(page, ({ roles }) => roles.length === 0);
		for (const path of [
			'/compte/conseil',
			'/compte/conseil?suivre=words&sujet=piscine',
			'/conseil/desabonner?jeton=x',
			'/conseil',
		]) {
			expect((await page.goto(path))?.status(), path).toBe(200);
			expect(await graveFaults(page), path).toEqual([]);
			expect(
				await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
				path,
			).toBeLessThanOrEqual(0);
		}
	});
	const feed = await fetch(`${town.url}/conseil/recherche.atom?mots=piscine`);
	expect(feed.headers.get('content-type')).toContain('application/atom+xml');
	expect(await feed.text()).toContain('<title>Horaires du bassin (Conseil municipal)</title>');
	const click = await fetch(`${town.url}/api/v1/council/follows/unsubscribe?token=x`, {
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: 'List-Unsubscribe=One-Click',
	});
	expect(click.status).toBe(404);
});
