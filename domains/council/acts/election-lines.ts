import type { ElectionState } from '../face.ts';
import { listed } from './words.ts';

/** Each round with its papers, and who is elected (CGCT L2122-7). */
export function electionLines({ subject, rounds, elected, secret }: ElectionState): string[] {
	if (!rounds.length) return [`${subject} : seules candidatures, nommés : ${listed(elected)}.`];
	return [
		`Élection, ${subject}, au scrutin ${secret ? 'secret' : 'public, à l’unanimité'}.`,
		...rounds.flatMap(({ number, result, corrections }) =>
			result
				? [
						`Tour ${number} : ${listed(result.votes.map(({ name, votes }) => `${name} ${votes}`))} ; blancs ${result.blank}, nuls ${result.void} ; suffrages exprimés ${result.cast}${result.majority === null ? ', majorité relative' : `, majorité absolue ${result.majority}`}. ${result.elected === null ? 'Personne n’est élu à ce tour.' : `${result.elected} est élu(e)${result.even.length ? ', au bénéfice de l’âge' : ''}.`}`,
						...corrections.map((reason) => `Résultat corrigé : ${reason}`),
					]
				: [],
		),
	];
}
