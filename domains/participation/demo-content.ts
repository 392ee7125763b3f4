/** What the demonstration's invented residents write. [title, text, category] */
export type DemoIdea = readonly [title: string, body: string, category: DemoCategory];
export type DemoCategory = 'nature' | 'sport' | 'mobility' | 'culture' | 'solidarity';

export const categories: Record<DemoCategory, { fr: string; en: string }> = {
	nature: { fr: 'Nature et fraîcheur', en: 'Nature and shade' },
	sport: { fr: 'Sport et jeux', en: 'Sport and play' },
	mobility: { fr: 'Se déplacer', en: 'Getting around' },
	culture: { fr: 'Culture et mémoire', en: 'Culture and memory' },
	solidarity: { fr: 'Entraide', en: 'Mutual help' },
};

export const proposedIdeas: readonly DemoIdea[] = [
	[
		'Des pommiers le long du chemin de halage',
		'Une vingtaine de pommiers et de poiriers, à cueillir librement. L’association des jardiniers veut bien les tailler.',
		'nature',
	],
	[
		'Un verger partagé près de l’école',
		'Un petit verger dont les enfants s’occuperaient avec les voisins, sur la pelouse qui ne sert plus.',
		'nature',
	],
	[
		'Des fontaines à eau sur les places',
		'Trois fontaines à boire, pour les passants et pour remplir sa gourde en été.',
		'nature',
	],
	[
		'Une voile d’ombre sur la cour du marché',
		'Les jours de chaleur, on ne tient pas debout devant les étals. Une toile tendue suffirait.',
		'nature',
	],
	[
		'Refaire le terrain de basket',
		'Le sol est fendu et un panier manque. Les jeunes y vont tous les soirs.',
		'sport',
	],
	[
		'Des agrès pour les anciens',
		'Quelques appareils simples au bord de l’Orle, pour bouger sans aller en salle.',
		'sport',
	],
	[
		'Un parcours de jeux au sol',
		'Des marelles et des labyrinthes peints entre l’école et la médiathèque.',
		'sport',
	],
	[
		'Des arceaux pour attacher les vélos',
		'Devant la boulangerie, la gare et la piscine, il n’y a rien pour attacher un vélo.',
		'mobility',
	],
	[
		'Un trottoir continu jusqu’à la gare',
		'Avec une poussette ou un fauteuil, on finit sur la route. Il manque deux cents mètres.',
		'mobility',
	],
	[
		'Des bancs tous les deux cents mètres',
		'Pour aller à pied faire ses courses quand on se fatigue vite.',
		'mobility',
	],
	['Une boîte à livres à l’arrêt du car', 'On attend souvent un quart d’heure : autant lire.', 'culture'],
	[
		'Raconter les rues',
		'De petites plaques qui disent d’où vient le nom de chaque rue, avec un enregistrement des anciens.',
		'culture',
	],
	['Un piano dans la halle', 'Un piano d’occasion, ouvert à tous le samedi.', 'culture'],
	[
		'Un atelier pour réparer ensemble',
		'Un local avec des outils, ouvert deux soirs par mois, pour réparer vélos et petit électroménager.',
		'solidarity',
	],
	[
		'Une étagère solidaire',
		'Un abri où laisser et prendre des conserves et du linge, sans rien demander.',
		'solidarity',
	],
	[
		'Une table d’orientation au belvédère',
		'On y voit toute la vallée, mais on ne sait pas ce qu’on voit.',
		'culture',
	],
	[
		'Éteindre plus tôt les vitrines',
		'Un accord avec les commerçants pour éteindre à la fermeture, et une signalétique.',
		'nature',
	],
	[
		'Des nichoirs à hirondelles',
		'Les nids tombent avec les ravalements. Des nichoirs sous les toits des bâtiments publics les garderaient.',
		'nature',
	],
];

export const reviewedIdeas: readonly DemoIdea[] = [
	[
		'Ouvrir la cour de l’école le samedi',
		'La cour est le seul endroit plat et fermé du quartier. Elle pourrait ouvrir le samedi, sous la garde de parents.',
		'sport',
	],
	['Un jardin de pluie rue basse', 'L’eau stagne à chaque orage. Un creux planté la boirait.', 'nature'],
	['Ralentir devant la crèche', 'Un plateau surélevé et un passage bien visible.', 'mobility'],
	[
		'Un cinéma de plein air',
		'Trois séances d’été sur la place, avec un écran gonflable acheté par la commune.',
		'culture',
	],
	['Une laverie solidaire', 'Deux machines dans l’ancien local des pompiers, à prix coûtant.', 'solidarity'],
	['Une tyrolienne au-dessus de l’Orle', 'De la rive du parc à celle du camping.', 'sport'],
	[
		'Des haies à la place des grillages',
		'Autour du stade et du cimetière, planter des haies mêlées.',
		'nature',
	],
	['Un garage à poussettes à la médiathèque', 'L’entrée est encombrée le mercredi.', 'mobility'],
];

