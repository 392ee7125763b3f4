/** Words by which people ask, not about which; without accents. */
const asking = new Set(
	`a ai as ont avons avait ete etes etait est ce il ils elle elles on qu que qui quoi quel quelle quels quelles quand comment
	pourquoi combien ou ya dit dite dits dire disait disent dis parle parler parlait parlent parlees evoque evoquer pense penser
	decide decider decidee decides vote voter votes voteee adopte adopter debattu discute discuter repondu repondre fait faire
	prevu prevoit prend pris sujet sujets propos concernant rapport conseil conseils municipal municipale municipaux
	conseillers conseiller elus elu elues seance seances assemblee mairie derniere dernier dernieres derniers
	what did does do the council say said about is was were has have had who when why how which vote voted decide decided
	discuss discussed talk talked meeting meetings of on for to in`.split(/\s+/),
);
/** Words that stand everywhere; the stop words of the search do not know all of them. */
const common = new Set(
	`le la les un une des du de d l au aux et en dans sur pour par avec sans son sa ses leur leurs ce cet cette ces nos notre
	the an and to in on of for with`.split(/\s+/),
);
const openings =
	/^(qu|que|qui|quoi|quel|quelle|quels|quelles|quand|comment|pourquoi|combien|ou|est|y|what|who|when|why|how|which|did|does|has)$/;
const mostWords = 10;
export const mostQuestionCharacters = 200;

const plain = (word: string) => word.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/**
 * What a question is about: «Qu’a dit le conseil sur la piscine ?» is about «piscine». What is no question keeps
 * its words; articles and the like go. When nothing is left, all words stay.
 */
export function wordsOfQuestion(text: string): string[] {
	const given = text.slice(0, mostQuestionCharacters).normalize('NFC');
	const all = [...given.matchAll(/[\p{L}\p{N}]+(?=(['’])?)/gu)].map(([word, apostrophe]) => ({
		word,
		elided: apostrophe !== undefined && word.length <= 2,
	}));
	const words = all.filter(({ elided }) => !elided).map(({ word }) => word);
	const question = /\?\s*$/.test(given) || openings.test(plain(all[0]?.word ?? ''));
	const telling = words.filter((word) => !common.has(plain(word)));
	const about = question ? telling.filter((word) => !asking.has(plain(word))) : telling;
	return (about.length ? about : telling.length ? telling : words).slice(0, mostWords);
}
