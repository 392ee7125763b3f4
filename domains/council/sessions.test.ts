import { type Actor, anonymous, system } from '@parvis/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveState } from './face.ts';
import { createLive } from './live.ts';
import { type Kind, rights } from './sessions/actions.ts';
import { createFloorTimer } from './sessions/floor-timer.ts';
import { createSignals } from './signals.ts';
import { assemble, convene, createTestCouncil, type TestCouncil } from './testing.ts';

let town: TestCouncil;
let clerk: Actor;
beforeAll(async () => {
	town = await createTestCouncil();
	clerk = await town.person('Secrétariat', 'council:clerk');
});
afterAll(() => town.close());

const act = (meetingId: string, action: unknown, actor: Actor = clerk) =>
	town.council.sessions.act(actor, meetingId, action);
const must = async (meetingId: string, action: unknown, actor: Actor = clerk) =>
	expect(await act(meetingId, action, actor)).toMatchObject({ ok: true });
async function stateOf(id: string, actor: Actor = clerk) {
	const state = await town.council.sessions.state(actor, id);
	if (!state) throw new Error('no state');
	return state;
}
const later = (seconds: number) => {
	town.clock.now = new Date(town.clock.now.getTime() + seconds * 1000);
};

/** A meeting of so many members, all there, the first item taken. */
async function held(
	members: number,
	titles = ['Budget', 'Piscine'],
	change: Record<string, unknown> = {},
	body = {},
) {
	const { bodyId, people } = await assemble(town, members, body);
	const meeting = await convene(town, bodyId, titles, change);
	town.clock.now = meeting.startsAt;
	await must(meeting.id, {
		kind: 'call_roll',
		marks: people.map(({ seatId }) => ({ seatId, mark: 'present' })),
	});
	await must(meeting.id, { kind: 'open' });
	const items = meeting.items.map(({ id }) => id);
	if (!change.urgent) await must(meeting.id, { kind: 'take_item', itemId: items[0] });
	return { id: meeting.id, bodyId, items, people, seats: people.map(({ seatId }) => seatId) };
}

describe('floor', () => {
	test('who presides runs it, a point of order goes first and gives the time back', async () => {
		const { id, people, seats } = await held(5);
		const [chair, b, c, d] = people;
		await must(id, { kind: 'set_floor_rules', speechSeconds: 120, rule: 'least_spoken' }, chair?.actor);
		await must(id, { kind: 'give_floor', seatId: seats[1] }, chair?.actor);
		later(30);
		await must(id, { kind: 'raise_hand', seatId: seats[1] }, b?.actor);
		await must(id, { kind: 'raise_hand', seatId: seats[2] }, c?.actor);
		expect((await stateOf(id)).queue).toEqual([seats[2], seats[1]]);
		await must(id, { kind: 'order_queue', seatIds: [seats[1], seats[2]] }, chair?.actor);
		expect((await stateOf(id)).queue).toEqual([seats[1], seats[2]]);
		await must(id, { kind: 'raise_hand', seatId: seats[3], pointOfOrder: true }, d?.actor);
		expect((await stateOf(id)).queue[0]).toBe(seats[3]);
		expect(await act(id, { kind: 'give_floor', seatId: seats[3] }, d?.actor)).toMatchObject({
			error: 'platform.not_allowed',
		});
		await must(id, { kind: 'give_floor', seatId: seats[3] }, chair?.actor);
		expect(await stateOf(id)).toMatchObject({
			floor: { seatId: seats[3], pointOfOrder: true },
			interrupted: [{ seatId: seats[1], usedSeconds: 30 }],
		});
		later(40);
		await must(id, { kind: 'take_floor_back' }, chair?.actor);
		expect(await stateOf(id)).toMatchObject({
			floor: { seatId: seats[1], usedSeconds: 30, limitSeconds: 120, pointOfOrder: false },
		});
		later(10);
		await must(id, { kind: 'suspend' });
		later(600);
		expect(await act(id, { kind: 'give_floor', seatId: seats[2] })).toMatchObject({
			error: 'council.is_suspended',
		});
		await must(id, { kind: 'resume' });
		later(20);
		expect(await stateOf(id)).toMatchObject({
			floor: { seatId: seats[1], usedSeconds: 40 },
			spokenSeconds: { [seats[1] ?? '']: 60, [seats[3] ?? '']: 40 },
		});
		await must(id, { kind: 'close' });
		const speeches = await town.council.sessions.speeches(clerk, id);
		expect(speeches.map(({ seatId }) => seatId)).toEqual([seats[1], seats[3], seats[1], seats[1]]);
	});

	test('time that is over ends by itself where the body says so, in one process of several', async () => {
		const { id, bodyId, seats } = await held(3);
		expect(
			await town.council.bodies.setFloor(clerk, bodyId, {
				rule: 'first_come',
				speechSeconds: 60,
				groupSeconds: null,
				cutsAtLimit: true,
			}),
		).toMatchObject({ ok: true });
		await must(id, { kind: 'give_floor', seatId: seats[1] });
		const signals = createSignals(town.platform);
		const timers = [1, 2].map(() => createFloorTimer(town.context, signals));
		later(59);
		expect(await timers[0]?.look(id)).toEqual(new Date(town.clock.now.getTime() + 1000));
		later(1);
		await Promise.all(timers.map((timer) => timer.look(id)));
		expect((await stateOf(id)).floor).toBeNull();
		const record = await town.council.sessions.record(clerk, id, 'fr');
		expect(record.filter(({ text }) => text.startsWith('Temps de parole écoulé'))).toHaveLength(1);
	});
});

