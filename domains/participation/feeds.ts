import type { Locale } from '@parvis/platform';
import type { NewsItem } from './face.ts';

const escapes: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
};

/** Text for XML: escaped, without the control characters that XML 1.0 does not know. */
function xml(text: string): string {
	return (
		text
			.toWellFormed()
			// biome-ignore lint/suspicious/noControlCharactersInRegex: those are the characters meant
			.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
			.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character)
	);
}

/**
 * An Atom feed (RFC 4287) of what happened.
 * @param feed its own address and that of the page it is about, both absolute; `updated` where nothing happened yet
 */
export function atomFeed(
	feed: { title: string; author: string; self: string; page: string; updated: Date },
	news: readonly NewsItem[],
	publicUrl: string,
	locale: Locale,
): string {
	const entries = news.map(
		(one) => `	<entry>
		<id>urn:uuid:${one.id}</id>
		<title>${xml(one.title[locale])}</title>
		<updated>${one.happenedAt.toISOString()}</updated>
		<link href="${xml(publicUrl + one.url)}"/>
	</entry>
`,
	);
	return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${locale}">
	<id>${xml(feed.self)}</id>
	<title>${xml(feed.title)}</title>
	<updated>${(news[0]?.happenedAt ?? feed.updated).toISOString()}</updated>
	<author><name>${xml(feed.author)}</name></author>
	<link rel="self" href="${xml(feed.self)}"/>
	<link href="${xml(feed.page)}"/>
${entries.join('')}</feed>
`;
}
