import type { AnyTransaction } from '@parvis/platform';
import { sql } from 'kysely';
import { seatsOn } from './bodies.ts';
import { type Context, type Db, paths } from './context.ts';
import { hashOf, tokenOf } from './convocation-token.ts';
import type { Seat } from './face.ts';
import type { MeetingRow } from './meeting-rows.ts';
import { dayOf } from './rules/notice.ts';

/** A member who can be written to, with what the link in the letter carries. */
export interface Addressee {
	seat: Seat;
	address: string;
	token: string;
}

/** The hour of a meeting as letters give it. */
export const whenOf = (row: Pick<MeetingRow, 'starts_at'>) =>
	row.starts_at.toLocaleString('fr-FR', { timeZone: 'Europe/Paris', dateStyle: 'full', timeStyle: 'short' });

/** Members of the body on the day, by whether they have an address: their own, or that of their account. */
export async function membersOf(
	{ identity, platform }: Context,
	from: Db,
	row: MeetingRow,
): Promise<{ reachable: Addressee[]; unreachable: Seat[] }> {
	const seats = await seatsOn(from, [row.body_id], dayOf(row.starts_at));
	const accounts = await identity.people.addresses(seats.flatMap(({ personId }) => personId ?? []));
	const reachable: Addressee[] = [];
	const unreachable: Seat[] = [];
	for (const seat of seats) {
		const address = seat.email ?? accounts.get(seat.personId ?? '')?.email;
		if (address) reachable.push({ seat, address, token: tokenOf(platform.config.secret, row.id, seat.id) });
		else unreachable.push(seat);
	}
	return { reachable, unreachable };
}

/** Those of them who were convened. Their link is set to the one that letters carry now. */
export async function convenedMembers(context: Context, trx: Db, row: MeetingRow): Promise<Addressee[]> {
	const { reachable } = await membersOf(context, trx, row);
	const convened: Addressee[] = [];
	for (const member of reachable) {
		const { rows } = await sql`UPDATE council.convocation SET token_hash = ${hashOf(member.token)}
			WHERE meeting_id = ${row.id} AND seat_id = ${member.seat.id} RETURNING seat_id`.execute(trx);
		if (rows.length) convened.push(member);
	}
	return convened;
}

/** Write to everybody who was convened that the place changed, or that the meeting is cancelled. */
export async function tellConvened(
	context: Context,
	trx: AnyTransaction,
	row: MeetingRow,
	what: 'moved' | 'cancelled',
): Promise<void> {
	const { platform } = context;
	for (const { seat, address, token } of await convenedMembers(context, trx, row)) {
		const words = {
			name: seat.name,
			body: row.body,
			when: whenOf(row),
			place: row.place || '–',
			link: platform.config.publicUrl + paths.convocation(token),
		};
		await platform.mail.send(
			{
				to: address,
				subject: platform.messages.t('fr', `council.${what}_subject`, words),
				text: platform.messages.t('fr', `council.${what}_text`, words),
			},
			trx,
		);
	}
}