describe('votes', () => {
	test('an even show of hands asks for the vote of who presides; a quarter asks for names, a third for secrecy', async () => {
		const { id, seats } = await held(4);
		await must(id, { kind: 'open_vote', method: 'hands' });
		expect(await act(id, { kind: 'count_hands', for: 2, against: 2, abstention: 0 })).toMatchObject({
			error: 'council.chair_vote_needed',
		});
		expect(
			await act(id, { kind: 'count_hands', for: 1, against: 1, abstention: 0, chair: 'abstention' }),
		).toMatchObject({ error: 'council.chair_vote_wrong' });
		await must(id, { kind: 'count_hands', for: 2, against: 2, abstention: 0, chair: 'against' });
		expect((await stateOf(id)).votes[0]?.result).toMatchObject({ adopted: false, casting: true });
		const amendment = { kind: 'open_vote', purpose: 'amendment', subject: 'Amendement 1' };
		expect(await act(id, { ...amendment, method: 'secret', requestedBy: [seats[1]] })).toMatchObject({
			error: 'council.secret_needs',
		});
		await must(id, { ...amendment, method: 'secret', requestedBy: [seats[1], seats[2]] });
		expect((await stateOf(id)).votes[1]).toMatchObject({
			ground: 'request',
			requestedBy: [seats[1], seats[2]],
			subject: 'Amendement 1',
		});
	});

	test('an amendment, then the text: the act is made by the last vote on the text', async () => {
		const { id, people, seats } = await held(3, ['Budget']);
		await must(id, { kind: 'open_vote', method: 'hands', purpose: 'amendment', subject: 'Amendement' });
		await must(id, { kind: 'count_hands', for: 3, against: 0, abstention: 0 });
		await must(id, { kind: 'open_vote', method: 'roll_call', requestedBy: [seats[1]] });
		expect((await stateOf(id)).votes[1]?.called).toBe(seats[0]);
		expect(await act(id, { kind: 'vote', seatId: seats[1], choice: 'for' }, people[1]?.actor)).toMatchObject({
			error: 'council.not_called',
		});
		for (const [n, choice] of ['for', 'against', 'against'].entries())
			await must(id, { kind: 'vote', seatId: seats[n], choice }, people[n]?.actor);
		await must(id, { kind: 'close_vote' });
		await must(id, { kind: 'close' });
		const { items } = await town.council.deliberations.list({ meetingId: id });
		expect(items).toMatchObject([{ title: 'Budget', adopted: false, for: 1, against: 2 }]);
		const voteId = (await stateOf(id)).votes[1]?.id;
		await must(id, {
			kind: 'correct_vote',
			voteId,
			for: 0,
			against: 0,
			abstention: 0,
			ballots: [{ seatId: seats[2], choice: 'for' }],
			reason: 'Nom mal entendu.',
		});
		expect((await town.council.deliberations.list({ meetingId: id })).items).toMatchObject([
			{ adopted: true, for: 2 },
		]);
	});

	test('a secret vote: nobody by another hand, papers added, nothing that links, whoever reads the tables', async () => {
		const { id, people, seats } = await held(5);
		await must(id, { kind: 'open_vote', method: 'secret', ground: 'appointment' });
		expect(await act(id, { kind: 'vote', seatId: seats[1], choice: 'for' })).toMatchObject({
			error: 'council.secret_by_oneself',
		});
		const boxes: Buffer[] = [];
		for (const n of [0, 1, 2]) {
			await must(id, { kind: 'vote', seatId: seats[n], choice: n ? 'against' : 'for' }, people[n]?.actor);
			const { rows } = await town.platform.pool.query(
				'SELECT sealed FROM council.ballot_box WHERE meeting_id = $1',
				[id],
			);
			expect(rows).toHaveLength(1);
			boxes.push(rows[0].sealed);
		}
		expect(new Set(boxes.map((box) => box.length)).size).toBe(1);
		expect(await act(id, { kind: 'count_hands', for: 3, against: 0, abstention: 0 })).toMatchObject({
			error: 'council.more_votes_than_voters',
		});
		await must(id, { kind: 'count_hands', for: 2, against: 0, abstention: 0 });
		expect((await stateOf(id)).votes[0]?.result).toMatchObject({ for: 3, against: 2, adopted: true });
	});

	test('two desks at once: one vote is opened, one ballot of each counts', async () => {
		const { id, people, seats } = await held(4);
		const opened = await Promise.all([1, 2, 3].map(() => act(id, { kind: 'open_vote', method: 'public' })));
		expect(opened.filter(({ ok }) => ok)).toHaveLength(1);
		await Promise.all(
			seats.flatMap((seatId, n) => [
				act(id, { kind: 'vote', seatId, choice: 'for' }, people[n]?.actor),
				act(id, { kind: 'vote', seatId, choice: 'for' }),
			]),
		);
		await Promise.all([act(id, { kind: 'close_vote' }), act(id, { kind: 'close_vote' })]);
		const { votes } = await stateOf(id);
		expect(votes).toMatchObject([{ result: { for: 4 } }]);
	});
});

