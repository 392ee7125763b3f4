import { type Actor, anonymous, newId, system } from '@parvis/platform';
import { TokenVerifier, TrackSource } from 'livekit-server-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assemble, convene, createTestCouncil, type TestCouncil } from '../testing.ts';

const key = 'test';
const secret = 'a secret that is long enough for anybody';
let town: TestCouncil;
beforeAll(async () => {
	// Tokens are made without asking LiveKit; that nothing answers there must not matter.
	town = await createTestCouncil({
		LIVEKIT_URL: 'ws://127.0.0.1:9',
		LIVEKIT_API_KEY: key,
		LIVEKIT_API_SECRET: secret,
	});
});
afterAll(() => town.close());

const grants = async (token: string) => (await new TokenVerifier(key, secret).verify(token)).video;

async function addAnnex(test: TestCouncil, meetingId: string, { pages }: { pages: number }) {
	const id = newId();
	await test.platform.pool.query(
		`INSERT INTO council.annex (id, meeting_id, position, title, media_type, bytes, pages, file_key, added_at)
		 VALUES ($1, $2, 1, 'Rapport', 'application/pdf', 10, $3, 'none', now())`,
		[id, meetingId, pages],
	);
	return id;
}

async function opened() {
	const { people, bodyId } = await assemble(town, 5);
	const meeting = await convene(town, bodyId, ['Un point', 'Un autre']);
	const clerk = await town.person('Greffe', 'council:clerk');
	const act = async (action: unknown) => {
		const result = await town.council.sessions.act(clerk, meeting.id, action);
		if (!result.ok) throw new Error(result.error);
	};
	for (const { seatId } of people) await act({ kind: 'arrive', seatId });
	await act({ kind: 'open' });
	return { people, meeting, clerk, act };
}

test('a member, the clerk and who holds a link enter, each as themselves; nobody else does', async () => {
	const { people, meeting, clerk } = await opened();
	const { video } = town.council;
	const member = people[1];
	if (!member) throw new Error('a member is missing');
	const own = await video.enter(member.actor, meeting.slug);
	if (!own.ok) throw new Error(own.error);
	expect(own.value).toMatchObject({ identity: `seat:${member.seatId}`, name: member.name, kind: 'seat' });
	expect(await video.enter(clerk, meeting.id)).toMatchObject({ value: { kind: 'clerk' } });
	expect(await video.enter(anonymous, meeting.id)).toMatchObject({ error: 'platform.not_allowed' });
	const stranger = await town.person('Passante');
	expect(await video.enter(stranger, meeting.id)).toMatchObject({ error: 'platform.not_allowed' });
	expect(await video.enter(member.actor, 'nulle-part')).toMatchObject({ error: 'council.meeting_unknown' });

	expect(await video.feeds.create(member.actor, meeting.id, { kind: 'hall', name: 'Salle' })).toMatchObject({
		error: 'platform.not_allowed',
	});
	const feed = await video.feeds.create(clerk, meeting.id, { kind: 'hall', name: 'Salle du conseil' });
	if (!feed.ok) throw new Error(feed.error);
	const link = feed.value.path.split('#lien=')[1] ?? '';
	expect(await video.enter(anonymous, meeting.id, { link })).toMatchObject({
		value: { identity: `feed:${feed.value.id}`, name: 'Salle du conseil', kind: 'hall' },
	});
	expect(await video.enter(anonymous, meeting.id, { link: `${link}x` })).toMatchObject({
		error: 'council.link_unknown',
	});
	expect(await video.enter(anonymous, meeting.id, { link: 'x'.repeat(300) })).toMatchObject({ ok: false });
	const elsewhere = await opened();
	expect(await video.enter(anonymous, elsewhere.meeting.id, { link })).toMatchObject({
		error: 'council.link_unknown',
	});
	expect(await video.feeds.revoke(clerk, feed.value.id)).toMatchObject({ ok: true });
	expect(await video.enter(anonymous, meeting.id, { link })).toMatchObject({ error: 'council.link_unknown' });
});

test('a token opens one room, with the camera at most, also for who presides', async () => {
	const { people, meeting, act } = await opened();
	const chair = people[0];
	if (!chair) throw new Error('the chair is missing');
	await act({ kind: 'give_floor', seatId: chair.seatId });
	const entry = await town.council.video.enter(chair.actor, meeting.id);
	if (!entry.ok) throw new Error(entry.error);
	expect(await grants(entry.value.token)).toMatchObject({
		roomJoin: true,
		room: `parvis-${meeting.id}`,
		canPublish: true,
		canPublishSources: ['camera'],
		canPublishData: false,
		canUpdateOwnMetadata: false,
	});
	const programme = await town.council.video.programmeToken(meeting.id);
	if (!programme.ok) throw new Error(programme.error);
	expect(await grants(programme.value.token)).toMatchObject({
		hidden: true,
		canPublish: false,
		recorder: true,
	});
	expect(TrackSource.MICROPHONE).toBe(2);
});

