import { parsePabulib, type RuleName, rules } from '@parvis/budget-voting';

/** Counts published ballots in the reader's own browser, with the engine that counted them in the first place. */
self.addEventListener('message', ({ data }: MessageEvent<{ text: string; rule: RuleName; seed: string }>) => {
	const begun = performance.now();
	const election = parsePabulib(data.text);
	const { selected } = rules[data.rule](election, data.seed);
	self.postMessage({
		selected,
		ballots: election.ballots.length,
		milliseconds: Math.round(performance.now() - begun),
	});
});
