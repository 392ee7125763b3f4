import { type AnyTransaction, changing, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { type Context, paths } from '../context.ts';
import { convenedMembers, whenOf } from '../convening.ts';
import { prepared } from '../meeting-rows.ts';

const telling = 'council.tell-annexes';
/** Several documents that come together make one letter. */
const waitMilliseconds = 10 * 60_000;

/** Have the members told in some minutes of what came. */
export const tellSoon = (context: Context, meetingId: string, trx: AnyTransaction) =>
	context.platform.jobs.send(
		telling,
		{ meetingId },
		{ trx, startAfter: new Date(Date.now() + waitMilliseconds), singletonKey: meetingId },
	);

export function defineTelling(context: Context): void {
	context.platform.jobs.define<{ meetingId: string }>(telling, {}, async ({ meetingId }) => {
		await tellOfAnnexes(context, meetingId);
	});
}

/** Write to all who were convened of the documents that came since, once for each document. */
export async function tellOfAnnexes(
	context: Context,
	meetingId: string,
): Promise<Result<{ letters: number }>> {
	const { db, platform } = context;
	return changing(db, async (trx) => {
		const meeting = await prepared(trx, meetingId, ['convened', 'open']);
		if (!meeting.ok) return meeting;
		const { row } = meeting.value;
		const { rows: annexes } = await sql<{ title: string }>`UPDATE council.annex SET told_at = ${context.now()}
			WHERE meeting_id = ${row.id} AND added_at > ${row.convened_at} AND told_at IS NULL AND withdrawn_at IS NULL
			RETURNING title`.execute(trx);
		if (!annexes.length) return refuse('council.annex_none_new');
		const members = await convenedMembers(context, trx, row);
		for (const { seat, address, token } of members)
			await platform.mail.send(
				{
					to: address,
					subject: platform.messages.t('fr', 'council.annexes_subject', {
						body: row.body,
						when: whenOf(row),
					}),
					text: platform.messages.t('fr', 'council.annexes_text', {
						name: seat.name,
						body: row.body,
						when: whenOf(row),
						documents: annexes.map(({ title }) => `– ${title}`).join('\n'),
						link: platform.config.publicUrl + paths.convocation(token),
					}),
				},
				trx,
			);
		return ok({ letters: members.length });
	});
}
