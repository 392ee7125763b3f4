import type { Category, Words } from '../../kinds.ts';
import type { ArticleCode, CategoryRules, PolicyRules } from '../face.ts';
import type { KeepAction, OptionKind, PolicyOption, Trouble } from '../requests-face.ts';
import { articleNumber } from './document.ts';
import { dayName, euros, years } from './names.ts';

/** A device as the rules look at it. */
export interface LookedAt {
	id: string;
	tag: string;
	model: string;
	modelId: string | null;
	/** Years since it came into use in the town; 0 when not known. */
	ageYears: number;
	/** Last day with security updates; null: not known. */
	supportedUntil: string | null;
	batteryHealthPercent: number | null;
	/** Bought refurbished or reused. */
	secondHand: boolean;
	need: string | null;
}

export interface Prices {
	repairCents: number | null;
	batteryCents: number | null;
	reinstallCents: number | null;
	refurbishedCents: number | null;
	newCents: number | null;
	repairDays: number | null;
	poolDays: number | null;
	refurbishedDays: number | null;
	newDays: number | null;
}

export interface Question {
	/** `2026-11-25`. */
	today: string;
	category: Category;
	need: string;
	trouble: Trouble;
	/** The one in use; null: there is none. */
	device: LookedAt | null;
	/** Ready in the pool, of this category. */
	pool: readonly LookedAt[];
	prices: Prices;
}

export type RuledOption = Omit<PolicyOption, 'carbon'>;

export interface Answer {
	/** keep, pool, refurbished, new. */
	options: readonly [RuledOption, RuledOption, RuledOption, RuledOption];
	best: OptionKind;
	remarks: readonly Words[];
}

const article = (code: ArticleCode) => ({ number: articleNumber(code), code });

function addDay(day: string, days: number): string {
	const at = new Date(`${day}T12:00:00Z`);
	at.setUTCDate(at.getUTCDate() + days);
	return at.toISOString().slice(0, 10);
}

/** Whether a device may be given to this need as it is: with updates today, or where none are needed. */
const isSafe = (rules: PolicyRules, need: string, supportedUntil: string | null, day: string) =>
	rules.safeNeeds.includes(need) || supportedUntil === null || supportedUntil >= day;

/** The least years that it has to serve in the town. */
export const lifetimeOf = (rules: CategoryRules, secondHand: boolean): number =>
	secondHand ? Math.min(rules.refurbishedYears, rules.minimumYears) : rules.minimumYears;

/**
 * What the policy answers to a need: the four ways in their order, each allowed or not with the article that says so, and
 * the first that is. A new device is always the last resort, so that nobody is left without an answer. A stricter policy
 * (longer lifetimes, higher repair threshold, fewer needs for new, refurbished first, longer reinstalling) never answers
 * with something newer: its rules only ever add to what is allowed before.
 */
export function answer(rules: PolicyRules, own: CategoryRules, question: Question): Answer {
	const keep = keepOption(rules, own, question);
	const pool = poolOption(rules, own, question);
	const refurbished = refurbishedOption(own, question);
	const fresh = newOption(own, question, refurbished);
	const options = [keep, pool, refurbished, fresh] as const;
	const first = options.find(({ feasible }) => feasible) ?? fresh;
	const remarks: Words[] = [];
	if (question.device && question.device.supportedUntil === null)
		remarks.push({
			fr: 'La fin des mises à jour de sécurité du terminal actuel n’est pas connue : à vérifier avant de le garder.',
			en: 'When the security updates of the present device end is not known: to be checked before it is kept.',
		});
	if (first.kind === 'pool' && own.sparePoolPercent > 0 && question.pool.length <= 1)
		remarks.push({
			fr: 'C’est le dernier de la réserve : elle sera à compléter.',
			en: 'It is the last of the pool, which will have to be refilled.',
		});
	return { options, best: first.kind, remarks };
}

