/** `?annee=`, or this year in the town. */
export function askedYear(url: URL): number {
	const year = Number(url.searchParams.get('annee'));
	return Number.isInteger(year) && year >= 2000 && year <= 2100 ? year : thisYear();
}

export const thisYear = (): number =>
	Number(new Intl.DateTimeFormat('fr', { timeZone: 'Europe/Paris', year: 'numeric' }).format(new Date()));

/** Years that have something to show, with this one and the one that is shown. */
export const yearsWith = (years: readonly number[], year: number): number[] =>
	[...new Set([thisYear(), year, ...years])].sort((a, b) => b - a);
