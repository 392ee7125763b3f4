import type { AnyTransaction } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context, Db } from '../context.ts';
import { addDays, townDay, townInstant, townTime } from '../days.ts';
import { bookingToken, hashOf } from './tokens.ts';

export const bookingPath = (token: string) => `/numerique-responsable/rendez-vous/${token}`;

interface Letter {
	email: string;
	locale: string;
	title: string;
	point: string;
	address: string | null;
	startsAt: Date;
	/** Where one cancels; a letter without it is of a booking that is over. */
	token?: string;
}

/** Write about a slot: the messages `equipment.booking_<kind>_subject` and `_text`. */
export async function writeBooking(
	{ platform }: Context,
	trx: AnyTransaction,
	kind: 'made' | 'cancelled' | 'reminder',
	letter: Letter,
): Promise<void> {
	const locale = letter.locale === 'en' ? 'en' : 'fr';
	const detail = {
		title: letter.title,
		where: [letter.point, letter.address].filter(Boolean).join(', '),
		day: new Intl.DateTimeFormat(locale, { timeZone: 'Europe/Paris', dateStyle: 'full' }).format(
			letter.startsAt,
		),
		time: townTime(letter.startsAt),
	};
	const t = (part: string) => platform.messages.t(locale, `equipment.booking_${kind}_${part}`, detail);
	await platform.mail.send(
		{
			to: letter.email,
			subject: t('subject'),
			text: letter.token
				? `${t('text')}\n\n${platform.config.publicUrl}${bookingPath(letter.token)}`
				: t('text'),
		},
		trx,
	);
}

interface BookedRow {
	id: string;
	email: string;
	locale: string;
	title: string;
	point: string;
	address: string | null;
	slot_starts_at: Date;
}

const booked = (db: Db, where: ReturnType<typeof sql>) =>
	sql<BookedRow>`
		SELECT booking.id, booking.email, booking.locale, campaign.title, point.name AS point, point.address, slot_starts_at
		FROM equipment.booking
		JOIN equipment.opening ON opening.id = opening_id
		JOIN equipment.drop_off_point AS point ON point.id = point_id
		JOIN equipment.campaign ON campaign.id = campaign_id
		WHERE booking.cancelled_at IS NULL AND booking.email IS NOT NULL AND ${where}
		FOR UPDATE OF booking`.execute(db);

/** Whoever booked a slot that is still to come, when the whole campaign does not take place. */
export async function tellCancelled(
	context: Context,
	trx: AnyTransaction & Db,
	campaign: { id: string },
): Promise<void> {
	const { rows } = await booked(trx, sql`campaign.id = ${campaign.id} AND slot_starts_at > ${context.now()}`);
	for (const row of rows)
		await writeBooking(context, trx, 'cancelled', { ...row, startsAt: row.slot_starts_at });
}

/** Remind of the slots of tomorrow, with the link to cancel; each once. */
export async function remindOfTomorrow(context: Context): Promise<number> {
	const tomorrow = addDays(townDay(context.now()), 1);
	return context.db.transaction().execute(async (trx) => {
		const { rows } = await booked(
			trx,
			sql`booking.reminded_at IS NULL AND campaign.status = 'published'
				AND slot_starts_at >= ${townInstant(tomorrow, '00:00')}
				AND slot_starts_at < ${townInstant(addDays(tomorrow, 1), '00:00')}`,
		);
		for (const row of rows) {
			const token = bookingToken(context.platform.config.secret, row.id);
			await writeBooking(context, trx, 'reminder', { ...row, startsAt: row.slot_starts_at, token });
			await trx
				.updateTable('equipment.booking')
				// It is the same, unless the secret changed meanwhile.
				.set({ reminded_at: context.now(), token_hash: hashOf(token) })
				.where('id', '=', row.id)
				.execute();
		}
		return rows.length;
	});
}
