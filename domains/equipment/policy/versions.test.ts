import { anonymous } from '@parvis/platform';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { differencesOf } from './rules/difference.ts';
import { writeDocument } from './rules/document.ts';
import { standardRules } from './rules/standard.ts';

let made: TestEquipment;
beforeAll(async () => {
	made = await createTestEquipment();
}, 120_000);
afterAll(async () => {
	await made?.close();
});

test('a draft becomes a voted version that nobody edits, and the older one stays readable', async () => {
	const { equipment, clock } = made;
	const { versions } = equipment.policy;
	const sofia = await made.person('Sofia', 'equipment:manager');
	const nadia = await made.person('Nadia', 'equipment:agent');
	clock.now = new Date('2026-03-10T09:00:00Z');

	expect(await versions.draft(nadia)).toMatchObject({ ok: false, error: 'platform.not_allowed' });
	expect(await versions.all(anonymous)).toMatchObject({ ok: false });
	expect(await equipment.policy.inForce('2026-03-10')).toBeNull();

	const draft = await versions.draft(sofia);
	if (!draft.ok) throw new Error(draft.error);
	const { id } = draft.value;
	const read = async () => {
		const version = await versions.byId(sofia, id);
		if (!version.ok) throw new Error(version.error);
		return version.value;
	};
	const first = await read();
	expect(first).toMatchObject({ number: null, version: 1 });
	expect(first.articles.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
	expect(await versions.voted()).toEqual([]);

	const content = {
		title: first.title,
		preamble: first.preamble,
		ownArticles: [{ title: 'Formation', text: 'Chaque agent est formé.' }],
		rules: first.rules,
	};
	expect(
		await versions.save(sofia, id, 1, { ...content, rules: { ...first.rules, safeNeeds: ['nobody'] } }),
	).toMatchObject({
		ok: false,
		error: 'equipment.need_unknown',
	});
	expect(await versions.save(sofia, id, 1, { ...content, title: ' ' })).toMatchObject({
		error: 'equipment.title_missing',
	});
	expect(await versions.save(sofia, id, 1, { rules: 'rubbish' })).toMatchObject({ ok: false });
	expect(await versions.save(sofia, id, 1, content)).toMatchObject({ ok: true });
	expect(await versions.save(sofia, id, 1, content)).toMatchObject({ error: 'equipment.changed_meanwhile' });
	expect((await read()).articles.at(-1)).toMatchObject({ number: 10, code: null, title: 'Formation' });

	const vote = { votedOn: '2026-03-09', inForceFrom: '2026-04-01', deliberationNumber: '2026-017' };
	expect(await versions.vote(sofia, id, { ...vote, inForceFrom: '2026-03-01' })).toMatchObject({
		error: 'equipment.in_force_before_vote',
	});
	expect(await versions.vote(sofia, id, { ...vote, votedOn: '2026-03-11' })).toMatchObject({
		error: 'equipment.vote_in_future',
	});
	expect(await versions.vote(sofia, id, { ...vote, deliberationUrl: 'javascript:alert(1)' })).toMatchObject({
		error: 'equipment.url_invalid',
	});
	expect(await versions.vote(sofia, id, vote)).toEqual({ ok: true, value: { number: 1 } });
	expect(await versions.save(sofia, id, 3, content)).toMatchObject({ error: 'equipment.policy_voted' });
	expect(await versions.discard(sofia, id)).toMatchObject({ error: 'equipment.policy_voted' });
	await expect(
		made.platform.pool.query(`UPDATE equipment.policy_version SET title = 'x' WHERE id = $1`, [id]),
	).rejects.toThrow(/voted/);
	await expect(
		made.platform.pool.query(`DELETE FROM equipment.policy_version WHERE id = $1`, [id]),
	).rejects.toThrow(/voted/);

	expect(await equipment.policy.inForce('2026-03-31')).toBeNull();
	expect(await equipment.policy.inForce('2026-04-01')).toMatchObject({
		id,
		number: 1,
		votedOn: '2026-03-09',
	});

	const second = await versions.draft(sofia);
	if (!second.ok) throw new Error(second.error);
	const laptop = first.rules.categories.laptop;
	if (!laptop) throw new Error('the standard policy speaks of laptops');
	await versions.save(sofia, second.value.id, 1, {
		...content,
		rules: {
			...first.rules,
			categories: { ...first.rules.categories, laptop: { ...laptop, minimumYears: laptop.minimumYears + 1 } },
		},
	});
	const compared = await versions.differences(sofia, second.value.id);
	expect(compared).toMatchObject({ ok: true, value: { against: { number: 1 } } });
	expect(compared.ok && compared.value.changes.map(({ fr }) => fr)).toEqual([
		'Ordinateurs portables, durée d’usage minimale : 8 ans au lieu de 7 ans',
	]);
	expect(await versions.vote(sofia, second.value.id, vote)).toMatchObject({
		error: 'equipment.in_force_before_last',
	});
	clock.now = new Date('2026-09-22T09:00:00Z');
	expect(
		await versions.vote(sofia, second.value.id, {
			...vote,
			votedOn: '2026-09-21',
			inForceFrom: '2026-10-01',
			deliberationUrl: '/conseil/deliberations/1',
		}),
	).toMatchObject({ value: { number: 2 } });
	expect(await equipment.policy.inForce('2026-09-30')).toMatchObject({ number: 1 });
	expect(await equipment.policy.inForce('2026-10-01')).toMatchObject({ number: 2 });
	expect((await versions.voted()).map(({ number, inForceUntil }) => [number, inForceUntil])).toEqual([
		[2, null],
		[1, '2026-09-30'],
	]);
	expect(await versions.get(1)).toMatchObject({ id });
});

test('the document says every number of the rules, and a comparison with itself is empty', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 29 }),
			fc.integer({ min: 0, max: 100 }),
			fc.integer({ min: 0, max: 3650 }),
			(minimumYears, repairThresholdPercent, securityGraceDays) => {
				const laptop = standardRules.categories.laptop;
				if (!laptop) throw new Error('laptops');
				const rules = {
					...standardRules,
					securityGraceDays,
					categories: { laptop: { ...laptop, minimumYears, repairThresholdPercent } },
				};
				const text = writeDocument(rules, [])
					.map((article) => article.text)
					.join('\n');
				expect(text).toContain(`ordinateurs portables : ${minimumYears} an`);
				expect(text).toContain(`ordinateurs portables : ${repairThresholdPercent} %`);
				expect(text).toContain(`plus de ${securityGraceDays} jours`);
				const version = { title: '', preamble: '', ownArticles: [], rules };
				expect(differencesOf(version, version)).toEqual([]);
				if (minimumYears !== laptop.minimumYears)
					expect(
						differencesOf({ ...version, rules: { ...rules, categories: { laptop } } }, version).length,
					).toBeGreaterThan(0);
			},
		),
	);
});
