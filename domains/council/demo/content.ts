/** Invented councillors: name, group. The first is in the chair, the next three are deputies. */
export const councillors: readonly (readonly [name: string, party: string])[] = [
	['Hélène Vasseur', 'Valbrune ensemble'],
	['Marc Oudin', 'Valbrune ensemble'],
	['Fatou Diallo', 'Valbrune ensemble'],
	['Pierre Lemoine', 'Valbrune ensemble'],
	['Claire Rousseau', 'Valbrune ensemble'],
	['Amine Cherif', 'Valbrune ensemble'],
	['Louise Perrin', 'Valbrune ensemble'],
	['Jean-Paul Morel', 'Valbrune ensemble'],
	['Sandra Costa', 'Valbrune ensemble'],
	['Étienne Garnier', 'Les rives de l’Orle'],
	['Mireille Aubert', 'Les rives de l’Orle'],
	['Yanis Belkacem', 'Les rives de l’Orle'],
	['Sophie Marchal', 'Les rives de l’Orle'],
	['Bruno Jacquet', 'Sans étiquette'],
	['Anne Le Goff', 'Sans étiquette'],
];

export interface DemoSpeech {
	/** Place among the councillors. */
	speaker: number;
	/** Its sentences; one sentence is one line of the transcript. */
	text: string;
}

export interface DemoItem {
	title: string;
	draft: string;
	matter: string;
	/** Slug of the demonstration's place that it is about. */
	place?: string;
	speeches: readonly DemoSpeech[];
	vote: {
		method: 'public' | 'hands' | 'secret';
		/** Who votes otherwise than for, by place among the councillors. */
		against?: readonly number[];
		abstention?: readonly number[];
	};
}

export interface DemoMeeting {
	title: string;
	/** Days from the beginning of the demonstration. */
	days: number;
	items: readonly DemoItem[];
	/** Councillors who stay away, with who holds their pouvoir. */
	away: readonly (readonly [giver: number, holder: number | null])[];
}

