import { anonymous, system } from '@parvis/platform';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemble, convene, createTestCouncil, type TestCouncil } from './testing.ts';

let town: TestCouncil;
beforeAll(async () => {
	town = await createTestCouncil();
});
afterAll(() => town.close());

const act = (meetingId: string, action: unknown, actor = system) =>
	town.council.sessions.act(actor, meetingId, action);
const stateOf = async (id: string) => {
	const state = await town.council.sessions.state(system, id);
	if (!state) throw new Error('no state');
	return state;
};

describe('before', () => {
	test('a convocation goes out only when the law is kept, to every member, and tells that it was read', async () => {
		const { meetings } = town.council;
		const { bodyId, people } = await assemble(town, 3);
		const soon = new Date(town.clock.now.getTime() + 4 * 86_400_000);
		const made = await meetings.create(system, { bodyId, title: 'Séance', startsAt: soon });
		const id = made.ok ? made.value.id : '';
		expect(
			await meetings.create(await town.person('Habitante'), { bodyId, title: 'x', startsAt: soon }),
		).toMatchObject({ error: 'platform.not_allowed' });
		expect(await meetings.get(anonymous, id)).toBeNull();
		expect(await meetings.convene(system, id)).toMatchObject({ error: 'council.check_agenda_wrong' });
		await meetings.addItem(system, id, {
			kind: 'deliberation',
			title: 'Budget',
			draft: 'Projet secret',
			public: false,
		});
		const checks = await meetings.checks(system, id);
		expect(checks.ok && checks.value.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual([
			'notice',
			'synthesis',
		]);
		expect(await meetings.convene(system, id)).toMatchObject({ error: 'council.check_notice_wrong' });
		const later = new Date(town.clock.now.getTime() + 8 * 86_400_000);
		await meetings.change(system, id, { title: 'Séance', startsAt: later, synthesis: 'Note.' });
		expect(await meetings.convene(system, id)).toEqual({ ok: true, value: { letters: 3 } });
		expect(await meetings.convene(system, id)).toMatchObject({ ok: false });
		expect(await meetings.addItem(system, id, { kind: 'deliberation', title: 'En plus' })).toMatchObject({
			error: 'council.agenda_stands',
		});
		expect(await meetings.addItem(system, id, { kind: 'question', title: 'Question orale' })).toMatchObject({
			ok: true,
		});
		expect(await meetings.change(system, id, { title: 'Séance', startsAt: soon })).toMatchObject({
			error: 'council.convened_already',
		});
		const [member] = people;
		const letter = (await town.platform.mail.list()).find(
			({ to }) => to === `${member?.actor.id}@example.org`,
		);
		expect(letter?.text).toContain('1. Budget');
		const token = decodeURIComponent(/jeton=(\S+)/.exec(letter?.text ?? '')?.[1] ?? '');
		expect(await meetings.convocation('forged')).toBeNull();
		expect(await meetings.convocation(token)).toMatchObject({
			name: 'Membre 1',
			acknowledged: false,
			meeting: { items: [{ draft: 'Projet secret' }, {}] },
		});
		expect((await meetings.get(anonymous, id))?.items[0]?.draft).toBe('');
		expect((await meetings.get(member?.actor ?? anonymous, id))?.items[0]?.draft).toBe('Projet secret');
		expect(await meetings.acknowledge(token)).toBe(true);
		const sent = await meetings.convocations(system, id);
		expect(sent.ok && sent.value.filter(({ acknowledgedAt }) => acknowledgedAt)).toHaveLength(1);
		const calendar = (await meetings.calendar(anonymous, id)) ?? '';
		expect(calendar).toMatch(/^BEGIN:VCALENDAR\r\n/);
		for (const line of calendar.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
	});

	test('a pouvoir: one per holder, revocable, not more than three meetings in a row but for illness', async () => {
		const { meetings } = town.council;
		const { bodyId, people } = await assemble(town, 4);
		const [a, b, c] = people.map(({ seatId }) => seatId);
		const give = (id: string, giverId = '', holderId = '', ill = false) =>
			meetings.giveProxy(system, id, { giverId, holderId, ill });
		for (let n = 0; n < 3; n++) {
			const meeting = await convene(town, bodyId, ['Budget']);
			const given = await give(meeting.id, a, b);
			expect(given.ok).toBe(true);
			expect(await give(meeting.id, c, b)).toMatchObject({ error: 'council.proxy_holder_taken' });
			expect(await give(meeting.id, a, c)).toMatchObject({ error: 'council.proxy_given_already' });
			expect(await give(meeting.id, c, c)).toMatchObject({ ok: false });
			town.clock.now = meeting.startsAt;
			await act(meeting.id, { kind: 'open' });
			await act(meeting.id, { kind: 'close' });
			expect(await meetings.revokeProxy(system, given.ok ? given.value.id : '')).toMatchObject({
				error: 'council.meeting_over',
			});
			expect(await meetings.proxies(meeting.id)).toHaveLength(1);
		}
		const next = await convene(town, bodyId, ['Budget']);
		expect(await give(next.id, a, b)).toMatchObject({ error: 'council.proxy_too_often' });
		const ill = await give(next.id, a, b, true);
		expect(ill.ok).toBe(true);
		const stranger = people[3]?.actor ?? anonymous;
		expect(await meetings.revokeProxy(stranger, ill.ok ? ill.value.id : '')).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(
			await meetings.revokeProxy(people[0]?.actor ?? anonymous, ill.ok ? ill.value.id : ''),
		).toMatchObject({ ok: true });
		expect(await meetings.proxies(next.id)).toEqual([]);
	});
});

describe('in session', () => {
	test('a meeting from the roll to the published act, by its record alone', async () => {
		const { sessions, meetings, deliberations, minutes } = town.council;
		const { bodyId, people } = await assemble(town, 5);
		const [chair, b, c, d, e] = people;
		const meeting = await convene(town, bodyId, ['Budget', 'Piscine', 'Nomination']);
		const { id } = meeting;
		const [budget, pool, naming] = meeting.items.map((item) => item.id);
		await meetings.giveProxy(system, id, { giverId: e?.seatId ?? '', holderId: b?.seatId ?? '', ill: false });
		expect(await act(id, { kind: 'take_item', itemId: budget })).toMatchObject({ error: 'council.not_open' });
		town.clock.now = meeting.startsAt;
		await act(id, { kind: 'arrive', seatId: chair?.seatId });
		await act(id, { kind: 'arrive', seatId: b?.seatId });
		// Follows by video: a commune's member may speak, not count.
		await act(id, { kind: 'arrive', seatId: d?.seatId, remote: true });
		await act(id, { kind: 'open' });
		expect(await stateOf(id)).toMatchObject({ quorum: 3, quorate: false });
		expect(await act(id, { kind: 'take_item', itemId: budget })).toMatchObject({
			error: 'council.no_quorum',
		});
		await act(id, { kind: 'arrive', seatId: c?.seatId });
		expect(await stateOf(id)).toMatchObject({ quorate: true });
		await act(id, { kind: 'name_secretary', seatId: c?.seatId });
		await act(id, { kind: 'take_item', itemId: budget });

		// The floor: hands in order, seconds counted, the next takes over.
		for (const seat of [c, b]) await act(id, { kind: 'raise_hand', seatId: seat?.seatId }, seat?.actor);
		expect(await act(id, { kind: 'raise_hand', seatId: chair?.seatId }, b?.actor)).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(await act(id, { kind: 'give_floor', seatId: b?.seatId }, b?.actor)).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect((await stateOf(id)).queue).toEqual([c?.seatId, b?.seatId]);
		await act(id, { kind: 'give_floor', seatId: c?.seatId });
		town.clock.now = new Date(town.clock.now.getTime() + 90_000);
		await act(id, { kind: 'give_floor', seatId: b?.seatId });
		town.clock.now = new Date(town.clock.now.getTime() + 30_000);
		await act(id, { kind: 'take_floor_back' });
		expect((await stateOf(id)).spokenSeconds).toEqual({ [c?.seatId ?? '']: 90, [b?.seatId ?? '']: 30 });

		// Public: each for oneself, the holder for the giver too; even, the chair decides.
		expect(await act(id, { kind: 'vote', seatId: b?.seatId, choice: 'for' }, b?.actor)).toMatchObject({
			error: 'council.no_vote',
		});
		await act(id, { kind: 'open_vote', method: 'public' });
		for (const [seat, by, choice] of [
			[chair, chair, 'for'],
			[b, b, 'against'],
			[e, b, 'for'],
			[c, c, 'abstention'],
			[c, c, 'against'],
		] as const)
			expect(await act(id, { kind: 'vote', seatId: seat?.seatId, choice }, by?.actor)).toMatchObject({
				ok: true,
			});
		for (const [seat, by] of [
			[d, d],
			[e, e],
			[chair, b],
		] as const)
			expect(await act(id, { kind: 'vote', seatId: seat?.seatId, choice: 'for' }, by?.actor)).toMatchObject({
				error: 'council.may_not_vote',
			});
		expect((await sessions.state(anonymous, id))?.votes[0]?.ballots).toEqual([]);
		await act(id, { kind: 'close_vote' });
		expect((await stateOf(id)).votes[0]?.result).toMatchObject({
			for: 2,
			against: 2,
			casting: true,
			adopted: true,
		});
		expect(await act(id, { kind: 'open_vote', method: 'public' })).toMatchObject({
			error: 'council.voted_already',
		});

		// Hands, with one member away for a conflict of interest; the principal comes back and votes in person.
		await act(id, { kind: 'take_item', itemId: pool });
		await act(id, { kind: 'recuse', seatId: c?.seatId });
		await act(id, { kind: 'arrive', seatId: e?.seatId });
		await act(id, { kind: 'open_vote', method: 'hands' });
		expect(new Set((await stateOf(id)).votes[1]?.voters)).toEqual(
			new Set([chair, b, e].map((one) => one?.seatId)),
		);
		expect(await act(id, { kind: 'count_hands', for: 3, against: 1, abstention: 0 })).toMatchObject({
			error: 'council.more_votes_than_voters',
		});
		await act(id, { kind: 'count_hands', for: 1, against: 2, abstention: 0 });

		// Secret: nobody's choice is in the record, and nothing of it is left.
		await act(id, { kind: 'take_item', itemId: naming });
		expect(await act(id, { kind: 'open_vote', method: 'secret' })).toMatchObject({
			error: 'council.secret_needs',
		});
		await act(id, { kind: 'open_vote', method: 'secret', ground: 'appointment' });
		for (const one of [chair, b, c, e])
			expect(
				await act(
					id,
					{ kind: 'vote', seatId: one?.seatId, choice: one === b ? 'against' : 'for' },
					one?.actor,
				),
			).toMatchObject({ ok: true });
		expect(await act(id, { kind: 'vote', seatId: b?.seatId, choice: 'for' }, b?.actor)).toMatchObject({
			error: 'council.voted_already',
		});
		const { rows: boxes } = await town.platform.pool.query('SELECT * FROM council.ballot_box');
		expect(boxes).toHaveLength(1);
		expect(boxes[0].sealed).not.toContain('against');
		const { rows: secret } = await town.platform.pool.query(
			`SELECT data FROM council.event WHERE kind = 'voted' AND meeting_id = $1`,
			[id],
		);
		expect(secret.filter(({ data }) => 'choice' in data)).toHaveLength(5);
		await act(id, { kind: 'close_vote' });
		expect((await town.platform.pool.query('SELECT FROM council.ballot_box')).rowCount).toBe(0);

		// Behind closed doors the public reads nothing of what is said.
		await act(id, { kind: 'close_doors', closed: true });
		await act(id, { kind: 'note', text: 'Ce qui se dit à huis clos.' });
		await act(id, { kind: 'close_doors', closed: false });
		const record = (actor = anonymous) => sessions.record(actor, id, 'fr');
		expect((await record()).map(({ text }) => text)).not.toContain('Ce qui se dit à huis clos.');
		expect((await record(system)).map(({ text }) => text)).toContain('Ce qui se dit à huis clos.');

		await act(id, { kind: 'close' });
		expect(await act(id, { kind: 'take_item', itemId: budget })).toMatchObject({ error: 'council.not_open' });
		const acts = await deliberations.list({ meetingId: id });
		expect(acts.items.map(({ title, adopted }) => [title, adopted])).toEqual([
			['Budget', true],
			['Piscine', false],
			['Nomination', true],
		]);
		// An act is published once it is signed.
		expect(await deliberations.publishAll(system, id)).toMatchObject({ error: 'council.not_signed' });
		const day = town.clock.now.toISOString().slice(0, 10);
		await deliberations.signAll(system, id, day);
		const before = (await town.town.search.find('piscine')).hits.length;
		await deliberations.publishAll(system, id);
		expect((await town.town.search.find('piscine')).hits.length).toBe(before + 1);

		// A correction is one more entry; the act follows.
		const wrong = (await stateOf(id)).votes[1]?.id;
		expect(
			await act(id, { kind: 'correct_vote', voteId: wrong, for: 2, against: 1, abstention: 0, reason: '' }),
		).toMatchObject({ ok: false });
		await act(id, {
			kind: 'correct_vote',
			voteId: wrong,
			for: 2,
			against: 1,
			abstention: 0,
			reason: 'Une main mal comptée.',
		});
		expect((await deliberations.list({ meetingId: id })).items[1]).toMatchObject({ adopted: true, for: 2 });
		await expect(town.platform.pool.query('UPDATE council.event SET at = now()')).rejects.toThrow(
			'append-only',
		);

		const table: (readonly (string | number | null)[])[] = [];
		for await (const row of deliberations.scdl()) table.push(row);
		expect(table.every((row) => row.length === 17)).toBe(true);
		const budgetRow = table.find((row) => row[6] === 'Budget');
		expect(budgetRow?.slice(11, 16)).toEqual([5, 4, 2, 2, 0]);

		const draft = await minutes.draft(system, id);
		const text = draft.ok ? draft.value.text : '';
		for (const words of [
			'Secrétaire de séance : Membre 3',
			'Membre 5 (pouvoir à Membre 2)',
			'À distance : Membre 4',
			'Contre : Membre 2, Membre 3',
			'voix du président étant prépondérante',
			'Une main mal comptée',
			'étant intéressés à l’affaire : Membre 3',
			'Membre 5 arrive à',
		])
			expect(text).toContain(words);
		expect(text.split('3. Nomination')[2]).not.toMatch(/Pour : Membre/);
		await minutes.save(system, id, { text, base: 0 });
		expect((await meetings.get(anonymous, id))?.minutes).toBeNull();
	});

	test('a deputy takes the chair and has the casting vote; the chair closes all microphones at once', async () => {
		const { bodyId, people } = await assemble(town, 3);
		const [, deputy, member] = people;
		const meeting = await convene(town, bodyId, ['Compte administratif']);
		const { id } = meeting;
		for (const one of [deputy, member]) await act(id, { kind: 'arrive', seatId: one?.seatId });
		await act(id, { kind: 'open' });
		expect(await act(id, { kind: 'take_chair', seatId: people[0]?.seatId })).toMatchObject({
			error: 'council.not_present',
		});
		await act(id, { kind: 'take_chair', seatId: deputy?.seatId });
		await act(id, { kind: 'close_microphones' });
		await act(id, { kind: 'close_microphones' });
		expect(await stateOf(id)).toMatchObject({ chairId: deputy?.seatId, microphonesClosed: true });
		await act(id, { kind: 'open_microphones' });
		expect(await stateOf(id)).toMatchObject({ microphonesClosed: false });
		await act(id, { kind: 'take_item', itemId: meeting.items[0]?.id });
		await act(id, { kind: 'open_vote', method: 'public' });
		await act(id, { kind: 'vote', seatId: deputy?.seatId, choice: 'for' });
		await act(id, { kind: 'vote', seatId: member?.seatId, choice: 'against' });
		await act(id, { kind: 'close_vote' });
		expect((await stateOf(id)).votes[0]?.result).toMatchObject({ casting: true, adopted: true });
	});

	test('whatever the desk does, in whatever order, nobody votes twice and results agree with the record', async () => {
		const { bodyId, people } = await assemble(town, 4, {
			kind: 'community',
			inhabitants: 40_000,
			remoteCounts: true,
		});
		await fc.assert(
			fc.asyncProperty(
				fc.array(
					fc.record({
						kind: fc.constantFrom(
							'arrive',
							'leave',
							'recuse',
							'open_vote',
							'vote',
							'close_vote',
							'take_item',
							'give_floor',
						),
						who: fc.nat(3),
						by: fc.nat(3),
						choice: fc.constantFrom('for', 'against', 'abstention'),
						method: fc.constantFrom('public', 'secret'),
						remote: fc.boolean(),
					}),
					{ minLength: 5, maxLength: 30 },
				),
				async (actions) => {
					const meeting = await convene(town, bodyId, ['Un', 'Deux']);
					town.clock.now = meeting.startsAt;
					for (const { seatId } of people) await act(meeting.id, { kind: 'arrive', seatId });
					await act(meeting.id, { kind: 'open' });
					await act(meeting.id, { kind: 'take_item', itemId: meeting.items[0]?.id });
					for (const { who, by, ...action } of actions)
						await act(
							meeting.id,
							{ ...action, seatId: people[who]?.seatId, itemId: meeting.items[who % 2]?.id },
							action.kind === 'vote' ? people[by]?.actor : system,
						);
					const state = await stateOf(meeting.id);
					for (const vote of state.votes) {
						expect(new Set(vote.voted).size).toBe(vote.voted.length);
						for (const seat of vote.voted) expect(vote.voters).toContain(seat);
						if (vote.result) {
							const { for: yes, against, abstention, not_taking_part: silent } = vote.result;
							expect(yes + against + abstention + silent).toBe(vote.voted.length);
						}
					}
				},
			),
			{ numRuns: 8 },
		);
	});

	test('a second meeting after one without quorum needs none, three days later', async () => {
		const { bodyId } = await assemble(town, 5);
		const first = await convene(town, bodyId, ['Budget']);
		town.clock.now = first.startsAt;
		const tooSoon = new Date(first.startsAt.getTime() + 2 * 86_400_000);
		const made = await town.council.meetings.create(system, {
			bodyId,
			title: 'Seconde',
			startsAt: tooSoon,
			secondOfId: first.id,
		});
		const checks = await town.council.meetings.checks(system, made.ok ? made.value.id : '');
		expect(checks.ok && checks.value.find(({ name }) => name === 'second')).toMatchObject({
			ok: false,
			blocking: true,
		});
		const second = await convene(town, bodyId, ['Budget'], { secondOfId: first.id });
		town.clock.now = second.startsAt;
		await act(second.id, { kind: 'open' });
		expect(await stateOf(second.id)).toMatchObject({ quorum: 0, quorate: true });
		expect(await act(second.id, { kind: 'take_item', itemId: second.items[0]?.id })).toMatchObject({
			ok: true,
		});
	});
});
