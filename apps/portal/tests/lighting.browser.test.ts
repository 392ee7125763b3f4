import { until } from '@parvis/platform/testing';
import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
let client: mqtt.MqttClient;
const levels = new Map<string, number>();
const position = { longitude: 2.2136, latitude: 46.7421 };

/** Three lamps of a covered passage, lit at any hour, behind a real MQTT client. */
beforeAll(async () => {
	town = await openTown({ fill: false });
	const { operations, sensing } = town.rooms;
	const imported = await operations.lighting.importMany(
		system,
		{
			cabinets: [{ externalId: 'armoire', name: 'Armoire des Tanneurs' }],
			segments: [
				{
					externalId: 'passage',
					streetName: 'Passage des Tanneurs',
					usage: 'tunnel',
					coordinates: [
						[position.longitude, position.latitude],
						[position.longitude + 0.001, position.latitude],
					],
				},
			],
			luminaires: [0, 1, 2].map((n) => ({
				externalId: `lampe-${n}`,
				segment: 'passage',
				longitude: position.longitude + n * 0.0003,
				latitude: position.latitude,
				watts: 30,
			})),
		},
		{ dryRun: false },
	);
	if (!imported.ok || imported.value.refused.length) throw new Error(JSON.stringify(imported));
	const user = await sensing.integrations.create(system, { name: 'Lampes' });
	if (!user.ok) throw new Error(user.error);
	client = await mqtt.connectAsync(sensing.brokerUrl() ?? '', user.value);
	client.on('message', (topic, payload) => {
		const lamp = topic.split('/')[1] ?? '';
		const { id, level } = JSON.parse(payload.toString()) as { id: string; level: number };
		levels.set(lamp, level);
		client.publish(`lighting/${lamp}/state`, JSON.stringify({ command: id, level, watts: level / 3 }), {
			qos: 1,
		});
	});
	await client.subscribeAsync('lighting/+/setpoint', { qos: 1 });
}, 240_000);
afterAll(async () => {
	await client?.endAsync(true);
	await town?.stop();
});

const manager = ({ email }: { email: string }) => email.startsWith('technique@');

test.each([true, false])(
	'a profile is made and changed, and set-points arrive at the lamps (JavaScript: %s)',
	async (javaScriptEnabled) => {
		const name = javaScriptEnabled ? 'Passage' : 'Passage sans script';
		await town.visit({ javaScriptEnabled, viewport: { width: 360, height: 740 } }, async (page) => {
			await town.signIn(page, manager);
			await page.goto('/espace/eclairage/profils/nouveau');
			await page.fill('[name="nom"]', name);
			await page.selectOption('[name="usage"]', 'tunnel');
			await page.check('[name="p0-toujours"]');
			await page.fill('[name="p0-niveau0"]', '40');
			for (const line of [1, 2, 3]) await page.fill(`[name="p0-niveau${line}"]`, '');
			await page.getByRole('button', { name: 'Aperçu sans enregistrer' }).click();
			await expect.poll(() => page.inputValue('[name="nom"]')).toBe(name);
			if (javaScriptEnabled) expect(await graveFaults(page)).toEqual([]);
			if (javaScriptEnabled) expect(levels.get('lampe-0')).not.toBe(40);
			await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
			await page.getByText('Le profil est enregistré').waitFor();
			if (javaScriptEnabled) await until(() => [0, 1, 2].every((n) => levels.get(`lampe-${n}`) === 40));
			await page.fill('[name="p0-niveau0"]', '25');
			await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
			await page.getByText('Le profil est enregistré').waitFor();
			if (javaScriptEnabled) await until(() => [0, 1, 2].every((n) => levels.get(`lampe-${n}`) === 25));
		});
	},
);