const poolHours: DemoItem = {
	title: 'Horaires d’été de la piscine des Tilleuls',
	draft:
		'Le conseil, après en avoir délibéré, fixe l’ouverture de la piscine de 7 h 30 à 21 h du 1er juin au 15 septembre, au vu de la fréquentation mesurée ces deux derniers étés.',
	matter: '9.1',
	place: 'piscine-des-tilleuls',
	speeches: [
		{
			speaker: 1,
			text: 'Les compteurs de l’entrée le montrent : deux étés de suite, un tiers des baigneurs est venu avant neuf heures. Nous proposons d’ouvrir la piscine à sept heures et demie.',
		},
		{
			speaker: 9,
			text: 'Nous soutenons l’ouverture matinale. Nous demandons que les couloirs du soir restent réservés aux clubs.',
		},
		{
			speaker: 0,
			text: 'Les créneaux des clubs ne changent pas. Le bilan sera présenté au conseil en octobre.',
		},
	],
	vote: { method: 'public' },
};
const envelope: DemoItem = {
	title: 'Budget participatif : enveloppe de l’année',
	draft:
		'Le conseil décide d’inscrire 120 000 € au budget participatif et approuve ses règles de vote, publiées avec l’appel.',
	matter: '7.1',
	speeches: [
		{
			speaker: 2,
			text: 'L’enveloppe du budget participatif passe à cent vingt mille euros. Les règles de vote sont publiées et chacun pourra recompter les bulletins.',
		},
		{ speaker: 10, text: 'Combien de projets de l’an passé sont terminés aujourd’hui ?' },
		{ speaker: 2, text: 'Quatre sur six, et les deux autres ont un calendrier sur le site.' },
	],
	vote: { method: 'hands' },
};
const nightLighting: DemoItem = {
	title: 'Extinction de l’éclairage public entre minuit et 5 heures',
	draft:
		'Le conseil approuve l’extinction de l’éclairage des zones d’activité entre minuit et 5 heures, hors carrefours.',
	matter: '6.1',
	speeches: [
		{
			speaker: 3,
			text: 'L’éclairage des zones d’activité sera éteint de minuit à cinq heures. Les carrefours restent éclairés.',
		},
		{
			speaker: 11,
			text: 'Les salariés qui prennent leur poste à quatre heures et demie marcheront dans le noir. Nous voterons contre.',
		},
		{ speaker: 0, text: 'Le trajet entre l’arrêt de bus et les portes des entreprises restera éclairé.' },
	],
	vote: { method: 'public', against: [9, 10, 11], abstention: [12] },
};
const schoolYard: DemoItem = {
	title: 'Désimperméabilisation de la cour de l’école Jean-Moulin',
	draft:
		'Le conseil approuve le programme de travaux de la cour : 900 m² d’enrobé remplacés par de la pleine terre et 22 arbres, et autorise le maire à solliciter l’aide de l’agence de l’eau.',
	matter: '8.1',
	speeches: [
		{
			speaker: 4,
			text: 'La cour a dépassé quarante-deux degrés en juin. Neuf cents mètres carrés d’enrobé laissent la place à de la terre et à vingt-deux arbres.',
		},
		{ speaker: 13, text: 'Qui entretiendra les arbres pendant les vacances ?' },
		{ speaker: 4, text: 'Le service des espaces verts, et la pluie des toits sera gardée pour l’arrosage.' },
	],
	vote: { method: 'public', abstention: [13] },
};
const jury: DemoItem = {
	title: 'Désignation de la représentante au conseil d’école',
	draft: 'Le conseil désigne Claire Rousseau pour le représenter au conseil de l’école Jean-Moulin.',
	matter: '5.3',
	speeches: [{ speaker: 0, text: 'Nous passons à une désignation : la loi demande le scrutin secret.' }],
	vote: { method: 'secret', against: [9], abstention: [10, 11] },
};
const carSharing: DemoItem = {
	title: 'Deux voitures partagées place du Marché',
	draft:
		'Le conseil approuve la convention qui réserve deux places de stationnement, place du Marché, à des voitures électriques partagées.',
	matter: '8.7',
	speeches: [
		{
			speaker: 6,
			text: 'Deux places de stationnement deviennent deux voitures partagées. Chacune en remplace huit ailleurs en ville.',
		},
		{ speaker: 12, text: 'Les commerçants craignent de perdre des places le samedi.' },
		{ speaker: 0, text: 'Les capteurs de la place diront si c’est le cas, et nous y reviendrons.' },
	],
	vote: { method: 'hands' },
};

/** Meetings that were held, oldest first. */
export const heldMeetings: readonly DemoMeeting[] = [
	{
		title: 'Séance de rentrée',
		days: -56,
		items: [schoolYard, carSharing, jury],
		away: [
			[7, 5],
			[14, null],
		],
	},
	{
		title: 'Séance ordinaire',
		days: -21,
		items: [poolHours, envelope, nightLighting],
		away: [
			[8, 4],
			[13, null],
		],
	},
];

/** The meeting that can be opened at once. */
export const nextItems: readonly DemoItem[] = [poolHours, envelope].map((item, n) => ({
	...item,
	title: ['Horaires d’hiver de la piscine des Tilleuls', 'Aide aux commerces du centre'][n] ?? item.title,
	draft:
		[
			'Le conseil, après en avoir délibéré, fixe l’ouverture de la piscine de 9 h à 20 h du 16 septembre au 31 mai.',
			'Le conseil crée une aide de 2 000 € au plus pour qui ouvre un commerce dans un local vide du centre.',
		][n] ?? item.draft,
	matter: ['9.1', '7.4'][n] ?? item.matter,
}));

/** The meeting to come. */
export const laterItems: readonly DemoItem[] = [nightLighting].map((item) => ({
	...item,
	title: 'Bilan de l’extinction de l’éclairage la nuit',
	draft: 'Le conseil prend acte du bilan de l’extinction de l’éclairage des zones d’activité.',
}));
