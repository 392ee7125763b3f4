import { createIdentity } from '@parvis/identity';
import { anonymous } from '@parvis/platform';
import { createTestPlatform } from '@parvis/platform/testing';
import { createTown } from '@parvis/town';
import { expect, test } from 'vitest';
import { createCouncil } from '../index.ts';

test('a demonstration has meetings that were held, with replay and transcript, one to open and one to come, once', async () => {
	const demo = await createTestPlatform(
		(platform) => {
			const identity = createIdentity(platform);
			const town = createTown(platform);
			return { identity, town, council: createCouncil(platform, { identity, town }) };
		},
		{ PARVIS_ROLES: 'web', PARVIS_DEMO: 'true' },
	);
	const { council } = demo.built;
	await council.fillDemo();
	await council.fillDemo();
	const { items } = await council.meetings.list(anonymous);
	expect(items.map(({ status }) => status)).toEqual(['convened', 'convened', 'closed', 'closed']);
	const acts = await council.deliberations.list();
	expect(acts.items.map(({ adopted }) => adopted)).toEqual(Array(6).fill(true));
	expect(acts.items.some(({ against }) => against > 0)).toBe(true);
	const held = items.filter(({ status }) => status === 'closed');
	for (const { id } of held) {
		const video = await council.programme.video(id);
		expect(video?.status).toBe('replay');
		expect(video?.seconds).toBeGreaterThan(60);
		const lines = await council.captions.list(id);
		expect(lines.length).toBeGreaterThan(7);
		const speakers = (await council.programme.chapters(id)).filter(({ kind }) => kind === 'speaker');
		expect(speakers.some(({ seconds }) => Math.abs(seconds - (lines[0]?.position ?? -9)) < 1)).toBe(true);
	}
	await demo.close();
});
