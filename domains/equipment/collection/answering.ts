import { changing, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { endItems, lockItemsOf, settleLot } from './ending.ts';
import { type PartnerAnswers, partnerEnds } from './face.ts';
import { readItems } from './item-rows.ts';
import { readLots } from './lot-rows.ts';
import { takeRate } from './rate.ts';
import type { Teller, Trx } from './recording.ts';
import { readAnswers } from './rules/answers.ts';
import { hashOf } from './tokens.ts';

export const partnerPath = (token: string) => `/numerique-responsable/lot/${token}`;
const mostGuesses = 30;
const mostAnswers = 2000;

const answersInput = z
	.array(
		z.object({
			number: z.string().trim().min(1).max(40),
			end: z.enum(partnerEnds, 'equipment.end_invalid'),
			note: z.string().trim().max(500).nullish(),
		}),
	)
	.max(mostAnswers);

/** Send the partner of a lot the link to its page. @returns whether there is an address to send it to */
export async function writePartnerLink(
	{ platform }: Context,
	trx: Trx,
	lot: { number: string; partner_id: string },
	token: string,
): Promise<boolean> {
	const partner = await trx
		.selectFrom('equipment.partner')
		.select('email')
		.where('id', '=', lot.partner_id)
		.executeTakeFirst();
	if (!partner?.email) return false;
	const t = (part: string) =>
		platform.messages.t('fr', `equipment.lot_letter_${part}`, { number: lot.number });
	await platform.mail.send(
		{
			to: partner.email,
			subject: t('subject'),
			text: `${t('text')}\n\n${platform.config.publicUrl}${partnerPath(token)}`,
		},
		trx,
	);
	return true;
}

/**
 * What became of items of a lot that was handed over: all of the answers or none. Once every item has its end the lot is
 * settled; an end may be corrected later.
 * @returns refusals `equipment.lot_not_handed_over`, `equipment.item_not_in_lot` with the number
 */
export type Answering = (
	lotId: string,
	teller: Teller,
	answers: readonly { number: string; end: string; note?: string | null }[],
) => Promise<Result<{ told: number }>>;

export const createAnswering =
	(context: Context): Answering =>
	async (lotId, teller, given) => {
		const parsed = parseInput(answersInput, given);
		if (!parsed.ok) return parsed;
		return changing(context.db, async (trx): Promise<Result<{ told: number }>> => {
			const lot = await trx
				.selectFrom('equipment.lot')
				.selectAll()
				.where('id', '=', lotId)
				.forUpdate()
				.executeTakeFirst();
			if (!lot?.handed_over_at) return refuse('equipment.lot_not_handed_over');
			const items = await lockItemsOf(trx, lot.id);
			const byNumber = new Map(items.map((item) => [item.number, item]));
			const answers = new Map(parsed.value.map((answer) => [answer.number.toUpperCase(), answer]));
			const ends: Parameters<typeof endItems>[3][number][] = [];
			for (const [number, { end, note }] of answers) {
				const item = byNumber.get(number);
				if (!item) return refuse('equipment.item_not_in_lot', { number });
				ends.push({ item, end, note: note || null });
			}
			const told = await endItems(context, trx, teller, ends);
			if (!told.ok) return told;
			await settleLot(context, trx, lot.id);
			if ('actor' in teller)
				await context.platform.audit.record(trx, {
					actor: teller.actor,
					action: 'equipment.lot.answered',
					subject: `lot:${lot.id}`,
				});
			return told;
		});
	};

/** @see PartnerAnswers */
export function createPartnerAnswers(context: Context, answering: Answering): PartnerAnswers {
	const { db } = context;
	/** A link that is none counts as a guess. */
	async function byToken(token: string, address: string) {
		const lot = await db
			.selectFrom('equipment.lot')
			.select(['id', 'number', 'partner_id'])
			.where('token_hash', '=', hashOf(token.slice(0, 100)))
			.executeTakeFirst();
		if (!lot) await takeRate(context, 'lot-link', address, mostGuesses);
		return lot ?? null;
	}
	const answer: PartnerAnswers['answer'] = async (token, answers, { address }) => {
		const lot = await byToken(token, address);
		return lot ? answering(lot.id, { partnerId: lot.partner_id }, answers) : refuse('equipment.lot_unknown');
	};
	return {
		answer,
		async get(token, { address }) {
			const lot = await byToken(token, address);
			const [row] = lot ? await readLots(db, lot.number) : [];
			if (!row?.handed_over_at) return null;
			const items = await readItems(db, sql`WHERE item.lot_id = ${row.id} ORDER BY item.number`);
			return {
				number: row.number,
				partner: row.partner,
				handedOverAt: row.handed_over_at,
				settled: row.status === 'settled',
				items: items.map(({ number, category, condition, description, endedAs }) => ({
					number,
					category,
					condition,
					description,
					endedAs,
				})),
			};
		},
		async answerCsv(token, text, visit) {
			const answers = readAnswers(text);
			return answers.ok ? answer(token, answers.value, visit) : answers;
		},
	};
}
