import { type Block, type OfficialDocument, renderPdf } from '@parvis/platform';
import { encode } from 'uqr';
import type { Context } from '../context.ts';
import type { Payload } from './certificate-rows.ts';
import { categoryWords, mediumWords, methodWords, slotWords, techniqueWords } from './rules/words.ts';

interface Signed {
	payload: Payload;
	/** The bytes that were signed, as text. */
	signed: string;
	signature: Buffer;
	at: Date;
}

const day = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone: 'UTC' });
const longDay = (text: string) => day.format(new Date(`${text}T12:00:00Z`));
const wordOf = (words: Record<string, { fr: string }>, code: string) => words[code]?.fr ?? code;

/** The certificate as an accessible PDF that carries what was signed, so that it can be checked without us. */
export function certificateDocument({ platform }: Context, certificate: Signed): Promise<Buffer> {
	const { payload, signed, signature, at } = certificate;
	const base = platform.config.publicUrl;
	const page = `${base}/numerique-responsable/certificats/${payload.number}`;
	const what = payload.kind === 'lot' ? 'd’un lot' : 'd’un appareil';
	const blocks: Block[] = [
		{ kind: 'heading', level: 1, text: `Certificat d’effacement ${what}` },
		{ kind: 'paragraph', text: [{ text: payload.number, bold: true }] },
		...(payload.simulated
			? [
					{
						kind: 'paragraph' as const,
						text: 'Démonstration : cet appareil et cet effacement sont inventés.',
					},
				]
			: []),
		{
			kind: 'paragraph',
			text:
				payload.kind === 'lot'
					? `${payload.town} certifie que chaque appareil de ce lot qui peut contenir des données a son propre certificat d’effacement, listé ci-dessous.`
					: `${payload.town} certifie que les données de cet appareil ont été rendues irrécupérables par la méthode ci-dessous, et que le travail a été contrôlé par une seconde personne, sur l’appareil lui-même ou sur un échantillon tiré au sort parmi ceux traités le même jour avec le même outil.`,
		},
		...(payload.kind === 'lot' ? lotBlocks(payload) : deviceBlocks(payload)),
		{ kind: 'heading', level: 2, text: 'Vérifier ce certificat' },
		{
			kind: 'paragraph',
			text: `En ligne, par son numéro : ${page}. La page dit s’il est toujours valable : un certificat est révoqué si un contrôle montre ensuite une faute.`,
		},
		{
			kind: 'squares',
			rows: encode(page, { ecc: 'M', border: 2 }).data,
			points: 80,
			alternative: `Code QR qui mène à ${page}`,
		},
		{
			kind: 'paragraph',
			text: `Hors ligne : ce fichier contient « certificat.json » (ce qui est signé) et « signature.bin » (signature Ed25519, RFC 8032). La clé publique ${payload.key} est à ${base}/numerique-responsable/certificats/cle. Pour vérifier : openssl pkeyutl -verify -pubin -inkey cle.pem -rawin -in certificat.json -sigfile signature.bin`,
		},
		{ kind: 'paragraph', small: true, text: `Signature (base64) : ${signature.toString('base64')}` },
		{
			kind: 'paragraph',
			small: true,
			text: `Méthodes au sens de ${payload.standard} (26 septembre 2025). Techniques par support d’après l’annexe A de la révision 1 (2014, retirée) : la révision 2 renvoie à IEEE 2883, norme payante à laquelle elles n’ont pas été comparées.`,
		},
	];
	const document: OfficialDocument = {
		title: `Certificat d’effacement ${payload.number}`,
		author: payload.town,
		foot: `${payload.number} – ${payload.town}`,
		at,
		blocks,
		files: [
			{
				name: 'certificat.json',
				mediaType: 'application/json',
				bytes: Buffer.from(signed, 'utf8'),
				description: 'Ce qui est signé',
			},
			{
				name: 'signature.bin',
				mediaType: 'application/octet-stream',
				bytes: signature,
				description: 'Signature Ed25519 de certificat.json',
			},
		],
	};
	return renderPdf(document);
}

function deviceBlocks(payload: Payload): Block[] {
	const facts = [
		{ label: 'Référence', value: payload.reference },
		{
			label: 'Appareil',
			value: [wordOf(categoryWords, payload.category ?? 'other'), payload.model].filter(Boolean).join(', '),
		},
		{ label: 'Numéro de série', value: payload.serial ?? 'non lisible' },
		...(payload.imei ? [{ label: 'IMEI', value: payload.imei }] : []),
		{ label: 'Délivré le', value: longDay(payload.issued) },
	];
	return [
		{ kind: 'facts', facts },
		{
			kind: 'table',
			caption: 'Supports effacés',
			head: ['Support', 'Technique', 'Méthode', 'Outil', 'Fin', 'Contrôle'],
			rows: (payload.media ?? []).map((medium) => [
				`${wordOf(slotWords, medium.slot)} : ${wordOf(mediumWords, medium.medium)}${medium.serial ? `, n° ${medium.serial}` : ''}`,
				wordOf(techniqueWords, medium.technique),
				wordOf(methodWords, medium.method),
				medium.tool || '–',
				longDay(medium.ended),
				medium.verified === 'itself' ? 'cet appareil' : 'échantillon du jour',
			]),
		},
	];
}

function lotBlocks(payload: Payload): Block[] {
	return [
		{
			kind: 'facts',
			facts: [
				{ label: 'Lot', value: payload.reference },
				{ label: 'Appareils', value: String(payload.certificates?.length ?? 0) },
				{ label: 'Délivré le', value: longDay(payload.issued) },
			],
		},
		{
			kind: 'table',
			caption: 'Certificats des appareils du lot',
			head: ['Certificat', 'Référence'],
			rows: (payload.certificates ?? []).map(({ number, reference }) => [number, reference]),
		},
	];
}
