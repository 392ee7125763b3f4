import { type Category, categories } from '../../kinds.ts';
import type { ArticleCode, CategoryRules, NeedRules, PolicyArticle, PolicyRules } from '../face.ts';
import { categoryNames, years } from './names.ts';
import { lineNames } from './obligations.ts';

/** Articles written from the rules, always in this order, so that a number means the same in every version. */
export const articleOrder: readonly ArticleCode[] = [
	'order',
	'lifetime',
	'repair',
	'pool',
	'refurbished',
	'needs',
	'security',
	'shares',
	'exceptions',
];

export const articleNumber = (code: ArticleCode): number => articleOrder.indexOf(code) + 1;

/** The categories that a policy speaks of, in the usual order. */
export function ruledCategories(rules: PolicyRules): (readonly [Category, CategoryRules])[] {
	return categories.flatMap((category) => {
		const own = rules.categories[category];
		return own ? [[category, own] as const] : [];
	});
}

const list = (lines: readonly string[]) =>
	lines
		.map((line) => `– ${line}`)
		.join('\u00a0;\n')
		.concat('.');
const named = (codes: readonly string[], needs: readonly NeedRules[]) =>
	codes.map((code) => needs.find((need) => need.code === code)?.label.fr.toLowerCase() ?? code).join(', ');

const writers: Record<ArticleCode, (rules: PolicyRules) => { title: string; text: string }> = {
	order: () => ({
		title: 'Garder d’abord, acheter neuf en dernier',
		text: `Tout besoin d’un terminal reçoit une réponse écrite, cherchée dans cet ordre :\n${list([
			'garder le terminal en service : le réparer, changer sa batterie, y installer un système encore maintenu',
			'prendre un terminal prêt dans la réserve de la commune',
			'acheter un terminal reconditionné',
			'acheter un terminal neuf',
		])}\nLa première réponse que les articles suivants permettent est retenue. Elle est accompagnée de son coût, de son effet sur le climat, de son délai et de l’article qui l’explique.`,
	}),
	lifetime: (rules) => ({
		title: 'Durées d’usage minimales',
		text: `Un terminal qui rend le service attendu n’est pas remplacé avant :\n${list(
			ruledCategories(rules).map(
				([category, { minimumYears, refurbishedYears }]) =>
					`${categoryNames[category].fr} : ${years(minimumYears).fr} (${years(refurbishedYears).fr} pour ceux achetés reconditionnés)`,
			),
		)}\nLa durée court du jour de la mise en service dans la commune. L’atteindre ne suffit pas pour remplacer : ce qui fonctionne reste en service.`,
	}),
	repair: (rules) => ({
		title: 'Réparer plutôt que remplacer',
		text: `Un terminal en panne est réparé tant que la réparation ne dépasse pas, par rapport au prix d’un terminal neuf équivalent :\n${list(
			ruledCategories(rules).map(
				([category, { repairThresholdPercent, batteryBelowPercent, reinstallUpToYears }]) =>
					[
						`${categoryNames[category].fr} : ${repairThresholdPercent} %`,
						batteryBelowPercent === null
							? ''
							: `batterie changée au-dessous de ${batteryBelowPercent} % de sa capacité`,
						reinstallUpToYears
							? `un système maintenu est réinstallé jusqu’à ${years(reinstallUpToYears).fr} d’âge`
							: '',
					]
						.filter(Boolean)
						.join(', '),
			),
		)}`,
	}),
	pool: (rules) => ({
		title: 'Une réserve commune',
		text: `Les terminaux rendus en bon état forment une réserve, commune à tous les services. Elle sert avant tout achat, et dépanne sans attendre. La commune y garde, en proportion des terminaux en service :\n${list(
			ruledCategories(rules)
				.filter(([, { sparePoolPercent }]) => sparePoolPercent > 0)
				.map(([category, { sparePoolPercent }]) => `${categoryNames[category].fr} : ${sparePoolPercent} %`),
		)}`,
	}),
	refurbished: (rules) => {
		const first = ruledCategories(rules).filter(([, own]) => own.refurbishedFirst);
		return {
			title: 'Le reconditionné avant le neuf',
			text: first.length
				? `Ce qui doit être acheté l’est reconditionné dès qu’une offre convient, pour : ${first.map(([category]) => categoryNames[category].fr).join(', ')}. Un terminal reconditionné doit recevoir des mises à jour de sécurité pendant la durée d’usage prévue à l’article ${articleNumber('lifetime')}.`
				: 'Le reconditionné est préféré à prix égal.',
		};
	},
	needs: (rules) => ({
		title: 'Les besoins qui justifient un terminal neuf',
		text: `Chaque demande relève d’un profil d’usage :\n${list(
			rules.needs.map(({ label, justification }) => `${label.fr} : ${justification.fr}`),
		)}\nUn terminal neuf n’est acheté que pour les profils suivants :\n${list(
			ruledCategories(rules).map(
				([category, { newForNeeds }]) =>
					`${categoryNames[category].fr} : ${newForNeeds.length ? named(newForNeeds, rules.needs) : 'aucun'}`,
			),
		)}`,
	}),
	security: (rules) => ({
		title: 'Un plancher de sécurité',
		text: `Un terminal dont le système ne reçoit plus de mises à jour de sécurité depuis plus de ${rules.securityGraceDays} jours reçoit un système maintenu, passe à un usage où cela est sans risque${rules.safeNeeds.length ? ` (${named(rules.safeNeeds, rules.needs)} : sans réseau ni donnée personnelle)` : ''}, ou quitte le parc. La liste est établie chaque jour.`,
	}),
	shares: (rules) => {
		const own = Object.entries(rules.reuseShares).filter(([, percent]) => percent > 0);
		return {
			title: 'Parts issues du réemploi',
			text: `Chaque année civile, la commune atteint au moins les parts que fixe le décret pris pour l’application de l’article 58 de la loi n° 2020-105 du 10 février 2020, en dépense hors taxes et par catégorie de produits.${own.length ? ` Elle se donne en outre les objectifs suivants, en part de la dépense issue du réemploi ou de la réutilisation :\n${list(own.map(([line, percent]) => `${lineNames[line] ?? line} : ${percent} %`))}` : ''} Avant chaque commande, son effet sur ces parts est calculé.`,
		};
	},
	exceptions: () => ({
		title: 'Exceptions et compte rendu',
		text: 'Une personne décide de chaque demande. Si elle s’écarte de la réponse de la politique, elle écrit pourquoi ; l’exception et sa raison figurent au compte rendu annuel. Le compte rendu présenté au conseil et publié ne nomme personne.',
	}),
};

/** The document in order: what is written from the rules, then the town's own articles. */
export function writeDocument(
	rules: PolicyRules,
	own: readonly { title: string; text: string }[],
): PolicyArticle[] {
	return [
		...articleOrder.map((code) => ({ number: articleNumber(code), code, ...writers[code](rules) })),
		...own.map((article, n) => ({ number: articleOrder.length + n + 1, code: null, ...article })),
	];
}