function keepOption(rules: PolicyRules, own: CategoryRules, question: Question): RuledOption {
	const { device, trouble, prices, need, today } = question;
	const base = {
		kind: 'keep' as const,
		modelId: device?.modelId ?? null,
		device: device && { id: device.id, tag: device.tag, model: device.model },
		serviceYears: device ? Math.max(2, Math.ceil(lifetimeOf(own, device.secondHand) - device.ageYears)) : 0,
	};
	const no = (code: ArticleCode, reason: Words): RuledOption => ({
		...base,
		actions: [],
		feasible: false,
		article: article(code),
		reason,
		costCents: null,
		delayDays: null,
	});
	if (!device)
		return no('order', {
			fr: 'Il n’y a pas de terminal à garder.',
			en: 'There is no device to keep.',
		});
	if (trouble === 'lost')
		return no('order', {
			fr: 'Le terminal est perdu ou volé : il n’y a rien à garder.',
			en: 'The device is lost or stolen: there is nothing to keep.',
		});

	const { ageYears, supportedUntil, batteryHealthPercent } = device;
	const lifetime = lifetimeOf(own, device.secondHand);
	const mayReinstall = own.reinstallUpToYears > 0 && ageYears <= own.reinstallUpToYears;
	const unsafe =
		!rules.safeNeeds.includes(need) &&
		((supportedUntil !== null && addDay(supportedUntil, rules.securityGraceDays) < today) ||
			(trouble === 'unsupported' && (supportedUntil === null || supportedUntil < today)));
	if (unsafe && !mayReinstall)
		return no('security', {
			fr: `Son système ne reçoit plus de mises à jour de sécurité${supportedUntil ? ` depuis le ${dayName(supportedUntil).fr}` : ''} et ne peut pas être remplacé par un autre (au plus ${years(own.reinstallUpToYears).fr} d’âge).`,
			en: `Its system has had no security updates${supportedUntil ? ` since ${dayName(supportedUntil).en}` : ''} and cannot be replaced by another (up to ${years(own.reinstallUpToYears).en} of age).`,
		});

	const actions: KeepAction[] = [];
	const reasons: Words[] = [];
	if (trouble === 'broken') {
		const reference = prices.newCents ?? prices.refurbishedCents;
		const most = reference === null ? null : Math.floor((reference * own.repairThresholdPercent) / 100);
		if (prices.repairCents !== null && most !== null && prices.repairCents > most)
			return no('repair', {
				fr: `La réparation (${euros(prices.repairCents).fr}) dépasse ${own.repairThresholdPercent} % du prix d’un neuf, soit ${euros(most).fr}.`,
				en: `The repair (${euros(prices.repairCents).en}) exceeds ${own.repairThresholdPercent}% of the price of a new one, ${euros(most).en}.`,
			});
		actions.push('repair');
		reasons.push(
			prices.repairCents !== null && most !== null
				? {
						fr: `La réparation (${euros(prices.repairCents).fr}) reste au-dessous de ${own.repairThresholdPercent} % du prix d’un neuf, soit ${euros(most).fr}.`,
						en: `The repair (${euros(prices.repairCents).en}) stays below ${own.repairThresholdPercent}% of the price of a new one, ${euros(most).en}.`,
					}
				: {
						fr: 'Le prix de la réparation n’est pas connu : un devis est demandé avant tout remplacement.',
						en: 'The price of the repair is not known: a quotation is asked for before any replacement.',
					},
		);
	}
	if (
		own.batteryBelowPercent !== null &&
		(trouble === 'battery' ||
			(batteryHealthPercent !== null && batteryHealthPercent < own.batteryBelowPercent))
	) {
		actions.push('battery');
		reasons.push(
			batteryHealthPercent === null
				? { fr: 'Une batterie neuve suffit.', en: 'A new battery is enough.' }
				: {
						fr: `La batterie tient ${batteryHealthPercent} % de sa capacité : une neuve suffit.`,
						en: `The battery holds ${batteryHealthPercent}% of its capacity: a new one is enough.`,
					},
		);
	}
	if ((unsafe || trouble === 'slow' || trouble === 'unsupported') && mayReinstall) {
		actions.push('reinstall');
		reasons.push({
			fr: `À ${years(ageYears).fr}, il reçoit encore un système maintenu (jusqu’à ${years(own.reinstallUpToYears).fr}).`,
			en: `At ${years(ageYears).en} it still takes a supported system (up to ${years(own.reinstallUpToYears).en}).`,
		});
	}
	if (!actions.length) {
		// Nothing to mend: the lifetime decides, or a need that justifies another device.
		if (trouble === 'unsuitable' && own.newForNeeds.includes(need) && device.need !== need)
			return no('needs', {
				fr: 'Le besoin a changé, et son profil justifie un autre terminal.',
				en: 'The need changed, and its profile justifies another device.',
			});
		const works = trouble === 'none' || trouble === 'unsupported';
		if (ageYears >= lifetime && !works)
			return no('lifetime', {
				fr: `Il sert depuis ${years(ageYears).fr} : la durée minimale (${years(lifetime).fr}) est atteinte et il ne rend plus le service attendu.`,
				en: `It has served for ${years(ageYears).en}: the minimum (${years(lifetime).en}) is reached and it no longer does what it should.`,
			});
		actions.push('as_is');
		reasons.push(
			ageYears < lifetime
				? {
						fr: `Il sert depuis ${years(ageYears).fr} : la durée minimale est de ${years(lifetime).fr}.`,
						en: `It has served for ${years(ageYears).en}: the minimum is ${years(lifetime).en}.`,
					}
				: { fr: 'Ce qui fonctionne reste en service.', en: 'What works stays in use.' },
		);
	}
	const cost = {
		repair: prices.repairCents,
		battery: prices.batteryCents,
		reinstall: prices.reinstallCents,
		as_is: 0,
	};
	const costs = actions.map((action) => cost[action]);
	const mends = actions.some((action) => action === 'repair' || action === 'battery');
	return {
		...base,
		actions,
		feasible: true,
		article: article(actions[0] === 'as_is' ? 'lifetime' : 'repair'),
		reason: { fr: reasons.map(({ fr }) => fr).join(' '), en: reasons.map(({ en }) => en).join(' ') },
		costCents: costs.includes(null) ? null : costs.reduce<number>((sum, cents) => sum + (cents ?? 0), 0),
		delayDays: mends ? prices.repairDays : actions.includes('reinstall') ? prices.poolDays : 0,
	};
}

