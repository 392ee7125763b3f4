import { newId, system } from '@parvis/platform';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProjectStatus } from './face.ts';
import { budgetCall, createTestParticipation, openCall, type TestParticipation } from './testing.ts';

let town: TestParticipation;
beforeAll(async () => {
	town = await createTestParticipation();
});
afterAll(() => town.close());

const manager = () => town.person('Responsable', 'manager');

async function idea(callId: string, change: Record<string, unknown> = {}): Promise<string> {
	const id = newId();
	const row = {
		id,
		call_id: callId,
		number: Math.trunc(Math.random() * 1e9),
		title: 'Un verger rue du Lavoir',
		body: 'Des pommiers.',
		status: 'published',
		published_at: town.clock.now,
		verdict: 'feasible',
		verdict_at: town.clock.now,
		verdict_text: 'C’est possible.',
		investment_cents: 2_500_00,
		...change,
	};
	const keys = Object.keys(row);
	await town.platform.pool.query(
		`INSERT INTO participation.idea (${keys.join()}) VALUES (${keys.map((_, i) => `$${i + 1}`).join()})`,
		Object.values(row),
	);
	return id;
}

/** A call whose vote selected its one project. */
async function selected() {
	town.toDay(0);
	const call = await openCall(town, budgetCall(), [1000]);
	const { rows } = await town.platform.pool.query<{ id: string }>(
		`UPDATE participation.project SET status = 'selected' WHERE call_id = $1 RETURNING id`,
		[call.id],
	);
	return { call, id: rows[0]?.id ?? '' };
}

const photo = (projectId: string) =>
	town.platform.pool.query(
		`INSERT INTO participation.attachment (id, subject_kind, subject_id, content_type, name, size_bytes)
			VALUES ($1, 'project', $2, 'image/webp', 'photo.webp', 1)`,
		[newId(), projectId],
	);

describe('put to the vote', () => {
	test('feasible ideas become candidates with the words and costs of their review, all or none', async () => {
		town.toDay(0);
		const { participation } = town;
		const call = await openCall(town, budgetCall());
		const actor = await manager();
		const [good, owed, dear] = [
			await idea(call.id),
			await idea(call.id, { verdict: null, verdict_at: null }),
			await idea(call.id, { investment_cents: null }),
		];
		for (const wrong of [owed, dear, newId(), 'rubbish']) {
			expect((await participation.projects.select(actor, [good, wrong])).ok).toBe(false);
			expect((await participation.projects.list(actor, { callId: call.id })).total).toBe(0);
		}
		expect(await participation.projects.select(await town.person('Habitante'), [good])).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(await participation.projects.select(actor, [good, good])).toEqual({
			ok: true,
			value: { created: 1 },
		});
		const project = await participation.projects.get(actor, call.id, '1');
		expect(project).toMatchObject({
			title: 'Un verger rue du Lavoir',
			costCents: 2_500_00,
			reviewSummary: 'C’est possible.',
			envelope: 'Toute la commune',
			idea: { title: 'Un verger rue du Lavoir' },
		});
		expect(await participation.projects.select(actor, [good])).toMatchObject({
			error: 'participation.idea_already_project',
		});
	});

	test('what people vote on stands still once they vote; service and dates go on', async () => {
		town.toDay(0);
		const { projects } = town.participation;
		const actor = await manager();
		const call = await openCall(town, budgetCall(), [1000]);
		const [project] = (await projects.list(actor, { callId: call.id })).items;
		const id = project?.id ?? '';
		expect(await projects.change(actor, id, { costCents: 900_00, service: 'Voirie' })).toMatchObject({
			ok: true,
		});
		expect(await projects.change(actor, id, { costCents: -1 })).toMatchObject({ ok: false });
		expect(await projects.change(actor, id, { longitude: 2 })).toMatchObject({ ok: false });
		town.toDay(21);
		for (const change of [{ costCents: 1 }, { title: 'Autre' }, { envelopeId: newId() }])
			expect(await projects.change(actor, id, change)).toMatchObject({ ok: false });
		expect(await projects.change(actor, id, { service: 'Parcs', dueOn: '2026-09-01' })).toMatchObject({
			ok: true,
		});
		expect(await projects.remove(actor, id)).toMatchObject({ error: 'participation.vote_begun' });
		expect(await projects.get(actor, call.id, '1')).toMatchObject({
			costCents: 900_00,
			service: 'Parcs',
			dueOn: '2026-09-01',
			late: false,
		});
	});
});