test('behind closed doors, for an item of one’s own interest and after the end the room is shut', async () => {
	const { people, meeting, clerk, act } = await opened();
	const { video } = town.council;
	const guest = await video.feeds.create(clerk, meeting.id, { kind: 'guest', name: 'Architecte' });
	const interpreter = await video.feeds.create(clerk, meeting.id, { kind: 'interpreter', name: 'LSF' });
	if (!guest.ok || !interpreter.ok) throw new Error('a link is missing');
	const by = (path: string) => ({ link: path.split('#lien=')[1] });
	await act({ kind: 'close_doors', closed: true });
	const shut = { error: 'council.room_closed_doors' };
	expect(await video.enter(anonymous, meeting.id, by(guest.value.path))).toMatchObject(shut);
	expect(await video.programmeToken(meeting.id)).toMatchObject(shut);
	expect(await video.enter(anonymous, meeting.id, by(interpreter.value.path))).toMatchObject({ ok: true });
	await act({ kind: 'close_doors', closed: false });
	expect(await video.programmeToken(meeting.id)).toMatchObject({ ok: true });

	const member = people[2];
	const [first, second] = meeting.items;
	if (!member || !first || !second) throw new Error('the meeting lacks something');
	await act({ kind: 'take_item', itemId: first.id });
	await act({ kind: 'recuse', seatId: member.seatId });
	expect(await video.enter(member.actor, meeting.id)).toMatchObject({ error: 'council.room_recused' });
	await act({ kind: 'take_item', itemId: second.id });
	expect(await video.enter(member.actor, meeting.id)).toMatchObject({ ok: true });
	await act({ kind: 'close' });
	expect(await video.enter(member.actor, meeting.id)).toMatchObject({ error: 'council.meeting_over' });
	expect(await video.feeds.create(clerk, meeting.id, { kind: 'hall', name: 'Salle' })).toMatchObject({
		error: 'council.meeting_over',
	});
});

test('a document is presented by who presides, who has the floor and the desk, page by page, in the record', async () => {
	const { people, meeting, clerk, act } = await opened();
	const [chair, speaker, other] = people;
	if (!chair || !speaker || !other) throw new Error('members are missing');
	const annexId = await addAnnex(town, meeting.id, { pages: 3 });
	const foreign = await addAnnex(town, (await opened()).meeting.id, { pages: 3 });
	const { sessions } = town.council;
	const show = (who: Actor, page: number, id = annexId) =>
		sessions.act(who, meeting.id, { kind: 'show_document', annexId: id, page });
	const shown = async () => (await sessions.state(clerk, meeting.id))?.shown ?? null;

	expect(await show(other.actor, 1)).toMatchObject({ error: 'council.presents_not' });
	expect(await show(chair.actor, 1)).toMatchObject({ ok: true });
	expect(await shown()).toMatchObject({ annexId, page: 1, seatId: chair.seatId });
	await act({ kind: 'give_floor', seatId: speaker.seatId });
	expect(await show(speaker.actor, 2)).toMatchObject({ ok: true });
	expect(await shown()).toMatchObject({ page: 2, seatId: speaker.seatId });
	expect(await show(clerk, 4)).toMatchObject({ error: 'council.page_unknown' });
	expect(await show(clerk, 0)).toMatchObject({ error: 'council.page_unknown' });
	expect(await show(clerk, 1, foreign)).toMatchObject({ error: 'council.document_unknown' });
	await act({ kind: 'take_floor_back' });
	expect(await sessions.act(speaker.actor, meeting.id, { kind: 'hide_document' })).toMatchObject({
		error: 'council.presents_not',
	});
	expect(await sessions.act(clerk, meeting.id, { kind: 'hide_document' })).toMatchObject({ ok: true });
	expect(await shown()).toBeNull();
});

test('LiveKit that does not answer is said at the desk and holds nothing up', async () => {
	const { meeting, clerk, act } = await opened();
	expect(await town.council.video.status(clerk, meeting.id)).toMatchObject({ value: { livekit: 'down' } });
	expect(await town.council.video.status(anonymous, meeting.id)).toMatchObject({
		error: 'platform.not_allowed',
	});
	await town.council.video.sync(meeting.id);
	await act({ kind: 'suspend' });
	expect(await town.council.video.enter(system, meeting.id)).toMatchObject({ ok: false });
});
