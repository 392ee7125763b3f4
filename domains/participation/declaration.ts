import { ok, type Result } from '@parvis/platform';
import { z } from 'zod';
import { type Context, keyedHash, parseInput } from './context.ts';

const name = z.string().trim().min(1, 'participation.name_missing').max(100, 'participation.name_missing');

const declarationInput = z.object({
	familyName: name,
	givenName: name,
	birthDate: z
		.string()
		.trim()
		.regex(/^\d{4}-\d{2}-\d{2}$/, 'participation.birth_date_invalid')
		.refine((text) => !Number.isNaN(Date.parse(text)), 'participation.birth_date_invalid'),
	districtId: z.uuid().nullable().default(null),
});

/** `Éléonore de La Tour-d’Auvergne` and `ELEONORE DE LA TOUR D AUVERGNE` are the same person. */
export function plainName(text: string): string {
	return text
		.normalize('NFD')
		.replaceAll(/\p{M}/gu, '')
		.toLowerCase()
		.replaceAll('œ', 'oe')
		.replaceAll('æ', 'ae')
		.replaceAll(/[^\p{L}]+/gu, ' ')
		.trim();
}

/** Whole years between a birth date and a day, both in the town's calendar. */
export function ageOn(birthDate: string, day: Date): number {
	const [year = 0, month = 0, date = 0] = birthDate.split('-').map(Number);
	const [thisYear = 0, thisMonth = 0, thisDate = 0] = new Intl.DateTimeFormat('sv-SE', {
		timeZone: 'Europe/Paris',
		dateStyle: 'short',
	})
		.format(day)
		.split('-')
		.map(Number);
	return thisYear - year - (thisMonth < month || (thisMonth === month && thisDate < date) ? 1 : 0);
}

/**
 * Who somebody says they are. Only a keyed hash of it goes into the register: it is the same on paper and on the web, and
 * tells no name to who reads the data without the town's secret.
 */
export function parseDeclaration(
	context: Context,
	callId: string,
	given: unknown,
	leastAge: number,
	opensAt: Date,
): Result<{ identityHash: Buffer; districtId: string | null }> {
	const input = parseInput(
		declarationInput.refine(
			({ birthDate }) => {
				const age = ageOn(birthDate, context.now());
				return age >= 0 && age < 130;
			},
			{ message: 'participation.birth_date_invalid' },
		),
		given,
	);
	if (!input.ok) return input;
	const { familyName, givenName, birthDate, districtId } = input.value;
	const names = [plainName(familyName), plainName(givenName)];
	if (names.includes('')) return { ok: false, error: 'participation.name_missing' };
	if (ageOn(birthDate, opensAt) < leastAge)
		return { ok: false, error: 'participation.too_young', detail: { age: leastAge } };
	return ok({
		districtId,
		identityHash: keyedHash(context, `identity ${callId}`, [...names, birthDate].join('\n')),
	});
}
