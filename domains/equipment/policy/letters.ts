import type { DomainEvent } from '@parvis/platform';
import type { Context } from '../context.ts';
import type { Trx } from './numbers.ts';

export interface RequestChanged {
	number: string;
	what: 'waiting' | 'decided' | 'arrived';
}

const eventName = 'equipment.request.changed';

export const tellOfRequest = (
	{ platform }: Context,
	trx: Trx,
	number: string,
	what: RequestChanged['what'],
): Promise<void> => platform.events.publish(trx, eventName, { number, what } satisfies RequestChanged);

/** Letters go out by a worker, once the change is certain. */
export function writeLetters(context: Context): void {
	context.platform.events.subscribe<RequestChanged>('equipment.policy', eventName, (event) =>
		writeLetter(context, event),
	);
}

/** To those who decide that a need waits; to who asked that it is decided, or that what was bought is here. */
export async function writeLetter(
	context: Context,
	{ id, payload: { number, what } }: DomainEvent<RequestChanged>,
): Promise<void> {
	const { platform, identity, db } = context;
	const request = await db
		.selectFrom('equipment.need_request')
		.select(['asker_id', 'decision', 'simulated'])
		.where('number', '=', number)
		.executeTakeFirst();
	if (!request || request.simulated) return;
	const people =
		what === 'waiting'
			? await identity.people.addressesOfRole('equipment:manager')
			: request.asker_id
				? [...(await identity.people.addresses([request.asker_id])).values()]
				: [];
	const url = `${platform.config.publicUrl}/espace/equipements/demandes/${number}`;
	await db.transaction().execute(async (trx) => {
		const { numInsertedOrUpdatedRows } = await trx
			.insertInto('equipment.policy_letter')
			.values({ event_id: id, written_at: context.now() })
			.onConflict((conflict) => conflict.doNothing())
			.executeTakeFirst();
		if (numInsertedOrUpdatedRows === 0n) return;
		for (const { email, locale } of people) {
			const decision = platform.messages.t(locale, `equipment.decision.${request.decision ?? 'nothing'}`);
			const t = (part: string) =>
				platform.messages.t(locale, `equipment.letter.${what}_${part}`, { number, url, decision });
			await platform.mail.send({ to: email, subject: t('subject'), text: t('body') }, trx);
		}
	});
}