test('an election in three rounds, the eldest at the end; kept, corrected, and an act of its own', async () => {
	const { id, people, seats } = await held(4, ['Élection du maire']);
	await must(id, { kind: 'open_election', subject: 'Maire', candidates: ['Ana Roux', 'Bo Petit'] });
	for (const [n, name] of [' ana  ROUX', 'Bo Petit', null, 'Cléo Autre'].entries())
		await must(id, { kind: 'elect', seatId: seats[n], name }, people[n]?.actor);
	expect(await act(id, { kind: 'take_item', itemId: seats[0] })).toMatchObject({ ok: false });
	await must(id, { kind: 'close_round' });
	const electionId = (await stateOf(id)).elections[0]?.id;
	expect((await stateOf(id)).elections[0]?.rounds[0]?.result).toMatchObject({
		cast: 3,
		majority: 2,
		blank: 1,
		elected: null,
	});
	await must(id, { kind: 'open_round', electionId });
	await must(id, { kind: 'close_round', votes: [{ name: 'Ana Roux', votes: 1 }], void: 2 });
	// One of one cast is more than half: a correction takes it back, and the next round is held.
	expect((await stateOf(id)).elections[0]?.elected).toEqual(['Ana Roux']);
	const roundId = (await stateOf(id)).elections[0]?.rounds[1]?.id;
	const even = [
		{ name: 'Ana Roux', votes: 2 },
		{ name: 'Bo Petit', votes: 2 },
	];
	await must(id, { kind: 'correct_round', roundId, votes: even, reason: 'Papiers recomptés.' });
	await must(id, { kind: 'open_round', electionId });
	expect(await act(id, { kind: 'close_round', votes: even })).toMatchObject({
		error: 'council.eldest_needed',
	});
	await must(id, { kind: 'close_round', votes: even, eldest: 'Bo Petit' });
	expect(await act(id, { kind: 'open_round', electionId })).toMatchObject({
		error: 'council.elected_already',
	});
	await must(id, { kind: 'close' });
	expect((await stateOf(id)).elections[0]).toMatchObject({ elected: ['Bo Petit'], rounds: [{}, {}, {}] });
	expect((await town.council.deliberations.list({ meetingId: id })).items).toMatchObject([
		{ adopted: true, for: 2, against: 2 },
	]);
});

test('without secrecy only by unanimity; the only candidate is appointed', async () => {
	const { id, people, seats } = await held(3, ['Délégués']);
	const election = { kind: 'open_election', subject: 'Délégué', secret: false };
	expect(await act(id, election)).toMatchObject({ error: 'council.secrecy_stands' });
	await must(id, { kind: 'open_vote', method: 'hands', purpose: 'no_secrecy' });
	await must(id, { kind: 'count_hands', for: 3, against: 0, abstention: 0 });
	await must(id, election);
	await must(id, { kind: 'elect', seatId: seats[1], name: 'Ana' }, people[1]?.actor);
	expect((await stateOf(id, anonymous)).elections[0]?.rounds[0]?.ballots).toEqual([]);
	expect((await stateOf(id)).elections[0]?.rounds[0]?.ballots).toHaveLength(1);
	await must(id, { kind: 'close_round' });
	await must(id, { kind: 'appoint', subject: 'Suppléant', names: ['Bo'] });
	expect((await stateOf(id)).elections.map(({ elected }) => elected)).toEqual([['Ana'], ['Bo']]);
});

