import { anonymous } from '@parvis/platform';
import { expect, test } from 'vitest';
import { createTestParticipation } from './testing.ts';

test('a demonstration shows a call in each phase, once; a town of its own shows none', async () => {
	const demo = await createTestParticipation({ PARVIS_DEMO: 'true' });
	const { participation, clock } = demo;
	clock.now = new Date();
	await participation.fillDemo();
	await participation.fillDemo();
	const calls = await participation.calls.list(anonymous);
	expect(new Set(calls.map(({ current }) => current))).toEqual(
		new Set(['proposing', 'answering', 'reviewing', 'voting', 'executing']),
	);
	expect(calls).toHaveLength(5);
	const built = calls.find(({ current }) => current === 'executing');
	const result = await participation.counting.result(built?.id ?? '', 'fr');
	expect(result?.envelopes[0]?.projects.some(({ selected }) => selected)).toBe(true);
	const projects = (await participation.projects.list(anonymous, { callId: built?.id ?? '' })).items;
	expect(projects.map(({ status }) => status)).toEqual(
		expect.arrayContaining(['done', 'started', 'not_selected']),
	);
	expect(projects.some(({ late }) => late)).toBe(true);
	await demo.close();

	const own = await createTestParticipation();
	await expect(own.participation.fillDemo()).rejects.toThrow('demonstration');
	await own.close();
});
