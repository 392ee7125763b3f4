import type { Words } from '../../kinds.ts';
import type { ArticleCode, CategoryRules, PolicyRules } from '../face.ts';
import type { KeepAction } from '../requests-face.ts';
import { dayName, euros, years } from './names.ts';
import { addDay, articleOf, lifetimeOf, type Question, type RuledOption } from './question.ts';

/** Keep what is in use: repaired, with a new battery, with a supported system, or as it is. */
export function keepOption(rules: PolicyRules, own: CategoryRules, question: Question): RuledOption {
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
		article: articleOf(code),
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
		article: articleOf(actions[0] === 'as_is' ? 'lifetime' : 'repair'),
		reason: { fr: reasons.map(({ fr }) => fr).join(' '), en: reasons.map(({ en }) => en).join(' ') },
		costCents: costs.includes(null) ? null : costs.reduce<number>((sum, cents) => sum + (cents ?? 0), 0),
		delayDays: mends ? prices.repairDays : actions.includes('reinstall') ? prices.poolDays : 0,
	};
}
