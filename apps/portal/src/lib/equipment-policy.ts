import type { KeepAction, LineShare, PolicyOption, RequestView } from '@parvis/equipment';
import type { Format } from './format.ts';

export const troubles = ['slow', 'battery', 'broken', 'unsupported', 'lost', 'unsuitable'] as const;

/** `2026-11-25` as people write it. */
export const dayText = (day: string, format: Format): string => format.date(new Date(`${day}T12:00:00Z`));

type T = (key: string, parameters?: Record<string, string | number>) => string;

/** An option in words: what is done to a device that is kept. */
export function optionName(option: Pick<PolicyOption, 'kind' | 'actions'>, t: T): string {
	const doing = option.actions.map((action: KeepAction) => t(`policy.action.${action}`)).join(', ');
	return doing ? `${t(`policy.kind.${option.kind}`)} : ${doing}` : t(`policy.kind.${option.kind}`);
}

export const requestTone = (status: RequestView['status']) =>
	status === 'to_decide' ? ('warn' as const) : status === 'decided' ? ('good' as const) : ('plain' as const);

/** kg CO2e a year with its interval; null where it is not known. */
export function carbonText(option: PolicyOption, format: Format, t: T): string | null {
	if (!option.carbon) return null;
	const { low, mid, high } = option.carbon.perYear;
	const number = (value: number) => format.number(value, Math.abs(value) < 10 ? 1 : 0);
	return t('policy.carbonRange', { mid: number(mid), low: number(low), high: number(high) });
}

/** How a line of products stands, in a sentence. */
export function shareText(share: LineShare, format: Format, t: T): string {
	const percent = (value: number) => format.number(value, 1);
	if (share.reusePercent === null) return t('policy.shareNothing');
	if (share.targetPercent === null)
		return t('policy.shareNoTarget', { percent: percent(share.reusePercent) });
	return t(share.reached ? 'policy.shareReached' : 'policy.shareMissing', {
		percent: percent(share.reusePercent),
		target: percent(share.targetPercent),
		missing: format.money(share.missingCents),
	});
}