describe('built', () => {
	test('done means done with a picture, and those who follow learn of each step', async () => {
		const { call, id } = await selected();
		const { projects } = town.participation;
		const actor = await manager();
		expect(await projects.start(await town.person('Habitant'), id)).toMatchObject({ ok: false });
		expect(await projects.start(actor, id)).toMatchObject({ ok: true });
		expect(await projects.finish(actor, id, { text: 'Ouvert.' })).toMatchObject({
			error: 'participation.project_photo_missing',
		});
		await photo(id);
		expect(await projects.finish(actor, id, { text: '  ' })).toMatchObject({
			error: 'participation.words_missing',
		});
		expect(await projects.finish(actor, id, { text: 'Ouvert à tous.' })).toMatchObject({ ok: true });
		const done = await projects.get(system, call.id, '1');
		expect(done).toMatchObject({
			status: 'done',
			statusText: 'Ouvert à tous.',
			photo: { contentType: 'image/webp' },
		});
		const { rows } = await town.platform.pool.query<{ title_fr: string }>(
			`SELECT title_fr FROM participation.news WHERE subject_id = $1 ORDER BY id`,
			[id],
		);
		expect(rows.map(({ title_fr }) => title_fr)).toEqual([
			'Projet 1 : les travaux commencent',
			'Projet 1 : réalisé',
		]);
		expect((await town.town.timeline.list()).map(({ title }) => title.fr)).toContain('Projet 1 : réalisé');
	});

	test('it is late by the town’s day, and no longer once it is done', async () => {
		const { call, id } = await selected();
		const { projects } = town.participation;
		const actor = await manager();
		await projects.change(actor, id, { dueOn: '2026-06-30' });
		await projects.setMilestones(actor, id, [{ title: 'Plans', dueOn: '2026-06-01' }]);
		// 22:30 UTC in summer is half past midnight in the town.
		town.clock.now = new Date('2026-06-30T21:30:00Z');
		expect(await projects.get(system, call.id, '1')).toMatchObject({
			late: false,
			milestones: [{ late: true }],
		});
		town.clock.now = new Date('2026-06-30T22:30:00Z');
		expect(await projects.get(system, call.id, '1')).toMatchObject({ late: true });
		expect((await projects.list(system, { callId: call.id, late: true })).total).toBe(1);
		await photo(id);
		await projects.finish(actor, id, { text: 'Fait.' });
		expect(await projects.get(system, call.id, '1')).toMatchObject({
			late: false,
			milestones: [{ late: false }],
		});
	});

	test('milestones keep who they are; one that is reached is news once', async () => {
		const { call, id } = await selected();
		const { projects } = town.participation;
		const actor = await manager();
		await projects.setMilestones(actor, id, [
			{ title: 'Plans', dueOn: '2026-06-01' },
			{ title: 'Chantier', dueOn: '2026-09-01' },
		]);
		const before = await projects.get(system, call.id, '1');
		const again = (before?.milestones ?? []).map(({ id: one, title, dueOn }) => ({
			id: one,
			title,
			dueOn,
			doneOn: title === 'Plans' ? '2026-05-30' : null,
		}));
		for (let time = 0; time < 2; time++)
			expect((await projects.setMilestones(actor, id, again)).ok).toBe(true);
		const after = await projects.get(system, call.id, '1');
		expect(after?.milestones.map((one) => one.id)).toEqual(before?.milestones.map((one) => one.id));
		const { rows } = await town.platform.pool.query(
			`SELECT FROM participation.news WHERE subject_id = $1 AND title_fr LIKE '%Plans (fait)'`,
			[id],
		);
		expect(rows).toHaveLength(1);
		for (const wrong of [
			[{ title: '', dueOn: '2026-06-01' }],
			[{ title: 'x', dueOn: '31/02/2026' }],
			[{ id: newId(), title: 'x', dueOn: '2026-06-01' }],
		])
			expect((await projects.setMilestones(actor, id, wrong)).ok).toBe(false);
		expect((await projects.get(system, call.id, '1'))?.milestones).toHaveLength(2);
	});

	test('whatever is asked, in whatever order, the state is one that the rules allow', async () => {
		const { projects } = town.participation;
		const actor = await manager();
		const next: Record<string, Partial<Record<ProjectStatus, ProjectStatus>>> = {
			start: { selected: 'started' },
			finish: { selected: 'done', started: 'done' },
			abandon: { selected: 'abandoned', started: 'abandoned' },
		};
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom<ProjectStatus>('candidate', 'not_selected', 'selected'),
				fc.array(fc.constantFrom('start', 'finish', 'abandon'), { maxLength: 6 }),
				async (first, actions) => {
					const { call, id } = await selected();
					await photo(id);
					await town.platform.pool.query('UPDATE participation.project SET status = $2 WHERE id = $1', [
						id,
						first,
					]);
					let expected = first;
					for (const action of actions) {
						const allowed = next[action]?.[expected];
						const outcome =
							action === 'start'
								? await projects.start(actor, id)
								: await projects[action as 'finish' | 'abandon'](actor, id, { text: 'Voilà.' });
						expect(outcome.ok).toBe(allowed !== undefined);
						expected = allowed ?? expected;
					}
					expect((await projects.get(system, call.id, '1'))?.status).toBe(expected);
				},
			),
			{ numRuns: 25 },
		);
	});
});
