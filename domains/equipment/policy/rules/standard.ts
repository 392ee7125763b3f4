import type { CategoryRules, PolicyRules } from '../face.ts';

/**
 * What a first draft begins with. Lifetimes, thresholds and shares are proposals for the council to discuss, not
 * obligations: the law sets none of them; what it does set is in `obligations.ts`.
 */
const usual: CategoryRules = {
	minimumYears: 6,
	refurbishedYears: 4,
	refurbishedFirst: true,
	newForNeeds: ['security'],
	repairThresholdPercent: 40,
	batteryBelowPercent: null,
	reinstallUpToYears: 0,
	sparePoolPercent: 3,
};

export const standardRules: PolicyRules = {
	categories: {
		smartphone: {
			...usual,
			minimumYears: 5,
			refurbishedYears: 3,
			newForNeeds: ['field', 'accessibility', 'security'],
			batteryBelowPercent: 80,
			sparePoolPercent: 5,
		},
		feature_phone: { ...usual, minimumYears: 6, newForNeeds: ['field'], batteryBelowPercent: 80 },
		tablet: {
			...usual,
			minimumYears: 6,
			newForNeeds: ['field', 'accessibility'],
			batteryBelowPercent: 80,
		},
		laptop: {
			...usual,
			minimumYears: 7,
			newForNeeds: ['accessibility', 'design', 'security'],
			batteryBelowPercent: 70,
			reinstallUpToYears: 9,
			sparePoolPercent: 5,
		},
		desktop: {
			...usual,
			minimumYears: 8,
			refurbishedYears: 5,
			newForNeeds: ['design', 'security'],
			reinstallUpToYears: 10,
		},
		monitor: {
			...usual,
			minimumYears: 10,
			refurbishedYears: 6,
			newForNeeds: ['accessibility', 'design'],
			repairThresholdPercent: 50,
		},
		server: {
			...usual,
			minimumYears: 7,
			newForNeeds: ['security'],
			reinstallUpToYears: 10,
			sparePoolPercent: 0,
		},
		printer: { ...usual, minimumYears: 8, newForNeeds: [], repairThresholdPercent: 50, sparePoolPercent: 0 },
		network: { ...usual, minimumYears: 8, newForNeeds: ['security'] },
		projector: {
			...usual,
			minimumYears: 8,
			newForNeeds: [],
			repairThresholdPercent: 50,
			sparePoolPercent: 0,
		},
	},
	needs: [
		{
			code: 'standard',
			label: { fr: 'Bureautique', en: 'Office work' },
			justification: {
				fr: 'courrier, documents, logiciels métier, visioconférence : un terminal reconditionné y suffit',
				en: 'mail, documents, business software, video calls: a refurbished device is enough',
			},
		},
		{
			code: 'field',
			label: { fr: 'Travail sur le terrain', en: 'Field work' },
			justification: {
				fr: 'pluie, chutes, froid, longues journées sans prise : il faut un terminal durci dont la batterie est neuve',
				en: 'rain, falls, cold, long days without a socket: a rugged device with a new battery is needed',
			},
		},
		{
			code: 'accessibility',
			label: { fr: 'Accessibilité', en: 'Accessibility' },
			justification: {
				fr: 'l’aménagement du poste d’un agent en situation de handicap demande un matériel précis',
				en: 'the workplace of an agent with a disability needs a particular device',
			},
		},
		{
			code: 'design',
			label: { fr: 'Conception, cartographie, image', en: 'Design, maps, images' },
			justification: {
				fr: 'dessin assisté par ordinateur, système d’information géographique, montage : la puissance de calcul est le besoin',
				en: 'computer-aided design, geographic information, editing: computing power is the need',
			},
		},
		{
			code: 'security',
			label: { fr: 'Sécurité renforcée', en: 'Reinforced security' },
			justification: {
				fr: 'administration des systèmes, vidéoprotection, données sensibles : le constructeur doit encore garantir le micrologiciel pour toute la durée d’usage',
				en: 'system administration, video protection, sensitive data: the maker must still vouch for the firmware over the whole time of use',
			},
		},
		{
			code: 'display',
			label: { fr: 'Affichage, démonstration, atelier', en: 'Display, demonstration, workshop' },
			justification: {
				fr: 'poste sans réseau et sans donnée personnelle : il peut continuer sans mises à jour de sécurité',
				en: 'a device without network or personal data: it may go on without security updates',
			},
		},
	],
	securityGraceDays: 90,
	safeNeeds: ['display'],
	reuseShares: { it: 30 },
};

export const standardTitle = 'Politique d’achat et d’usage des terminaux numériques';
export const standardPreamble = `La fabrication d’un terminal pèse le plus souvent davantage sur le climat que son usage. Le premier moyen d’agir est donc d’en acheter moins et de les garder plus longtemps ; le deuxième est de préférer le réemploi ; le dernier est d’acheter neuf, quand le besoin le justifie.

Le conseil fixe ici des règles que chacun peut lire et que les services appliquent à chaque demande, de la même manière pour tous. La loi n° 2020-105 du 10 février 2020 (article 58) et la loi n° 2021-1485 du 15 novembre 2021 (articles 15, 16 et 35) en donnent le cadre.`;