test('behind closed doors a stranger learns nothing: not who speaks, comes, votes, nor that anything happens', async () => {
	const { id, items, people, seats } = await held(6);
	await must(id, { kind: 'raise_hand', seatId: seats[2] });
	await must(id, { kind: 'give_floor', seatId: seats[1] });
	later(60);
	expect(await act(id, { kind: 'ask_closed_doors', requestedBy: [seats[1], seats[2]] })).toMatchObject({
		error: 'council.doors_need',
	});
	expect(await act(id, { kind: 'close_doors', closed: true }, people[0]?.actor)).toMatchObject({
		error: 'council.doors_by_vote',
	});
	await must(id, { kind: 'ask_closed_doors', requestedBy: seats.slice(1, 4) });
	// Three of six are not more than half of those present.
	await must(id, { kind: 'count_hands', for: 3, against: 0, abstention: 3 });
	expect((await stateOf(id)).closedDoors).toBe(false);
	await must(id, { kind: 'ask_closed_doors', requestedBy: [seats[0]] });
	await must(id, { kind: 'count_hands', for: 4, against: 2, abstention: 0 });
	const before = await stateOf(id, anonymous);
	expect(before).toMatchObject({ closedDoors: true, floor: null, queue: [], hands: [], shown: null });

	const signals = createSignals(town.platform);
	const live = createLive(town.context, town.council.sessions, signals);
	await signals.start();
	const told: LiveState[] = [];
	const leave = await live.follow(id, {
		state: (state) => void told.push(state),
		end: () => {},
	});
	await must(id, { kind: 'give_floor', seatId: seats[3] });
	later(100);
	await must(id, { kind: 'take_floor_back' });
	await must(id, { kind: 'raise_hand', seatId: seats[4] });
	await must(id, { kind: 'leave', seatId: seats[5] });
	await must(id, { kind: 'note', text: 'Ce qui se dit dedans.' });
	await must(id, { kind: 'take_item', itemId: items[1] });
	await must(id, { kind: 'open_vote', method: 'public' });
	await must(id, { kind: 'vote', seatId: seats[1], choice: 'against' });
	await must(id, { kind: 'close_vote' });
	expect(await stateOf(id, anonymous)).toEqual(before);
	expect(await stateOf(id, people[1]?.actor)).toMatchObject({ itemId: items[1], votes: [{}, {}, {}] });
	expect(JSON.stringify(await town.council.sessions.record(anonymous, id, 'fr'))).not.toContain('Piscine');
	await must(id, { kind: 'close_doors', closed: false });
	await expect.poll(() => told.at(-1)?.closedDoors).toBe(false);
	expect(told.map(({ closedDoors }) => closedDoors)).toEqual([true, false]);
	leave?.();
	await signals.stop();

	const after = await stateOf(id, anonymous);
	expect(after.spokenSeconds).toEqual({ [seats[1] ?? '']: 60 });
	expect(after.votes.at(-1)?.result).toMatchObject({ against: 1 });
	const words = (await town.council.sessions.record(anonymous, id, 'fr')).map(({ text }) => text).join('\n');
	expect(words).toContain('Piscine');
	expect(words).not.toContain('Ce qui se dit dedans.');
	expect(words).not.toContain('La parole est à Membre 4');
	const speeches = await town.council.sessions.speeches(anonymous, id);
	expect(speeches.some(({ seatId }) => seatId === seats[3])).toBe(false);
});

test('urgency: the body rules first, and may put items off', async () => {
	const { id, items } = await held(3, ['Un', 'Deux'], { urgent: true });
	expect(await act(id, { kind: 'take_item', itemId: items[0] })).toMatchObject({
		error: 'council.urgency_first',
	});
	expect(
		await act(id, { kind: 'rule_urgency', approved: true, for: 1, against: 2, abstention: 0 }),
	).toMatchObject({ error: 'council.urgency_count' });
	await must(id, {
		kind: 'rule_urgency',
		approved: true,
		putOff: [items[1]],
		for: 3,
		against: 0,
		abstention: 0,
	});
	await must(id, { kind: 'take_item', itemId: items[0] });
	expect(await act(id, { kind: 'take_item', itemId: items[1] })).toMatchObject({
		error: 'council.item_put_off',
	});
	const refused = await held(3, ['Un'], { urgent: true });
	await must(refused.id, { kind: 'rule_urgency', approved: false, for: 1, against: 2, abstention: 0 });
	expect(await stateOf(refused.id)).toMatchObject({ urgency: 'refused', putOff: refused.items });
});

