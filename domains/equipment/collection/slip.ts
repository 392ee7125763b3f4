import { type OfficialDocument, renderPdf } from '@parvis/platform';
import type { Context } from '../context.ts';
import type { ItemSummary, LotSignature, Strokes } from './face.ts';
import type { LotRow } from './lot-rows.ts';

export interface SlipSignature extends Pick<LotSignature, 'party' | 'name' | 'role'> {
	strokes: Strokes | null;
}

/** The words of a lot's slip. Slips are French: they are the town's papers. */
export async function makeSlip(
	context: Context,
	lot: LotRow,
	items: readonly ItemSummary[],
	signed: { at: Date; signatures: readonly SlipSignature[]; scanSha256: string | null } | null,
	/** Items whose data are still to be wiped: only before it is signed. */
	unwiped: ReadonlySet<string> = new Set(),
): Promise<Buffer> {
	const t = (key: string, detail?: Record<string, string | number>) =>
		context.platform.messages.t('fr', `equipment.${key}`, detail);
	const { name: town } = await context.town.settings.get();
	const instant = (at: Date) =>
		new Intl.DateTimeFormat('fr', { timeZone: 'Europe/Paris', dateStyle: 'long', timeStyle: 'short' }).format(
			at,
		);
	const weighed = items.filter(({ weightGrams }) => weightGrams !== null);
	const grams = weighed.reduce((sum, { weightGrams }) => sum + (weightGrams ?? 0), 0);
	const title = t('slip_title', { number: lot.number });
	const sign = (party: 'town' | 'partner') => {
		const signature = signed?.signatures.find((one) => one.party === party);
		const strokes = signature?.strokes;
		return {
			label: t(`slip_signs_${party}`),
			who: signature ? `${signature.name}, ${signature.role}` : '',
			line: signed
				? strokes
					? t('slip_drawn', { at: instant(signed.at) })
					: t('slip_on_paper')
				: t('slip_to_sign'),
			drawing: strokes ?? null,
		};
	};
	const slip: OfficialDocument = {
		title,
		author: town,
		at: signed?.at ?? lot.closed_at ?? lot.created_at,
		blocks: [
			{ kind: 'heading', level: 1, text: title },
			{
				kind: 'facts',
				facts: [
					{ label: t('slip_from'), value: town },
					{ label: t('slip_to'), value: `${lot.partner} (${t(`partner_kind_${lot.partner_kind}`)})` },
					{ label: t('slip_items'), value: String(items.length) },
					...(weighed.length
						? [
								{
									label: t('slip_weight'),
									value: `${(grams / 1000).toLocaleString('fr', { maximumFractionDigits: 1 })} kg${weighed.length < items.length ? ` (${t('slip_weight_some', { count: weighed.length })})` : ''}`,
								},
							]
						: []),
					...(signed ? [{ label: t('slip_date'), value: instant(signed.at) }] : []),
					...(lot.note ? [{ label: t('slip_note'), value: lot.note }] : []),
					...(lot.simulated ? [{ label: t('slip_caution'), value: t('slip_simulated') }] : []),
				],
			},
			{ kind: 'paragraph', text: t('slip_statement') },
			{
				kind: 'table',
				caption: t('slip_table'),
				head: [
					t('slip_number'),
					t('slip_category'),
					t('slip_condition'),
					t('slip_description'),
					t('slip_data'),
				],
				rows: items.map((item) => [
					item.number,
					t(`category_${item.category}`),
					t(`item_condition_${item.condition}`),
					[item.description, item.serial, item.deviceTag].filter(Boolean).join(' · '),
					t(unwiped.has(item.id) ? 'slip_to_wipe' : item.holdsData ? 'slip_wiped' : 'slip_no_data'),
				]),
			},
			{ kind: 'signatures', signatures: [sign('town'), sign('partner')] },
		],
		foot: signed?.scanSha256
			? `${lot.number} – ${t('slip_scan_hash')} ${signed.scanSha256.slice(0, 32)}…`
			: lot.number,
	};
	return renderPdf(slip);
}
