import { daysAfter, weekDays } from './publication.ts';

/** What is done of a closed meeting; days are `YYYY-MM-DD`. */
export interface AfterFacts {
	heldOn: string;
	/** Null when it is not put up yet. */
	listPostedOn: string | null;
	/** Whether its acts go to the prefecture. */
	transmits: boolean;
	acts: { signed: boolean; publishedOn: string | null; receivedOn: string | null }[];
	minutes: { adoptedOn: string | null; signed: boolean; publishedOn: string | null } | null;
	/** Day of the next meeting of the body, where the minutes are adopted. */
	nextOn: string | null;
}

export interface AfterStep {
	name: 'list' | 'sign' | 'publish' | 'transmit' | 'draft' | 'adopt' | 'sign_minutes' | 'publish_minutes';
	done: number;
	total: number;
	/** Last day that the law leaves for it; null where it leaves none. */
	dueOn: string | null;
	article: string;
}

/** What the law asks after a meeting, in the order in which it is done. */
export function stepsAfter(facts: AfterFacts): AfterStep[] {
	const { acts, minutes } = facts;
	const acted = (done: (act: AfterFacts['acts'][number]) => boolean) => ({
		done: acts.filter(done).length,
		total: acts.length,
	});
	const once = (done: boolean) => ({ done: done ? 1 : 0, total: 1 });
	const steps: AfterStep[] = [
		{
			name: 'list',
			...once(facts.listPostedOn !== null),
			dueOn: daysAfter(facts.heldOn, weekDays),
			article: 'CGCT L2121-25',
		},
		{ name: 'sign', ...acted((act) => act.signed), dueOn: null, article: 'CGCT L2121-23' },
		...(facts.transmits
			? [
					{
						name: 'transmit' as const,
						...acted((act) => act.receivedOn !== null),
						dueOn: null,
						article: 'CGCT L2131-1, L2131-2',
					},
				]
			: []),
		{ name: 'publish', ...acted((act) => act.publishedOn !== null), dueOn: null, article: 'CGCT L2131-1' },
		{ name: 'draft', ...once(minutes !== null), dueOn: facts.nextOn, article: 'CGCT L2121-15' },
		{ name: 'adopt', ...once(Boolean(minutes?.adoptedOn)), dueOn: facts.nextOn, article: 'CGCT L2121-15' },
		{ name: 'sign_minutes', ...once(minutes?.signed ?? false), dueOn: null, article: 'CGCT L2121-15' },
		{
			name: 'publish_minutes',
			...once(Boolean(minutes?.publishedOn)),
			dueOn: minutes?.adoptedOn ? daysAfter(minutes.adoptedOn, weekDays) : null,
			article: 'CGCT L2121-15',
		},
	];
	return steps.filter(({ total }) => total > 0);
}
