import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { OfficialDocument } from '@parvis/platform';
import { type Actor, ok, type Result, refuse } from '@parvis/platform';
import { createAnnexes } from '../annexes/annexes.ts';
import type { Context } from '../context.ts';
import { dayOf } from '../rules/notice.ts';
import type { DeliberationRow } from './deliberation-rows.ts';
import type { DeliberationDetail, GivenFile } from './face.ts';
import { matterOf } from './matters.ts';
import { keptPdf } from './pdf/kept.ts';
import { tarOf } from './tar.ts';

const compress = promisify(gzip);
const namespace = 'http://www.interieur.gouv.fr/ACTES#v1.1-20040216';
/** Nature of the act: 1 is a deliberation, `DE` in names of files. */
const nature = { code: '1', name: 'DE' } as const;
const longestObject = 500;

/** What the message is made of; days are `YYYY-MM-DD`. */
export interface TransmittedAct {
	/** Three characters: `038`. */
	department: string;
	/** Nine digits. */
	siren: string;
	day: string;
	number: string;
	object: string;
	matterCode: string;
	classificationDay: string;
	annexes: number;
}

/** ASCII with numeric references, which every reader of ISO-8859-1 takes; control characters have no place in XML. */
function xml(text: string): string {
	return [...text.toWellFormed()]
		.map((character) => {
			const code = character.codePointAt(0) ?? 0;
			if (code < 32 && character !== '\n' && character !== '\t') return '';
			return code > 126 || '&<>"\''.includes(character) ? `&#${code};` : character;
		})
		.join('');
}

/** Number of an act as the message takes it: capitals, digits and `_`, at most fifteen. */
export const internalNumber = (number: string) =>
	number
		.replace(/^(\d{4})-(\d{2})-(\d{2})-/, '$1$2$3_')
		.toUpperCase()
		.replaceAll(/[^A-Z0-9_]/g, '_')
		.slice(0, 15);

/**
 * The message « transmission d’un acte » of @CTES and the names of its files: the act first, then its annexes.
 * Source: norme d’échange @CTES (ministère de l’intérieur), schema of the namespace `ACTES#v1.1-20040216`.
 */
export function actMessage(act: TransmittedAct): { name: string; xml: string; documents: string[] } {
	const number = internalNumber(act.number);
	const stem = `${act.department}-${act.siren}-${act.day.replaceAll('-', '')}-${number}-${nature.name}-1-1`;
	const documents = Array.from(
		{ length: 1 + act.annexes },
		(_, n) => `${n === 0 ? '99_DE' : '99_AU'}-${stem}_${n + 1}.pdf`,
	);
	const [document = '', ...annexes] = documents;
	const levels = act.matterCode.split('.').slice(0, 5);
	const lines = [
		'<?xml version="1.0" encoding="ISO-8859-1"?>',
		`<actes:Acte xmlns:actes="${namespace}" xmlns:insee="http://xml.insee.fr/schema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${namespace} actesv1_1.xsd" actes:Date="${act.day}" actes:NumeroInterne="${number}" actes:CodeNatureActe="${nature.code}">`,
		...levels.map((code, n) => `	<actes:CodeMatiere${n + 1} actes:CodeMatiere="${Number(code)}"/>`),
		`	<actes:Objet>${xml(act.object.slice(0, longestObject))}</actes:Objet>`,
		`	<actes:ClassificationDateVersion>${act.classificationDay}</actes:ClassificationDateVersion>`,
		'	<actes:Document>',
		`		<actes:NomFichier>${document}</actes:NomFichier>`,
		'	</actes:Document>',
		`	<actes:Annexes actes:Nombre="${annexes.length}">`,
		...annexes.flatMap((name) => [
			'		<actes:Annexe>',
			`			<actes:NomFichier>${name}</actes:NomFichier>`,
			'		</actes:Annexe>',
		]),
		'	</actes:Annexes>',
		'</actes:Acte>',
		'',
	];
	return { name: `${stem}_0.xml`, xml: lines.join('\n'), documents };
}

/** The package of an act, with the files that were annexed to it. Refused while something that it names is not known. */
export async function transmissionOf(
	context: Context,
	actor: Actor,
	{ row, act, document }: { row: DeliberationRow; act: DeliberationDetail; document: OfficialDocument },
): Promise<Result<GivenFile>> {
	const department = /^(?:PREF|SPREF|SGAR)(\d[0-9AB]\d)/.exec(row.prefecture)?.[1];
	if (!row.siret || !department || !row.classification_day)
		return refuse('council.transmission_body_incomplete');
	if (!matterOf(row.matter_code)) return refuse('council.transmission_matter_missing');
	if (act.unsigned.length) return refuse('council.not_signed');
	const annexes = createAnnexes(context);
	const documents = (await annexes.list(actor, row.meeting_id)).filter(
		({ itemId, withdrawnAt }) => itemId === row.item_id && !withdrawnAt,
	);
	const message = actMessage({
		department,
		siren: row.siret.slice(0, 9),
		day: dayOf(row.starts_at),
		number: row.number,
		object: row.title,
		matterCode: row.matter_code,
		classificationDay: row.classification_day,
		annexes: documents.length,
	});
	const files = [{ name: message.name, content: Buffer.from(message.xml, 'latin1') }];
	const pdf = await keptPdf(context, 'act.pdf', document);
	files.push({ name: message.documents[0] ?? '', content: await buffer(pdf.content) });
	for (const [n, annex] of documents.entries()) {
		const opened = await annexes.open(actor, annex.id);
		if (opened) files.push({ name: message.documents[n + 1] ?? '', content: await buffer(opened.content) });
	}
	const bytes = await compress(tarOf(files, row.starts_at));
	return ok({
		name: `${message.name.replace('_0.xml', '')}.tar.gz`,
		mediaType: 'application/gzip',
		bytes: bytes.length,
		content: Readable.from([bytes]),
	});
}
