/**
 * Matters of acts sent to the prefecture, levels 1 and 2 of the national nomenclature (@CTES, ministry of the interior);
 * the codes are those that the SCDL schema « délibérations » takes. Deeper levels are each prefecture's own.
 */
export const matters: readonly { code: string; name: string; children: readonly string[] }[] = [
	{
		code: '1',
		name: 'Commande publique',
		children: [
			'Marchés publics',
			'Délégation de service public',
			'Conventions de mandat',
			'Autres types de contrats',
			'Transactions (protocole d’accord transactionnel)',
			'Actes relatifs à la maîtrise d’œuvre',
			'Actes spéciaux et divers',
		],
	},
	{
		code: '2',
		name: 'Urbanisme',
		children: [
			'Documents d’urbanisme',
			'Actes relatifs au droit d’occupation ou d’utilisation des sols',
			'Droit de préemption urbain',
		],
	},
	{
		code: '3',
		name: 'Domaine et patrimoine',
		children: [
			'Acquisitions',
			'Aliénations',
			'Locations',
			'Limites territoriales',
			'Autres actes de gestion du domaine public',
			'Autres actes de gestion du domaine privé',
		],
	},
	{
		code: '4',
		name: 'Fonction publique',
		children: [
			'Personnels titulaires et stagiaires de la fonction publique territoriale',
			'Personnels contractuels',
			'Fonction publique hospitalière',
			'Autres catégories de personnels',
			'Régime indemnitaire',
		],
	},
	{
		code: '5',
		name: 'Institutions et vie politique',
		children: [
			'Élection exécutif',
			'Fonctionnement des assemblées',
			'Désignation de représentants',
			'Délégation de fonctions',
			'Délégation de signature',
			'Exercice des mandats locaux',
			'Intercommunalité',
			'Décision d’ester en justice',
		],
	},
	{
		code: '6',
		name: 'Libertés publiques et pouvoirs de police',
		children: [
			'Police municipale',
			'Pouvoirs du président du conseil départemental',
			'Pouvoirs du président du conseil régional',
			'Autres actes réglementaires',
			'Actes pris au nom de l’État et soumis au contrôle hiérarchique',
		],
	},
	{
		code: '7',
		name: 'Finances locales',
		children: [
			'Décisions budgétaires',
			'Fiscalité',
			'Emprunts',
			'Interventions économiques',
			'Subventions',
			'Contributions budgétaires',
			'Avances',
			'Fonds de concours',
			'Prise de participation (SEM, etc.)',
			'Divers',
		],
	},
	{
		code: '8',
		name: 'Domaines de compétences par thèmes',
		children: [
			'Enseignement',
			'Aide sociale',
			'Voirie',
			'Aménagement du territoire',
			'Politique de la ville, habitat, logement',
			'Emploi, formation professionnelle',
			'Transports',
			'Environnement',
			'Culture',
		],
	},
	{
		code: '9',
		name: 'Autres domaines de compétences',
		children: [
			'Autres domaines de compétences des communes',
			'Autres domaines de compétences des départements',
			'Autres domaines de compétences des régions',
			'Vœux et motions',
		],
	},
];

/** A matter by its code of two levels or more; null for one that the nomenclature does not know. */
export function matterOf(code: string): { code: string; theme: string; name: string } | null {
	const found = /^([1-9])\.([1-9]\d?)(?:\.\d{1,2}){0,3}$/.exec(code);
	const theme = matters.find((one) => one.code === found?.[1]);
	const name = theme?.children[Number(found?.[2]) - 1];
	return theme && name ? { code: `${theme.code}.${found?.[2]}`, theme: theme.name, name } : null;
}

/** As the SCDL schema writes it: both levels in lower case with accents, no comma nor bracket, joined by a slash. */
export function scdlMatterName(code: string): string {
	const matter = matterOf(code);
	return matter
		? [matter.theme, matter.name]
				.map((text) => text.toLocaleLowerCase('fr').replaceAll(/[,()]/g, '').replaceAll('/', '-'))
				.join('/')
		: '';
}
