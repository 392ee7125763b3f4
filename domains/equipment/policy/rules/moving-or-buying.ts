import type { CategoryRules, PolicyRules } from '../face.ts';
import { dayName, euros } from './names.ts';
import { articleOf, isSafe, lifetimeOf, type Question, type RuledOption } from './question.ts';

/**
 * From the pool: one that is safe for the need, of the same need first, then what can be handed over at once (its data are
 * wiped), then the one that is supported longest.
 */
export function poolOption(rules: PolicyRules, own: CategoryRules, question: Question): RuledOption {
	const fitting = question.pool
		.filter(({ supportedUntil }) => isSafe(rules, question.need, supportedUntil, question.today))
		.sort(
			(a, b) =>
				Number(b.need === question.need) - Number(a.need === question.need) ||
				Number(b.dataWiped) - Number(a.dataWiped) ||
				// The one that is supported longest; what is not known comes last.
				(b.supportedUntil ?? '').localeCompare(a.supportedUntil ?? '') ||
				a.tag.localeCompare(b.tag),
		);
	const [given] = fitting;
	const unsafe = question.pool.length - fitting.length;
	return {
		kind: 'pool',
		actions: [],
		feasible: given !== undefined,
		article: articleOf(given ? 'pool' : unsafe ? 'security' : 'pool'),
		reason: given
			? {
					fr: `Le terminal ${given.tag} (${given.model}) attend dans la réserve${given.supportedUntil ? ` ; il reçoit des mises à jour jusqu’au ${dayName(given.supportedUntil).fr}` : ''}${given.dataWiped ? '' : ' ; ses données restent à effacer avant qu’il soit remis'}.`,
					en: `Device ${given.tag} (${given.model}) waits in the pool${given.supportedUntil ? `; it is supported until ${dayName(given.supportedUntil).en}` : ''}${given.dataWiped ? '' : '; its data are to be wiped before it is handed over'}.`,
				}
			: unsafe
				? {
						fr: 'Ceux de la réserve ne reçoivent plus de mises à jour de sécurité.',
						en: 'Those of the pool no longer have security updates.',
					}
				: {
						fr: 'La réserve n’a pas de terminal de cette catégorie.',
						en: 'The pool has no device of this category.',
					},
		costCents: given ? 0 : null,
		delayDays: given ? question.prices.poolDays : null,
		serviceYears: given ? Math.max(2, Math.ceil(lifetimeOf(own, given.secondHand) - given.ageYears)) : 0,
		modelId: given?.modelId ?? null,
		device: given ? { id: given.id, tag: given.tag, model: given.model } : null,
	};
}

const asksForNew = (own: CategoryRules, question: Question) => own.newForNeeds.includes(question.need);

/** Refurbished: wherever an offer fits and the need does not justify a new one. */
export function refurbishedOption(own: CategoryRules, question: Question): RuledOption {
	const { refurbishedCents, newCents, refurbishedDays } = question.prices;
	const base = {
		kind: 'refurbished' as const,
		actions: [],
		costCents: refurbishedCents,
		delayDays: refurbishedDays,
		serviceYears: Math.ceil(Math.min(own.refurbishedYears, own.minimumYears)),
		modelId: null,
		device: null,
	};
	if (asksForNew(own, question))
		return {
			...base,
			feasible: false,
			article: articleOf('needs'),
			reason: {
				fr: 'Le profil du besoin justifie un terminal neuf.',
				en: 'The profile of the need justifies a new device.',
			},
		};
	if (refurbishedCents === null)
		return {
			...base,
			feasible: false,
			article: articleOf('refurbished'),
			reason: {
				fr: 'Aucune offre de reconditionné n’est connue pour cette catégorie.',
				en: 'No offer of a refurbished one is known for this category.',
			},
		};
	if (!own.refurbishedFirst && newCents !== null && newCents < refurbishedCents)
		return {
			...base,
			feasible: false,
			article: articleOf('refurbished'),
			reason: {
				fr: `Le reconditionné est plus cher que le neuf (${euros(newCents).fr}), et la politique ne l’impose pas ici.`,
				en: `The refurbished one costs more than a new one (${euros(newCents).en}), and the policy does not impose it here.`,
			},
		};
	return {
		...base,
		feasible: true,
		article: articleOf('refurbished'),
		reason: {
			fr: 'Ce qui doit être acheté l’est reconditionné dès qu’une offre convient.',
			en: 'What has to be bought is refurbished wherever an offer fits.',
		},
	};
}

/** New: for a need that justifies it, or as the last resort. */
export function newOption(own: CategoryRules, question: Question, refurbished: RuledOption): RuledOption {
	const justified = asksForNew(own, question);
	const feasible = justified || !refurbished.feasible || !own.refurbishedFirst;
	return {
		kind: 'new',
		actions: [],
		feasible,
		article: articleOf(justified ? 'needs' : 'refurbished'),
		reason: justified
			? {
					fr: 'Le profil du besoin justifie un terminal neuf.',
					en: 'The profile of the need justifies a new device.',
				}
			: !refurbished.feasible
				? {
						fr: 'Aucun reconditionné ne convient : le neuf est le dernier recours.',
						en: 'No refurbished one fits: a new one is the last resort.',
					}
				: feasible
					? {
							fr: 'Permis, mais le reconditionné vient avant.',
							en: 'Allowed, though a refurbished one comes before.',
						}
					: {
							fr: 'Le profil du besoin ne justifie pas un terminal neuf, et une offre de reconditionné convient.',
							en: 'The profile of the need does not justify a new device, and a refurbished one fits.',
						},
		costCents: question.prices.newCents,
		delayDays: question.prices.newDays,
		serviceYears: Math.ceil(own.minimumYears),
		modelId: null,
		device: null,
	};
}
