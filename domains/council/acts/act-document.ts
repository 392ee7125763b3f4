import type { Block, OfficialDocument, Text } from '@parvis/platform';
import { dayOf } from '../rules/notice.ts';
import type { DeliberationDetail, DeliberationList, MinutesView } from './face.ts';
import { capacityWords, choiceWords, dateOf, dayInWords, listed, methodWords, timeOf } from './words.ts';

interface Around {
	/** Official name of who decides. */
	collectivity: string;
	place: string;
	convenedAt: Date | null;
	publicUrl: string;
}

const bold = (label: string, value: string): Text => [{ text: `${label} : `, bold: true }, { text: value }];

/** A deliberation as one document: who met, what was decided, how it was voted, who signed, from when it holds. */
export function actDocument(act: DeliberationDetail, around: Around): OfficialDocument {
	const { attendance } = act;
	const number = `Délibération n° ${act.number}`;
	return {
		title: `${number} : ${act.title}`,
		author: around.collectivity,
		foot: `${around.collectivity} – ${number}`,
		at: act.publishedAt ?? act.meeting.startsAt,
		blocks: [
			{ kind: 'paragraph', text: [{ text: around.collectivity, bold: true }] },
			{ kind: 'heading', level: 1, text: `${number} : ${act.title}` },
			...(act.publishedAt
				? []
				: [
						{
							kind: 'paragraph' as const,
							text: [{ text: 'Projet : cet acte n’est pas encore publié.', bold: true }],
						},
					]),
			{
				kind: 'facts',
				facts: facts([
					['Assemblée', act.meeting.body],
					['Séance du', `${dateOf(act.meeting.startsAt)}, ${timeOf(act.meeting.startsAt)}`],
					['Lieu', around.place],
					['Convocation du', around.convenedAt ? dateOf(around.convenedAt) : ''],
					['Présidence', attendance.chair ?? ''],
					['Secrétaire de séance', attendance.secretary ?? ''],
					['Rapporteur', act.rapporteur ?? ''],
					['Membres en exercice', String(attendance.inOffice)],
					['Quorum', attendance.quorum ? String(attendance.quorum) : 'non requis (seconde convocation)'],
					['Présents', String(attendance.present.length)],
					['Représentés', String(attendance.represented.length)],
					['Votants', String(act.voting)],
					['Matière', act.matter ? `${act.matterCode} ${act.matter}` : ''],
					['Budget', [act.budgetName, act.budgetYear].filter(Boolean).join(', ')],
					['Lieu concerné', act.place?.name ?? ''],
				]),
			},
			{ kind: 'heading', level: 2, text: 'Membres' },
			{
				kind: 'list',
				items: [
					bold('Présents', listed(attendance.present)),
					...(attendance.remote.length ? [bold('À distance', listed(attendance.remote))] : []),
					bold(
						'Représentés',
						listed(attendance.represented.map(({ giver, holder }) => `${giver} (pouvoir à ${holder})`)),
					),
					bold('Absents', listed(attendance.absent)),
					...(attendance.recused.length
						? [bold('Ont quitté la salle, étant intéressés à l’affaire', listed(attendance.recused))]
						: []),
				],
			},
			{ kind: 'heading', level: 2, text: 'Délibération' },
			...(act.blocks.length
				? act.blocks
				: [{ kind: 'paragraph' as const, text: 'Cette délibération n’a pas de texte.' }]),
			{ kind: 'heading', level: 2, text: 'Vote' },
			...voteBlocks(act),
			...(act.annexes.length
				? ([
						{ kind: 'heading', level: 2, text: 'Documents annexés' },
						{
							kind: 'list',
							items: act.annexes.map(({ title, url }) => `${title} (${around.publicUrl}${url})`),
						},
					] satisfies Block[])
				: []),
			{ kind: 'heading', level: 2, text: 'Signatures' },
			signatureBlock(act),
			{ kind: 'heading', level: 2, text: 'Publicité et voies de recours' },
			{
				kind: 'list',
				items: [
					bold(
						'Reçue par la préfecture le',
						act.receivedOn
							? dayInWords(act.receivedOn) + (act.acknowledgement ? ` (${act.acknowledgement})` : '')
							: 'pas encore notée',
					),
					bold('Publiée en ligne le', act.publishedAt ? dateOf(act.publishedAt) : 'pas encore publiée'),
					bold('Exécutoire le', act.executoryOn ? dayInWords(act.executoryOn) : 'pas encore exécutoire'),
				],
			},
			{
				kind: 'paragraph',
				small: true,
				text: 'La présente délibération peut faire l’objet d’un recours devant le tribunal administratif dans les deux mois de sa publication (code de justice administrative, article R421-1), ou d’un recours gracieux auprès de son auteur dans le même délai.',
			},
			{ kind: 'paragraph', small: true, text: `Texte faisant foi en ligne : ${around.publicUrl}${act.url}` },
		],
	};
}

const facts = (pairs: readonly (readonly [string, string])[]) =>
	pairs.filter(([, value]) => value !== '').map(([label, value]) => ({ label, value }));