test('a quorum that is lost stops votes, and the meeting can be closed for it; an interest leaves the count', async () => {
	const { id, seats } = await held(5);
	expect(await act(id, { kind: 'close', noQuorum: true })).toMatchObject({ error: 'council.is_quorate' });
	await must(id, { kind: 'recuse', seatId: seats[4] });
	expect(await stateOf(id)).toMatchObject({ counting: 4, quorate: true });
	await must(id, { kind: 'end_recusal', seatId: seats[4] });
	for (const seatId of seats.slice(2)) await must(id, { kind: 'leave', seatId });
	expect(await act(id, { kind: 'open_vote', method: 'public' })).toMatchObject({
		error: 'council.no_quorum',
	});
	await must(id, { kind: 'close', noQuorum: true });
	expect(await stateOf(id)).toMatchObject({ status: 'closed', endedWithoutQuorum: true });
});

test('nobody does what is not theirs, and rubbish is refused with a sentence, never half-written', async () => {
	const { id, items, people, seats } = await held(4);
	const stranger = await town.person('Habitante');
	const counts = { for: 1, against: 0, abstention: 0 };
	const one: Record<Kind, object> = {
		open: {},
		close: {},
		suspend: {},
		resume: {},
		arrive: { seatId: seats[1] },
		leave: { seatId: seats[1] },
		call_roll: { marks: [{ seatId: seats[1], mark: 'absent' }] },
		name_secretary: { seatId: seats[1] },
		take_chair: { seatId: seats[1] },
		recuse: { seatId: seats[2] },
		end_recusal: { seatId: seats[1] },
		rule_urgency: { approved: true, ...counts },
		take_item: { itemId: items[1] },
		put_off: { itemId: items[1] },
		raise_hand: { seatId: seats[2] },
		lower_hand: { seatId: seats[2] },
		order_queue: { seatIds: [] },
		give_floor: { seatId: seats[1] },
		take_floor_back: {},
		extend_floor: { seconds: 60 },
		set_floor_rules: { rule: 'first_come' },
		close_microphones: {},
		open_microphones: {},
		close_doors: { closed: true },
		ask_closed_doors: { requestedBy: seats },
		open_vote: { method: 'public' },
		vote: { seatId: seats[2], choice: 'for' },
		count_hands: counts,
		close_vote: {},
		correct_vote: { voteId: seats[0], ...counts, reason: 'x' },
		open_election: { subject: 'x' },
		open_round: { electionId: seats[0] },
		elect: { seatId: seats[2], name: 'x' },
		close_round: {},
		correct_round: { roundId: seats[0], reason: 'x' },
		appoint: { subject: 'x', names: ['x'] },
		show_document: { annexId: seats[0], page: 1 },
		hide_document: {},
		note: { text: 'x' },
	};
	const before = JSON.stringify(await stateOf(id));
	for (const [kind, given] of Object.entries(one)) {
		for (const actor of [anonymous, stranger])
			expect(await act(id, { kind, ...given }, actor), kind).toMatchObject({ error: 'platform.not_allowed' });
		// Another member's seat, or an office that is not theirs.
		const right = rights[kind as Kind];
		const answer = await act(id, { kind, ...given }, people[1]?.actor);
		if (right === 'desk' || right === 'chair' || right === 'count' || right === 'hand')
			expect(answer, kind).toMatchObject({ error: 'platform.not_allowed' });
		else expect(answer.ok, kind).toBe(false);
	}
	for (const rubbish of [
		null,
		[],
		'open',
		{ kind: 'constructor' },
		{ kind: 'give_floor', seatId: '\0' },
		{ kind: 'vote', seatId: seats[0], choice: '__proto__' },
		{ kind: 'count_hands', for: -1, against: Number.NaN, abstention: 1e9 },
		{ kind: 'call_roll', marks: [] },
		{ kind: 'elect', seatId: seats[0], name: ' ' },
		{ kind: 'note', text: '' },
	])
		expect((await act(id, rubbish)).ok, JSON.stringify(rubbish)).toBe(false);
	expect(JSON.stringify(await stateOf(id))).toBe(before);
	expect(await act('../etc', { kind: 'open' }, system)).toMatchObject({ error: 'council.meeting_unknown' });
});