test('a park lit all night is refused by its article', async () => {
	await town.visit({}, async (page) => {
		await town.signIn(page, manager);
		await page.goto('/espace/eclairage/profils/nouveau');
		await page.fill('[name="nom"]', 'Parc');
		await page.selectOption('[name="usage"]', 'park');
		await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
		await page.getByText('contraire à l’arrêté du 27 décembre 2018, art. 2').waitFor();
		await expect.poll(() => page.getByText('s’éteint au plus tard à 1 heure').count()).toBe(1);
		await expect.poll(() => page.inputValue('[name="nom"]')).toBe('Parc');
	});
});

test('a lamp is tried from its page, an event is held, and residents read of it', async () => {
	await town.visit({}, async (page) => {
		await town.signIn(page, manager);
		await page.goto('/espace/eclairage/lampes/lampe-1');
		await page.fill('[name="niveau"]', '77');
		await page.getByRole('button', { name: 'Envoyer' }).click();
		await until(() => levels.get('lampe-1') === 77);
		await page.goto('/espace/eclairage/evenements');
		await page.fill('[name="nom"]', 'Nuit des arts');
		const local = (minutes: number) =>
			new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short', timeStyle: 'short' })
				.format(new Date(Date.now() + minutes * 60_000))
				.replace(' ', 'T');
		await page.fill('[name="debut"]', local(-1));
		await page.fill('[name="fin"]', local(60));
		await page.fill('[name="niveau"]', '63');
		await page.check('[name="partout"]');
		await page.getByRole('button', { name: 'Ajouter', exact: true }).click();
		await until(() => levels.get('lampe-0') === 63);
		expect(await graveFaults(page)).toEqual([]);
	});
	await town.visit({ javaScriptEnabled: false }, async (page) => {
		await page.goto('/eclairage');
		await page.getByText('Passage des Tanneurs').waitFor();
		await expect.poll(() => page.getByText('Nuit des arts').count()).toBeGreaterThan(0);
	});
	await town.visit({}, async (page) => {
		await page.goto('/eclairage');
		expect(await graveFaults(page)).toEqual([]);
		await page.goto('/espace/eclairage');
		expect(page.url()).toContain('/connexion');
	});
});

test.each([true, false])(
	'a gateway is added, given a cabinet and removed (JavaScript: %s)',
	async (javaScriptEnabled) => {
		await town.visit({ javaScriptEnabled, viewport: { width: 360, height: 740 } }, async (page) => {
			await town.signIn(page, manager);
			await page.goto('/espace/eclairage/passerelles');
			await page.getByText('Aucune passerelle').waitFor();
			await page.fill('[name="nom"]', 'Passerelle du centre');
			await page.fill('[name="url"]', 'https://10.0.0.8/talq');
			await page.getByRole('button', { name: 'Ajouter une passerelle' }).click();
			await expect.poll(() => page.textContent('.notice.bad')).toContain('EXCHANGE_PRIVATE_HOSTS');
			await expect.poll(() => page.inputValue('[name="nom"]')).toBe('Passerelle du centre');
			// A name that nobody has (RFC 2606).
			await page.fill('[name="url"]', 'https://passerelle.invalid/talq');
			await page.fill('[name="secret"]', 'clef-demandee');
			await page.getByRole('button', { name: 'Ajouter une passerelle' }).click();
			const token = (await page.textContent('code.secret')) ?? '';
			expect(token).toMatch(/^[\w-]{32}$/);
			if (javaScriptEnabled) expect(await graveFaults(page)).toEqual([]);
			await page.getByLabel('Armoire des Tanneurs').check();
			await page.getByRole('button', { name: 'Enregistrer les armoires' }).click();
			await page.getByText('Les armoires sont enregistrées').waitFor();
			await expect.poll(() => page.getByLabel('Armoire des Tanneurs').isChecked()).toBe(true);
			const shown = await page.content();
			expect(shown).not.toContain(token);
			expect(shown).not.toContain('clef-demandee');
			await expect
				.poll(async () => {
					await page.reload();
					return page.textContent('main');
				})
				.toContain('Dernier problème');
			expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
			await page.getByRole('button', { name: 'Supprimer la passerelle' }).click();
			await page.getByText('La passerelle est supprimée').waitFor();
		});
	},
);