function poolOption(rules: PolicyRules, own: CategoryRules, question: Question): RuledOption {
	const fitting = question.pool
		.filter(({ supportedUntil }) => isSafe(rules, question.need, supportedUntil, question.today))
		.sort(
			(a, b) =>
				Number(b.need === question.need) - Number(a.need === question.need) ||
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
		article: article(given ? 'pool' : unsafe ? 'security' : 'pool'),
		reason: given
			? {
					fr: `Le terminal ${given.tag} (${given.model}) attend dans la réserve${given.supportedUntil ? ` ; il reçoit des mises à jour jusqu’au ${dayName(given.supportedUntil).fr}` : ''}.`,
					en: `Device ${given.tag} (${given.model}) waits in the pool${given.supportedUntil ? `; it is supported until ${dayName(given.supportedUntil).en}` : ''}.`,
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

function refurbishedOption(own: CategoryRules, question: Question): RuledOption {
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
			article: article('needs'),
			reason: {
				fr: 'Le profil du besoin justifie un terminal neuf.',
				en: 'The profile of the need justifies a new device.',
			},
		};
	if (refurbishedCents === null)
		return {
			...base,
			feasible: false,
			article: article('refurbished'),
			reason: {
				fr: 'Aucune offre de reconditionné n’est connue pour cette catégorie.',
				en: 'No offer of a refurbished one is known for this category.',
			},
		};
	if (!own.refurbishedFirst && newCents !== null && newCents < refurbishedCents)
		return {
			...base,
			feasible: false,
			article: article('refurbished'),
			reason: {
				fr: `Le reconditionné est plus cher que le neuf (${euros(newCents).fr}), et la politique ne l’impose pas ici.`,
				en: `The refurbished one costs more than a new one (${euros(newCents).en}), and the policy does not impose it here.`,
			},
		};
	return {
		...base,
		feasible: true,
		article: article('refurbished'),
		reason: {
			fr: 'Ce qui doit être acheté l’est reconditionné dès qu’une offre convient.',
			en: 'What has to be bought is refurbished wherever an offer fits.',
		},
	};
}

function newOption(own: CategoryRules, question: Question, refurbished: RuledOption): RuledOption {
	const justified = asksForNew(own, question);
	const feasible = justified || !refurbished.feasible || !own.refurbishedFirst;
	return {
		kind: 'new',
		actions: [],
		feasible,
		article: article(justified ? 'needs' : 'refurbished'),
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
