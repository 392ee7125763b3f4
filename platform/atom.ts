import type { Locale } from './messages.ts';

export interface AtomEntry {
	/** UUID. */
	id: string;
	title: string;
	summary?: string;
	at: Date;
	/** Absolute. */
	url: string;
}

const escapes: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
};

/** Text for XML: escaped, without the control characters that XML 1.0 does not know. */
export function xmlText(text: string): string {
	return (
		text
			.toWellFormed()
			// biome-ignore lint/suspicious/noControlCharactersInRegex: those are the characters meant
			.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
			.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character)
	);
}

/**
 * An Atom feed (RFC 4287) of what happened, newest first.
 * @param feed its own address and that of the page it is about, both absolute; `updated` where nothing happened yet
 */
export function atomFeed(
	feed: { title: string; author: string; self: string; page: string; updated: Date },
	entries: readonly AtomEntry[],
	locale: Locale,
): string {
	const parts = entries.map(
		(one) => `	<entry>
		<id>urn:uuid:${one.id}</id>
		<title>${xmlText(one.title)}</title>
		<updated>${one.at.toISOString()}</updated>
		<link href="${xmlText(one.url)}"/>
${one.summary ? `		<summary>${xmlText(one.summary)}</summary>\n` : ''}	</entry>
`,
	);
	return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${locale}">
	<id>${xmlText(feed.self)}</id>
	<title>${xmlText(feed.title)}</title>
	<updated>${(entries[0]?.at ?? feed.updated).toISOString()}</updated>
	<author><name>${xmlText(feed.author)}</name></author>
	<link rel="self" href="${xmlText(feed.self)}"/>
	<link href="${xmlText(feed.page)}"/>
${parts.join('')}</feed>
`;
}
