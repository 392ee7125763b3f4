import type { AnyTransaction, Locale } from '@parvis/platform';
import type { Context } from '../context.ts';
import type { Category } from '../kinds.ts';
import type { ItemEnd } from './face.ts';
import { readSecret, shownCode } from './rules/receipt-number.ts';

export const journeyPath = (number: string, code?: string) =>
	`/numerique-responsable/suivi/${number}${code === undefined ? '' : `/${shownCode(readSecret(code))}`}`;

const localeOf = (text: string): Locale => (text === 'en' ? 'en' : 'fr');

/** The receipt, by mail: with the link that shows what becomes of what was brought. */
export async function writeReceipt(
	{ platform }: Context,
	trx: AnyTransaction,
	giver: { email: string; locale: string },
	receipt: { number: string; code: string; items: number },
): Promise<void> {
	const locale = localeOf(giver.locale);
	const detail = { number: receipt.number, count: receipt.items };
	await platform.mail.send(
		{
			to: giver.email,
			subject: platform.messages.t(locale, 'equipment.receipt_letter_subject', detail),
			text: `${platform.messages.t(locale, 'equipment.receipt_letter_text', detail)}\n\n${platform.config.publicUrl}${journeyPath(receipt.number, receipt.code)}`,
		},
		trx,
	);
}

/** Tell givers who want to know what became of what they brought: one letter for all that was said at once of one receipt. */
export async function tellGivers(
	{ platform }: Context,
	trx: AnyTransaction,
	ended: readonly {
		receiptNumber: string;
		email: string;
		locale: string;
		category: Category;
		end: ItemEnd;
	}[],
): Promise<void> {
	const byReceipt = Map.groupBy(ended, ({ receiptNumber }) => receiptNumber);
	for (const [number, items] of byReceipt) {
		const [first] = items;
		if (!first) continue;
		const locale = localeOf(first.locale);
		const t = (key: string, detail?: Record<string, string | number>) =>
			platform.messages.t(locale, `equipment.${key}`, detail);
		const lines = items.map(
			({ category, end }) => `– ${t(`category_${category}`)} : ${t(`item_end_${end}`)}`,
		);
		await platform.mail.send(
			{
				to: first.email,
				subject: t('end_letter_subject', { number }),
				text: `${t('end_letter_text', { number })}\n\n${lines.join('\n')}\n\n${t('end_letter_more')}\n${platform.config.publicUrl}${journeyPath(number)}`,
			},
			trx,
		);
	}
}
