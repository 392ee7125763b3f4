import type { Locale } from '@parvis/platform';
import type { Context } from '../../context.ts';
import type { Trx } from '../recording.ts';

export const followPath = (token: string) => `/signalements/${token}`;

export type LetterName = 'received' | 'planned' | 'fixed' | 'refused';

/**
 * Write to who reported it, in the language of the report. The first letter asks to confirm the address and says nothing
 * that the sender typed: nobody can have a stranger written to through it.
 */
export async function writeLetter(
	{ platform }: Context,
	trx: Trx,
	report: { token: string; number: string; email: string; locale: Locale },
	letter: LetterName,
	detail: { category: string; answer?: string | null; plannedOn?: string | null },
): Promise<void> {
	const { publicUrl } = platform.config;
	const { locale, token, number } = report;
	const page = publicUrl + followPath(token);
	const t = (key: string, parameters: Record<string, string> = {}) =>
		platform.messages.t(locale, `operations.letter_${key}`, {
			number,
			category: detail.category,
			...parameters,
		});
	const day =
		detail.plannedOn &&
		new Date(`${detail.plannedOn}T12:00:00Z`).toLocaleDateString(locale === 'fr' ? 'fr-FR' : 'en-GB', {
			dateStyle: 'full',
		});
	const lines = [
		t(`${letter}_text`),
		...(day && letter === 'planned' ? [t('planned_day', { day })] : []),
		...(detail.answer ? [detail.answer] : []),
		letter === 'received' ? `${t('confirm')}\n${page}?confirmer=1` : `${t('follow')}\n${page}`,
		...(letter === 'received' ? [t('not_you')] : [`${t('stop')}\n${page}/desabonner`]),
	];
	await platform.mail.send(
		{
			to: report.email,
			subject: t(`${letter}_subject`),
			text: lines.join('\n\n'),
			...(letter !== 'received' && {
				unsubscribeUrl: `${publicUrl}/api/v1/reports/unsubscribe?token=${token}`,
			}),
		},
		trx,
	);
}
