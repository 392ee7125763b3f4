import type { CampaignInput } from '@parvis/equipment';
import { optional, type Typed } from './forms.ts';

export const campaignOf = (typed: Typed): CampaignInput => ({
	title: typed.titre ?? '',
	why: typed.pourquoi ?? '',
	audience: typed.public ?? '',
	taken: Object.keys(typed)
		.filter((name) => name.startsWith('accepte-'))
		.map((name) => name.slice('accepte-'.length)),
	notTaken: optional(typed.refuse),
	startsOn: typed.du ?? '',
	endsOn: typed.au ?? '',
});
