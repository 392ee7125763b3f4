import { anonymous, newId } from '@parvis/platform';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { budgetCall, createTestParticipation, openCall, type TestParticipation } from './testing.ts';

let town: TestParticipation;
beforeAll(async () => {
	town = await createTestParticipation();
	const square = (x: number, y: number) => ({
		type: 'Polygon',
		coordinates: [
			[
				[x, y],
				[x + 0.02, y],
				[x + 0.02, y + 0.02],
				[x, y + 0.02],
				[x, y],
			],
		],
	});
	for (const [i, name] of ['Centre', 'Gare'].entries())
		await town.platform.pool.query(
			`INSERT INTO town.district (id, external_id, slug, name, longitude, latitude, geometry)
				VALUES ($1, $2, $2, $3, $4, 47.01, $5)`,
			[newId(), name.toLowerCase(), name, 2.01 + i * 0.02, JSON.stringify(square(2 + i * 0.02, 47))],
		);
	await town.platform.pool.query(
		`INSERT INTO town.street (id, external_id, slug, name, class, longitude, latitude, geometry)
			VALUES ($1, 's1', 'rue-du-lavoir', 'Rue du Lavoir', 'residential', 2.005, 47.005, '{}')`,
		[newId()],
	);
});
afterAll(() => town.close());

const title = (n: number) => `Une idée pour le quartier numéro ${n}`;
const moderator = () => town.person('Modératrice', 'moderator');

/** A published idea of somebody known. */
async function published(
	callId: string,
	change: Record<string, unknown> = {},
	author?: Awaited<ReturnType<typeof town.person>>,
) {
	const { ideas, moderation } = town.participation;
	const person = author ?? (await town.person('Autrice'));
	const draft = await ideas.saveDraft(person, callId, {
		title: 'Planter des arbres',
		body: 'Le long de la rue.',
		...change,
	});
	if (!draft.ok) throw new Error(draft.error);
	const submitted = await ideas.submit(person, draft.value.id);
	if (!submitted.ok) throw new Error(submitted.error);
	if (submitted.value.status === 'waiting')
		await moderation.decide(
			await moderator(),
			{ kind: 'idea', id: draft.value.id },
			{ decision: 'published', publicText: '' },
		);
	return { id: draft.value.id, person };
}

