import { expect, test } from 'vitest';
import type { MeetingEvent } from '../record.ts';
import { chaptersOf } from './chapters.ts';
import { mediaPlaylist, type PlaylistRun } from './playlists.ts';
import { publishAddress, withoutAddress } from './push.ts';
import { decrypt, encrypt, ingestKey } from './secrets.ts';

const start = Date.UTC(2026, 10, 24, 18);
const run = (id: string, from: number, count: number): PlaylistRun => ({
	id,
	startedAt: new Date(start + from * 1000),
	segments: Array.from({ length: count }, (_, number) => ({
		number,
		startsAtSeconds: number * 1.5,
		durationSeconds: 1.5,
	})),
});
const lines = (text: string, start: string) => text.split('\n').filter((line) => line.startsWith(start));

test('runs follow each other with a discontinuity and their own beginning; the end is said', () => {
	const runs = [run('a', 0, 3), run('empty', 10, 0), run('b', 60, 2)];
	const text = mediaPlaylist({ runs, ended: false, audio: false, skip: false });
	expect(lines(text, '#EXT-X-DISCONTINUITY')).toHaveLength(1);
	expect(lines(text, '#EXT-X-MAP')).toEqual(['#EXT-X-MAP:URI="a/init.mp4"', '#EXT-X-MAP:URI="b/init.mp4"']);
	expect(lines(text, '#EXT-X-PROGRAM-DATE-TIME')[1]).toBe(
		'#EXT-X-PROGRAM-DATE-TIME:2026-11-24T18:01:00.000Z',
	);
	expect(text).not.toContain('ENDLIST');
	const ended = mediaPlaylist({ runs, ended: true, audio: true, skip: true });
	expect(ended).toMatch(/#EXT-X-ENDLIST\n$/);
	expect(lines(ended, 'b/')).toEqual(['b/0.m4a', 'b/1.m4a']);
});

test('a delta leaves out what is old, however long the meeting', () => {
	const runs = [run('a', 0, 4000), run('b', 7000, 5000)];
	const whole = mediaPlaylist({ runs, ended: false, audio: false, skip: false });
	const delta = mediaPlaylist({ runs, ended: false, audio: false, skip: true });
	const [, skipped] = /SKIPPED-SEGMENTS=(\d+)/.exec(delta) ?? [];
	expect(lines(delta, 'b/').length + Number(skipped)).toBe(9000);
	expect(lines(whole, '#EXTINF')).toHaveLength(9000);
	expect(delta.length).toBeLessThan(1000);
});

test('chapters: items, speakers, votes and documents at their seconds; nothing of what was said behind closed doors', () => {
	const at = (seconds: number) => new Date(start + seconds * 1000);
	let id = 0;
	const event = (seconds: number, kind: MeetingEvent['kind'], data: object = {}) =>
		({ id: String(++id), at: at(seconds), kind, data }) as MeetingEvent;
	const result = { for: 3, against: 0, abstention: 0, notTakingPart: 0, adopted: true };
	const events = [
		event(-60, 'opened'),
		event(10, 'item_taken', { itemId: 'piscine' }),
		event(20, 'floor_given', { seatId: 'anne' }),
		event(25, 'document_shown', { annexId: 'plan', page: 1, seatId: 'anne' }),
		event(26, 'document_shown', { annexId: 'plan', page: 2, seatId: 'anne' }),
		event(27, 'document_shown', { annexId: 'secret', page: 1, seatId: 'anne' }),
		event(30, 'vote_opened', { voteId: 'v', itemId: 'piscine', method: 'public', voters: [] }),
		event(40, 'vote_closed', { voteId: 'v', result }),
		event(50, 'doors', { closed: true }),
		event(55, 'floor_given', { seatId: 'paul' }),
		event(58, 'doors', { closed: false }),
		event(130, 'floor_given', { seatId: 'paul' }),
		event(140, 'closed'),
	];
	const tape = [
		{ id: 'a', startedAt: at(0), seconds: 60 },
		{ id: 'b', startedAt: at(120), seconds: 30 },
	];
	const chapters = chaptersOf(events, tape, {
		items: new Map([['piscine', 'Piscine']]),
		seats: new Map([
			['anne', 'Anne'],
			['paul', 'Paul'],
		]),
		documents: new Map([['plan', 'Plan']]),
	});
	expect(chapters.map(({ kind, seconds, title }) => [kind, seconds, title])).toEqual([
		['opening', 0, ''],
		['item', 10, 'Piscine'],
		['speaker', 20, 'Anne'],
		['document', 25, 'Plan'],
		['vote', 40, 'Piscine'],
		['closed_doors', 50, ''],
		['interruption', 60, ''],
		['speaker', 70, 'Paul'],
		['closing', 80, ''],
	]);
	expect(chapters.find(({ kind }) => kind === 'interruption')?.missingSeconds).toBe(60);
});

test('keys are sealed, and kept out of what programs say', () => {
	const secret = 'x'.repeat(40);
	const sealed = encrypt(secret, 'abcd-1234');
	expect(sealed.includes('abcd')).toBe(false);
	expect(decrypt(secret, sealed)).toBe('abcd-1234');
	expect(decrypt('y'.repeat(40), sealed)).toBeNull();
	expect(ingestKey(secret, 'a')).not.toBe(ingestKey(secret, 'b'));
	const address = publishAddress('rtmp://live.example.org/app/', 'abcd-1234');
	expect(withoutAddress(`${address}: Connection refused abcd-1234`, address, 'abcd-1234')).not.toContain(
		'abcd',
	);
});
