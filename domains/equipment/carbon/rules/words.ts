import type { CreditKind } from '@parvis/device-lifecycle';
import type { Category, Words } from '../../kinds.ts';
import type { AssumptionName, Supposed } from './assumptions.ts';

const names: Readonly<Record<Category, Words>> = {
	smartphone: { fr: 'smartphone', en: 'smartphone' },
	feature_phone: { fr: 'téléphone simple', en: 'feature phone' },
	tablet: { fr: 'tablette', en: 'tablet' },
	laptop: { fr: 'ordinateur portable', en: 'laptop' },
	desktop: { fr: 'ordinateur fixe', en: 'desktop computer' },
	monitor: { fr: 'écran', en: 'monitor' },
	server: { fr: 'serveur', en: 'server' },
	printer: { fr: 'imprimante', en: 'printer' },
	network: { fr: 'équipement de réseau', en: 'network equipment' },
	projector: { fr: 'vidéoprojecteur', en: 'projector' },
	other: { fr: 'autre terminal', en: 'other device' },
};

/** What a claim is compared with and how it is reckoned, the same for all of a kind and category. */
export function wordsOf(
	kind: CreditKind,
	category: Category,
	of: (name: AssumptionName) => Supposed,
): { baseline: Words; method: Words } {
	const value = (name: AssumptionName, locale: string) =>
		of(name).range.mid.toLocaleString(locale, { maximumFractionDigits: 1 });
	const percent = (name: AssumptionName) => Math.round(of(name).range.mid * 100);
	const name = names[category];
	const [frYears, enYears] = [value('referenceYears', 'fr-FR'), value('referenceYears', 'en-GB')];
	const [frSecond, enSecond] = [value('secondLifeYears', 'fr-FR'), value('secondLifeYears', 'en-GB')];
	if (kind === 'kept')
		return {
			baseline: {
				fr: `${name.fr} neuf acheté après ${frYears} ans`,
				en: `a new ${name.en} bought after ${enYears} years`,
			},
			method: {
				fr: `jours de service au-delà de la première vie, d’après l’inventaire ; fabrication, transport et fin de vie ÷ ${frYears} ans, moins ${percent('rebound')} % de rebond et la consommation qu’un appareil récent épargnerait`,
				en: `days of service beyond the first life, by the inventory; manufacture, transport and end of life ÷ ${enYears} years, less ${percent('rebound')}% of rebound and what a recent device would save in use`,
			},
		};
	if (kind === 'refurbished')
		return {
			baseline: { fr: `${name.fr} neuf`, en: `a new ${name.en}` },
			method: {
				fr: `jours de service d’un appareil reconditionné, d’après l’inventaire, sur ${frSecond} ans au plus ; comme un appareil neuf évité, moins le reconditionnement`,
				en: `days of service of a refurbished device, by the inventory, for ${enSecond} years at most; as a new device avoided, less the refurbishing`,
			},
		};
	return {
		baseline: {
			fr: `${name.fr} neuf, dans ${percent('substitution')} % des cas`,
			en: `a new ${name.en}, in ${percent('substitution')}% of cases`,
		},
		method: {
			fr: `appareil remis à quelqu’un qui s’en sert, supposé en service ${frSecond} ans au plus et compté à mesure ; moins le reconditionnement et l’usage de ceux qui n’auraient rien acheté`,
			en: `device handed to somebody who uses it, supposed in service for ${enSecond} years at most and counted as they pass; less the refurbishing and the use of those who would have bought nothing`,
		},
	};
}
