import type { Category } from '../../kinds.ts';

/** Statuses that are simply said; a loan and a departure have their own ways. */
export const settableStatuses = ['ordered', 'in_stock', 'in_use', 'in_repair', 'missing', 'leaving'] as const;

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

const withoutMemory: readonly Category[] = ['monitor', 'projector'];

/** Whether such a device can keep somebody's data; what nobody can tell counts as if it could. */
export function mayHoldData(category: Category): boolean {
	return !withoutMemory.includes(category);
}

/**
 * The tag that a scan or somebody's typing means: a label's address holds it after `/t/`, on whatever host, since a town may
 * change its address and keep its labels.
 */
export function tagOf(scanned: string): string {
	const text = scanned.replaceAll(/\p{C}/gu, '').trim();
	const found = /^https?:\/\/[^/]+\/t\/([^?#]+)/i.exec(text);
	if (!found?.[1]) return text;
	try {
		return decodeURIComponent(found[1]).trim();
	} catch {
		return found[1];
	}
}

/** Address that a label carries. */
export function labelUrl(publicUrl: string, tag: string): string {
	return `${publicUrl.replace(/\/+$/, '')}/t/${encodeURIComponent(tag)}`;
}
