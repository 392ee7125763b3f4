import type { DeviceEvent, DeviceField } from '@parvis/equipment';
import type { Words } from './words.ts';

export const deviceStatuses = [
	'ordered',
	'in_stock',
	'in_use',
	'on_loan',
	'in_repair',
	'missing',
	'leaving',
	'left',
] as const;
/** Those simply said; a loan and a departure have their own forms. */
export const settableStatuses = ['in_stock', 'in_use', 'in_repair', 'missing', 'leaving', 'ordered'] as const;
export const deviceCategories = [
	'smartphone',
	'feature_phone',
	'tablet',
	'laptop',
	'desktop',
	'monitor',
	'server',
	'printer',
	'network',
	'projector',
	'other',
] as const;
export const deviceConditions = ['new', 'good', 'worn', 'damaged', 'broken'] as const;
export const acquiredAs = ['new', 'refurbished', 'reused'] as const;
export const leavings = ['reused', 'sold', 'donated', 'parts', 'recycled', 'lost'] as const;
export const repairKinds = [
	'battery',
	'screen',
	'keyboard',
	'storage',
	'memory',
	'reinstall',
	'other',
] as const;
export const problemKinds = ['broken', 'slow', 'battery', 'lost', 'stolen', 'not_mine', 'other'] as const;
/** Needs that policies know of; a device may have another. */
export const needs = ['standard', 'field', 'accessibility', 'design', 'security', 'school'] as const;

export const statusTones: Record<string, 'plain' | 'info' | 'good' | 'warn' | 'bad'> = {
	ordered: 'plain',
	in_stock: 'info',
	in_use: 'good',
	on_loan: 'info',
	in_repair: 'warn',
	missing: 'bad',
	leaving: 'plain',
	left: 'plain',
};

type T = Words['t'];

/** Choices of a list, from their values. @param none what the empty choice says; without it there is none */
export function choicesOf(t: T, prefix: string, values: readonly string[], none?: string) {
	return [
		...(none === undefined ? [] : [{ value: '', label: none }]),
		...values.map((value) => ({ value, label: t(`${prefix}.${value}`) })),
	];
}

/** A day, `25 novembre 2026`; nothing for none. */
export function dayText(locale: 'fr' | 'en', day: string | null | undefined): string | null {
	if (!day) return null;
	return new Date(`${day}T12:00:00Z`).toLocaleDateString(locale === 'fr' ? 'fr-FR' : 'en-GB', {
		dateStyle: 'long',
		timeZone: 'UTC',
	});
}

/** What a field of a device holds, in words; holders and models are given by name. */
export function valueText({ t, locale, format }: Words, field: string, value: unknown): string {
	if (value === null || value === undefined || value === '') return t('gear.none');
	const text = String(value);
	if (['status', 'condition', 'acquired', 'leftAs'].includes(field)) return t(`gear.${field}.${text}`);
	if (field === 'need') return needs.some((need) => need === text) ? t(`gear.need.${text}`) : text;
	if (field === 'priceCents') return format.money(Number(value));
	if (field === 'batteryHealthPercent') return `${text} %`;
	return (/^\d{4}-\d\d-\d\d$/.test(text) && dayText(locale, text)) || text;
}

/** One change of a history as a sentence: `Service : Accueil → Voirie`. */
export function changeText(
	words: Words,
	event: DeviceEvent,
	{ field, from, to }: { field: DeviceField; from: unknown; to: unknown },
): string {
	const { t } = words;
	const say = (value: unknown): string => {
		if (value && field === 'holderId') return event.holders[String(value)] ?? t('gear.erasedHolder');
		if (value && field === 'modelId') return event.models[String(value)] ?? String(value);
		return valueText(words, field, value);
	};
	const label = t(`gear.field.${field}`);
	return from === null
		? t('gear.changedTo', { label, to: say(to) })
		: t('gear.changed', { label, from: say(from), to: say(to) });
}

/** What a repair says beside its fields. */
export function detailText({ t, format }: Words, { kind, detail }: DeviceEvent): string | null {
	if (kind === 'repaired') {
		const cost = typeof detail.costCents === 'number' ? format.money(detail.costCents) : null;
		const supplier = typeof detail.supplier === 'string' ? detail.supplier : null;
		return [t(`gear.repair.${String(detail.what)}`), supplier, cost].filter(Boolean).join(', ');
	}
	if (kind === 'problem_told') return t(`gear.problem.${String(detail.problem)}`);
	if (typeof detail.unwipedReason === 'string')
		return t('gear.handedUnwipedBecause', { reason: detail.unwipedReason });
	return null;
}