describe('an idea', () => {
	test('is a draft for its author alone, then waits as a first contribution, then is there for everybody', async () => {
		town.toDay(1);
		const { ideas, moderation } = town.participation;
		const call = await openCall(town, budgetCall());
		const [person, other] = [await town.person('Camille'), await town.person('Autre')];
		const draft = await ideas.saveDraft(person, call.id, {
			title: 'Un banc à l’ombre',
			body: 'Place du marché.',
		});
		const id = draft.ok ? draft.value.id : '';
		expect(await ideas.get(other, call.id, id)).toBeNull();
		expect(await ideas.saveDraft(other, call.id, { title: 'Volée', body: 'x' }, id)).toMatchObject({
			ok: false,
		});
		expect(await ideas.submit(other, id)).toMatchObject({ error: 'participation.idea_unknown' });
		expect(await ideas.submit(person, id)).toMatchObject({
			value: { status: 'waiting', url: `/participer/${call.slug}/idees/1` },
		});
		expect(await ideas.get(anonymous, call.id, '1')).toBeNull();
		expect((await ideas.list(anonymous, call.id)).total).toBe(0);
		const queue = await moderation.queue(await moderator());
		expect(queue).toMatchObject({
			ok: true,
			value: [{ kind: 'idea', id, cause: 'waiting', author: 'Camille' }],
		});
		await moderation.decide(
			await moderator(),
			{ kind: 'idea', id },
			{ decision: 'published', publicText: '' },
		);
		expect(await ideas.get(anonymous, call.id, '1')).toMatchObject({
			title: 'Un banc à l’ombre',
			author: 'Camille',
		});
		expect((await town.town.search.find('banc')).hits).toHaveLength(1);
		// Known now: the next one is there at once.
		const next = await ideas.saveDraft(person, call.id, { title: 'Un second banc', body: 'Plus loin.' });
		expect(await ideas.submit(person, next.ok ? next.value.id : '')).toMatchObject({
			value: { status: 'published' },
		});
	});

	test('is placed by position or by address, in its district and an envelope that fits', async () => {
		town.toDay(1);
		const { ideas } = town.participation;
		const { rows } = await town.platform.pool.query<{ id: string; slug: string }>(
			'SELECT id, slug FROM town.district',
		);
		const district = (slug: string) => rows.find((row) => row.slug === slug)?.id ?? '';
		const call = await openCall(
			town,
			budgetCall({
				envelopes: ['centre', 'gare'].map((slug) => ({
					districtId: district(slug),
					name: slug,
					budgetCents: 1000_00,
				})),
			}),
		);
		const person = await town.person('Camille');
		const envelopes = (await town.participation.calls.get(anonymous, call.id))?.envelopes ?? [];
		const [centre, gare] = ['centre', 'gare'].map(
			(name) => envelopes.find((one) => one.name === name)?.id ?? '',
		);
		const save = (input: Record<string, unknown>) =>
			ideas.saveDraft(person, call.id, { title: 'Une fontaine', body: 'De l’eau.', ...input });
		const byAddress = await save({ address: '12 bis rue du lavoir', envelopeId: centre });
		expect(await ideas.get(person, call.id, byAddress.ok ? byAddress.value.id : '')).toMatchObject({
			district: 'Centre',
			longitude: 2.005,
			envelope: 'centre',
		});
		expect(await save({ longitude: 2.005, latitude: 47.005, envelopeId: gare })).toMatchObject({
			error: 'participation.envelope_elsewhere',
		});
		expect(await save({ longitude: -1, latitude: 48 })).toMatchObject({
			error: 'participation.position_far',
		});
		expect(await save({ longitude: 2.005 })).toMatchObject({ error: 'participation.position_invalid' });
		expect(await save({ address: 'nulle part' })).toMatchObject({ ok: true });
		for (const wrong of [
			{ title: 'x' },
			{ title: 'x'.repeat(200) },
			{ body: ' ' },
			{ categoryId: newId() },
			{ envelopeId: newId() },
			{ communityId: newId() },
			{ longitude: Number.NaN, latitude: 1 },
		])
			expect(await save(wrong)).toMatchObject({ ok: false });
	});

	test('keeps what others had read when it is changed, and is closed once proposing is over', async () => {
		town.toDay(1);
		const { ideas } = town.participation;
		const call = await openCall(town, budgetCall());
		const { id, person } = await published(call.id);
		expect(
			await ideas.edit(person, id, { title: 'Planter dix arbres', body: 'Le long de la rue.' }),
		).toMatchObject({ ok: true });
		expect(await ideas.get(anonymous, call.id, '1')).toMatchObject({
			title: 'Planter dix arbres',
			revisions: [{ title: 'Planter des arbres' }],
		});
		town.toDay(11);
		for (const late of [
			ideas.edit(person, id, { title: 'Trop tard', body: 'x' }),
			ideas.saveDraft(person, call.id, { title: 'Trop tard', body: 'x' }),
		])
			expect(await late).toMatchObject({ error: 'participation.phase_closed' });
		expect(await ideas.withdraw(person, id)).toMatchObject({ ok: true });
		expect(await ideas.get(anonymous, call.id, '1')).toBeNull();
		expect((await town.town.search.find('arbres')).hits).toHaveLength(0);
	});

	test('is listed by page and order without gap or repetition, also at random', async () => {
		town.toDay(1);
		const { ideas } = town.participation;
		const call = await openCall(town, budgetCall());
		for (let n = 1; n <= 23; n++)
			await town.platform.pool.query(
				`INSERT INTO participation.idea (id, call_id, number, title, body, status, published_at, support_count, comment_count)
					VALUES ($1, $2, $3, $4, 'Texte', 'published', $5, $6, $7)`,
				[newId(), call.id, n, title(n), town.clock.now, n % 5, n % 3],
			);
		for (const sort of ['recent', 'supported', 'commented', 'random'] as const) {
			const seen: (number | null)[] = [];
			for (let page = 1; page <= 3; page++)
				seen.push(
					...(await ideas.list(anonymous, call.id, { sort, seed: 'lundi', page, pageSize: 10 })).items.map(
						({ number }) => number,
					),
				);
			expect(new Set(seen).size, sort).toBe(23);
		}
		const order = async (seed: string) =>
			(await ideas.list(anonymous, call.id, { sort: 'random', seed, pageSize: 23 })).items.map(
				({ number }) => number,
			);
		expect(await order('lundi')).toEqual(await order('lundi'));
		expect(await order('lundi')).not.toEqual(await order('mardi'));
		expect((await ideas.list(anonymous, call.id, { text: 'idees quartiers', pageSize: 1 })).total).toBe(23);
		expect(
			(await ideas.list(anonymous, call.id, { text: "'); DROP TABLE -- ('&|!" })).total,
		).toBeGreaterThanOrEqual(0);
	});

	test('nobody floods: drafts, ideas and comments have their measure', async () => {
		town.toDay(1);
		const { ideas, comments } = town.participation;
		const call = await openCall(town, budgetCall());
		const { id, person } = await published(call.id);
		const outcomes = await Promise.all(
			Array.from({ length: 40 }, () => comments.write(person, id, { body: 'Encore moi.' })),
		);
		expect(outcomes.filter(({ ok }) => ok)).toHaveLength(30);
		for (let n = 0; n < 4; n++) await published(call.id, { title: title(n) }, person);
		const draft = await ideas.saveDraft(person, call.id, { title: 'Une de trop', body: 'x' });
		expect(await ideas.submit(person, draft.ok ? draft.value.id : '')).toMatchObject({
			error: 'participation.too_many',
		});
	});
});

