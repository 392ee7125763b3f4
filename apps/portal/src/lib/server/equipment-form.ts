import type { DeviceFilter, DeviceSort, DeviceStatus } from '@parvis/equipment';
import { optional, optionalNumber, type Typed } from './forms.ts';
import { centsOf } from './money.ts';
import { pageNumber, query } from './pages.ts';

export const sorts: readonly DeviceSort[] = ['tag', 'model', 'holder', 'service', 'age', 'status'];

/** What the address of a list of devices asks for. */
export function filterOf(url: URL): DeviceFilter {
	const years = (name: string) => {
		const value = optionalNumber(url.searchParams.get(name) ?? '');
		return value === null || Number.isNaN(value) ? undefined : value;
	};
	return {
		text: query(url, 'q'),
		status: query(url, 'situation') as DeviceStatus | 'any' | undefined,
		category: query(url, 'categorie'),
		modelId: query(url, 'modele'),
		holderId: query(url, 'detenteur'),
		service: query(url, 'service'),
		site: query(url, 'site'),
		condition: query(url, 'etat'),
		acquired: query(url, 'achat'),
		problem: url.searchParams.has('probleme') || undefined,
		unsupported: url.searchParams.has('sansMisesAJour') || undefined,
		yearsFrom: years('ageDe'),
		yearsTo: years('ageA'),
		tagFrom: query(url, 'de'),
		tagTo: query(url, 'a'),
		sort: sorts.find((sort) => sort === query(url, 'tri')),
		descending: query(url, 'sens') === 'desc',
		page: pageNumber(url),
	};
}

/** Fields of a device as the form of creation and edition gives them. */
export function deviceOf(typed: Typed): Record<string, unknown> {
	return {
		tag: (typed.tag ?? '').trim(),
		serial: optional(typed.serial),
		modelId: typed.modelId ?? '',
		service: optional(typed.service),
		site: optional(typed.site),
		need: optional(typed.need),
		boughtOn: optional(typed.boughtOn),
		inUseOn: optional(typed.inUseOn),
		warrantyUntil: optional(typed.warrantyUntil),
		supportedUntil: optional(typed.supportedUntil),
		acquired: typed.acquired ?? '',
		firstUsedOn: optional(typed.firstUsedOn),
		condition: optional(typed.condition),
		priceCents: centsOf(typed.price),
		supplier: optional(typed.supplier),
		orderNumber: optional(typed.orderNumber),
		note: optional(typed.note),
	};
}

/** The version that a form was filled in for; never that of a device when it is no number. */
export function versionOf(typed: Typed): number {
	return optionalNumber(typed.version) ?? -1;
}

/** A person as forms name them; null when nobody is named. */
export function holderOf(
	typed: Typed,
): { name: string; email: string | null; service: string | null } | null {
	const name = (typed.name ?? '').trim();
	const email = optional(typed.email);
	return name || email ? { name, email, service: optional(typed.service) } : null;
}

const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short' });

/** The day in the town, `2026-11-25`. */
export const townToday = () => day.format(new Date());
