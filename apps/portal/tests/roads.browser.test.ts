import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, type VisitedTown } from './town.ts';

let town: VisitedTown;
beforeAll(async () => {
	town = await openTown({ fill: 'places' });
}, 180_000);
afterAll(() => town?.stop());

const page = '/espace/reseau-routier';
const extract = (middle: string) =>
	Buffer.from(
		`<osm version="0.6"><node id="1" lon="2.21" lat="46.74"/><node id="2" lon="2.22" lat="46.74"/>${middle}</osm>`,
	);

test('the roads of the town: what is loaded, a way tried by every means, a file refused, a file taken', async () => {
	await town.visit({ viewport: { width: 360, height: 800 } }, async (visitor) => {
		await town.signIn(
			visitor,
			({ roles }) => roles.includes('town:editor') || roles.includes('town:administrator'),
		);
		await visitor.goto(page);
		const main = visitor.locator('main');
		await main.getByText('valbrune-sur-orle.osm.gz').waitFor();
		await expect.poll(() => main.textContent()).toContain('données inventées');
		expect(await main.textContent()).not.toContain('OpenStreetMap, licence');
		await expect
			.poll(() => main.textContent())
			.toContain('Interdictions de tourner valables à certaines heures');

		await visitor.getByLabel('Départ').fill('Place que personne ne connaît');
		await visitor.getByLabel('Arrivée').fill('Mairie');
		await visitor.getByLabel('Hauteur du camion').fill('haut');
		await visitor.getByRole('button', { name: 'Calculer' }).click();
		await main.getByText('Aucune rue, aucun lieu ne porte ce nom.').first().waitFor();
		await main.getByText('Donnez une hauteur en mètres').waitFor();

		const { items } = await town.rooms.town.places.list({ pageSize: 40 });
		await visitor.getByLabel('Départ').fill(items[2]?.name ?? '');
		await visitor.getByLabel('Arrivée').fill(items[30]?.name ?? '');
		await visitor.getByLabel('Hauteur du camion').fill('3,6');
		await visitor.getByRole('button', { name: 'Calculer' }).click();
		const rows = visitor.getByRole('region', { name: 'Distance et temps par mode' }).locator('tbody tr');
		await expect.poll(() => rows.count()).toBe(4);
		for (const text of await rows.allTextContents()) expect(text).toMatch(/\d.*réseau de la commune/s);
		await expect.poll(() => visitor.locator('.static-map .chosen').count()).toBe(1);
		expect(await graveFaults(visitor)).toEqual([]);
		expect(await visitor.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

		const send = async (buffer: Buffer) => {
			await visitor.setInputFiles('input[type="file"]', {
				name: 'essai.osm',
				mimeType: 'application/xml',
				buffer,
			});
			await visitor.getByRole('button', { name: 'Importer', exact: true }).click();
		};
		await send(Buffer.from('ceci n’est pas une carte'));
		await main.getByText('Ce n’est pas un extrait d’OpenStreetMap').waitFor();
		await main.getByText('valbrune-sur-orle.osm.gz').waitFor();
		await send(extract('<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>'));
		await main
			.getByText('Le réseau est en service')
			.or(visitor.getByText('Le réseau est en service'))
			.first()
			.waitFor();
		await main.getByText('essai.osm').waitFor();
		await main.getByText('© les contributeurs d’OpenStreetMap').first().waitFor();
	});
}, 120_000);

test('is for those who edit the town', async () => {
	await town.visit({}, async (visitor) => {
		await town.signIn(
			visitor,
			({ roles }) => roles.length > 0 && !roles.some((role) => role.startsWith('town:')),
		);
		const answer = await visitor.goto(page);
		expect(answer?.status()).toBe(403);
	});
});
