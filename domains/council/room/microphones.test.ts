import fc from 'fast-check';
import { TrackSource } from 'livekit-server-sdk';
import { describe, expect, test } from 'vitest';
import { permissionOf, samePermission } from './permission.ts';
import { publishingOf, type Role } from './rules/microphones.ts';

const seats = ['a', 'b', 'c'];
const seat = fc.constantFrom(...seats);
const moment = fc.record({
	status: fc.constantFrom('before' as const, 'open' as const, 'suspended' as const, 'closed' as const),
	closedDoors: fc.boolean(),
	chairId: fc.option(seat),
	microphonesClosed: fc.boolean(),
	itemId: fc.option(fc.constant('item')),
	floor: fc.option(fc.record({ seatId: seat, since: fc.constant(new Date(0)) })),
	recused: fc.record({ item: fc.subarray(seats) }),
});
const role: fc.Arbitrary<Role> = fc.oneof(
	fc.record({ kind: fc.constant('seat' as const), seatId: seat }),
	fc.record({ kind: fc.constant('clerk' as const) }),
	fc.record({ kind: fc.constant('programme' as const) }),
	fc.record({
		kind: fc.constant('feed' as const),
		feed: fc.constantFrom('hall' as const, 'interpreter' as const, 'guest' as const),
		speaks: fc.boolean(),
	}),
);

describe('what participants may publish', () => {
	test('of the members only who presides and who has the floor are heard', () => {
		fc.assert(
			fc.property(moment, (now) => {
				const heard = seats.filter((seatId) => publishingOf({ kind: 'seat', seatId }, now)?.microphone);
				for (const seatId of heard) expect([now.chairId, now.floor?.seatId]).toContain(seatId);
				if (now.microphonesClosed) expect(heard.every((seatId) => seatId === now.chairId)).toBe(true);
			}),
		);
	});

	test('nobody is heard while the meeting is suspended, and nobody is there once it is closed', () => {
		fc.assert(
			fc.property(role, moment, (one, now) => {
				if (now.status === 'suspended') expect(publishingOf(one, now)?.microphone ?? false).toBe(false);
				if (now.status === 'closed') expect(publishingOf(one, now)).toBeNull();
			}),
		);
	});

	test('behind closed doors the programme and guests are out; who left for an interest is out for the item', () => {
		fc.assert(
			fc.property(role, moment, (one, now) => {
				if (now.closedDoors && (one.kind === 'programme' || (one.kind === 'feed' && one.feed === 'guest')))
					expect(publishingOf(one, now)).toBeNull();
				if (one.kind === 'seat' && now.itemId && now.recused.item.includes(one.seatId))
					expect(publishingOf(one, now)).toBeNull();
			}),
		);
	});

	test('who may publish nothing has no right at all: an empty list would mean every source', () => {
		fc.assert(
			fc.property(role, moment, (one, now) => {
				const may = publishingOf(one, now);
				if (!may) return;
				const permission = permissionOf(one, may);
				expect(permission.canPublish).toBe(permission.canPublishSources.length > 0);
				expect(permission.canPublishSources.includes(TrackSource.MICROPHONE)).toBe(may.microphone);
				expect(permission.canUpdateMetadata).toBe(false);
				expect(samePermission(permission, permissionOf(one, may))).toBe(true);
				expect(samePermission({ ...permission, canPublishSources: [] }, permission)).toBe(
					!permission.canPublishSources.length,
				);
			}),
		);
	});

	test('the interpreter is always seen and never heard', () => {
		fc.assert(
			fc.property(moment, (now) => {
				const may = publishingOf({ kind: 'feed', feed: 'interpreter', speaks: true }, now);
				if (may) expect(may).toMatchObject({ camera: true, microphone: false });
				else expect(now.status).toBe('closed');
			}),
		);
	});
});
