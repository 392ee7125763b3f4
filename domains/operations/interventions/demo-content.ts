/** What invented residents say in the demonstration: category, words, and what the agent answers at the end. */
export const demoReports: readonly { category: string; text: string; answer: string }[] = [
	{
		category: 'overflowing-bin',
		text: 'La poubelle déborde depuis hier, des sacs à côté.',
		answer: 'Vidée, et le tour a été fait autour.',
	},
	{
		category: 'lamp-out',
		text: 'Le lampadaire au coin est éteint depuis trois soirs.',
		answer: 'Lampe remplacée, l’alimentation est contrôlée.',
	},
	{
		category: 'pothole',
		text: 'Un trou de la taille d’une assiette, dangereux à vélo.',
		answer: 'Rebouché à l’enrobé.',
	},
	{ category: 'dumping', text: 'Un matelas et des cartons contre le mur.', answer: 'Enlevés ce matin.' },
	{
		category: 'tree',
		text: 'Une grosse branche pend au-dessus du trottoir.',
		answer: 'Branche coupée, l’arbre a été examiné.',
	},
	{
		category: 'pavement',
		text: 'Deux pavés manquent, une poussette a failli verser.',
		answer: 'Pavés reposés.',
	},
	{
		category: 'playground',
		text: 'La chaîne de la balançoire est ouverte.',
		answer: 'Chaîne changée, jeu contrôlé et rouvert.',
	},
	{
		category: 'drain',
		text: 'L’avaloir est plein de feuilles, l’eau monte sur la route.',
		answer: 'Avaloir curé.',
	},
	{ category: 'graffiti', text: 'Un tag sur la porte du gymnase.', answer: 'Nettoyé.' },
	{ category: 'dirty-street', text: 'Beaucoup de verre cassé devant l’arrêt de bus.', answer: 'Balayé.' },
	{
		category: 'sign',
		text: 'Le panneau du passage piéton est tourné.',
		answer: 'Panneau remis et resserré.',
	},
	{
		category: 'furniture',
		text: 'Une latte du banc est cassée, avec une vis qui dépasse.',
		answer: 'Latte remplacée.',
	},
	{
		category: 'leak',
		text: 'De l’eau sort du trottoir, en continu.',
		answer: 'Vanne fermée, fuite réparée.',
	},
	{ category: 'lamp-day', text: 'Toute la rue est allumée à midi.', answer: 'Cellule crépusculaire réglée.' },
	{ category: 'green-care', text: 'La haie cache la sortie du parking.', answer: 'Haie taillée.' },
	{
		category: 'other',
		text: 'Un vélo sans roues est attaché ici depuis des semaines.',
		answer: 'Vélo enlevé après le délai légal.',
	},
];

/** What the agents note in the course of their work. */
export const demoMaterials: Record<string, { name: string; quantity: number; unit: string }> = {
	pothole: { name: 'Enrobé à froid', quantity: 2, unit: 'sac' },
	'lamp-out': { name: 'Lampe LED 36 W', quantity: 1, unit: '' },
	furniture: { name: 'Latte de chêne', quantity: 1, unit: '' },
	playground: { name: 'Chaîne inox', quantity: 1.5, unit: 'm' },
};
