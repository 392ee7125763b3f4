import { until } from '@parvis/platform/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attemptMilliseconds } from './control/commands.ts';
import { createLitTown, dimming, type LitTown } from './testing.ts';

let town: LitTown;
const names = Array.from({ length: 12 }, (_, index) => `rue-${index}`);
const forward = (milliseconds: number) => {
	town.clock.now = new Date(town.clock.now.getTime() + milliseconds);
};
const all = (level: number) => () => names.every((name) => town.lamps.levels.get(name) === level);

beforeAll(async () => {
	town = await createLitTown();
});
afterAll(async () => {
	await town?.close();
});

test('each lamp is told the level of its profile, and what it answers is written down', async () => {
	await until(all(20));
	const segments = await until(async () => {
		const read = await town.operations.lighting.segments(town.manager);
		return read.ok && read.value[0]?.level === 20 && read.value[0];
	});
	expect(segments.reason).toBe('profile');
	const lamp = await until(async () => {
		const read = await town.operations.lighting.luminaire(town.manager, 'rue-3');
		return read.ok && read.value.commands[0]?.acknowledgedAt && read.value;
	});
	expect(lamp).toMatchObject({ status: 'follows', reportedLevel: 20, reportedWatts: 8 });
});

test('a changed profile reaches the lamps at once', async () => {
	const [profile] = await until(async () => {
		const list = await town.operations.lighting.profiles.list(town.manager);
		return list.ok && list.value;
	});
	const changed = await town.operations.lighting.profiles.change(
		town.manager,
		profile?.id ?? '',
		profile?.version ?? 0,
		{ ...dimming, plans: dimming.plans.map((plan) => ({ ...plan, levels: [{ from: null, level: 35 }] })) },
	);
	expect(changed.ok).toBe(true);
	await until(all(35));
	const late = await town.operations.lighting.profiles.change(town.manager, profile?.id ?? '', 1, dimming);
	expect(late).toMatchObject({ ok: false, error: 'operations.light_profile_changed' });
	await town.operations.lighting.profiles.change(town.manager, profile?.id ?? '', 2, dimming);
	await until(all(20));
});

test('presence raises the lamps ahead of a walker, and they fall back', async () => {
	await town.lamps.detect('rue-presence-2');
	await until(() => town.lamps.levels.get('rue-2') === 90 && town.lamps.levels.get('rue-0') === 90);
	// 50 m in 36 s: somebody walks towards the end of the street.
	forward(36_000);
	await town.lamps.detect('rue-presence-4');
	await until(() => town.lamps.levels.get('rue-6') === 90);
	expect(town.lamps.levels.get('rue-8')).toBe(20);
	expect(town.lamps.heard.findLast(({ lamp }) => lamp === 'rue-6')).toMatchObject({
		level: 90,
		reason: 'presence',
	});
	forward(180_000);
	await until(all(20));
	expect(town.lamps.heard.findLast(({ lamp }) => lamp === 'rue-6')).toMatchObject({
		level: 20,
		fade: 15,
		reason: 'profile',
	});
});

test('an event holds the street, an emergency goes over it, and both end', async () => {
	const now = town.clock.now.getTime();
	const segments = await town.operations.lighting.segments(town.manager);
	const segmentIds = segments.ok ? segments.value.map(({ id }) => id) : [];
	const common = {
		segmentIds,
		startsAt: new Date(now - 1000),
		endsAt: new Date(now + 3_600_000),
	};
	const event = await town.operations.lighting.overrides.create(town.manager, {
		...common,
		kind: 'event',
		label: 'Marché de nuit',
		level: 70,
	});
	expect(event.ok).toBe(true);
	await until(all(70));
	const emergency = await town.operations.lighting.overrides.create(town.manager, {
		...common,
		kind: 'emergency',
		label: 'Secours',
		level: 100,
	});
	await until(all(100));
	if (emergency.ok) await town.operations.lighting.overrides.cancel(town.manager, emergency.value.id);
	await until(all(70));
	forward(3_700_000);
	await until(all(20));
});

test('a lamp that does not answer is told again, fails, and comes back', async () => {
	town.lamps.silent.add('rue-5');
	const now = town.clock.now.getTime();
	const lamp = await town.operations.lighting.luminaire(town.manager, 'rue-5');
	const override = await town.operations.lighting.overrides.create(town.manager, {
		kind: 'test',
		label: 'Essai',
		level: 55,
		startsAt: new Date(now),
		endsAt: new Date(now + 600_000),
		luminaireIds: lamp.ok ? [lamp.value.id] : [],
	});
	expect(override.ok).toBe(true);
	const told = () => town.lamps.heard.filter(({ lamp, level }) => lamp === 'rue-5' && level === 55);
	await until(() => told().length === 1);
	for (const [attempt, wait] of attemptMilliseconds.entries()) {
		forward(wait);
		await until(() => told().length === attempt + 2);
	}
	expect(new Set(told().map(({ id }) => id)).size).toBe(1);
	forward(attemptMilliseconds.at(-1) ?? 0);
	await until(async () => {
		const read = await town.operations.lighting.luminaire(town.manager, 'rue-5');
		return read.ok && read.value.status === 'failed' && read.value.desiredLevel === 40;
	});
	forward(30_000);
	const fault = await until(async () => {
		const read = await town.operations.lighting.faults(town.manager, { open: true });
		return read.ok && read.value[0];
	});
	expect(fault).toMatchObject({ kind: 'no_answer', subject: 'rue-5' });
	const intervention = await until(async () => {
		const list = await town.operations.interventions.list(town.manager);
		return list.ok && list.value.items[0];
	});
	expect(intervention.title).toBe('Lampe rue-5, Rue des Tilleuls');
	town.lamps.silent.delete('rue-5');
	await town.lamps.say('rue-5', { level: 40 });
	await until(() => town.lamps.levels.get('rue-5') === 55);
	await until(async () => {
		const read = await town.operations.lighting.faults(town.manager);
		return read.ok && read.value[0]?.closedAt;
	});
});
