import { ok, type Result, refuse } from '@parvis/platform';
import type { Category } from '../../kinds.ts';

/** Where data lie: magnetic disk, SSD by SATA or NVMe, flash soldered on the board (eMMC, UFS), removable flash. */
export const media = [
	'flash_embedded',
	'ssd_nvme',
	'ssd_sata',
	'hdd',
	'memory_card',
	'none',
	'unknown',
] as const;
export type Medium = (typeof media)[number];

export const techniques = [
	'factory_reset',
	'crypto_erase',
	'block_erase',
	'secure_erase',
	'sanitize_overwrite',
	'overwrite',
	'degauss',
	'shred',
	'disintegrate',
	'incinerate',
	'inspection',
] as const;
export type Technique = (typeof techniques)[number];

/** What NIST SP 800-88 calls the method, from the least. */
export const methods = ['clear', 'purge', 'destroy'] as const;
export type Method = (typeof methods)[number];

const rank = (method: Method) => methods.indexOf(method);

/** Whether a method is at least what was asked. */
export const suffices = (method: Method, asked: Method) => rank(method) >= rank(asked);

const ssd = ['ssd_sata', 'ssd_nvme'] as const;
const logical = ['hdd', ...ssd, 'flash_embedded', 'memory_card'] as const;

/** What a technique achieves on each medium; a medium that is missing cannot be treated so. */
const achieves: Record<Technique, Partial<Record<Medium, Method>>> = {
	// Reaches what the user can address, not the spare cells of flash.
	overwrite: of(logical, 'clear'),
	secure_erase: { hdd: 'purge', ssd_sata: 'clear' },
	sanitize_overwrite: { hdd: 'purge' },
	block_erase: of(ssd, 'purge'),
	crypto_erase: of(logical, 'purge'),
	factory_reset: { flash_embedded: 'purge' },
	degauss: { hdd: 'purge' },
	shred: of([...logical, 'unknown'], 'destroy'),
	disintegrate: of([...logical, 'unknown'], 'destroy'),
	incinerate: of([...logical, 'unknown'], 'destroy'),
	inspection: { none: 'destroy' },
};

function of(list: readonly Medium[], method: Method): Partial<Record<Medium, Method>> {
	return Object.fromEntries(list.map((medium) => [medium, method]));
}

/** Techniques that throw a key away: worth nothing where data were ever written in clear. */
const byKey: readonly Technique[] = ['crypto_erase', 'factory_reset'];

/**
 * What a technique achieves on a medium, after NIST SP 800-88 Rev. 2 (26 September 2025), which names the methods, says
 * that one pass of overwriting is enough, that a cryptographic erase needs data encrypted from the first day, and counts
 * degaussing no longer as destruction. Rev. 2 leaves the techniques by medium to IEEE 2883, a paid standard that this table
 * was not checked against: it follows appendix A of Rev. 1 (2014, withdrawn), the last public one.
 *
 * @returns the method; refused as `equipment.wipe_not_on_medium` (the technique is none for it), `wipe_not_encrypted`
 */
export function methodOf(
	technique: Technique,
	medium: Medium,
	encrypted: boolean,
): Result<
	Method,
	| 'equipment.wipe_not_on_medium'
	| 'equipment.wipe_not_encrypted'
	| 'equipment.wipe_degauss_flash'
	| 'equipment.wipe_unknown_medium'
> {
	const method = achieves[technique][medium];
	if (!method) {
		if (technique === 'degauss' && medium !== 'none' && medium !== 'unknown')
			return refuse('equipment.wipe_degauss_flash');
		return refuse(medium === 'unknown' ? 'equipment.wipe_unknown_medium' : 'equipment.wipe_not_on_medium');
	}
	if (byKey.includes(technique) && !encrypted) return refuse('equipment.wipe_not_encrypted');
	return ok(method);
}

/**
 * What the town asks: data of ordinary confidentiality are cleared when the device stays with the town and purged when it
 * leaves; sensitive ones (health, social, staff, security) a step further. The town's own rule, in the spirit of NIST's
 * choice by confidentiality and by whether the medium leaves.
 */
export function askedMethod({ leaving, sensitive }: { leaving: boolean; sensitive: boolean }): Method {
	if (leaving) return sensitive ? 'destroy' : 'purge';
	return sensitive ? 'purge' : 'clear';
}

const always: readonly Category[] = ['smartphone', 'feature_phone', 'tablet', 'laptop', 'desktop', 'server'];
const never: readonly Category[] = ['monitor', 'projector'];

/** Whether devices of a category hold data: `perhaps` ones (printers, network, others) are looked at like those that do. */
export function holdsData(category: Category): 'yes' | 'perhaps' | 'no' {
	if (always.includes(category)) return 'yes';
	return never.includes(category) ? 'no' : 'perhaps';
}

const soldered: readonly Category[] = ['smartphone', 'feature_phone', 'tablet'];

/** Whether a device of the category can be without any storage: what is soldered on cannot be taken out. */
export const canBeEmpty = (category: Category) => !soldered.includes(category);

/** The medium and technique that a form proposes first. */
export function usual(category: Category): { medium: Medium; technique: Technique } {
	if (soldered.includes(category)) return { medium: 'flash_embedded', technique: 'factory_reset' };
	if (category === 'laptop') return { medium: 'ssd_nvme', technique: 'crypto_erase' };
	if (category === 'desktop' || category === 'server')
		return { medium: 'hdd', technique: 'sanitize_overwrite' };
	return { medium: 'none', technique: 'inspection' };
}

/** The whole table, for those who want to read it. */
export function techniqueTable(): {
	technique: Technique;
	medium: Medium;
	method: Method;
	needsEncryption: boolean;
}[] {
	return techniques.flatMap((technique) =>
		media.flatMap((medium) => {
			const method = achieves[technique][medium];
			return method ? [{ technique, medium, method, needsEncryption: byKey.includes(technique) }] : [];
		}),
	);
}