describe('similar ideas', () => {
	test('say the same in other words, or nearby; hidden ones, drafts and others’ calls are not shown', async () => {
		town.toDay(1);
		const { ideas, moderation } = town.participation;
		const call = await openCall(town, budgetCall());
		const author = await published(call.id, {
			title: 'Des arbres fruitiers rue du Lavoir',
			body: 'Pommiers et poiriers.',
			longitude: 2.005,
			latitude: 47.005,
		});
		await published(call.id, { title: 'Réparer la piscine municipale', body: 'Le toit fuit.' });
		const hidden = await published(call.id, { title: 'Arbre fruitier caché' });
		await moderation.decide(
			await moderator(),
			{ kind: 'idea', id: hidden.id },
			{ decision: 'hidden', reason: 'spam', publicText: 'Publicité.' },
		);
		await ideas.saveDraft(author.person, call.id, { title: 'Arbres fruitiers en brouillon', body: 'x' });
		const like = {
			title: 'Planter un arbre fruitier',
			body: 'près du lavoir',
			longitude: 2.0051,
			latitude: 47.005,
		};
		const found = await ideas.similar(call.id, like);
		expect(found.map(({ title: name }) => name)).toEqual(['Des arbres fruitiers rue du Lavoir']);
		expect(found[0]?.distanceMeters).toBeLessThan(20);
		expect(found[0]?.likeness).toBeGreaterThan(
			(await ideas.similar(call.id, { ...like, longitude: null, latitude: null }))[0]?.likeness ?? 1,
		);
		expect(await ideas.similar(call.id, { ...like, exceptId: author.id })).toEqual([]);
		expect(await ideas.similar(newId(), like)).toEqual([]);
		expect(await ideas.similar(call.id, { title: "\0'; --", body: '%%%' })).toEqual([]);
	});
});

