import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { fakeMedia, openBrowser, startTestTown, type TestTown } from '../../server/testing.ts';

/** A town and a browser to look at it with; `stop` ends both. */
export interface VisitedTown extends TestTown {
	browser: Browser;
	/** Work in a fresh browser, as another person would. */
	visit<T>(
		options: Parameters<Browser['newContext']>[0],
		work: (page: Page, context: BrowserContext) => Promise<T>,
	): Promise<T>;
	/** Sign in by password as the first account that fits; agents type the code of the second step too. */
	signIn(page: Page, wanted: (account: TestTown['accounts'][number]) => boolean): Promise<void>;
}

export const nobody = {
	kind: 'anonymous',
	id: null,
	displayName: '',
	roles: [],
	scopes: [],
	secondFactor: false,
} as const;

export const system = { ...nobody, kind: 'system', displayName: 'Parvis' } as const;

/** With `room` the browser has an invented camera and microphone. */
export async function openTown(options?: Parameters<typeof startTestTown>[0]): Promise<VisitedTown> {
	const town = await startTestTown(options);
	const browser = await openBrowser(options?.room ? fakeMedia : []);
	return {
		...town,
		browser,
		async visit(contextOptions, work) {
			const context = await browser.newContext({ locale: 'fr-FR', baseURL: town.url, ...contextOptions });
			try {
				context.setDefaultTimeout(20_000);
				return await work(await context.newPage(), context);
			} finally {
				await context.close();
			}
		},
		async signIn(page, wanted) {
			const account = town.accounts.find(wanted);
			if (!account) throw new Error('no demonstration account fits');
			await page.goto('/connexion');
			await page.fill('form[action*="motDePasse"] input[name="email"]', account.email);
			await page.fill('input[name="password"]', account.password);
			await page.click('form[action*="motDePasse"] button');
			if (account.roles.length) {
				await page.fill('input[name="code"]', (await page.locator('.notice strong').textContent()) ?? '');
				await page.getByRole('button', { name: 'Vérifier' }).click();
			}
			// Whoever goes elsewhere before the answer is there is not signed in.
			await page.waitForURL(({ pathname }) => !pathname.startsWith('/connexion'));
		},
		async stop() {
			await browser.close();
			await town.stop();
		},
	};
}

/** Press a button that brings another page, as every form does without a script, and wait until that page is whole. */
export async function submit(button: Locator): Promise<void> {
	await Promise.all([button.page().waitForEvent('domcontentloaded'), button.click()]);
}

/** What axe finds serious or worse on the page, one line each. */
export async function graveFaults(page: Page, rules?: readonly string[]): Promise<string[]> {
	await page.waitForLoadState();
	const scripts = await page.evaluate<boolean>(`!matchMedia('(scripting: none)').matches`);
	// Within the page axe is twice as fast as through the blank page that it opens otherwise, but needs the page's timers.
	const axe = new AxeBuilder({ page })
		.setLegacyMode(scripts)
		.options({ resultTypes: ['violations'] })
		.exclude('.maplibregl-map');
	const { violations } = await (rules ? axe.withRules([...rules]) : axe).analyze();
	return violations
		.filter(({ impact }) => impact === 'serious' || impact === 'critical')
		.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}

/** The day in the town, `2026-11-24`: between midnight there and in UTC it is another one. */
export const townDay = () => new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Paris' });
