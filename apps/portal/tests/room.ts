import type { Page } from 'playwright-core';
import type { VisitedTown } from './town.ts';

const membersPassword = 'salle-du-conseil-38';

/** A page whose received sound can be counted. */
export async function openPage(
	town: VisitedTown,
	options: Parameters<VisitedTown['browser']['newContext']>[0] = {},
): Promise<Page> {
	const context = await town.browser.newContext({
		locale: 'fr-FR',
		baseURL: town.url,
		permissions: ['camera', 'microphone'],
		...options,
	});
	context.setDefaultTimeout(20_000);
	await context.addInitScript(() => {
		const kept: RTCPeerConnection[] = [];
		Object.assign(globalThis, { keptConnections: kept });
		globalThis.RTCPeerConnection = class extends RTCPeerConnection {
			constructor(...given: ConstructorParameters<typeof RTCPeerConnection>) {
				super(...given);
				kept.push(this);
			}
		};
	});
	return context.newPage();
}

/** Sign in as the n-th invented member of the demonstration's council. */
export async function signInAsMember(page: Page, n: number): Promise<void> {
	await page.goto('/connexion');
	await page.fill('form[action*="motDePasse"] input[name="email"]', `elu-${n}@demo.parvis.example`);
	await page.fill('input[name="password"]', membersPassword);
	await page.click('form[action*="motDePasse"] button');
	await page.waitForURL((url) => !url.pathname.startsWith('/connexion'));
}

/** Into the room, by the button that everybody presses. */
export async function enterRoom(page: Page, path: string, { camera = false } = {}): Promise<void> {
	await page.goto(path);
	const box = page.getByRole('checkbox', { name: 'Entrer avec ma caméra' });
	await page.locator('[data-enter]').waitFor();
	if (!camera && (await box.count())) await box.uncheck();
	await page.locator('[data-enter]').click();
	await page.locator('[data-phase="in"]').waitFor();
}

/** Bytes of sound that this page received, of all who are heard. */
export function soundBytes(page: Page): Promise<number> {
	return page.evaluate(async () => {
		const { keptConnections } = globalThis as unknown as { keptConnections: RTCPeerConnection[] };
		let bytes = 0;
		for (const connection of keptConnections)
			for (const report of (await connection.getStats()).values())
				if (report.type === 'inbound-rtp' && report.kind === 'audio') bytes += report.bytesReceived;
		return bytes;
	});
}

/** How many bytes of sound arrive within a time. */
export async function soundDuring(page: Page, milliseconds: number): Promise<number> {
	const before = await soundBytes(page);
	await page.waitForTimeout(milliseconds);
	return Math.max(0, (await soundBytes(page)) - before);
}

/** A PDF of so many pages, each with one line of words. */
export function simplePdf(pages: number, words: string): Uint8Array {
	const objects = ['<< /Type /Catalog /Pages 2 0 R >>'];
	const kids = Array.from({ length: pages }, (_, n) => `${4 + 2 * n} 0 R`);
	objects.push(`<< /Type /Pages /Count ${pages} /Kids [${kids.join(' ')}] >>`);
	objects.push('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>');
	for (let n = 0; n < pages; n++) {
		const content = `BT /F1 24 Tf 60 700 Td (${words} ${n + 1}) Tj ET`;
		objects.push(
			`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * n} 0 R >>`,
			`<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
		);
	}
	let text = '%PDF-1.7\n';
	const places = objects.map((object, n) => {
		const place = text.length;
		text += `${n + 1} 0 obj\n${object}\nendobj\n`;
		return place;
	});
	const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
	const start = text.length;
	text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
	return new TextEncoder().encode(text);
}