describe('supports', () => {
	test('count each person once, however many at once', async () => {
		town.toDay(1);
		const { ideas } = town.participation;
		const call = await openCall(town, budgetCall());
		const { id } = await published(call.id);
		const people = await Promise.all(Array.from({ length: 8 }, (_, n) => town.person(`Personne ${n}`)));
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.record({ who: fc.nat(7), wanted: fc.boolean() }), { minLength: 1, maxLength: 20 }),
				async (actions) => {
					await Promise.all(
						actions.map(({ who, wanted }) => ideas.support(people[who] ?? anonymous, id, wanted)),
					);
					const { rows } = await town.platform.pool.query<{ rows: number; count: number }>(
						`SELECT (SELECT count(*)::int FROM participation.support WHERE idea_id = $1) AS rows, support_count AS count
							FROM participation.idea WHERE id = $1`,
						[id],
					);
					expect(rows[0]?.count).toBe(rows[0]?.rows);
				},
			),
			{ numRuns: 10 },
		);
		expect(await ideas.support(anonymous, id, true)).toMatchObject({ error: 'participation.sign_in_first' });
		town.toDay(21);
		expect(await ideas.support(people[0] ?? anonymous, id, true)).toMatchObject({
			error: 'participation.phase_closed',
		});
	});
});

describe('comments', () => {
	test('are answered one level deep; what is withdrawn or hidden keeps its place without words', async () => {
		town.toDay(1);
		const { comments, ideas, moderation } = town.participation;
		const call = await openCall(town, budgetCall());
		const { id, person } = await published(call.id);
		const first = await comments.write(person, id, { body: 'Bonne idée.' });
		const firstId = first.ok ? first.value.id : '';
		const newcomer = await town.person('Nouveau');
		const answer = await comments.write(newcomer, id, { body: 'Je suis d’accord.', parentId: firstId });
		expect(answer).toMatchObject({ value: { status: 'waiting' } });
		const answerId = answer.ok ? answer.value.id : '';
		expect((await comments.list(anonymous, id)).items[0]?.answers).toEqual([]);
		expect((await comments.list(newcomer, id)).items[0]?.answers[0]?.body).toBe('Je suis d’accord.');
		await moderation.decide(
			await moderator(),
			{ kind: 'comment', id: answerId },
			{ decision: 'published', publicText: '' },
		);
		expect(await comments.write(person, id, { body: 'Trop profond', parentId: answerId })).toMatchObject({
			error: 'participation.comment_unknown',
		});
		expect(await ideas.get(anonymous, call.id, id)).toMatchObject({ commentCount: 2 });
		await comments.withdraw(person, firstId);
		const [thread] = (await comments.list(anonymous, id)).items;
		expect(thread).toMatchObject({
			status: 'withdrawn',
			body: '',
			author: '',
			answers: [{ body: 'Je suis d’accord.' }],
		});
		expect(await ideas.get(anonymous, call.id, id)).toMatchObject({ commentCount: 1 });
		expect(await comments.withdraw(person, answerId)).toMatchObject({ ok: false });
	});
});

