import type { Category, ItemEnd } from '@parvis/equipment';
import { partnerEnds } from '#lib/collect.ts';
import { translate } from '#lib/messages.ts';

/** A text as a cell of CSV; one that a spreadsheet would run as a formula is disarmed by an apostrophe. */
function cell(text: string): string {
	const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The items of a lot as a file that a partner fills in: French spreadsheets separate by semicolons. */
export function lotCsv(
	{ locale }: Pick<App.Locals, 'locale'>,
	number: string,
	items: readonly {
		number: string;
		category: Category;
		description: string | null;
		endedAs: ItemEnd | null;
	}[],
): Response {
	const head =
		locale === 'fr' ? 'numero;sorte;description;devenir;remarque' : 'number;kind;description;end;note';
	const lines = items.map((item) =>
		[
			item.number,
			translate(locale, `gear.category.${item.category}`),
			item.description ?? '',
			partnerEnds.some((end) => end === item.endedAs) ? translate(locale, `collect.end.${item.endedAs}`) : '',
			'',
		]
			.map(cell)
			.join(';'),
	);
	return new Response(`\uFEFF${[head, ...lines].join('\r\n')}\r\n`, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="${number}.csv"`,
			'cache-control': 'private, no-store',
		},
	});
}
