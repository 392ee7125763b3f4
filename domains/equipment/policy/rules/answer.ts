import type { Words } from '../../kinds.ts';
import type { CategoryRules, PolicyRules } from '../face.ts';
import type { OptionKind } from '../requests-face.ts';
import { keepOption } from './keeping.ts';
import { newOption, poolOption, refurbishedOption } from './moving-or-buying.ts';
import type { Question, RuledOption } from './question.ts';

export interface Answer {
	/** keep, pool, refurbished, new. */
	options: readonly [RuledOption, RuledOption, RuledOption, RuledOption];
	best: OptionKind;
	remarks: readonly Words[];
}

/**
 * What the policy answers to a need: the four ways in their order, each allowed or not with the article that says so, and
 * the first that is. A new device is always the last resort, so that nobody is left without an answer. A stricter policy
 * (longer lifetimes, higher repair threshold, fewer needs for new, refurbished first, longer reinstalling) never answers
 * with something newer: its rules only ever add to what is allowed before.
 */
export function answer(rules: PolicyRules, own: CategoryRules, question: Question): Answer {
	const keep = keepOption(rules, own, question);
	const pool = poolOption(rules, own, question);
	const refurbished = refurbishedOption(own, question);
	const fresh = newOption(own, question, refurbished);
	const options = [keep, pool, refurbished, fresh] as const;
	const first = options.find(({ feasible }) => feasible) ?? fresh;
	const remarks: Words[] = [];
	if (question.device && question.device.supportedUntil === null)
		remarks.push({
			fr: 'La fin des mises à jour de sécurité du terminal actuel n’est pas connue : à vérifier avant de le garder.',
			en: 'When the security updates of the present device end is not known: to be checked before it is kept.',
		});
	if (first.kind === 'pool' && own.sparePoolPercent > 0 && question.pool.length <= 1)
		remarks.push({
			fr: 'C’est le dernier de la réserve : elle sera à compléter.',
			en: 'It is the last of the pool, which will have to be refilled.',
		});
	return { options, best: first.kind, remarks };
}