describe('moderation', () => {
	test('hides with a reason that everybody reads; the author appeals once, another moderator decides', async () => {
		town.toDay(1);
		const { ideas, moderation } = town.participation;
		const call = await openCall(town, budgetCall());
		const { id, person } = await published(call.id);
		const subject = { kind: 'idea' as const, id };
		await ideas.report(await town.person('Voisin'), subject, { reason: 'off_topic', note: 'Hors sujet.' });
		expect(await ideas.report(await town.person('Voisin'), subject, { reason: 'x', note: '' })).toMatchObject(
			{ ok: false },
		);
		const first = await moderator();
		expect(await moderation.queue(person)).toMatchObject({ error: 'platform.not_allowed' });
		const queue = await moderation.queue(first);
		expect(queue.ok && queue.value.find((one) => one.id === id)).toMatchObject({
			cause: 'reported',
			reports: [{ reason: 'off_topic' }],
		});
		expect(
			await moderation.decide(first, subject, { decision: 'hidden', publicText: 'Hors sujet' }),
		).toMatchObject({ error: 'participation.reason_missing' });
		expect(
			await moderation.decide(first, subject, { decision: 'hidden', reason: 'off_topic', publicText: ' ' }),
		).toMatchObject({ error: 'participation.public_text_missing' });
		expect(await moderation.decide(person, subject, { decision: 'published', publicText: '' })).toMatchObject(
			{ error: 'platform.not_allowed' },
		);
		await moderation.decide(first, subject, {
			decision: 'hidden',
			reason: 'off_topic',
			publicText: 'Ce n’est pas de la commune.',
		});
		expect(await ideas.get(anonymous, call.id, id)).toMatchObject({
			body: '',
			moderation: { publicText: 'Ce n’est pas de la commune.', mayAppeal: false },
		});
		expect((await ideas.get(anonymous, call.id, id))?.title).not.toContain('arbres');
		expect((await ideas.get(person, call.id, id))?.moderation?.mayAppeal).toBe(true);
		expect(await moderation.appeal(await town.person('Autre'), subject, 'Non')).toMatchObject({ ok: false });
		expect(await moderation.appeal(person, subject, 'C’est de la commune.')).toMatchObject({ ok: true });
		expect(await moderation.appeal(person, subject, 'Encore')).toMatchObject({
			error: 'participation.appealed_already',
		});
		expect(
			await moderation.decideAppeal(first, subject, { outcome: 'overturned', answer: 'Oui.' }),
		).toMatchObject({ error: 'participation.appeal_by_another' });
		expect(
			await moderation.decideAppeal(await moderator(), subject, {
				outcome: 'overturned',
				answer: 'En effet.',
			}),
		).toMatchObject({ ok: true });
		expect(await ideas.get(anonymous, call.id, id)).toMatchObject({ status: 'published' });
		expect((await moderation.log(call.id))[0]).toMatchObject({
			decision: 'hidden',
			reason: 'off_topic',
			appealOutcome: 'overturned',
		});
		const letters = (await town.platform.mail.list()).filter(({ to }) => to === `${person.id}@example.org`);
		expect(letters.map(({ subject: line }) => line)).toEqual(
			expect.arrayContaining(['Votre contribution a été retirée', 'Votre contestation : décision annulée']),
		);
	});

	test('an appeal comes within thirty days', async () => {
		town.toDay(1);
		const call = await openCall(town, budgetCall());
		const { id, person } = await published(call.id);
		const subject = { kind: 'idea' as const, id };
		await town.participation.moderation.decide(await moderator(), subject, {
			decision: 'hidden',
			reason: 'spam',
			publicText: 'Publicité.',
		});
		town.toDay(32);
		expect(await town.participation.moderation.appeal(person, subject, 'Tard')).toMatchObject({
			error: 'participation.appeal_too_late',
		});
	});
});