/** Put to the vote: [title, text, category, cost in euros, what the services say] */
export const votedProjects: readonly (readonly [...DemoIdea, cost: number, review: string])[] = [
	[
		'Une cour d’école plantée',
		'Dépaver la moitié de la cour et y planter des arbres.',
		'nature',
		48_000,
		'Possible pendant les vacances d’été.',
	],
	[
		'Un mur d’escalade au gymnase',
		'Un pan de six mètres, pour les scolaires et le club.',
		'sport',
		32_000,
		'Le mur porteur convient.',
	],
	[
		'Un préau pour le marché',
		'Abriter dix étals de plus.',
		'culture',
		56_000,
		'Demande un permis ; dix mois.',
	],
	[
		'Des arceaux et un abri à vélos',
		'Quarante places près de la gare.',
		'mobility',
		18_000,
		'Réalisable en trois mois.',
	],
	[
		'Une aire de jeux pour tous',
		'Des jeux où un enfant en fauteuil joue avec les autres.',
		'sport',
		42_000,
		'Réalisable, sol souple compris.',
	],
	[
		'Un atelier de réparation',
		'Aménager l’ancien local des pompiers.',
		'solidarity',
		21_000,
		'Réalisable autrement : deux soirs par semaine.',
	],
	[
		'Un sentier le long de l’Orle',
		'Relier le parc au camping par la rive.',
		'mobility',
		38_000,
		'Réalisable hors période de nidification.',
	],
	[
		'Une scène dans le parc',
		'Un plancher et l’électricité, pour les associations.',
		'culture',
		26_000,
		'Réalisable.',
	],
	[
		'Des fontaines et des brumisateurs',
		'Trois places rafraîchies.',
		'nature',
		15_000,
		'Réalisable, avec arrêt en cas de sécheresse.',
	],
	[
		'Une épicerie solidaire mobile',
		'Un véhicule d’occasion équipé, qui passe dans chaque quartier.',
		'solidarity',
		34_000,
		'Réalisable avec le CCAS.',
	],
];

export const builtProjects: readonly (readonly [...DemoIdea, cost: number, service: string])[] = [
	[
		'Des bancs et des arbres au cimetière',
		'Douze bancs et trente arbres le long des allées.',
		'nature',
		22_000,
		'Espaces verts',
	],
	['Un skatepark', 'Refait avec ceux qui y roulent.', 'sport', 54_000, 'Sports'],
	[
		'Un passage sûr vers le collège',
		'Trottoir élargi et feu pour les piétons.',
		'mobility',
		31_000,
		'Voirie',
	],
	[
		'Une ruche pédagogique',
		'Deux ruches et un affût vitré derrière la médiathèque.',
		'nature',
		9_000,
		'Espaces verts',
	],
	['Un kiosque rénové', 'Toiture et plancher du kiosque à musique.', 'culture', 27_000, 'Bâtiments'],
	[
		'Une ressourcerie',
		'Un local pour donner une seconde vie aux meubles.',
		'solidarity',
		45_000,
		'Bâtiments',
	],
	['Une piste de luge', 'Sur la butte du stade.', 'sport', 12_000, 'Sports'],
	['Un belvédère accessible', 'Une rampe douce jusqu’au point de vue.', 'mobility', 39_000, 'Voirie'],
];

export const remarks: readonly string[] = [
	'Très bonne idée, il y a longtemps que nous en parlons dans le quartier.',
	'D’accord, à condition que quelqu’un s’en occupe ensuite.',
	'Je peux aider le samedi.',
	'Est-ce que ce serait ouvert aussi l’hiver ?',
	'Il faudrait penser aux personnes en fauteuil.',
	'Pourquoi pas deux, un à chaque bout de la commune ?',
	'Un peu cher à mon avis, mais utile.',
	'Les enfants vont adorer.',
];

export const firstNames = [
	'Adèle',
	'Amina',
	'Baptiste',
	'Brigitte',
	'Clément',
	'Daniel',
	'Éloïse',
	'Farid',
	'Gaëlle',
	'Hugo',
	'Irène',
	'Jeanne',
	'Karim',
	'Léa',
	'Marcel',
	'Nour',
	'Odile',
	'Pauline',
	'Quentin',
	'Rachid',
	'Sylvie',
	'Théo',
	'Ursula',
	'Victor',
	'Yasmine',
];
export const familyNames = [
	'Abadie',
	'Bernard',
	'Chevallier',
	'Da Silva',
	'Estève',
	'Fontaine',
	'Garnier',
	'Hamidi',
	'Imbert',
	'Joly',
	'Kermarrec',
	'Lopez',
];