function voteBlocks(act: DeliberationDetail): Block[] {
	const { for: yes, against, abstention } = act;
	if (act.election.length) return [{ kind: 'list', items: act.election }];
	return [
		{
			kind: 'paragraph',
			text: [
				{ text: act.adopted ? 'Adoptée' : 'Rejetée', bold: true },
				{
					text: `. ${methodWords[act.method] ?? 'Vote'}${act.requestedBy.length ? `, à la demande de ${act.requestedBy.join(', ')}` : ''} : ${yes} pour, ${against} contre, ${abstention} abstention(s), pour ${act.voting} votants${act.casting ? ' ; à égalité, la voix du président est prépondérante' : ''}.`,
				},
			],
		},
		...(act.names.length
			? ([
					{
						kind: 'list',
						items: act.names.map(({ choice, names }) => bold(choiceWords[choice], listed(names))),
					},
				] satisfies Block[])
			: []),
		...act.corrections.map(
			(reason): Block => ({ kind: 'paragraph', text: bold('Résultat corrigé', reason) }),
		),
	];
}

function signatureBlock({
	signatures,
	unsigned,
}: Pick<DeliberationDetail, 'signatures' | 'unsigned'>): Block {
	return {
		kind: 'list',
		items: [
			...signatures.map((one) =>
				bold(
					capacityWords[one.capacity],
					`${one.name}, signé le ${dayInWords(one.signedOn)}${one.byHand ? ' (signature manuscrite)' : ' (par son compte personnel)'}`,
				),
			),
			...unsigned.map((capacity) => bold(capacityWords[capacity], 'pas encore signé')),
		],
	};
}

/** The list of what was deliberated, for the site and the notice board. */
export function listDocument(list: DeliberationList, around: Around): OfficialDocument {
	const title = 'Liste des délibérations examinées';
	return {
		title: `${title} : ${list.meeting.body}, ${dateOf(list.meeting.startsAt)}`,
		author: around.collectivity,
		foot: `${around.collectivity} – ${title}`,
		at: list.postedAt ?? list.meeting.startsAt,
		blocks: [
			{ kind: 'paragraph', text: [{ text: around.collectivity, bold: true }] },
			{ kind: 'heading', level: 1, text: title },
			{
				kind: 'facts',
				facts: facts([
					['Assemblée', list.meeting.body],
					['Séance du', `${dateOf(list.meeting.startsAt)}, ${timeOf(list.meeting.startsAt)}`],
					['Lieu', list.meeting.place],
					['Affichée le', list.postedAt ? dateOf(list.postedAt) : 'pas encore affichée'],
				]),
			},
			{
				kind: 'table',
				caption: 'Délibérations examinées, dans l’ordre du jour',
				head: ['Point', 'Objet', 'Numéro', 'Décision', 'Pour', 'Contre', 'Abst.'],
				rows: list.items.map(({ number, title: object, putOff, deliberation: act }) =>
					act
						? [
								number,
								object,
								act.number,
								act.adopted ? 'Adoptée' : 'Rejetée',
								String(act.for),
								String(act.against),
								String(act.abstention),
							]
						: [number, object, '–', putOff ? 'Renvoyée' : 'Non votée', '–', '–', '–'],
				),
			},
			{
				kind: 'paragraph',
				small: true,
				text: `Liste affichée à la mairie et mise en ligne dans la semaine qui suit la séance (CGCT, article L2121-25) : ${around.publicUrl}/conseil/${list.meeting.slug}/liste`,
			},
		],
	};
}

/** The minutes as they were adopted. */
export function minutesDocument(
	minutes: MinutesView,
	meeting: { title: string; body: string; startsAt: Date },
	around: Around,
): OfficialDocument {
	const title = `Procès-verbal : ${meeting.body}, séance du ${dateOf(meeting.startsAt)}`;
	return {
		title,
		author: around.collectivity,
		foot: `${around.collectivity} – procès-verbal du ${dayInWords(dayOf(meeting.startsAt))}`,
		at: minutes.publishedAt ?? minutes.savedAt,
		blocks: [
			{ kind: 'paragraph', text: [{ text: around.collectivity, bold: true }] },
			{ kind: 'heading', level: 1, text: title },
			...(minutes.status === 'draft'
				? [
						{
							kind: 'paragraph' as const,
							text: [{ text: 'Projet : ce procès-verbal n’est pas encore arrêté.', bold: true }],
						},
					]
				: []),
			...minutes.blocks,
			{ kind: 'heading', level: 2, text: 'Arrêté, signé, publié' },
			{
				kind: 'facts',
				facts: facts([
					[
						'Arrêté le',
						minutes.adoptedOn
							? dayInWords(minutes.adoptedOn) + (minutes.adoptedIn ? `, ${minutes.adoptedIn.title}` : '')
							: 'pas encore arrêté',
					],
					['Publié en ligne le', minutes.publishedAt ? dateOf(minutes.publishedAt) : 'pas encore publié'],
				]),
			},
			signatureBlock(minutes),
		],
	};
}