describe('merges', () => {
	test('need every author; then supporters count once, comments and followers go along, the originals lead there', async () => {
		town.toDay(1);
		const { ideas, comments, merges, follows } = town.participation;
		const call = await openCall(town, budgetCall());
		const [target, joining] = [
			await published(call.id, { title: 'Un verger' }),
			await published(call.id, { title: 'Des pommiers' }),
		];
		const [both, one] = [await town.person('Les deux'), await town.person('Un seul')];
		await ideas.support(both, target.id, true);
		await ideas.support(both, joining.id, true);
		await ideas.support(one, joining.id, true);
		await comments.write(joining.person, joining.id, { body: 'Sous les pommiers.' });
		expect(
			await merges.propose(one, { targetId: target.id, ideaIds: [joining.id], reason: '' }),
		).toMatchObject({ error: 'participation.merge_not_yours' });
		expect(
			await merges.propose(target.person, { targetId: target.id, ideaIds: [target.id], reason: '' }),
		).toMatchObject({ ok: false });
		const proposal = await merges.propose(target.person, {
			targetId: target.id,
			ideaIds: [joining.id],
			reason: 'C’est la même chose.',
		});
		const proposalId = proposal.ok ? proposal.value.id : '';
		expect(await merges.list(joining.person, { awaiting: true })).toMatchObject([
			{ id: proposalId, awaitsMe: true },
		]);
		expect(await merges.answer(one, proposalId, true)).toMatchObject({ ok: false });
		expect(await ideas.get(anonymous, call.id, joining.id)).toMatchObject({ status: 'published' });
		expect(await merges.answer(joining.person, proposalId, true)).toEqual({
			ok: true,
			value: { status: 'done' },
		});
		expect(await ideas.get(anonymous, call.id, target.id)).toMatchObject({
			supportCount: 2,
			commentCount: 1,
			joined: [{ title: 'Des pommiers' }],
		});
		expect(await ideas.get(anonymous, call.id, joining.id)).toMatchObject({
			status: 'merged',
			mergedInto: { title: 'Un verger' },
		});
		expect((await comments.list(anonymous, target.id)).items[0]).toMatchObject({
			body: 'Sous les pommiers.',
			writtenUnder: { title: 'Des pommiers' },
		});
		expect(await follows.has(joining.person, { kind: 'idea', id: target.id })).toBe(true);
		expect((await ideas.list(anonymous, call.id)).items.map(({ title: name }) => name)).toEqual([
			'Un verger',
		]);
		expect((await merges.list(anonymous, { callId: call.id }))[0]).toMatchObject({
			status: 'done',
			awaitsMe: false,
		});
	});

	test('one refusal ends a proposal; a split gives each part the supporters', async () => {
		town.toDay(1);
		const { ideas, merges } = town.participation;
		const call = await openCall(town, budgetCall());
		const [a, b] = [
			await published(call.id, { title: 'Première idée' }),
			await published(call.id, { title: 'Seconde idée' }),
		];
		await ideas.support(await town.person('Soutien'), a.id, true);
		const agent = await moderator();
		const proposed = await merges.propose(agent, { targetId: a.id, ideaIds: [b.id], reason: '' });
		const id = proposed.ok ? proposed.value.id : '';
		await merges.answer(a.person, id, true);
		expect(await merges.answer(b.person, id, false)).toMatchObject({ value: { status: 'refused' } });
		expect(await ideas.get(anonymous, call.id, b.id)).toMatchObject({ status: 'published' });
		const split = await merges.proposeSplit(a.person, {
			ideaId: a.id,
			parts: [
				{ title: 'Une moitié', body: 'x' },
				{ title: 'Autre moitié', body: 'y' },
			],
			reason: '',
		});
		expect(split.ok).toBe(true);
		const list = await ideas.list(anonymous, call.id);
		expect(list.items.map(({ title: name, supportCount }) => [name, supportCount])).toEqual(
			expect.arrayContaining([
				['Une moitié', 1],
				['Autre moitié', 1],
				['Seconde idée', 0],
			]),
		);
		expect(list.total).toBe(3);
	});

	test('whatever is merged, at once or in turn, no supporter is lost or counted twice', async () => {
		const { ideas, merges } = town.participation;
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(fc.nat(3), fc.nat(4)), { maxLength: 12 }),
				fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 4 }),
				async (supports, pairs) => {
					town.toDay(1);
					const call = await openCall(town, budgetCall());
					const author = (await published(call.id, { title: 'Idée A' })).person;
					const ids = [(await ideas.list(anonymous, call.id)).items[0]?.id ?? ''];
					for (const name of ['Idée B', 'Idée C', 'Idée D'])
						ids.push((await published(call.id, { title: name }, author)).id);
					const people = await Promise.all(Array.from({ length: 5 }, (_, n) => town.person(`P${n}`)));
					for (const [idea, who] of supports)
						await ideas.support(people[who] ?? anonymous, ids[idea] ?? '', true);
					await Promise.all(
						pairs.map(([to, from]) =>
							merges.propose(author, { targetId: ids[to] ?? '', ideaIds: [ids[from] ?? ''], reason: '' }),
						),
					);
					const { rows } = await town.platform.pool.query<{ people: number; exact: boolean; left: number }>(
						`SELECT count(DISTINCT person_id)::int AS people,
							(SELECT bool_and(support_count = (SELECT count(*) FROM participation.support WHERE idea_id = idea.id))
								FROM participation.idea WHERE call_id = $1) AS exact,
							(SELECT count(*)::int FROM participation.support JOIN participation.idea ON idea.id = idea_id
								WHERE call_id = $1 AND status = 'merged') AS left
						FROM participation.support JOIN participation.idea ON idea.id = idea_id WHERE call_id = $1`,
						[call.id],
					);
					expect(rows[0]).toEqual({
						people: new Set(supports.map(([, who]) => who)).size,
						exact: true,
						left: 0,
					});
				},
			),
			{ numRuns: 8 },
		);
	});
});

