import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type OfficialDocument, renderPdf } from '@parvis/platform';
import type { Context } from '../../context.ts';
import type { GivenFile } from '../face.ts';

/** Counts up when the same document is to look another way. */
const looks = 2;

/** A document as PDF, made once for what it says and kept. */
export async function keptPdf(
	{ platform }: Pick<Context, 'platform'>,
	name: string,
	document: OfficialDocument,
): Promise<GivenFile> {
	const hash = createHash('sha256')
		.update(JSON.stringify([looks, document]))
		.digest('hex');
	const key = `council/pdf/${hash.slice(0, 40)}`;
	const given = { name, mediaType: 'application/pdf' };
	const known = await platform.files.stat(key);
	const content = known && (await platform.files.get(key));
	if (known && content) return { ...given, bytes: known.size, content };
	const bytes = await renderPdf(document);
	await platform.files.put(key, Readable.from([bytes]), { contentType: given.mediaType });
	return { ...given, bytes: bytes.length, content: Readable.from([bytes]) };
}
