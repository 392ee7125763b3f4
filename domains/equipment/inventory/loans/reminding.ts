import { sql } from 'kysely';
import type { Context } from '../../context.ts';
import { addDays, townDay } from '../../days.ts';

interface Due {
	id: string;
	tag: string;
	model: string;
	due_on: string;
	name: string | null;
	email: string;
	person_id: string | null;
}

/** Remind those who have a device for a day more, or longer than agreed: once the day before, then each week. */
export async function remindLoans(context: Context): Promise<number> {
	const { platform, identity, db } = context;
	const today = townDay(context.now());
	const { rows } = await sql<Due>`
		SELECT loan.id, device.tag, model.manufacturer || ' ' || model.name AS model, loan.due_on, holder.name, holder.email,
			holder.person_id
		FROM equipment.loan JOIN equipment.device ON device.id = loan.device_id
		JOIN equipment.model ON model.id = device.model_id JOIN equipment.holder ON holder.id = loan.holder_id
		WHERE loan.status = 'out' AND holder.email IS NOT NULL AND loan.due_on <= ${addDays(today, 1)}
			AND (loan.reminded_on IS NULL OR loan.reminded_on <= ${addDays(today, -7)})`.execute(db);
	const known = await identity.people.addresses(rows.flatMap(({ person_id }) => person_id ?? []));
	const { name: town } = await context.town.settings.get();
	let sent = 0;
	for (const { id, tag, model, due_on, name, email, person_id } of rows) {
		const locale = (person_id && known.get(person_id)?.locale) || 'fr';
		const day = new Date(`${due_on}T12:00:00Z`).toLocaleDateString(locale === 'fr' ? 'fr-FR' : 'en-GB', {
			dateStyle: 'long',
			timeZone: 'UTC',
		});
		const t = (key: string) => platform.messages.t(locale, key, { name: name ?? '', tag, model, day, town });
		const late = due_on < today;
		await db.transaction().execute(async (trx) => {
			// Whoever marks it first sends it: two workers send one letter.
			const { numAffectedRows } = await sql`UPDATE equipment.loan SET reminded_on = ${today}
				WHERE id = ${id} AND status = 'out' AND reminded_on IS DISTINCT FROM ${today}::date`.execute(trx);
			if (!numAffectedRows) return;
			await platform.mail.send(
				{
					to: email,
					subject: t(late ? 'equipment.letter.loan_late_subject' : 'equipment.letter.loan_due_subject'),
					text: t(late ? 'equipment.letter.loan_late' : 'equipment.letter.loan_due'),
				},
				trx,
			);
			sent++;
		});
	}
	return sent;
}
