import { deviceCategories } from '#lib/equipment.ts';
import { optional, optionalNumber, type Typed } from './forms.ts';

const number = (text: string | undefined) => optionalNumber(text) ?? Number.NaN;
const codes = (text: string | undefined) =>
	(text ?? '')
		.split(/[\s,;]+/)
		.map((code) => code.trim())
		.filter(Boolean);

/** A draft as its form gives it: rows by number, empty ones left out. */
export function draftOf(data: FormData, typed: Typed) {
	const rows = <Row>(most: number, row: (n: number) => Row | null): Row[] =>
		Array.from({ length: most }, (_, n) => row(n)).filter(
			(one): one is NonNullable<Row> & Row => one !== null,
		);
	const categories = Object.fromEntries(
		deviceCategories
			.filter((category) => typed[`${category}.ruled`] === 'on')
			.map((category) => {
				const field = (name: string) => typed[`${category}.${name}`];
				return [
					category,
					{
						minimumYears: number(field('minimumYears')),
						refurbishedYears: number(field('refurbishedYears')),
						refurbishedFirst: field('refurbishedFirst') === 'on',
						newForNeeds: data.getAll(`${category}.newForNeeds`).map(String),
						repairThresholdPercent: number(field('repairThresholdPercent')),
						batteryBelowPercent: optionalNumber(field('batteryBelowPercent')),
						reinstallUpToYears: optionalNumber(field('reinstallUpToYears')) ?? 0,
						sparePoolPercent: optionalNumber(field('sparePoolPercent')) ?? 0,
					},
				];
			}),
	);
	return {
		title: typed.title ?? '',
		preamble: typed.preamble ?? '',
		ownArticles: rows(31, (n) =>
			optional(typed[`article.${n}.title`]) || optional(typed[`article.${n}.text`])
				? { title: typed[`article.${n}.title`] ?? '', text: typed[`article.${n}.text`] ?? '' }
				: null,
		),
		rules: {
			categories,
			needs: rows(31, (n) => {
				const field = (name: string) => typed[`need.${n}.${name}`] ?? '';
				return field('code').trim()
					? {
							code: field('code').trim(),
							label: { fr: field('fr'), en: field('en') },
							justification: { fr: field('whyFr'), en: field('whyEn') },
						}
					: null;
			}),
			securityGraceDays: number(typed.securityGraceDays),
			safeNeeds: codes(typed.safeNeeds),
			reuseShares: Object.fromEntries(
				['it', 'printing'].flatMap((line) => {
					const percent = optionalNumber(typed[`share.${line}`]);
					return percent === null ? [] : [[line, percent]];
				}),
			),
		},
	};
}