describe('followers', () => {
	test('get one letter of what happened since, in their language, and end it by one click', async () => {
		town.toDay(1);
		const { follows, ideas } = town.participation;
		const call = await openCall(town, budgetCall());
		const { id } = await published(call.id);
		const follower = await town.person('Suiveuse');
		await follows.set(follower, { kind: 'idea', id }, true);
		await follows.set(follower, { kind: 'call', id: call.id }, true);
		expect(await follows.set(follower, { kind: 'idea', id: newId() }, true)).toMatchObject({ ok: false });
		town.toDay(2);
		await follows.sendDigests();
		const mine = async () =>
			(await town.platform.mail.list({ limit: 500 })).filter(({ to }) => to === `${follower.id}@example.org`);
		expect(await mine()).toEqual([]);
		await town.participation.reviews.conclude(await town.person('Service', 'reviewer'), id, {
			verdict: 'unfeasible',
			text: 'Le sol est pollué.',
		});
		town.toDay(3);
		await Promise.all([follows.sendDigests(), follows.sendDigests()]);
		const [letter, ...more] = await mine();
		expect(more).toEqual([]);
		expect(letter?.text).toContain('Planter des arbres : avis des services');
		const token = /jeton=(\S+)/.exec(letter?.text ?? '')?.[1] ?? '';
		expect(await follows.unsubscribe(`${decodeURIComponent(token)}x`)).toBe(false);
		expect(await follows.unsubscribe(decodeURIComponent(token))).toBe(true);
		expect(await follows.preference(follower)).toBe('never');
		await ideas.support(follower, id, true);
		town.toDay(5);
		await follows.sendDigests();
		expect(await mine()).toHaveLength(1);
	});
});

describe('a person’s data', () => {
	test('is exported whole; erased, it leaves what others read without a name, and exact counts', async () => {
		town.toDay(1);
		const { ideas, comments } = town.participation;
		const call = await openCall(town, budgetCall());
		const { id, person } = await published(call.id);
		const other = await published(call.id, { title: 'Une autre idée' });
		await ideas.support(person, other.id, true);
		await comments.write(person, other.id, { body: 'Mon avis.' });
		await ideas.saveDraft(person, call.id, { title: 'Mon brouillon', body: 'x' });
		const [source] = town.platform.personalData.all().filter(({ room }) => room === 'participation');
		const data = await source?.source.export(person.id);
		expect(data).toMatchObject({
			ideas: [{ title: 'Planter des arbres' }, { title: 'Mon brouillon' }],
			comments: [{ body: 'Mon avis.' }],
			supports: [{ idea: 'Une autre idée' }],
		});
		await town.platform
			.db()
			.transaction()
			.execute((trx) => source?.source.erase(trx, person.id) ?? Promise.resolve());
		expect(await ideas.get(anonymous, call.id, id)).toMatchObject({ author: 'Un habitant', authorId: null });
		expect(await ideas.get(anonymous, call.id, other.id)).toMatchObject({ supportCount: 0, commentCount: 1 });
		const again = (await source?.source.export(person.id)) ?? {};
		for (const rows of Object.values(again)) expect(rows).toEqual([]);
	});
});
